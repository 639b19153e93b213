package httpstate_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/cfplan/cfplan/internal/state"
)

// cache behaves as RFC 9111 allows a cache to: it keeps an answer that has no lifetime for a while, and drops
// it when the same address is written. A write with a lock's ID goes to another address, so the old answer
// stays. A client that asks for a fresh answer gets one.
type cache struct {
	server http.Handler
	heeds  string // the header that asks for a fresh answer
	mu     sync.Mutex
	kept   map[string][]byte
}

func (c *cache) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()

	key := r.URL.RequestURI()
	if r.Method != http.MethodGet {
		delete(c.kept, key)
		c.server.ServeHTTP(w, r)
		return
	}

	text, ok := c.kept[key]
	if !ok || strings.Contains(r.Header.Get(c.heeds), "no-cache") {
		got := httptest.NewRecorder()
		c.server.ServeHTTP(got, r)
		if got.Code != http.StatusOK {
			w.WriteHeader(got.Code)
			return
		}
		text = got.Body.Bytes()
		c.kept[key] = text
	}

	_, _ = w.Write(text)
}

func TestACacheInBetweenLosesNothing(t *testing.T) {
	for _, header := range []string{"Cache-Control", "Pragma"} {
		t.Run(header, func(t *testing.T) {
			s := newServer(false)
			front := httptest.NewServer(&cache{server: s, heeds: header, kept: map[string][]byte{}})
			t.Cleanup(front.Close)
			b := open(t, s.Address(front.URL, "cached"))
			store := state.Open(b)
			add := func(id string) {
				if _, err := store.Update(t.Context(), func(st *state.State) (bool, error) {
					st.EnsureZone("example.com", "z1").Owned[id] = state.Owned{
						Address: "a",
						Name:    id + ".example.com",
						Type:    "A",
					}
					return true, nil
				}); err != nil {
					t.Fatalf("Update = %v", err)
				}
			}

			add("1") // without the lock, the write goes to the address that is read
			lock(t, b, "mine")
			add("2")
			add("3")
			st, err := state.Open(open(t, s.Address(s.Serve(t), "cached"))).Read(t.Context())
			if err != nil {
				t.Fatal(err)
			}

			for n := range 3 {
				if id := fmt.Sprint(n + 1); !st.Zones["example.com"].Owns(id) {
					t.Errorf("update %s is lost, although Update returned no error", id)
				}
			}
		})
	}
}
