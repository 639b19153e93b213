package dns

import "testing"

func TestTarget(t *testing.T) {
	for _, tt := range []struct {
		typ           Type
		content, want string
	}{
		{CNAME, "a.example.com", "a.example.com"},
		{NS, "ns1.example.net", "ns1.example.net"},
		{PTR, "a.example.com", "a.example.com"},
		{MX, "mail.example.com", "mail.example.com"},
		{MX, ".", "."},
		{SRV, "10 5 5060 sip.example.com", "sip.example.com"},
		{SRV, "0 0 0 .", "."},
		{HTTPS, `1 svc.example.com alpn="h2"`, "svc.example.com"},
		{SVCB, "0 svc.example.com", "svc.example.com"},
		{HTTPS, "1 .", "."},
		{A, "192.0.2.1", ""},
		{TXT, `"a.example.com"`, ""},
		{URI, `1 1 "ftp://a.example.com"`, ""},
		{HTTPS, "", ""},
		{SRV, "", ""},
	} {
		if got := (Record{Type: tt.typ, Content: tt.content}).Target(); got != tt.want {
			t.Errorf("Target of %s %q = %q, want %q", tt.typ, tt.content, got, tt.want)
		}
	}
}
