package s3_test

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/s3"
	"github.com/cfplan/cfplan/internal/state/statetest"
)

func TestS3IsABackend(t *testing.T) {
	statetest.Run(t, func(t *testing.T) state.Backend { return backend(t) })
}

func TestR2IsABackend(t *testing.T) {
	g := serve(t, "auto") // the name of R2's only region
	statetest.Run(t, func(t *testing.T) state.Backend {
		b, err := s3.ConfigureR2At(g.Addr, statetest.Given(map[string]string{"account_id": strings.Repeat("0", 32),
			"bucket": g.Bucket(t), "key": "team/dns.json",
			"access_key": rootKey, "secret_key": rootSecret}, noEnv))
		if err != nil {
			t.Fatal(err)
		}
		return b
	})
}

func TestCutConnectionsLoseNothing(t *testing.T) {
	g := serve(t, "us-east-1")
	statetest.CutConnections(t, g.Addr, func(t *testing.T, proxy *statetest.Proxy) (through, direct state.Backend) {
		bucket := g.Bucket(t)
		return at(t, proxy.Addr(), bucket), at(t, g.Addr, bucket)
	})
}

func TestTwoProcessesLoseNothing(t *testing.T) {
	g := serve(t, "us-east-1")
	bucket := g.Bucket(t)
	statetest.Race(t, g.Addr+"/"+bucket, at(t, g.Addr, bucket))
}

func TestTwoProcessesAddAnEntryOnce(t *testing.T) {
	g := serve(t, "us-east-1")
	bucket := g.Bucket(t)
	statetest.RaceToAdd(t, g.Addr+"/"+bucket, at(t, g.Addr, bucket))
}

func TestALargeStateInBoundedMemory(t *testing.T) {
	statetest.Big(t, backend(t))
}

func TestAWriteWhoseAnswerIsLostSucceeds(t *testing.T) {
	g := serve(t, "us-east-1")
	bucket := g.Bucket(t)
	proxy := statetest.NewProxy(t, g.Addr)
	b := at(t, proxy.Addr(), bucket)
	var was state.Version
	for _, text := range []string{`{"serial": 1}`, `{"serial": 2}`} {
		proxy.CutAnswers(0, 1)
		v, err := b.Write(t.Context(), state.DocState, []byte(text), was)
		if err != nil || v == "" || v == was {
			t.Errorf("Write over %q whose answer is lost once = %q, %v; want success, since it was stored", was, v, err)
		}
		was = v
	}
}

func TestAWriteThatIsLostIsRepeated(t *testing.T) {
	g := serve(t, "us-east-1")
	proxy := statetest.NewProxy(t, g.Addr)
	b := at(t, proxy.Addr(), g.Bucket(t))
	proxy.CutRequests(100, 2)
	v, err := b.Write(t.Context(), state.DocState, []byte("1"), "")
	if err != nil {
		t.Fatalf("Write whose request is cut twice = %v", err)
	}

	for _, status := range []int{http.StatusServiceUnavailable, http.StatusTooManyRequests} {
		var asked atomic.Int32
		b.Over(func(next http.RoundTripper) http.RoundTripper {
			return roundTripper(func(r *http.Request) (*http.Response, error) {
				if asked.Add(1) == 1 {
					return answer(r, status, "application/xml", "<Error><Code>SlowDown</Code></Error>"), nil
				}
				return next.RoundTrip(r)
			})
		})

		if v, err = b.Write(t.Context(), state.DocState, []byte(strconv.Itoa(status)), v); err != nil {
			t.Errorf("Write to a store that answers HTTP %d once = %v", status, err)
		}
	}
}

// Two runs that add the same thing write the same text. A run whose request was lost must not take the other
// run's write for its own.
func TestAnEqualWriteByAnotherRunIsNotOurs(t *testing.T) {
	g := serve(t, "us-east-1")
	bucket := g.Bucket(t)
	mine, other := at(t, g.Addr, bucket), at(t, g.Addr, bucket)
	was, err := mine.Write(t.Context(), state.DocState, []byte("1"), "")
	if err != nil {
		t.Fatal(err)
	}

	var lost atomic.Bool
	mine.Over(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(r *http.Request) (*http.Response, error) {
			if r.Method != http.MethodPut || lost.Swap(true) {
				return next.RoundTrip(r)
			}
			if _, err := other.Write(t.Context(), state.DocState, []byte("2"), was); err != nil {
				t.Errorf("the other's Write = %v", err)
			}

			r.URL.Path = "/" // the server gets the request, and stores nothing
			resp, err := next.RoundTrip(r)
			if err == nil {
				_ = resp.Body.Close()
			}

			return nil, errors.New("the connection is lost")
		})
	})

	v, err := mine.Write(t.Context(), state.DocState, []byte("2"), was)
	if err == nil || !strings.Contains(err.Error(), "not known") {
		t.Errorf("Write = %q, %v; want an error that says that the outcome is not known", v, err)
	}
}

func TestADocumentThatIsTooLargeIsNotSent(t *testing.T) {
	b := backend(t)
	_, err := b.Write(t.Context(), state.DocState, make([]byte, state.MaxSize+1), "")
	if err == nil || !strings.Contains(err.Error(), "at most") {
		t.Errorf("Write of MaxSize+1 bytes = %v, want an error with the limit", err)
	}
}

func TestPlaceNamesServerBucketAndKey(t *testing.T) {
	b := with(t, map[string]string{
		"endpoint": "https://s3.example.com:9000",
		"bucket":   "dns-state",
		"key":      "team/dns.json",
	})
	if got, want := b.Place(state.DocState), "s3://dns-state/team/dns.json at s3.example.com:9000"; got != want {
		t.Errorf("Place = %q, want %q", got, want)
	}
	r2, err := s3.ConfigureR2(statetest.Given(map[string]string{"account_id": strings.Repeat("0", 32),
		"bucket": "dns-state"}, noEnv))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := r2.Place(state.DocSnapshots), "r2://"+strings.Repeat("0", 32)+
		"/dns-state/cfplan.state.snapshots.json"; got != want {
		t.Errorf("Place = %q, want %q", got, want)
	}
}
