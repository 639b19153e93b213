package s3_test

import (
	"errors"
	"io/fs"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/signer"

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/s3"
)

func TestProbePassesAndLeavesNothing(t *testing.T) {
	g := serve(t, "us-east-1")
	bucket := g.Bucket(t)
	if err := at(t, g.Addr, bucket).Probe(t.Context()); err != nil {
		t.Errorf("Probe = %v", err)
	}
	for o := range g.Client(t).ListObjects(t.Context(), bucket, minio.ListObjectsOptions{Recursive: true}) {
		t.Errorf("Probe left %s", o.Key)
	}
}

// signed signs a request again after a test has changed its headers.
func signed(r *http.Request) *http.Request {
	r.Header.Del("Authorization")
	return signer.SignV4(*r, rootKey, rootSecret, "", "us-east-1")
}

// without makes a store ignore a header.
func without(header string) func(http.RoundTripper) http.RoundTripper {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(r *http.Request) (*http.Response, error) {
			r.Header.Del(header)
			return next.RoundTrip(signed(r))
		})
	}
}

// lookFirst makes a store that checks a condition first and stores later, so that several concurrent requests
// pass the same check. Of the requests with the same condition for the same object, it checks only the first
// ones, and drops the header from all others.
func lookFirst(header string, first int) func(http.RoundTripper) http.RoundTripper {
	return func(next http.RoundTripper) http.RoundTripper {
		var mu sync.Mutex
		seen := map[string]int{}
		return roundTripper(func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			same := r.URL.Path + r.Header.Get(header)
			if seen[same]++; seen[same] > first {
				r.Header.Del(header)
			}
			mu.Unlock()
			return next.RoundTrip(signed(r))
		})
	}
}

func TestProbeNamesThePromiseThatTheStoreBreaks(t *testing.T) {
	for _, c := range []struct {
		name string
		how  func(*s3.Backend)
		want string
	}{
		{"no If-None-Match", func(b *s3.Backend) { b.Over(without("If-None-Match")) }, "ignores If-None-Match"},
		{"no If-Match", func(b *s3.Backend) { b.Over(without("If-Match")) }, "ignores If-Match"},
		{"one If-Match at a time", func(b *s3.Backend) { b.Over(lookFirst("If-Match", 1)) }, "several concurrent writes with one If-Match"},
		{"one If-None-Match at a time", func(b *s3.Backend) { b.Over(lookFirst("If-None-Match", 2)) }, "several concurrent writes with If-None-Match"},
		{"If-Match never holds", func(b *s3.Backend) {
			b.Over(func(next http.RoundTripper) http.RoundTripper {
				return roundTripper(func(r *http.Request) (*http.Response, error) {
					if r.Header.Get("If-Match") != "" {
						r.Header.Set("If-Match", `"00000000000000000000000000000001"`)
					}
					return next.RoundTrip(signed(r))
				})
			})
		}, "refuses If-Match with the ETag that it returned"},
		{"a clock of its own", func(b *s3.Backend) { storeClock(b, time.Hour) }, "correct the store's clocks"},
		{"conditions refused", refuseConditions, "does not support conditional writes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := serve(t, "us-east-1")
			bucket := g.Bucket(t)
			b := at(t, g.Addr, bucket)
			c.how(b)
			err := b.Probe(t.Context())
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Probe = %v, want an error with %q", err, c.want)
			}
			for o := range g.Client(t).ListObjects(t.Context(), bucket, minio.ListObjectsOptions{Recursive: true}) {
				t.Errorf("Probe left %s", o.Key)
			}
		})
	}
}

// refuseConditions makes the store one that does not implement conditional writes.
func refuseConditions(b *s3.Backend) {
	b.Over(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(r *http.Request) (*http.Response, error) {
			if r.Header.Get("If-None-Match") == "" && r.Header.Get("If-Match") == "" {
				return next.RoundTrip(r)
			}
			return answer(r, http.StatusNotImplemented, "application/xml",
				"<Error><Code>NotImplemented</Code><Message>A header you provided implies functionality that is "+
					"not implemented</Message></Error>"), nil
		})
	})
}

// The error must not blame a permission. A user sees it first in cfplan init.
func TestAStoreWithoutConditionalWritesIsExplained(t *testing.T) {
	b := backend(t)
	refuseConditions(b)
	_, lockErr := tryLock(t, b, "me")
	_, writeErr := b.Write(t.Context(), state.DocState, []byte("{}"), "")
	for what, err := range map[string]error{"Lock": lockErr, "Write": writeErr, "Probe": b.Probe(t.Context())} {
		says(t, what, err, "does not support conditional writes", "such as Cloudflare R2")
		if errors.Is(err, fs.ErrPermission) || errors.Is(err, state.ErrConflict) {
			t.Errorf("%s = %v, want neither a missing permission nor a conflict", what, err)
		}
	}
}
