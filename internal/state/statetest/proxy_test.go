package statetest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/cfplan/cfplan/internal/state/statetest"
)

func TestAProxyCutsAtTheGivenByte(t *testing.T) {
	body := strings.Repeat("x", 100_000)
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if got, err := io.ReadAll(r.Body); err == nil && len(got) == len(body) {
			asked.Add(1)
		}
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	proxy := statetest.NewProxy(t, server.Listener.Addr().String())
	ask := func() (int, error) {
		resp, err := http.Post("http://"+proxy.Addr(), "text/plain", strings.NewReader(body))
		if err != nil {
			return 0, err
		}
		defer resp.Body.Close()
		got, err := io.ReadAll(resp.Body)
		return len(got), err
	}

	for _, c := range []struct {
		name    string
		cut     func()
		reached int32 // requests that reach the server as a whole
		errors  []bool
	}{
		{"nothing is cut", proxy.Heal, 2, []bool{false, false}},
		{"one request", func() { proxy.CutRequests(50_000, 1) }, 1, []bool{true, false}},
		{"all requests", func() { proxy.CutRequests(50_000, statetest.Always) }, 0, []bool{true, true}},
		{"one answer", func() { proxy.CutAnswers(50_000, 1) }, 2, []bool{true, false}},
		{"all answers, at the first byte", func() { proxy.CutAnswers(0, statetest.Always) }, 2, []bool{true, true}},
		{"a cut that is never reached", func() { proxy.CutAnswers(1_000_000, 1) }, 2, []bool{false, false}},
	} {
		http.DefaultClient.CloseIdleConnections() // otherwise the client repeats a request on an old connection
		asked.Store(0)
		c.cut()
		for i, want := range c.errors {
			if n, err := ask(); (err != nil) != want {
				t.Errorf("%s: request %d = %d bytes, %v; want an error: %v", c.name, i+1, n, err, want)
			}
		}

		if got := asked.Load(); got != c.reached {
			t.Errorf("%s: %d requests reached the server, want %d", c.name, got, c.reached)
		}

		proxy.Heal()
	}
}
