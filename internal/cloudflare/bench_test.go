package cloudflare

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// bigZone serves 10,000 records in two pages: mostly addresses, with some MX, TXT and structured records.
func bigZone(b *testing.B) *httptest.Server {
	pages := [2]string{bigPage(0), bigPage(5000)}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, pages[atoi(r.URL.Query().Get("page"))-1])
	}))
	b.Cleanup(s.Close)
	return s
}

func bigPage(from int) string {
	values := []string{
		`"type":"A","content":"192.0.2.1"`, `"type":"A","content":"198.51.100.7"`, `"type":"AAAA","content":"2001:db8::1"`,
		`"type":"CNAME","content":"target.example.net"`, `"type":"MX","content":"mx.example.net","priority":10`,
		`"type":"TXT","content":"\"v=spf1 include:_spf.example.net ~all\""`,
		`"type":"SRV","content":"5 5060 sip.example.com","priority":10,"data":{"port":5060,"priority":10,"target":"sip.example.com","weight":5}`,
	}

	records := make([]string, 5000)
	for i := range records {
		records[i] = fmt.Sprintf(`{"id":"%032x","name":"host-%d.example.com",%s,"proxiable":true,"proxied":false,"ttl":300,"settings":{},`+
			`"meta":{"auto_added":false,"managed_by_apps":false,"managed_by_argo_tunnel":false},"comment":null,"tags":[],`+
			`"created_on":"2025-02-06T23:37:26.594097Z","modified_on":"2025-02-06T23:37:26.594097Z"}`, from+i, from+i, values[i%len(values)])
	}

	return `{"result":[` + strings.Join(records, ",") + `],"success":true,"errors":[],"messages":[],` +
		`"result_info":{"page":1,"per_page":5000,"count":5000,"total_count":10000,"total_pages":2}}`
}

// BenchmarkRecords reads a zone of 10,000 records. It reports as "ratio" the time relative to fetching the
// same pages and decoding them with encoding/json.
func BenchmarkRecords(b *testing.B) {
	s := bigZone(b)
	c := newClient(Options{BaseURL: s.URL, Credentials: Credentials{Token: testToken}}, newFakeClock())
	var ours, floor time.Duration
	for b.Loop() {
		start := time.Now()
		records, err := c.Records(context.Background(), zoneID)
		if err != nil || len(records) != 10_000 {
			b.Fatalf("%d records, %v", len(records), err)
		}
		ours += time.Since(start)
		b.StopTimer()
		start = time.Now()
		fetchPlainly(b, s.URL)
		floor += time.Since(start)
		b.StartTimer()
	}

	b.ReportMetric(float64(ours)/float64(floor), "ratio")
}

func fetchPlainly(b *testing.B, base string) {
	for page := 1; page <= 2; page++ {
		res, err := http.Get(fmt.Sprintf("%s/?page=%d", base, page))
		if err != nil {
			b.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		var env envelope[[]wireRecord]
		if err != nil || json.Unmarshal(body, &env) != nil || len(env.Result) != 5000 {
			b.Fatalf("page %d: %v", page, err)
		}
	}
}
