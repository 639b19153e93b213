package lint

import (
	"fmt"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
)

// BenchmarkCheck checks a zone of 10,000 records, first each record and then the zone. One of the two zones is
// plain, and the other has work for every check.
func BenchmarkCheck(b *testing.B) {
	for _, bb := range []struct {
		name string
		zone dns.Zone
	}{{"plain", plainZone(10000)}, {"rich", richZone(10000)}} {
		b.Run(bb.name+"/records", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for _, r := range bb.zone.Records {
					if problems := Record(r, bb.zone.Name); problems != nil {
						b.Fatal(r, problems[0])
					}
				}
			}
		})
		b.Run(bb.name+"/zone", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if problems := Zone(bb.zone); problems != nil {
					b.Fatal(problems[0])
				}
			}
		})
	}
}

func plainZone(n int) dns.Zone {
	z := dns.Zone{Name: "example.com"}
	for i := range n {
		r := dns.Record{
			Name:    fmt.Sprintf("h%d.example.com", i/2),
			Type:    dns.A,
			Content: fmt.Sprintf("192.0.2.%d", i%256),
			TTL:     300,
		}
		if i%2 == 1 {
			r.Type, r.Content = dns.TXT, fmt.Sprintf(`"text %d"`, i)
		}
		z.Records = append(z.Records, r)
	}
	return z
}

// richZone returns a zone with ten records for each of n hosts: mail, delegations, aliases.
func richZone(n int) dns.Zone {
	z := dns.Zone{Name: "example.com", Policy: dns.Policy{Ownership: dns.Exclusive}}
	for i := range n / 10 {
		host := fmt.Sprintf("h%d.example.com", i)
		add := func(name string, t dns.Type, content string) {
			z.Records = append(z.Records, dns.Record{Name: name, Type: t, Content: content, TTL: 300})
		}
		add(host, dns.A, "192.0.2.1")
		add(host, dns.TXT, `"v=spf1 mx include:_spf.example.net -all"`)
		add(host, dns.MX, host)
		add("_dmarc."+host, dns.TXT, `"v=DMARC1; p=reject; rua=mailto:dmarc@example.com"`)
		add("s._domainkey."+host, dns.TXT, `"v=DKIM1; k=ed25519; p="`)
		add("www."+host, dns.CNAME, host)
		add("_sip._tcp."+host, dns.SRV, "10 5 5060 "+host)
		add("sub."+host, dns.NS, "ns1.sub."+host)
		add("sub."+host, dns.NS, "ns2.example.net")
		add("ns1.sub."+host, dns.A, "192.0.2.2")
	}
	return z
}
