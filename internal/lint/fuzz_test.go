package lint

import (
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
)

// FuzzCheckText checks arbitrary texts at the names that the mail checks look at.
func FuzzCheckText(f *testing.F) {
	names := []string{
		"example.com", "_dmarc.example.com", "s._domainkey.example.com", "_mta-sts.example.com", "_smtp._tls.example.com",
	}
	for i, s := range []string{
		"v=spf1 a:x/24//64 ip4:192.0.2.0/24 include:%{d} redirect=a.b -all",
		"v=DMARC1; p=none; rua=mailto:a@b!1m",
		"v=DKIM1; k=rsa; p=" + rsa512,
		"v=STSv1; id=1",
		"v=TLSRPTv1; rua=https://a",
		"v=spf1 -=:/",
		"v=spf1 +a=/",
		"v=spf1 a}/:",
		"v=DMARC1;=;;=",
	} {
		f.Add(uint8(i), s)
	}

	f.Fuzz(func(t *testing.T, i uint8, text string) {
		v, p := dns.ParseContent(dns.TXT, quote(text))
		if p != nil {
			return
		}
		r := dns.Record{Name: names[int(i)%len(names)], Type: dns.TXT, Content: v.Content, TTL: dns.AutoTTL}
		for _, p := range Record(r, "example.com") {
			checkWording(t, p)
		}

		other := r
		other.Name, other.Content = "b.example.com", `"v=spf1 include:example.com -all"`
		for _, p := range Zone(dns.Zone{Name: "example.com", Records: []dns.Record{r, other}}) {
			checkWording(t, p.Problem)
		}
	})
}

// FuzzCheckContent checks records with any content that can be parsed.
func FuzzCheckContent(f *testing.F) {
	f.Add(uint8(2), "0 issue \"letsencrypt.org; a=b\"")
	f.Add(uint8(6), "2371 13 2 "+sha1Hex)
	f.Add(uint8(7), `1 . alpn="h2,h3" key1=x`)
	f.Add(uint8(8), "90 1 0 N 0 0 0 E 0")
	f.Add(uint8(10), `100 10 "u" "E2U+sip" "!^.*$!sip:a@example.com!" .`)
	f.Add(uint8(15), "10 5 5060 sip.example.com")
	f.Add(uint8(20), `10 1 ""`)
	f.Fuzz(func(t *testing.T, i uint8, content string) {
		typ := dns.Types()[int(i)%len(dns.Types())]
		v, p := dns.ParseContent(typ, content)
		if p != nil {
			checkWording(t, p)
			return
		}
		r := dns.Record{Name: "a.example.com", Type: typ, Content: v.Content, Priority: v.Priority, TTL: dns.AutoTTL}
		for _, p := range Record(r, "example.com") {
			checkWording(t, p)
		}
	})
}
