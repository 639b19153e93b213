package dns

import (
	"testing"
	"time"
)

func BenchmarkParseContent(b *testing.B) {
	for _, bb := range []struct {
		t       Type
		content string
	}{
		{A, "192.0.2.10"},
		{CNAME, "www.example.com"},
		{TXT, `"v=spf1 include:_spf.example.com include:_spf.example.net -all"`},
		{SRV, "10 5 5060 sip.example.com"},
		{HTTPS, `1 . alpn="h2,h3"`},
	} {
		b.Run(string(bb.t), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, p := ParseContent(bb.t, bb.content); p != nil {
					b.Fatal(p)
				}
			}
		})
	}
}

func BenchmarkAbsoluteName(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, p := AbsoluteName("www", "example.com"); p != nil {
			b.Fatal(p)
		}
	}
}

// compareTimes reports, under the given unit, the time that a takes divided by the time that b takes.
func compareTimes(bm *testing.B, unit string, a, b func()) {
	var tookA, tookB time.Duration
	for bm.Loop() {
		start := time.Now()
		a()
		middle := time.Now()
		b()
		tookA += middle.Sub(start)
		tookB += time.Since(middle)
	}
	bm.ReportMetric(float64(tookA)/float64(tookB), unit)
}
