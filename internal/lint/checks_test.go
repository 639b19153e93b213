package lint

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
)

var update = flag.Bool("update", false, "rewrite docs/checks.md")

// problemsByRule returns the problems of a zone and of its records, by the names of the checks.
func problemsByRule(z dns.Zone) map[string]*dns.Problem {
	out := map[string]*dns.Problem{}
	for _, r := range z.Records {
		for _, p := range Record(r, z.Name) {
			out[p.Rule] = p
		}
	}
	declared := map[string]bool{z.Name: true, "example.org": true}
	for _, p := range slices.Concat(Zone(z), Elsewhere(z, declared)) {
		out[p.Rule] = p.Problem
	}
	return out
}

// zone returns the zone example.com with a record for each line, such as "www A 192.0.2.1". Names are
// relative. A "!" after the type makes the record proxied, and a "~" gives it a TTL of 300 seconds.
func zone(t *testing.T, text string) dns.Zone {
	t.Helper()
	z := dns.Zone{Name: "example.com"}
	for line := range strings.Lines(text) {
		words := strings.SplitN(strings.TrimSpace(line), " ", 3)
		if len(words) < 3 {
			continue
		}
		name, p := dns.AbsoluteName(words[0], z.Name)
		if p != nil {
			t.Fatal(p)
		}

		r := record(t, dns.Type(strings.TrimRight(words[1], "!~")), name, words[2])
		r.Proxied = strings.HasSuffix(words[1], "!")
		if strings.HasSuffix(words[1], "~") {
			r.TTL = 300
		}
		z.Records = append(z.Records, r)
	}
	return z
}

func exclusive(z dns.Zone) dns.Zone {
	z.Policy.Ownership = dns.Exclusive
	return z
}

func served(z dns.Zone, servers ...string) dns.Zone {
	z.NameServers = servers
	return z
}

func tier(tier dns.Tier, z dns.Zone, change func(*dns.Record)) dns.Zone {
	z.Tier = tier
	for i := range z.Records {
		change(&z.Records[i])
	}
	return z
}

// offenders returns, for each check, a zone in which the check finds something. Four checks have no zone,
// because ParseData and package config report their problems.
func offenders(t *testing.T) map[string]dns.Zone {
	one := func(r dns.Record) dns.Zone { return dns.Zone{Name: "example.com", Records: []dns.Record{r}} }
	a := record(t, dns.A, "www.example.com", "192.0.2.1")
	nothing := func(*dns.Record) {}

	many := ""
	for i := range 201 {
		many += fmt.Sprintf("h%d A 192.0.2.1\n", i)
	}
	manyServers := ""
	for i := range 11 {
		manyServers += fmt.Sprintf("sub NS ns%d.example.net\n", i)
	}
	chain := ""
	for i := range 9 {
		chain += fmt.Sprintf("c%d CNAME c%d.example.com\n", i, i+1)
	}

	return map[string]dns.Zone{
		"base64":             one(dns.Record{Name: "example.com", Type: dns.OPENPGPKEY, Content: "!", TTL: 1}),
		"data":               one(dns.Record{Name: "example.com", Type: dns.SRV, Content: "1 1 70000 a.b", TTL: 1}),
		"ipv4":               one(dns.Record{Name: "example.com", Type: dns.A, Content: "x", TTL: 1}),
		"ipv6":               one(dns.Record{Name: "example.com", Type: dns.AAAA, Content: "x", TTL: 1}),
		"name":               one(with(a, func(r *dns.Record) { r.Name = "w w.example.com" })),
		"name-outside-zone":  one(with(a, func(r *dns.Record) { r.Name = "www.example.org" })),
		"presentation":       one(dns.Record{Name: "example.com", Type: dns.SRV, Content: "1 1", TTL: 1}),
		"size":               zone(t, "@ TXT "+strings.Repeat("x", 4081)),
		"target":             one(dns.Record{Name: "example.com", Type: dns.CNAME, Content: "192.0.2.1", TTL: 1}),
		"txt":                one(dns.Record{Name: "example.com", Type: dns.TXT, Content: `"x`, TTL: 1}),
		"type":               one(dns.Record{Name: "example.com", Type: "SOA", Content: `x`, TTL: 1}),
		"comment":            one(with(a, func(r *dns.Record) { r.Comment = "a\nb" })),
		"private-address":    zone(t, "@ A 127.0.0.1"),
		"proxied":            zone(t, "@ TXT! x"),
		"proxied-private":    zone(t, "@ A! 10.0.0.1"),
		"private-routing":    one(with(a, func(r *dns.Record) { r.PrivateRouting = true })),
		"proxied-target":     zone(t, "x CNAME! abc.acm-validations.aws"),
		"proxied-underscore": zone(t, "k1._domainkey CNAME! dkim.example.net"),
		"settings":           one(with(a, func(r *dns.Record) { r.Settings.FlattenCNAME = true })),
		"settings-idle":      one(with(a, func(r *dns.Record) { r.Settings.IPv4Only = true })),
		"tags":               one(with(a, func(r *dns.Record) { r.Tags = []string{"a b"} })),
		"tags-limit":         one(with(a, func(r *dns.Record) { r.Tags = []string{strings.Repeat("a", 33)} })),
		"ttl":                one(with(a, func(r *dns.Record) { r.TTL = 10 })),
		"ttl-short":          one(with(a, func(r *dns.Record) { r.TTL = 30 })),
		"cname-alone":        zone(t, "www A 192.0.2.1\nwww CNAME example.net"),
		"cname-beside":       zone(t, "www CNAME example.net\nwww TXT x"),
		"delegation-hides":   zone(t, "sub NS ns1.example.net\nsub NS ns2.example.net\nwww.sub A 192.0.2.1"),
		"dkim-several":       zone(t, "s._domainkey TXT k=rsa; p=\ns._domainkey TXT v=DKIM1; p="),
		"dmarc-several":      zone(t, "_dmarc TXT v=DMARC1; p=none\n_dmarc TXT v=DMARC1; p=reject"),
		"ds-without-ns":      zone(t, "sub DS 1 13 2 "+sha256Hex),
		"duplicate":          zone(t, "www A 192.0.2.1\nwww A~ 192.0.2.1"),
		"ns-alone":           zone(t, "sub NS ns1.example.net\nsub A 192.0.2.1"),
		"ns-count":           zone(t, manyServers),
		"ns-own":             served(zone(t, "sub NS amy.ns.cloudflare.com\nsub NS ns.example.net"), "amy.ns.cloudflare.com"),
		"ns-single":          zone(t, "sub NS ns1.example.net"),
		"null-alone":         zone(t, "@ MX 0 .\n@ MX 10 mail.example.net"),
		"proxied-differs":    zone(t, "@ A! 192.0.2.1\n@ AAAA 2001:db8::1"),
		"set-size":           zone(t, strings.Repeat("@ TXT "+strings.Repeat("x", 4000)+"\n", 3)),
		"spf-several":        zone(t, "@ TXT v=spf1 -all\n@ TXT \"V=SPF1 mx -all\""),
		"svcb-mixed":         zone(t, "@ HTTPS 0 www.example.net\n@ HTTPS 1 . alpn=h2"),
		"ttl-differs":        zone(t, "@ A 192.0.2.1\n@ A~ 192.0.2.2"),
		"cname-chain":        zone(t, chain),
		"cname-loop":         zone(t, "a CNAME b.example.com\nb CNAME c.example.com\nc CNAME a.example.com"),
		"cname-self":         zone(t, "a CNAME a.example.com"),
		"ns-apex":            zone(t, "@ NS ns1.example.net"),
		"ns-proxied":         zone(t, "sub NS ns1.example.com\nns1 A! 192.0.2.1"),
		"svcb-self":          zone(t, "www HTTPS 0 www.example.com"),
		"target-cname":       zone(t, "@ MX 10 mail.example.com\nmail CNAME mail.example.net"),
		"name-doubled":       zone(t, "www.example.com.example.com. A 192.0.2.1"),
		"target-doubled":     zone(t, "@ MX 10 mail.example.com.example.com"),
		"target-missing":     exclusive(zone(t, "@ MX 10 mail.example.com")),
		"target-single":      zone(t, "www CNAME web"),
		"dkim":               zone(t, "s._domainkey TXT v=DKIM1; k=rsa"),
		"dkim-name":          zone(t, "s TXT v=DKIM1; p="),
		"dkim-weak":          zone(t, "s._domainkey TXT v=DKIM1; p="+rsa512),
		"dmarc":              zone(t, "_dmarc TXT v=DMARC1; p=refuse"),
		"dmarc-name":         zone(t, "@ TXT v=DMARC1; p=reject"),
		"mta-sts":            zone(t, "_mta-sts TXT v=STSv1"),
		"mx-null":            zone(t, "@ MX 10 ."),
		"spf":                zone(t, "@ TXT v=spf1 ip4:192.0.2.0/33 -all"),
		"spf-all":            zone(t, "@ TXT v=spf1 mx +all"),
		"spf-length":         zone(t, "@ TXT v=spf1 "+strings.Repeat("ip4:192.0.2.1 ", 33)+"-all"),
		"spf-lookups":        zone(t, "@ TXT v=spf1 "+strings.Repeat("a:h.example.net ", 11)+"-all"),
		"spf-ptr":            zone(t, "@ TXT v=spf1 ptr -all"),
		"spf-unreachable":    zone(t, "@ TXT v=spf1 -all mx"),
		"tls-rpt":            zone(t, "_smtp._tls TXT v=TLSRPTv1; rua=tls@example.com"),
		"caa-flags":          zone(t, "@ CAA 1 issue x.org"),
		"caa-iodef":          zone(t, "@ CAA 0 iodef ca@example.com"),
		"caa-issuer":         zone(t, "@ CAA 0 issue https://letsencrypt.org"),
		"caa-tag":            zone(t, "@ CAA 0 isue letsencrypt.org"),
		"caa-value":          zone(t, `@ CAA 0 issue "\"letsencrypt.org\""`),
		"digest-length":      zone(t, "_443._tcp TLSA 3 1 1 abcd"),
		"key-length":         zone(t, "sub DNSKEY 257 3 13 QUJD"),
		"loc":                zone(t, "@ LOC 90 0 1 N 0 0 0 E 0"),
		"mail-key-name":      zone(t, "me OPENPGPKEY QUJD"),
		"name-elsewhere":     zone(t, "www.example.org A 192.0.2.1"),
		"naptr":              zone(t, `@ NAPTR 1 1 "s" "`+strings.Repeat("x", 256)+`" "" a.b`),
		"naptr-regex":        zone(t, `@ NAPTR 1 1 "u" "E2U+sip" "!^.*$!sip:a@b" .`),
		"srv-name":           zone(t, "sip SRV 1 1 5060 sip.example.net"),
		"svcb-alias":         zone(t, "@ HTTPS 0 www.example.net alpn=h2"),
		"svcb-alpn":          zone(t, `@ HTTPS 1 . alpn="h2, h3"`),
		"tlsa-name":          zone(t, "www TLSA 3 1 1 "+sha256Hex),
		"txt-bytes":          zone(t, `@ TXT "\255"`),
		"txt-quotes":         zone(t, `@ TXT "a\034"`),
		"txt-line":           zone(t, `@ TXT "a\010"`),
		"txt-long":           zone(t, "@ TXT "+strings.Repeat("x", 2048)),
		"unassigned":         zone(t, "@ SSHFP 9 2 "+sha256Hex),
		"uri":                zone(t, `@ URI 1 1 ""`),
		"uri-target":         zone(t, `@ URI 1 1 "www.example.com/"`),
		"tier-comment":       tier("free", one(a), func(r *dns.Record) { r.Comment = strings.Repeat("x", 101) }),
		"tier-flatten":       tier("free", zone(t, "www CNAME example.net"), func(r *dns.Record) { r.Settings.FlattenCNAME = true }),
		"tier-records":       tier("free", zone(t, many), nothing),
		"tier-tags":          tier("free", one(a), func(r *dns.Record) { r.Tags = []string{"a"} }),
		"tier-ttl":           tier("business", one(a), func(r *dns.Record) { r.TTL = 59 }),
	}
}

// rsa512 is an RSA key of 512 bits.
const rsa512 = "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAL7+YzXDF7I5Ga9H+V5wMCFthwbLRe8GjrEodrp0t9ALj4+1" +
	"QqunTmIFnp7saPVH5tJsYTLTQAoogSt/MUs3eVUCAwEAAQ=="

func TestEveryCheckFindsSomething(t *testing.T) {
	found := offenders(t)
	elsewhere := []string{"data-missing", "data-unknown", "proxied-ttl", "zone-name"}
	for _, c := range Checks() {
		z, ok := found[c.Name]
		delete(found, c.Name)
		if !ok {
			if !slices.Contains(elsewhere, c.Name) {
				t.Errorf("offenders has no zone for the check %s", c.Name)
			}
			continue
		}

		p := problemsByRule(z)[c.Name]
		if p == nil {
			t.Errorf("the zone for the check %s has only the problems %v", c.Name, problemsByRule(z))
			continue
		}
		checkWording(t, p)
		if p.Severity != c.Severity {
			t.Errorf("the problem of %s has the severity %s, want %s as in the list of checks", c.Name, p.Severity, c.Severity)
		}
	}

	for name := range found {
		t.Errorf("offenders has a zone for %s, which is not in the list of checks", name)
	}
}

// The test reads the names and severities of problems from the source, because no test can be sure to
// provoke all of them.
func TestEveryRuleInTheSourceIsACheck(t *testing.T) {
	severities := map[string]dns.Severity{"fault": dns.Error, "caution": dns.Warning}
	used := map[string]bool{}
	for _, call := range calls(t) {
		s, ok := severities[call.name]
		rule := call.rule
		if !ok || rule == "" {
			continue
		}

		used[rule] = true
		if c, ok := FindCheck(rule); !ok || c.Severity != s {
			t.Errorf("%s: the rule %q has the severity %s, but the list of checks has %+v", call.at, rule, s, c)
		}
	}
	if len(used) < 70 {
		t.Errorf("found %d rules in the source, want at least 70 of %d", len(used), len(Checks()))
	}
}

type call struct {
	at         token.Position
	name, rule string
}

// calls returns the calls in this package and in dns whose first argument is a string literal.
func calls(t *testing.T) (out []call) {
	t.Helper()
	var files []string
	for _, pattern := range []string{"*.go", "../dns/*.go"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}

	set := token.NewFileSet()
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}

		ast.Inspect(f, func(n ast.Node) bool {
			if c, ok := n.(*ast.CallExpr); ok && len(c.Args) > 0 {
				if text, ok := c.Args[0].(*ast.BasicLit); ok && text.Kind == token.STRING {
					rule, _ := strconv.Unquote(text.Value)
					out = append(out, call{set.Position(c.Pos()), called(c.Fun), rule})
				}
			}
			return true
		})
	}
	return out
}

func called(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

func TestChecksAreSortedAndComplete(t *testing.T) {
	all := Checks()
	for i, c := range all {
		if c.Name == "" || strings.Trim(c.Name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || i > 0 && all[i-1].Name >= c.Name {
			t.Errorf("the name %q is invalid, out of order or repeated", c.Name)
		}
		for _, text := range []string{c.Why, c.Fix} {
			if !strings.HasSuffix(text, ".") || strings.ContainsAny(text, "|\n") {
				t.Errorf("%s: %q is not a sentence that a Markdown table can hold", c.Name, text)
			}
		}
		if c.Summary == "" || strings.HasSuffix(c.Summary, ".") || c.Severity != dns.Error && c.Severity != dns.Warning {
			t.Errorf("%+v is incomplete", c)
		}
		if got, ok := FindCheck(c.Name); !ok || got != c {
			t.Errorf("FindCheck(%q) = %+v, %v, want %+v", c.Name, got, ok, c)
		}
	}
	if _, ok := FindCheck("no-such-check"); ok {
		t.Error("FindCheck(no-such-check) finds a check, want none")
	}
}

func TestDocsOfChecks(t *testing.T) { golden(t, "checks.md", checksPage()) }

// golden compares a page of docs with the generated text.
func golden(t *testing.T, name, want string) {
	t.Helper()
	path := filepath.Join("..", "..", "docs", name)
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, []byte(want)) {
		t.Errorf("docs/%s does not match the source (%v): run go test ./internal/lint -update", name, err)
	}
}

func checksPage() string {
	var b strings.Builder
	b.WriteString(checksIntro)
	b.WriteString("\n## Warnings\n\n")
	writeChecks(&b, dns.Warning)
	b.WriteString("\n## Errors\n\nCloudflare refuses such records or zones, or they have no meaning in DNS. You cannot switch an error off.\n\n")
	writeChecks(&b, dns.Error)
	return b.String()
}

func writeChecks(b *strings.Builder, s dns.Severity) {
	b.WriteString("| check | finds | why | what to do |\n| --- | --- | --- | --- |\n")
	for _, c := range Checks() {
		if c.Severity == s {
			fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", c.Name, c.Summary, c.Why, c.Fix)
		}
	}
}

const checksIntro = `<!-- Written by go test ./internal/lint -update from internal/lint/checks.go; do not edit. -->

# Checks

` + "`cfplan validate`" + ` runs these checks on every declared record and on each zone as a whole. It uses no
network. ` + "`plan` and `apply`" + ` run them before anything else. An error stops the run, and a warning
does not. A warning ends in the name of its check:

` + "```text" + `
Warning: Several SPF records at one name
…
"example.com" has 2 SPF records. If there is more than one, SPF fails
permanently. Merge them into one. See also dns.cf.hcl:12
(example.com/TXT/spf). (check spf-several)
` + "```" + `

If more than ten warnings have the same summary, they are [grouped](configuration.md). Commands that
only read, or that maintain the state, show no warnings.

## Switching a warning off

You can switch a warning off for the whole configuration, or for one record block:

` + "```hcl" + `
cfplan {
  ignore_warnings = ["private-address", "txt-long"]
}

zone "example.com" {
  record "A" "printer" {
    content         = "10.0.0.20"
    ignore_warnings = ["private-address"]
  }
}
` + "```" + `

If a warning is about several records, one of their blocks can switch it off for all of them. The
list must be a constant. A name that is not the name of a warning is an error.

The checks see only the configuration. They do not know whether a target in another zone exists, what
an SPF record includes from other zones, or which undeclared records a managed zone has. Checks whose
names begin with ` + "`tier-`" + ` run only if Cloudflare's plan for the zone is known.
`
