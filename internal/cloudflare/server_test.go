package cloudflare

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

const (
	zoneID    = "023e105f4ecef8ad9ca31a8372d0c353"
	testToken = "Vq3tT0k3n-0123456789abcdefghijklmnopqrst"
)

// fakeClock takes no time: sleep moves it forward.
type fakeClock struct {
	mu    sync.Mutex
	time  time.Time
	slept []time.Duration
}

// newClient returns a client with a clock.
func newClient(o Options, k Clock) *Client {
	o.Clock = k
	return New(o)
}

func newFakeClock() *fakeClock {
	return &fakeClock{time: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
}

func (k *fakeClock) Now() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.time
}

func (k *fakeClock) Sleep(ctx context.Context, d time.Duration) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.time = k.time.Add(d)
	k.slept = append(k.slept, d)
	return ctx.Err()
}

func (k *fakeClock) total() time.Duration {
	k.mu.Lock()
	defer k.mu.Unlock()
	var sum time.Duration
	for _, d := range k.slept {
		sum += d
	}
	return sum
}

// answer is one scripted answer.
type answer struct {
	status int
	body   string
	header http.Header
	// cut closes the connection, after the body if there is one.
	cut bool
}

// script is a server that gives its answers one after the other, and then repeats the last one.
type script struct {
	*httptest.Server
	clock *fakeClock

	mu      sync.Mutex
	answers []answer
	got     []string // "METHOD /path?query"
	bodies  []string
}

func serve(t *testing.T, answers ...answer) *script {
	t.Helper()
	s := &script{answers: answers, clock: newFakeClock()}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	s.got = append(s.got, r.Method+" "+r.URL.RequestURI())
	s.bodies = append(s.bodies, string(body))
	a := s.answers[min(len(s.got), len(s.answers))-1]
	s.mu.Unlock()
	for name, values := range a.header {
		w.Header()[name] = values
	}

	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json")
	}
	if a.cut {
		hangUp(w, a)
		return
	}

	w.WriteHeader(a.status)
	_, _ = io.WriteString(w, a.body)
}

// hangUp closes the connection. If the answer has a body, hangUp sends that first.
func hangUp(w http.ResponseWriter, a answer) {
	if a.body != "" {
		w.Header().Set("Content-Length", fmt.Sprint(len(a.body)+100))
		w.WriteHeader(max(a.status, http.StatusOK))
		_, _ = io.WriteString(w, a.body)
		_ = http.NewResponseController(w).Flush()
	}
	panic(http.ErrAbortHandler)
}

func (s *script) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.got...)
}

func (s *script) client(change ...func(*Options)) *Client {
	o := Options{BaseURL: s.URL + "/client/v4", Credentials: Credentials{Token: testToken}}
	for _, f := range change {
		f(&o)
	}
	return newClient(o, s.clock)
}

func ok(result string) answer {
	return answer{status: 200, body: `{"result":` + result + `,"success":true,"errors":[],"messages":[]}`}
}

func refusal(status, code int, message string) answer {
	quoted, _ := json.Marshal(message)
	return answer{status: status, body: fmt.Sprintf(`{"success":false,"errors":[{"code":%d,"message":%s}],"messages":[],"result":null}`, code, quoted)}
}

func asError(t *testing.T, err error) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("error = %v (%T), want an *Error", err, err)
	}
	return e
}
