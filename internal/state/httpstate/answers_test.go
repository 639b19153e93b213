package httpstate_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/statetest"
)

// The server gives the same answer to every request.
func TestReadRefusesAnswersThatAreNotAState(t *testing.T) {
	for name, c := range map[string]struct {
		status      int
		contentType string
		body        string
		path        string
		says        string
	}{
		"a login page":            {200, "text/html; charset=utf-8", "<!DOCTYPE html><title>Sign in</title>", "/s", "web page"},
		"a page without a type":   {200, "", "\n\t<html>", "/s", "web page"},
		"HTML of other content":   {200, "text/html", "{}", "/s", "web page"},
		"text":                    {200, "text/plain", "OK", "/s", "not a JSON object"},
		"a list":                  {200, "application/json", "[]", "/s", "not a JSON object"},
		"a redirect":              {302, "", "", "/s", "redirects to https://login.example.com/sign_in, which cfplan does not follow"},
		"unknown credentials":     {401, "", `{"message":"401 Unauthorized"}`, "/s", "check username and password"},
		"GitLab's 401":            {401, "", `{"message":"401 Unauthorized"}`, project + "s", "CI_JOB_TOKEN"},
		"no permission":           {403, "", "", "/s", "lack the permission"},
		"GitLab's 403":            {403, "", `{"message":"403 Forbidden"}`, project + "s", "Maintainer"},
		"no project":              {404, "", `{"message":"404 Project Not Found"}`, project + "s", "check the project's ID"},
		"a server with a problem": {503, "text/html", "<html>" + secret, "/s", "503 Service Unavailable: the server has a problem"},
		"the server's message":    {400, "", `{"message":"your password ` + secret + ` \u001b[31mis\nodd"}`, "/s", "your password … [31misodd"},
		"a long message":          {418, "", `{"error":"` + strings.Repeat("x", 1000) + `"}`, "/s", "xxx…)"},
	} {
		t.Run(name, func(t *testing.T) {
			web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Location", "https://user:"+secret+"@login.example.com/sign_in?token="+secret)
				w.Header()["Content-Type"] = []string{c.contentType}
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			}))
			t.Cleanup(web.Close)
			b := open(t, web.URL+c.path, "username", "me", "password", secret)
			_, _, readErr := b.Read(t.Context(), state.DocState)
			_, writeErr := b.Write(t.Context(), state.DocState, []byte("{}"), "")
			for what, err := range map[string]error{"Read": readErr, "Write": writeErr} {
				if err == nil || errors.Is(err, state.ErrConflict) || !strings.Contains(err.Error(), c.says) {
					t.Errorf("%s = %v, want an error that says %q", what, err, c.says)
				}
				if strings.Contains(fmt.Sprint(err), secret) || strings.Contains(fmt.Sprint(err), "\x1b") {
					t.Errorf("%s shows a secret or a control character: %q", what, err)
				}
			}

			if c.status == 200 && !strings.Contains(c.says, "page") {
				return // a lock request accepts this answer
			}

			_, lockErr := b.Lock(t.Context(), state.Holder{ID: "1"}, 0)
			var locked *state.LockedError
			if lockErr == nil || errors.As(lockErr, &locked) || strings.Contains(lockErr.Error(), secret) {
				t.Errorf("Lock = %v, want an error that does not name another holder", lockErr)
			}

			t.Log(readErr)
		})
	}
}

func TestReadReturnsNothingIfNothingIsStored(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"404":           http.NotFound,
		"204":           func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
		"an empty text": func(http.ResponseWriter, *http.Request) {},
		"a line's end":  func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "\r\n") },
	} {
		web := httptest.NewServer(handler)
		t.Cleanup(web.Close)
		if text, v, err := open(t, web.URL+"/s").Read(t.Context(), state.DocState); len(text) > 0 || v != "" ||
			err != nil {
			t.Errorf("%s: Read = %q, %q, %v; want nothing", name, text, v, err)
		}
	}
}

// A page with the status 404 may come from a proxy. It does not prove that nothing is stored, nor that
// nothing is locked.
func TestWebPagesAreErrorsWithEveryStatus(t *testing.T) {
	for status, contentType := range map[int]string{404: "Text/HTML; charset=utf-8", 409: "text/html", 423: ""} {
		web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == "LOCK" {
				return
			}
			w.Header()["Content-Type"] = []string{contentType}
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "<html>Sign in</html>")
		}))
		t.Cleanup(web.Close)
		b := open(t, web.URL+"/s")
		if err := lock(t, b, "mine").Unlock(); err == nil || !strings.Contains(err.Error(), "web page") {
			t.Errorf("Unlock = %v for a page with status %d, want an error about a web page", err, status)
		}
		if _, _, err := b.Read(t.Context(), state.DocState); err == nil {
			t.Errorf("Read returned no error for a page with status %d", status)
		}
	}
}

// Credentials that may not lock or write are still enough for a plan. A server without locks is a different
// problem.
func TestMissingPermissionsAreErrPermission(t *testing.T) {
	for status, rights := range map[int]bool{401: true, 403: true, 405: false, 501: false, 404: false, 500: false} {
		var reading bool
		web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.Method == "UNLOCK":
			case r.Method == "GET" && !reading:
				w.WriteHeader(http.StatusNotFound)
			default:
				w.WriteHeader(status)
			}
		}))
		t.Cleanup(web.Close)
		b := open(t, web.URL+"/s")
		_, lockErr := b.Lock(t.Context(), state.Holder{ID: "1"}, 0)
		_, writeErr := b.Write(t.Context(), state.DocState, []byte("{}"), "")
		for what, err := range map[string]error{"LOCK": lockErr, "POST": writeErr} {
			if err == nil || errors.Is(err, fs.ErrPermission) != rights {
				t.Errorf("%s answered with %d: %v is fs.ErrPermission: %v, want %v", what, status, err, !rights, rights)
			}
		}

		reading = true
		if _, _, err := b.Read(t.Context(), state.DocState); errors.Is(err, fs.ErrPermission) {
			t.Errorf("GET answered with %d: %v is fs.ErrPermission", status, err)
		}
	}
}

func TestReadStopsAtTheSizeLimit(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"announced": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(state.MaxSize+1))
			_, _ = io.WriteString(w, "{")
		},
		"in chunks": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "{")
			block := bytes.Repeat([]byte(" "), 1<<20)
			for range state.MaxSize >> 20 {
				_, _ = w.Write(block)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			web := httptest.NewServer(handler)
			t.Cleanup(web.Close)
			if text, _, err := open(t, web.URL+"/s").Read(t.Context(), state.DocState); err == nil || len(text) > 0 ||
				!strings.Contains(err.Error(), "more than 268435456 bytes") {
				t.Errorf("Read = %d bytes, %v; want an error with the limit", len(text), err)
			}
		})
	}
}

// Apache's mod_deflate gives a compressed text an ETag of its own, and does not recognize that ETag in
// If-Match.
func TestReadDoesNotAskForCompression(t *testing.T) {
	s := newServer(false)
	s.ETags = true
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got := httptest.NewRecorder()
		s.ServeHTTP(got, r)
		if tag := got.Header().Get("ETag"); tag != "" {
			if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
				tag = strings.TrimSuffix(tag, `"`) + `-gzip"`
			}
			w.Header().Set("ETag", tag)
		}
		w.WriteHeader(got.Code)
		_, _ = w.Write(got.Body.Bytes())
	}))
	t.Cleanup(front.Close)
	b := open(t, s.Address(front.URL, "gzip"))
	v := write(t, b, state.DocState, "{}", "")
	write(t, b, state.DocState, "{ }", v)
}

func TestReadRefusesACompressedAnswer(t *testing.T) {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = io.WriteString(w, "\x1f\x8b")
	}))
	t.Cleanup(web.Close)
	if text, _, err := open(t, web.URL+"/s").Read(t.Context(), state.DocState); err == nil || text != nil ||
		!strings.Contains(err.Error(), `compressed text ("gzip")`) {
		t.Errorf("Read = %q, %v; want an error about the compression", text, err)
	}
}

// The answer begins and then stalls. Without a time limit each step would wait forever.
func TestStalledAnswersTimeOut(t *testing.T) {
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })

	for name, stalls := range map[string]struct {
		method string
		status int
		begins string
	}{
		"GET":              {"GET", 200, "{"},
		"GET, no byte":     {"GET", 200, ""},
		"GET, no headers":  {"GET", 0, ""},
		"GET, 404":         {"GET", 404, ""},
		"POST":             {"POST", 200, ""},
		"POST, no headers": {"POST", 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(false)
			web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method != stalls.method {
					s.ServeHTTP(w, r)
					return
				}

				_, _ = io.Copy(io.Discard, r.Body)
				if stalls.status != 0 {
					w.Header().Set("Content-Length", "10")
					w.WriteHeader(stalls.status)
					_, _ = io.WriteString(w, stalls.begins)
					_ = http.NewResponseController(w).Flush()
				}

				select {
				case <-r.Context().Done():
				case <-over:
				}
			}))
			t.Cleanup(web.Close)
			b := open(t, web.URL+"/state/stalled")
			b.SetTimeout(200 * time.Millisecond)
			_, err := b.Write(t.Context(), state.DocState, []byte("{}"), "")
			if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "in time") {
				t.Errorf("Write = %v, want an error that says that the server did not answer in time", err)
			}
		})
	}
}

func TestRequestsAreRepeatedIfTheServerIsBrieflyAway(t *testing.T) {
	var asked atomic.Int32
	s := newServer(false)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1)%3 != 0 {
			w.Header().Set("Retry-After", "86400") // no test waits that long
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		s.ServeHTTP(w, r)
	}))
	t.Cleanup(web.Close)
	b := open(t, s.Address(web.URL, "away"))
	write(t, b, state.DocState, "{}", "")
	lock(t, b, "mine")
	if _, _, err := open(t, s.Address(web.URL, "away"), "retry_max", "0").Read(t.Context(),
		state.DocState); err == nil {
		t.Error("Read with retry_max = 0 returned no error, so the request was repeated")
	}
}

// The server granted the lock, but the answer was lost, so the client asks again.
func TestLockSurvivesALostAnswer(t *testing.T) {
	for _, gitLab := range []bool{true, false} {
		s := newServer(gitLab)
		var asked atomic.Int32
		web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if asked.Add(1) == 1 {
				s.ServeHTTP(httptest.NewRecorder(), r)
				panic(http.ErrAbortHandler)
			}
			s.ServeHTTP(w, r)
		}))
		t.Cleanup(web.Close)
		lock(t, open(t, s.Address(web.URL, "lost")), "mine")
		if n := asked.Load(); n != 2 {
			t.Errorf("the lock took %d requests, want 2", n)
		}
	}
}

func TestARefusedLockIsNotReleased(t *testing.T) {
	s := newServer(true)
	s.Roles = map[string]string{"reader": "reader"}
	b := open(t, s.Address(s.Serve(t), "refused"), "username", "reader", "password", secret)
	if _, err := b.Lock(t.Context(), state.Holder{ID: "mine"}, 0); err == nil ||
		!strings.Contains(err.Error(), "Maintainer") {
		t.Errorf("Lock without the permission = %v, want an error with the role that is needed", err)
	}
	if asked := s.Asked(); len(asked) != 1 {
		t.Errorf("requests were %q, want only LOCK: an UNLOCK could release another run's lock", asked)
	}
}

func TestOnlyReadsFollowRedirectsAndOnlyToTheSameServer(t *testing.T) {
	var stolen atomic.Int32
	thief := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		stolen.Add(1)
		_, _ = io.WriteString(w, "{}")
	}))
	t.Cleanup(thief.Close)
	s := newServer(false)
	var target string
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if rest, ok := strings.CutPrefix(r.URL.Path, "/old"); ok {
			http.Redirect(w, r, target+rest, http.StatusTemporaryRedirect)
			return
		}
		s.ServeHTTP(w, r)
	}))
	t.Cleanup(web.Close)
	moved := open(t, web.URL+"/old/state/x", "username", "me", "password", secret)
	here := open(t, web.URL+"/state/x")
	write(t, here, state.DocState, "{}", "")

	target = web.URL
	if text, _, err := moved.Read(t.Context(), state.DocState); string(text) != "{}" || err != nil {
		t.Errorf("Read through a redirect to the same server = %q, %v; want the document", text, err)
	}
	if _, err := moved.Write(t.Context(), state.DocState, []byte("{ }"), versionOf(here)); err == nil ||
		!strings.Contains(err.Error(), "use it in the address") {
		t.Errorf("Write through a redirect = %v, want an error that says what to do", err)
	}

	target = thief.URL
	if _, _, err := moved.Read(t.Context(), state.DocState); err == nil ||
		!strings.Contains(err.Error(), "redirects to "+thief.URL+"/state/x") {
		t.Errorf("Read through a redirect to another server = %v, want an error with its address", err)
	}
	if _, err := moved.Lock(t.Context(), state.Holder{ID: "1"}, 0); err == nil {
		t.Error("Lock followed a redirect to another server")
	}
	if stolen.Load() > 0 {
		t.Error("the other server received a request")
	}

	target = web.URL + "/old" // a redirect to itself
	if _, _, err := moved.Read(t.Context(), state.DocState); err == nil || !strings.Contains(err.Error(), "circle") {
		t.Errorf("Read through an endless redirect = %v, want an error about the circle", err)
	}
}

func TestTLSErrorsSayWhatToDo(t *testing.T) {
	valid := certificates(t, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	old := certificates(t, time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC))
	for name, c := range map[string]struct {
		server *statetest.Certificates
		more   []string
		mutual bool
		says   string
	}{
		"own authority":           {valid, []string{"client_ca_certificate_pem", content(t, valid.Authority)}, false, ""},
		"unknown authority":       {valid, nil, false, "client_ca_certificate_pem"},
		"another authority":       {valid, []string{"client_ca_certificate_pem", content(t, old.Authority)}, false, "client_ca_certificate_pem"},
		"expired":                 {old, []string{"client_ca_certificate_pem", content(t, old.Authority)}, false, "only from 2020-01-01 to 2021-01-01"},
		"client's certificate":    {valid, []string{"client_ca_certificate_pem", content(t, valid.Authority), "client_certificate_pem", content(t, valid.Cert), "client_private_key_pem", content(t, valid.Key)}, true, ""},
		"no client's certificate": {valid, []string{"client_ca_certificate_pem", content(t, valid.Authority)}, true, "certificate required"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(true)
			url := serveTLS(t, s, c.server, c.mutual)
			b := open(t, s.Address(url, "tls")+"?private_token="+secret, c.more...)
			_, err := b.Write(t.Context(), state.DocState, []byte(`{"serial": 1}`), "")
			if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("Write = %v, want %q", err, c.says)
			}
			if strings.Contains(fmt.Sprint(err), secret) {
				t.Errorf("the error shows the query: %v", err)
			}
			t.Log(err)
		})
	}

	plain := httptest.NewServer(newServer(true))
	t.Cleanup(plain.Close)
	if _, _, err := open(t, strings.Replace(plain.URL, "http:", "https:", 1)+project+"x").Read(t.Context(),
		state.DocState); err == nil || !strings.Contains(err.Error(), "HTTP response to HTTPS client") {
		t.Errorf("Read with TLS from a server without TLS = %v, want an error that says so", err)
	}
}

func certificates(t *testing.T, from, to time.Time) *statetest.Certificates {
	t.Helper()
	c, err := statetest.NewCertificates(t.TempDir(), from, to)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func content(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func serveTLS(t *testing.T, s *server, c *statetest.Certificates, mutual bool) string {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(c.Cert, c.Key)
	if err != nil {
		t.Fatal(err)
	}

	web := httptest.NewUnstartedServer(s)
	web.Config.ErrorLog = log.New(io.Discard, "", 0)
	web.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	if mutual {
		web.TLS.ClientAuth, web.TLS.ClientCAs = tls.RequireAndVerifyClientCert, x509.NewCertPool()
		web.TLS.ClientCAs.AppendCertsFromPEM([]byte(content(t, c.Authority)))
	}

	web.StartTLS()
	t.Cleanup(web.Close)
	return web.URL
}
