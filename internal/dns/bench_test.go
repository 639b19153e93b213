package dns

import (
	"fmt"
	"testing"
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

// BenchmarkCheck checks a zone of 10,000 records.
func BenchmarkCheck(b *testing.B) {
	z := Zone{Name: "example.com"}
	for i := range 10000 {
		r := Record{Name: fmt.Sprintf("h%d.example.com", i/2), Type: A, Content: fmt.Sprintf("192.0.2.%d", i%256), TTL: 300}
		if i%2 == 1 {
			r.Type, r.Content = TXT, fmt.Sprintf(`"text %d"`, i)
		}
		z.Records = append(z.Records, r)
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, r := range z.Records {
			if problems := CheckRecord(r, z.Name); problems != nil {
				b.Fatal(problems[0])
			}
		}
		if problems := CheckZone(z); problems != nil {
			b.Fatal(problems[0])
		}
	}
}
