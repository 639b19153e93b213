package s3_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"io/fs"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/s3"
	"github.com/cfplan/cfplan/internal/state/servertest"
	"github.com/cfplan/cfplan/internal/state/statetest"
)

// answer returns an answer of a server to r.
func answer(r *http.Request, status int, media, body string) *http.Response {
	return &http.Response{StatusCode: status, Status: strconv.Itoa(status), Proto: "HTTP/1.1", ProtoMajor: 1,
		ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {media}}, ContentLength: int64(len(body)),
		Body: io.NopCloser(strings.NewReader(body))}
}

func says(t *testing.T, what string, err error, want ...string) {
	t.Helper()
	for _, w := range want {
		if err == nil || !strings.Contains(err.Error(), w) {
			t.Errorf("%s = %v, want an error with %q", what, err, w)
		}
	}
	if err != nil && (strings.Contains(err.Error(), rootKey) || strings.Contains(err.Error(), rootSecret)) {
		t.Errorf("%s = %v, which shows a credential", what, err)
	}
}

func TestErrorsNameAWrongBucketOrKey(t *testing.T) {
	g := serve(t, "us-east-1")
	attrs := attributes(g.Addr, "no-such-bucket")
	_, _, err := with(t, attrs).Read(t.Context(), state.DocState)
	says(t, "Read", err, "s3://no-such-bucket/cfplan.state.json", `there is no bucket "no-such-bucket"`, "create it")
	_, err = with(t, attrs).Write(t.Context(), state.DocState, []byte("{}"), "")
	says(t, "Write", err, "there is no bucket")
	_, err = tryLock(t, with(t, attrs), "me")
	says(t, "Lock", err, "there is no bucket")

	attrs = attributes(g.Addr, g.Bucket(t))
	attrs["secret_key"] = "wrong-secret"
	_, _, err = with(t, attrs).Read(t.Context(), state.DocState)
	says(t, "Read with a wrong secret key", err, "the secret key does not belong to the access key")
	attrs["access_key"] = "nobody"
	_, _, err = with(t, attrs).Read(t.Context(), state.DocState)
	says(t, "Read with a wrong access key", err, "does not know the access key")
}

func TestReadOnlyAccessIsEnoughToRead(t *testing.T) {
	g := serve(t, "us-east-1")
	bucket := g.Bucket(t)
	v, err := at(t, g.Addr, bucket).Write(t.Context(), state.DocState, []byte("{}"), "")
	if err != nil {
		t.Fatal(err)
	}

	g.User(t, "reader", "reader-secret", bucket, "s3:GetObject", "s3:ListBucket")
	attrs := attributes(g.Addr, bucket)
	attrs["access_key"], attrs["secret_key"] = "reader", "reader-secret"
	b := with(t, attrs)
	if text, got, err := b.Read(t.Context(), state.DocState); err != nil || string(text) != "{}" || got != v {
		t.Errorf("Read = %q, %q, %v; want the document and version %q", text, got, err, v)
	}
	if text, got, err := b.Read(t.Context(), state.DocSnapshots); err != nil || text != nil || got != "" {
		t.Errorf("Read of a missing document = %q, %q, %v; want nothing", text, got, err)
	}
	if _, err := b.Entries(t.Context()); err != nil {
		t.Errorf("Entries = %v", err)
	}

	_, err = b.Write(t.Context(), state.DocState, []byte("[]"), v)
	says(t, "Write", err, "access denied", "s3:PutObject")
	if errors.Is(err, state.ErrConflict) || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("Write without the permission = %v, want fs.ErrPermission and no conflict", err)
	}

	_, err = tryLock(t, b, "reader")
	says(t, "Lock", err, "access denied", "s3:PutObject", ".lock")
	probeErr := b.Probe(t.Context())
	says(t, "Probe", probeErr, "access denied")
	if !errors.Is(err, fs.ErrPermission) || !errors.Is(probeErr, fs.ErrPermission) {
		t.Errorf("Lock = %v and Probe = %v, want fs.ErrPermission", err, probeErr)
	}
}

func TestTheDocumentedPermissionsAreEnough(t *testing.T) {
	g := serve(t, "us-east-1")
	bucket := g.Bucket(t)
	g.User(t, "writer", "writer-secret", bucket, "s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket")
	attrs := attributes(g.Addr, bucket)
	attrs["access_key"], attrs["secret_key"] = "writer", "writer-secret"
	b := with(t, attrs)
	if err := b.Probe(t.Context()); err != nil {
		t.Errorf("Probe = %v", err)
	}
	if _, err := b.Write(t.Context(), state.DocState, []byte("[]"), ""); err != nil {
		t.Errorf("Write = %v", err)
	}

	l := mustLock(t, b, "writer")
	if err := l.Unlock(); err != nil {
		t.Errorf("Unlock = %v", err)
	}
}

func TestAWebServerIsNotAStore(t *testing.T) {
	const page = "<!DOCTYPE html><html><body>Welcome</body></html>"
	for _, c := range []struct {
		status      int
		media, body string
	}{
		{200, "text/html; charset=utf-8", page},
		{404, "text/html", page},
		{404, "text/plain", "404 page not found"},
		{404, "application/json", `{"error": "not found"}`},
		{404, "application/xhtml+xml", `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>`},
		{403, "text/html", page},
		{412, "text/html", page},
		{302, "text/html", page},
		{404, "", ""},
		{404, "application/xml", `<?xml version="1.0"?><html><body>no</body></html>`},
		{404, "", "<error>not found</error>"},
		{404, "application/xml", "<Error></Error>"},
		{404, "application/xml", "<Error><Code>NoSuchKey</Code>"},
		{200, "application/json", `{"error": "login"}`},
		{200, "", ""},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", c.media)
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, c.body)
		}))

		b := at(t, server.Listener.Addr().String(), "bucket")
		text, v, err := b.Read(t.Context(), state.DocState)
		if text != nil || v != "" {
			t.Errorf("Read of HTTP %d with %s = %q, %q, want nothing", c.status, c.media, text, v)
		}

		says(t, "Read of HTTP "+strconv.Itoa(c.status)+" with "+c.media, err, "not come from an S3 store", "check endpoint")
		_, err = b.Write(t.Context(), state.DocState, []byte("{}"), "")
		says(t, "Write to HTTP "+strconv.Itoa(c.status)+" with "+c.media, err, "not come from an S3 store")
		if errors.Is(err, state.ErrConflict) || strings.Contains(err.Error(), "not known") {
			t.Errorf("Write to a web server = %v, want neither a conflict nor an unknown outcome", err)
		}

		server.Close()
	}
}

func TestErrorsExplainTheStoresAnswer(t *testing.T) {
	for _, c := range []struct {
		status       int
		header, body string
		want         []string
	}{
		{301, "eu-west-1", "<Error><Code>PermanentRedirect</Code></Error>", []string{`in the region "eu-west-1"`, "correct the attribute region"}},
		{400, "", "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-north-1</Region></Error>", []string{`in the region "eu-north-1"`}},
		{403, "", "<Error><Code>RequestTimeTooSkewed</Code></Error>", []string{"clock"}},
		{400, "", "<Error><Code>ExpiredToken</Code></Error>", []string{"session token"}},
		{403, "", "<Error><Code>AccessDenied</Code></Error>", []string{"access denied", "s3:GetObject", "s3:ListBucket"}},
		{400, "", "<Error><Code>Odd</Code><Message>you are " + rootKey + " with " + rootSecret + strings.Repeat("x", 5000) + "</Message></Error>",
			[]string{"HTTP 400, Odd: you are (hidden) with (hidden)", "…"}},
		{503, "", "<Error><Code>SlowDown</Code><Message>Reduce your request rate</Message></Error>", []string{"Reduce your request rate"}},
		{502, "", "<html>bad gateway</html>", []string{"502"}},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/xml")
			if c.header != "" {
				w.Header().Set("x-amz-bucket-region", c.header)
			}
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, c.body)
		}))

		_, _, err := at(t, server.Listener.Addr().String(), "bucket").Read(t.Context(), state.DocState)
		says(t, "Read of "+c.body[:20], err, c.want...)
		if err != nil && len(err.Error()) > 1000 {
			t.Errorf("the error has %d bytes, want at most 1000", len(err.Error()))
		}

		server.Close()
	}
}

func TestOnlyUnmetConditionsAreConflicts(t *testing.T) {
	for _, c := range []struct {
		status   int
		code     string
		was      state.Version
		conflict bool
	}{
		{412, "PreconditionFailed", "", true},
		{412, "PreconditionFailed", "etag", true},
		{409, "ConditionalRequestConflict", "", true}, // two requests at once
		{409, "OperationAborted", "etag", true},
		{404, "NoSuchKey", "etag", true}, // deleted since
		{404, "NoSuchBucket", "etag", false},
		{409, "BucketNotEmpty", "etag", false},
		{403, "AccessDenied", "etag", false},
	} {
		asked := 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked++
			w.Header().Set("Content-Type", "application/xml")
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, "<Error><Code>"+c.code+"</Code></Error>")
		}))

		_, err := at(t, server.Listener.Addr().String(), "bucket").Write(t.Context(), state.DocState, []byte("{}"),
			c.was)
		if err == nil || errors.Is(err, state.ErrConflict) != c.conflict || asked != 1 {
			t.Errorf("Write over %q answered with HTTP %d %s = %v after %d requests; want a conflict: %v, after one",
				c.was, c.status, c.code, err, asked, c.conflict)
		}

		server.Close()
	}
}

func TestReadTakesAnObjectInChunks(t *testing.T) {
	for text, ok := range map[string]bool{"{}": true, "": true, "cut": false} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", `"x"`)
			w.Header().Set("Last-Modified", time.Now().UTC().Format(http.TimeFormat))
			_ = http.NewResponseController(w).Flush() // so the size is not sent
			_, _ = io.WriteString(w, text)
			if !ok {
				_ = http.NewResponseController(w).Flush()
				panic(http.ErrAbortHandler)
			}
		}))

		got, v, err := at(t, server.Listener.Addr().String(), "bucket").Read(t.Context(), state.DocState)
		if ok && (err != nil || string(got) != text || v != "x") || !ok && (err == nil || got != nil) {
			t.Errorf("Read of %q in chunks = %q, %q, %v; want success: %v", text, got, v, err, ok)
		}

		server.Close()
	}
}

func TestOnlyNoSuchKeyMeansThatNothingIsStored(t *testing.T) {
	for code, missing := range map[string]bool{"NoSuchKey": true, "Whatever": false, "NoSuchBucket": false} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>"+code+"</Code></Error>")
		}))
		if _, _, err := at(t, server.Listener.Addr().String(), "bucket").Read(t.Context(),
			state.DocState); (err == nil) != missing {
			t.Errorf("Read answered with %s = %v; want nothing stored: %v", code, err, missing)
		}
		server.Close()
	}
}

// The store announces a size and sends an endless text.
func TestReadIsBounded(t *testing.T) {
	for _, size := range []string{"", "1099511627776"} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", `"x"`)
			w.Header().Set("Last-Modified", time.Now().UTC().Format(http.TimeFormat))
			if size != "" {
				w.Header().Set("Content-Length", size)
			}
			for {
				if _, err := w.Write(make([]byte, 1<<16)); err != nil {
					return
				}
			}
		}))

		_, _, err := at(t, server.Listener.Addr().String(), "bucket").Read(t.Context(), state.DocState)
		says(t, "Read of an object of size "+size, err, "more than 268435456 bytes")
		server.Close()
	}
}

func TestAMissingServerIsExplained(t *testing.T) {
	_, _, err := at(t, servertest.FreeAddr(t), "bucket").Read(t.Context(), state.DocState)
	says(t, "Read", err, "no server listens", "check endpoint")
	b := at(t, "127.0.0.1:1", "bucket")
	b.Over(func(http.RoundTripper) http.RoundTripper {
		return roundTripper(func(*http.Request) (*http.Response, error) {
			return nil, &net.OpError{
				Op:  "dial",
				Net: "tcp",
				Err: &net.DNSError{Err: "no such host", Name: "store.invalid", IsNotFound: true},
			}
		})
	})
	_, _, err = b.Read(t.Context(), state.DocState)
	says(t, "Read", err, "there is no server store.invalid", "check endpoint")
}

// certificate writes a self-signed certificate for 127.0.0.1, and its key.
func certificate(t *testing.T, until time.Time) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}

	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "store"},
		NotBefore: time.Now().AddDate(-2, 0, 0), NotAfter: until,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}

	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}

	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}

	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der},
		key: {Type: "PRIVATE KEY", Bytes: keyDER}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}

	return cert, key
}

func TestCertificateErrorsSayWhatToDo(t *testing.T) {
	cert, key := certificate(t, time.Now().AddDate(1, 0, 0))
	g := serve(t, "us-east-1", "--cert", cert, "--key", key)
	attrs := attributes(g.Addr, "no-such-bucket")
	attrs["endpoint"] = "https://" + g.Addr
	_, _, err := with(t, attrs).Read(t.Context(), state.DocState)
	says(t, "Read from a server with an unknown authority", err, "does not know", "custom_ca_bundle")
	attrs["custom_ca_bundle"] = cert
	_, _, err = with(t, attrs).Read(t.Context(), state.DocState)
	says(t, "Read with its certificate", err, "there is no bucket") // so the server was reached
	attrs["custom_ca_bundle"] = key
	_, _, err = with(t, attrs).Read(t.Context(), state.DocState)
	says(t, "Read with a bundle without certificates", err, "no certificate")
	attrs["custom_ca_bundle"] = filepath.Join(t.TempDir(), "none")
	_, err = with(t, attrs).Write(t.Context(), state.DocState, nil, "")
	says(t, "Write with a missing bundle", err, "can't be read", "custom_ca_bundle")
	attrs["endpoint"] = "http://" + g.Addr
	delete(attrs, "custom_ca_bundle")
	if _, _, err = with(t, attrs).Read(t.Context(), state.DocState); err == nil {
		t.Error("Read over plain HTTP from a server with TLS returned no error")
	}
}

func TestAnExpiredCertificateIsExplained(t *testing.T) {
	cert, key := certificate(t, time.Now().AddDate(0, 0, -1))
	g := serve(t, "us-east-1", "--cert", cert, "--key", key)
	attrs := attributes(g.Addr, "bucket")
	attrs["endpoint"], attrs["custom_ca_bundle"] = "https://"+g.Addr, cert
	_, _, err := with(t, attrs).Read(t.Context(), state.DocState)
	says(t, "Read", err, "has expired", "renew it")
}

func TestAServerWithoutTLSIsExplained(t *testing.T) {
	attrs := attributes("x", "bucket")
	attrs["endpoint"] = "https://" + serve(t, "us-east-1").Addr
	_, _, err := with(t, attrs).Read(t.Context(), state.DocState)
	says(t, "Read", err, "does not speak TLS")
}

func TestAnotherRegionIsExplained(t *testing.T) {
	g := serve(t, "us-east-1")
	attrs := attributes(g.Addr, g.Bucket(t))
	attrs["region"] = "eu-central-1"
	_, _, err := with(t, attrs).Read(t.Context(), state.DocState)
	says(t, "Read", err, "the attribute region")
}

func TestErrorsOfR2UseItsOwnTerms(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, "<Error><Code>AccessDenied</Code></Error>")
	}))
	defer server.Close()

	b, err := s3.ConfigureR2At(server.Listener.Addr().String(),
		statetest.Given(map[string]string{"account_id": strings.Repeat("a", 32), "bucket": "dns"},
			func(name string) string {
				return map[string]string{"R2_ACCESS_KEY_ID": "id", "R2_SECRET_ACCESS_KEY": "secret"}[name]
			}))
	if err != nil {
		t.Fatal(err)
	}

	_, err = b.Write(t.Context(), state.DocState, []byte("{}"), "")
	says(t, "Write", err, "r2://"+strings.Repeat("a", 32)+"/dns/cfplan.state.json", "Object Read & Write")
}
