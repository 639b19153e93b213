package lang

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"testing"
)

func TestDNSFunctions(t *testing.T) {
	cases := []struct{ expr, want string }{
		{`spf({ include = ["_spf.example.net"], ip4 = ["192.0.2.1", "198.51.100.0/24"], all = "~all" })`,
			`"v=spf1 ip4:192.0.2.1 ip4:198.51.100.0/24 include:_spf.example.net ~all"`},
		{`spf({ a = true, mx = ["example.net", "example.org"], ip6 = "2001:db8::/32", all = "-all" })`,
			`"v=spf1 ip6:2001:db8::/32 a mx:example.net mx:example.org -all"`},
		{`spf({ a = false, include = null, all = "-all" })`, `"v=spf1 -all"`},
		{`spf({ exists = "%%{i}.spf.example.net", all = "?all" })`, `"v=spf1 exists:%{i}.spf.example.net ?all"`},
		{`length(spf({ include = [for i in range(9) : "s${i}.example"], mx = true, all = "-all" }))`, `185`},
		{`spf({ redirect = "_spf.example.net" })`, `"v=spf1 redirect=_spf.example.net"`},

		{`dmarc({ p = "reject", rua = ["dmarc@example.com"] })`, `"v=DMARC1; p=reject; rua=mailto:dmarc@example.com"`},
		{`dmarc({ p = "none", sp = "reject", np = null, pct = 50, adkim = "s", aspf = "r", fo = ["1", "d"], ri = 3600,
		          rua = ["mailto:a@example.com", "b,c!@example.net"], ruf = "d@example.com" })`,
			`"v=DMARC1; p=none; sp=reject; pct=50; adkim=s; aspf=r; fo=1:d; ri=3600; ` +
				`rua=mailto:a@example.com,mailto:b%2Cc%21@example.net; ruf=mailto:d@example.com"`},

		{`fqdn("www", "Example.COM.")`, `"www.example.com"`},
		{`fqdn("www.example.com", "example.com")`, `"www.example.com"`},
		{`fqdn("*.bücher", "example.com")`, `"*.xn--bcher-kva.example.com"`},

		{`reverse_name("2001:db8::1")`, `"1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"`},
		{`reverse_name("192.0.2.0/24")`, `"2.0.192.in-addr.arpa"`},
		{`reverse_name("2001:db8::/32")`, `"8.b.d.0.1.0.0.2.ip6.arpa"`},
		{`reverse_name("0.0.0.0/0")`, `"in-addr.arpa"`},
	}
	tree := sample(t)
	for _, c := range cases {
		v, diags := eval(t, tree, c.expr)
		if diags.HasErrors() {
			t.Errorf("%s: %v", c.expr, diags)
		} else if got := asJSON(t, v); got != c.want {
			t.Errorf("%s = %s, want %s", c.expr, got, c.want)
		}
	}
}

func TestDNSFunctionsRefuse(t *testing.T) {
	cases := []struct{ expr, want string }{
		{`spf({ ip4 = ["192.0.2.1"] })`, "all is missing"},
		{`spf({ all = "all" })`, `not "all"`},
		{`spf({ all = "-all", redirect = "example.net" })`, "exclude each other"},
		{`spf({ ip4 = ["2001:db8::1"], all = "-all" })`, "not an IPv4 address"},
		{`spf({ ip4 = ["192.0.2.1 +all"], all = "-all" })`, "not an IPv4 address"},
		{`spf({ include = ["example.net +all"], all = "-all" })`, "white space"},
		{`spf({ include = ["localhost"], all = "-all" })`, "not a full domain"},
		{`spf({ include = [{}], all = "-all" })`, "must be a text"},
		{`spf({ include = [null], all = "-all" })`, "must be a text, not null"},
		{`spf({ include = [for i in range(9) : "s${i}.example"], mx = true, redirect = "example.net" })`, "11 terms need a lookup"},
		{`spf({ nosuch = 1, all = "-all" })`, "It may have ip4, ip6, a, mx, include"},
		{`spf({ inlcude = ["example.net"], all = "-all" })`, `Did you mean "include"?`},
		{`spf("v=spf1")`, "an object"},

		{`dmarc({})`, "p is missing"},
		{`dmarc({ p = "block" })`, "none, quarantine, reject"},
		{`dmarc({ p = "none", pct = 101 })`, "0 to 100"},
		{`dmarc({ p = "none", pct = 1.5 })`, "0 to 100"},
		{`dmarc({ p = "none", rua = "https://example.com" })`, "not a mail address"},
		{`dmarc({ p = "none", rua = "a@example.com; p=none" })`, "not a mail address"},
		{`dmarc({ p = "none", fo = "x" })`, "0, 1, d and s"},

		{`dkim("-----BEGIN PRIVATE KEY-----")`, "must not be published"},
		{`dkim("v=DKIM1; p=abc")`, "a public key in PEM"},
		{`dkim("")`, "a public key in PEM"},
		{`dkim("aGVsbG8=")`, "not an RSA or Ed25519 public key"},
		{`dkim(format("%017000d", 0))`, "too long"},

		{`fqdn("www.example.net.", "example.com")`, "not in the zone"},
		{`fqdn("www", "")`, "empty"},
		{`fqdn("a..b", "example.com")`, "between"},
		{`reverse_name("www")`, "neither an address nor a prefix"},
		{`reverse_name("fe80::1%eth0")`, "neither an address nor a prefix"},
		{`reverse_name("192.0.2.0/25")`, "multiple of 8"},
	}
	wantRefused(t, cases)
}

// A key in PEM, with or without its envelope, and in Base64 over several lines must lead to the same record.
func TestDKIMReadsWhatOpenSSLWrites(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	alone := x509.MarshalPKCS1PublicKey(&key.PublicKey)
	text := base64.StdEncoding.EncodeToString(der)

	want := "v=DKIM1; k=rsa; p=" + text
	for _, spelling := range []string{
		string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})),
		string(pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: alone})),
		text,
		text[:64] + "\n  " + text[64:],
	} {
		if got, err := dkim(spelling); err != nil || got != want {
			t.Errorf("dkim(%q) = %q, %v, want %q", spelling, got, err, want)
		}
	}
}
