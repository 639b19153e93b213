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

// BenchmarkCheck checks a zone of 10,000 records, each alone and then all
// together: a plain zone, and one in which every check has something to look at.
func BenchmarkCheck(b *testing.B) {
	for _, bb := range []struct {
		name string
		zone Zone
	}{{"plain", plainZone(10000)}, {"rich", richZone(10000)}} {
		b.Run(bb.name+"/records", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for _, r := range bb.zone.Records {
					if problems := CheckRecord(r, bb.zone.Name); problems != nil {
						b.Fatal(r, problems[0])
					}
				}
			}
		})
		b.Run(bb.name+"/zone", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if problems := CheckZone(bb.zone); problems != nil {
					b.Fatal(problems[0])
				}
			}
		})
	}
}

func plainZone(n int) Zone {
	z := Zone{Name: "example.com"}
	for i := range n {
		r := Record{Name: fmt.Sprintf("h%d.example.com", i/2), Type: A, Content: fmt.Sprintf("192.0.2.%d", i%256), TTL: 300}
		if i%2 == 1 {
			r.Type, r.Content = TXT, fmt.Sprintf(`"text %d"`, i)
		}
		z.Records = append(z.Records, r)
	}
	return z
}

// richZone has ten records at each of its hosts: mail, delegations, aliases.
func richZone(n int) Zone {
	z := Zone{Name: "example.com", Policy: Policy{Ownership: Exclusive}}
	for i := range n / 10 {
		host := fmt.Sprintf("h%d.example.com", i)
		add := func(name string, t Type, content string) {
			z.Records = append(z.Records, Record{Name: name, Type: t, Content: content, TTL: 300})
		}
		add(host, A, "192.0.2.1")
		add(host, TXT, `"v=spf1 mx include:_spf.example.net -all"`)
		add(host, MX, host)
		add("_dmarc."+host, TXT, `"v=DMARC1; p=reject; rua=mailto:dmarc@example.com"`)
		add("s._domainkey."+host, TXT, `"v=DKIM1; k=ed25519; p="`)
		add("www."+host, CNAME, host)
		add("_sip._tcp."+host, SRV, "10 5 5060 "+host)
		add("sub."+host, NS, "ns1.sub."+host)
		add("sub."+host, NS, "ns2.example.net")
		add("ns1.sub."+host, A, "192.0.2.2")
	}
	return z
}
