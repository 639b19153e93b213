package s3_test

import (
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/s3"
	"github.com/cfplan/cfplan/internal/state/servertest"
	"github.com/cfplan/cfplan/internal/state/statetest"
)

const (
	rootKey    = servertest.RootKey
	rootSecret = servertest.RootSecret
)

func TestMain(m *testing.M) {
	minio.DefaultRetryUnit = time.Millisecond // so that repetitions do not slow the tests down
	statetest.Child(func(where string) (state.Backend, error) {
		addr, bucket, _ := strings.Cut(where, "/")
		return s3.Configure(statetest.Given(attributes(addr, bucket), noEnv))
	})
	code := m.Run()
	servertest.Stop()
	os.Exit(code)
}

// serve starts a real server; see servertest.
func serve(t *testing.T, region string, flags ...string) *servertest.Gateway {
	t.Helper()
	return servertest.S3(t, region, flags...)
}

func noEnv(string) string { return "" }

func attributes(addr, bucket string) map[string]string {
	return map[string]string{
		"endpoint":   "http://" + addr,
		"bucket":     bucket,
		"access_key": rootKey,
		"secret_key": rootSecret,
	}
}

// backend returns a backend without any documents.
func backend(t *testing.T) *s3.Backend {
	t.Helper()
	g := serve(t, "us-east-1")
	return at(t, g.Addr, g.Bucket(t))
}

func at(t *testing.T, addr, bucket string) *s3.Backend {
	t.Helper()
	return with(t, attributes(addr, bucket))
}

func with(t *testing.T, attrs map[string]string) *s3.Backend {
	t.Helper()
	b, err := s3.Configure(statetest.Given(attrs, noEnv))
	if err != nil {
		t.Fatalf("Configure: %v", err)
	}
	return b.(*s3.Backend)
}

// roundTripper is a transport that is a function.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// storeClock sets the clock of the store forward.
func storeClock(b *s3.Backend, forward time.Duration) {
	b.Over(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(r *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(r)
			if err == nil {
				date, _ := http.ParseTime(resp.Header.Get("Date"))
				resp.Header.Set("Date", date.Add(forward).UTC().Format(http.TimeFormat))
			}
			return resp, err
		})
	})
}

// tryLock tries once to lock.
func tryLock(t *testing.T, b state.Backend, who string) (state.Lock, error) {
	t.Helper()
	l, err := b.Lock(t.Context(), state.Holder{ID: "id-of-" + who, Who: who}, 0)
	if err == nil {
		t.Cleanup(func() { _ = l.Unlock() })
	}
	return l, err
}

func mustLock(t *testing.T, b state.Backend, who string) state.Lock {
	t.Helper()
	l, err := tryLock(t, b, who)
	if err != nil {
		t.Fatalf("Lock for %s = %v", who, err)
	}
	return l
}

func heldBy(t *testing.T, err error, who string) {
	t.Helper()
	var locked *state.LockedError
	if !errors.As(err, &locked) || locked.Holder.Who != who {
		t.Errorf("Lock = %v, want a *LockedError that names %s", err, who)
	}
}
