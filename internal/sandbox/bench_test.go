package sandbox

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// big returns a sandbox with a zone of n records.
func big(b *testing.B, n int) (*Server, string) {
	rs := make([]Record, n)
	for i := range rs {
		rs[i] = Record{Type: "A", Name: fmt.Sprintf("host-%d", i), Content: "192.0.2.1"}
	}
	s := New(Options{Seed: Seed{Zones: []Zone{{Name: "example.com", Plan: "enterprise", RecordQuota: 2 * n, Records: rs}}}})
	z, _ := s.Zone("example.com")
	return s, "/zones/" + z.ID + "/dns_records"
}

func BenchmarkList10000(b *testing.B) {
	s, path := big(b, 10_000)
	ts := httptest.NewServer(s)
	defer ts.Close()
	for b.Loop() {
		req, _ := http.NewRequest("GET", ts.URL+path+"?per_page=5000000", nil)
		req.Header.Set("Authorization", "Bearer x")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		n, _ := io.Copy(io.Discard, res.Body)
		res.Body.Close()
		b.SetBytes(n)
	}
}

func BenchmarkBatch3500(b *testing.B) {
	items := make([]string, 3500)
	for i := range items {
		items[i] = fmt.Sprintf(`{"type":"A","name":"n%d","content":"192.0.2.1","ttl":300}`, i)
	}

	body := `{"posts":[` + strings.Join(items, ",") + `]}`
	for b.Loop() {
		s, path := big(b, 1)
		s.zones[0].info.RecordQuota = 5000
		req := httptest.NewRequest("POST", path+"/batch", strings.NewReader(body))
		req.Header.Set("Authorization", "Bearer x")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, req)
		if w.Code != 200 {
			b.Fatal(w.Body)
		}
	}
}
