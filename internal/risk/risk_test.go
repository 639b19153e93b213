package risk

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/dns/dnstest"
	"github.com/cfplan/cfplan/internal/plan"
)

var update = flag.Bool("update", false, "write docs/risks.md")

// planned returns the plan that turns the records in before into the records in after. The zone also has the records
// in theirs. cfplan owns the records in before, but not those in theirs.
func planned(t *testing.T, before, after []string, theirs ...string) plan.Zone {
	t.Helper()
	seen, desired := dnstest.Records(t, slices.Concat(before, theirs)...), dnstest.Records(t, after...)
	owned := map[string]string{}
	for _, r := range seen[:len(before)] {
		owned[r.ID] = plan.Address("example.com", r)
	}
	for i := range desired {
		desired[i].ID = ""
	}

	declared := dns.Zone{Name: "example.com", Records: desired}
	z, diags := plan.Diff(plan.Input{
		Desired: declared,
		Seen:    dns.Zone{Name: "example.com", ID: "z", Records: seen},
		Owned:   owned,
		Source:  plan.Source{Kind: plan.SourceLive},
	})
	if len(diags) > 0 {
		t.Fatalf("Diff reports the diagnostics %v, want none", diags)
	}
	return Assess(z, declared, seen, owned)
}

// risksOf returns the risks of the plan that planned returns.
func risksOf(t *testing.T, before, after []string, theirs ...string) []plan.Risk {
	t.Helper()
	var out []plan.Risk
	for _, c := range planned(t, before, after, theirs...).Changes {
		out = append(out, c.Risks...)
	}
	return out
}

// riskCases has changes and the rules that must find a risk in them, each rule once for each change that has the
// risk. docs/risks.md takes the example of a rule from the first case that names the rule first.
var riskCases = []struct {
	name          string
	before, after []string
	rules         []string
}{
	{"the only MX is removed", []string{"@ 300 MX 10 mx1.example.net"}, nil, []string{"mail-mx-last"}},
	{"one of two MX is removed", []string{"@ 300 MX 10 mx1.example.net", "@ 300 MX 20 mx2.example.net"}, []string{"@ 300 MX 10 mx1.example.net"}, []string{"mail-mx"}},
	{"an MX gets another host", []string{"@ 300 MX 10 mx1.example.net"}, []string{"@ 300 MX 10 mx.example.org"}, []string{"mail-mx"}},
	{"an MX gets another priority", []string{"@ 300 MX 10 mx1.example.net"}, []string{"@ 300 MX 5 mx1.example.net"}, []string{"mail-mx"}},
	{"an MX beside another", []string{"@ 300 MX 10 mx1.example.net"}, []string{"@ 300 MX 10 mx1.example.net", "@ 300 MX 5 mx2.example.net"}, []string{"mail-mx"}},
	{"the first MX of a name", nil, []string{"@ 300 MX 10 mx1.example.net"}, nil},

	{"SPF is removed", []string{`@ 300 TXT "v=spf1 -all"`}, nil, []string{"mail-spf-removed"}},
	{"SPF turns into something else", []string{`@ 300 TXT "v=spf1 -all"`}, []string{`@ 300 TXT "hello"`}, []string{"mail-spf-removed"}},
	{"SPF is replaced by another", []string{`@ 300 TXT "v=spf1 ip4:192.0.2.1 -all"`}, []string{`@ 300 TXT "v=spf1 ip4:192.0.2.1 a -all"`}, nil},
	{"SPF lets every address pass", []string{`@ 300 TXT "v=spf1 -all"`}, []string{`@ 300 TXT "v=spf1 +all"`}, []string{"mail-spf-open"}},
	{"a new SPF that lets every address pass", nil, []string{`@ 300 TXT "v=spf1 all"`}, []string{"mail-spf-open"}},
	{"SPF ends softer", []string{`@ 300 TXT "v=spf1 mx -all"`}, []string{`@ 300 TXT "v=spf1 mx ~all"`}, []string{"mail-spf-weaker"}},
	{"SPF ends harder", []string{`@ 300 TXT "v=spf1 mx ~all"`}, []string{`@ 300 TXT "v=spf1 mx -all"`}, nil},
	{"SPF loses its end", []string{`@ 300 TXT "v=spf1 mx ~all"`}, []string{`@ 300 TXT "v=spf1 mx"`}, []string{"mail-spf-weaker"}},
	{"SPF hands over", []string{`@ 300 TXT "v=spf1 mx ~all"`}, []string{`@ 300 TXT "v=spf1 mx redirect=_spf.example.net"`}, nil},
	{"a sender leaves SPF", []string{`@ 300 TXT "v=spf1 include:a.example mx -all"`}, []string{`@ 300 TXT "v=spf1 mx -all"`}, []string{"mail-spf-sender"}},
	{"a sender of SPF is written otherwise", []string{`@ 300 TXT "v=spf1 include:A.example mx -all"`}, []string{`@ 300 TXT "v=spf1 +mx include:a.example -all"`}, nil},

	{"DMARC is removed", []string{`_dmarc 300 TXT "v=DMARC1; p=reject"`}, nil, []string{"mail-dmarc-removed"}},
	{"DMARC becomes an alias", []string{`_dmarc 300 TXT "v=DMARC1; p=reject"`}, []string{"_dmarc 300 CNAME dmarc.example.net"}, nil},
	{"DMARC gets weaker", []string{`_dmarc 300 TXT "v=DMARC1; p=reject"`}, []string{`_dmarc 300 TXT "v=DMARC1; p=none"`}, []string{"mail-dmarc-weaker"}},
	{"DMARC of the names below gets weaker", []string{`_dmarc 300 TXT "v=DMARC1; p=reject; sp=reject"`}, []string{`_dmarc 300 TXT "v=DMARC1; p=reject; sp=none"`}, []string{"mail-dmarc-weaker"}},
	{"DMARC gets an exception for the names below", []string{`_dmarc 300 TXT "v=DMARC1; p=reject"`}, []string{`_dmarc 300 TXT "v=DMARC1; p=reject; sp=none"`}, []string{"mail-dmarc-weaker"}},
	{"DMARC for fewer messages", []string{`_dmarc 300 TXT "v=DMARC1; p=reject"`}, []string{`_dmarc 300 TXT "v=DMARC1; p=reject; pct=10"`}, []string{"mail-dmarc-weaker"}},
	{"DMARC gets stricter", []string{`_dmarc 300 TXT "v=DMARC1; p=none"`}, []string{`_dmarc 300 TXT "v=DMARC1; p=reject"`}, nil},
	{"DMARC gets another address", []string{`_dmarc 300 TXT "v=DMARC1; p=none; rua=mailto:a@example.com"`}, []string{`_dmarc 300 TXT "v=DMARC1; p=none; rua=mailto:b@example.com"`}, nil},

	{"a DKIM key is removed", []string{`s1._domainkey 300 TXT "v=DKIM1; p=MIGf"`}, nil, []string{"mail-dkim-removed"}},
	{"a DKIM alias is removed", []string{"s1._domainkey 300 CNAME s1.dkim.example.net"}, nil, []string{"mail-dkim-removed"}},
	{"a DKIM key is revoked", []string{`s1._domainkey 300 TXT "v=DKIM1; p=MIGf"`}, []string{`s1._domainkey 300 TXT "v=DKIM1; p="`}, []string{"mail-dkim-removed"}},
	{"a DKIM key changes", []string{`s1._domainkey 300 TXT "v=DKIM1; p=MIGf"`}, []string{`s1._domainkey 300 TXT "v=DKIM1; p=MIGg"`}, []string{"mail-dkim"}},
	{"a DKIM key is new", nil, []string{`s1._domainkey 300 TXT "v=DKIM1; p=MIGf"`}, nil},

	{"the apex leads nowhere", []string{"@ 300 A 192.0.2.1"}, nil, []string{"apex"}},
	{"the apex moves", []string{"@ 300 A 192.0.2.1"}, []string{"@ 300 A 192.0.2.2"}, []string{"apex-moved"}},
	{"one of two addresses of the apex is removed", []string{"@ 300 A 192.0.2.1", "@ 300 A 192.0.2.2"}, []string{"@ 300 A 192.0.2.1"}, []string{"apex-moved"}},
	{"the apex gets another TTL", []string{"@ 300 A 192.0.2.1"}, []string{"@ 600 A 192.0.2.1"}, nil},

	{"the zone's own name servers", nil, []string{"@ 86400 NS ns1.example.net"}, []string{"delegation-apex"}},
	{"a delegation moves", []string{"sub 300 NS ns1.example.net"}, []string{"sub 300 NS ns1.example.org"}, []string{"delegation"}},
	{"a delegation ends", []string{"sub 300 NS ns1.example.net"}, nil, []string{"delegation"}},
	{"a delegation of an empty name", nil, []string{"sub 300 NS ns1.example.net"}, nil},
	{"a delegation hides records", []string{"www.sub 300 A 192.0.2.1"}, []string{"www.sub 300 A 192.0.2.1", "sub 300 NS ns1.example.net"}, []string{"delegation-hides"}},
	{"a DS is new", []string{"sub 300 NS ns1.example.net"}, []string{"sub 300 NS ns1.example.net", "sub 300 DS 1 13 2 aa"}, []string{"ds"}},
	{"a DS is removed", []string{"sub 300 NS ns1.example.net", "sub 300 DS 1 13 2 aa"}, []string{"sub 300 NS ns1.example.net"}, []string{"ds-removed"}},

	{"the issuer may no longer issue", []string{`@ 300 CAA 0 issue "letsencrypt.org"`}, []string{`@ 300 CAA 0 issue "pki.goog"`}, []string{"caa-issuer"}},
	{"the only restriction of issuers is removed", []string{`@ 300 CAA 0 issue "letsencrypt.org"`}, nil, nil},
	{"an issuer with other parameters", []string{`@ 300 CAA 0 issue "letsencrypt.org"`}, []string{`@ 300 CAA 0 issue "letsencrypt.org; accounturi=https://acme.example/1"`}, []string{"caa-issuer"}},
	{"issuers are restricted", nil, []string{`@ 300 CAA 0 issue "letsencrypt.org"`}, []string{"caa-first"}},
	{"no one may issue", nil, []string{`@ 300 CAA 0 issue ";"`}, []string{"caa-first"}},
	{"a contact for issuers", nil, []string{`@ 300 CAA 0 iodef "mailto:a@example.com"`}, nil},

	{"the proxy is switched off", []string{"www proxied A 192.0.2.1"}, []string{"www auto A 192.0.2.1"}, []string{"unproxied"}},
	{"an address that is no longer hidden anywhere", []string{"a proxied A 192.0.2.1", "b proxied A 192.0.2.1"}, []string{"a 300 A 192.0.2.1", "b 300 A 192.0.2.1"}, []string{"unproxied", "unproxied"}},
	{"the hidden address shows elsewhere", []string{"www proxied A 192.0.2.1"}, []string{"www proxied A 192.0.2.1", "ftp auto A 192.0.2.1"}, []string{"origin-shown"}},
	{"the proxy hides a mail host", []string{"mail auto A 192.0.2.1", "@ 300 MX 10 mail.example.com"}, []string{"mail proxied A 192.0.2.1", "@ 300 MX 10 mail.example.com"}, []string{"proxied-target", "proxied"}},
	{"the proxy is switched on", []string{"www auto A 192.0.2.1"}, []string{"www proxied A 192.0.2.1"}, []string{"proxied"}},
	{"a new proxied name", nil, []string{"www proxied A 192.0.2.1"}, nil},

	{"another record's target is removed", []string{"web auto A 192.0.2.1", "www auto CNAME web.example.com"}, []string{"www auto CNAME web.example.com"}, []string{"target-removed", "name-gone"}},
	{"a target is removed together with its alias", []string{"web auto A 192.0.2.1", "www auto CNAME web.example.com"}, nil, []string{"name-gone", "name-gone"}},
	{"a target that a wildcard still answers for", []string{"web auto A 192.0.2.1", "* auto A 192.0.2.2", "www auto CNAME web.example.com"},
		[]string{"* auto A 192.0.2.2", "www auto CNAME web.example.com"}, []string{"wildcard-answers"}},
	{"an alias to what can be claimed", nil, []string{"docs auto CNAME cfplan.github.io"}, []string{"takeover"}},
	{"an alias to a bucket in a region", nil, []string{"files auto CNAME files.s3-website.eu-central-1.amazonaws.com"}, []string{"takeover"}},
	{"an alias to a name that ends alike", nil, []string{"docs auto CNAME notgithub.io"}, nil},
	{"the proof is removed and the alias stays", []string{"docs auto CNAME docs.azurewebsites.net", `asuid.docs auto TXT "proof"`}, []string{"docs auto CNAME docs.azurewebsites.net"}, []string{"takeover-proof"}},
	{
		"a text that is not a proof is removed",
		[]string{"docs auto CNAME docs.azurewebsites.net", `note.docs auto TXT "proof"`},
		[]string{"docs auto CNAME docs.azurewebsites.net"},
		nil,
	},
	{"the proof is removed with the alias", []string{"docs auto CNAME docs.azurewebsites.net", `asuid.docs auto TXT "proof"`}, nil, []string{"name-gone"}},

	{"a wildcard is new", nil, []string{"* auto A 192.0.2.1"}, []string{"wildcard"}},
	{"a wildcard is removed", []string{"* auto A 192.0.2.1"}, nil, []string{"wildcard"}},
	{"a name is removed", []string{"www auto A 192.0.2.1"}, nil, []string{"name-gone"}},
	{"an address becomes an alias", []string{"www auto A 192.0.2.1"}, []string{"www auto CNAME web.example.net"}, nil},
	{"a service is removed", []string{"_sip._tcp 300 SRV 10 60 5060 sip.example.net"}, nil, []string{"service"}},
	{"a pinned certificate changes", []string{"_443._tcp.www 300 TLSA 3 1 1 aa"}, []string{"_443._tcp.www 300 TLSA 3 1 1 bb"}, []string{"certificate-pin"}},
	{"a delegated challenge is removed", []string{"_acme-challenge auto CNAME x.acme.example.net"}, nil, []string{"acme"}},
	{"a site verification is removed", []string{`@ auto TXT "google-site-verification=abc"`}, nil, []string{"verification"}},
	{"another text is removed", []string{`@ auto TXT "hello"`}, nil, nil},
	{"a long TTL", []string{"www 86400 A 192.0.2.1"}, []string{"www 300 A 192.0.2.2"}, []string{"old-answers"}},
	{"a short TTL", []string{"www 300 A 192.0.2.1"}, []string{"www 300 A 192.0.2.2"}, nil},
	{"a new record with a long TTL", nil, []string{"www 86400 A 192.0.2.1"}, nil},
	{"a record below a delegation", []string{"sub 300 NS ns1.example.net"}, []string{"sub 300 NS ns1.example.net", "www.sub 300 A 192.0.2.1"}, []string{"below-delegation"}},
	{"a delegation with its glue", []string{"ns1.sub 300 A 192.0.2.1"}, []string{"ns1.sub 300 A 192.0.2.1", "sub 300 NS ns1.sub.example.com"}, nil},
	{"a delegation hides the name's own records", []string{`sub 300 TXT "x"`}, []string{`sub 300 TXT "x"`, "sub 300 NS ns1.example.net"}, []string{"delegation-hides"}},
	{"the TTL of a delegation", []string{"sub 300 NS ns1.example.net"}, []string{"sub 3600 NS ns1.example.net"}, nil},
	{"the TTL of a DS", []string{"sub 300 NS ns1.example.net", "sub 300 DS 1 13 2 aa"}, []string{"sub 300 NS ns1.example.net", "sub 600 DS 1 13 2 aa"}, nil},
	{"the TTL of a null key", []string{`*._domainkey 300 TXT "v=DKIM1; p="`}, []string{`*._domainkey 600 TXT "v=DKIM1; p="`}, nil},
	{"a new null key", nil, []string{`*._domainkey 300 TXT "v=DKIM1; p="`}, nil},
	{"a DKIM key with another flag", []string{`s1._domainkey 300 TXT "v=DKIM1; p=MIGf"`}, []string{`s1._domainkey 300 TXT "v=DKIM1; t=y; p=MIGf"`}, nil},
	{"the TTL of a pinned certificate", []string{"_443._tcp.www 300 TLSA 3 1 1 aa"}, []string{"_443._tcp.www 600 TLSA 3 1 1 aa"}, nil},
	{"the TTL of a wildcard", []string{"* 300 A 192.0.2.1"}, []string{"* 600 A 192.0.2.1"}, nil},
	{"one of two addresses of a wildcard", []string{"* 300 A 192.0.2.1", "* 300 A 192.0.2.2"}, []string{"* 300 A 192.0.2.1"}, []string{"wildcard"}},
	{"the TTL of a record with a long one", []string{"www 86400 A 192.0.2.1"}, []string{"www 300 A 192.0.2.1"}, nil},
	{"DMARC is rolled out", []string{`_dmarc 300 TXT "v=DMARC1; p=none"`}, []string{`_dmarc 300 TXT "v=DMARC1; p=quarantine; pct=10"`}, nil},
	{"DMARC of a name below is removed, the organization's stays", []string{`_dmarc 300 TXT "v=DMARC1; p=reject"`, `_dmarc.news 300 TXT "v=DMARC1; p=reject"`}, []string{`_dmarc 300 TXT "v=DMARC1; p=reject"`}, nil},
	{"DMARC of a name below makes an exception", []string{`_dmarc 300 TXT "v=DMARC1; p=reject"`}, []string{`_dmarc 300 TXT "v=DMARC1; p=reject"`, `_dmarc.news 300 TXT "v=DMARC1; p=none"`}, []string{"mail-dmarc-weaker"}},
	{"hosted DMARC is removed", []string{"_dmarc 300 CNAME x.dmarc.example.net"}, nil, []string{"mail-dmarc-removed"}},
	{"a second SPF", []string{`@ 300 TXT "v=spf1 -all"`}, []string{`@ 300 TXT "v=spf1 -all"`, `@ 300 TXT "v=spf1 mx -all"`}, []string{"mail-several"}},
	{"a second DMARC", []string{`_dmarc 300 TXT "v=DMARC1; p=none"`}, []string{`_dmarc 300 TXT "v=DMARC1; p=none"`, `_dmarc 300 TXT "v=DMARC1; p=reject"`}, []string{"mail-several"}},
	{"SPF with all addresses", nil, []string{`@ 300 TXT "v=spf1 ip4:0.0.0.0/0 -all"`}, []string{"mail-spf-open"}},
	{"SPF with a wider network", []string{`@ 300 TXT "v=spf1 ip4:192.0.2.1 -all"`}, []string{`@ 300 TXT "v=spf1 ip4:192.0.2.0/24 -all"`}, nil},
	{"SPF hands over by another word", []string{`@ 300 TXT "v=spf1 redirect=_spf.example.net"`}, []string{`@ 300 TXT "v=spf1 include:_spf.example.net -all"`}, nil},
	{"mail moves to another provider", []string{"@ 300 MX 10 mx1.example.net"}, []string{"@ 300 MX 1 a.example.org", "@ 300 MX 5 b.example.org"}, []string{"mail-mx", "mail-mx"}},
	{"a null MX comes beside an MX", []string{"@ 300 MX 10 mx1.example.net"}, []string{"@ 300 MX 10 mx1.example.net", "@ 300 MX 0 ."}, []string{"mail-null-mx"}},
	{"an MX comes beside a null MX", []string{"@ 300 MX 0 ."}, []string{"@ 300 MX 0 .", "@ 300 MX 10 mx1.example.net"}, []string{"mail-null-mx"}},
	{"an MX is removed, and that of a wildcard takes the mail", []string{"* 300 MX 10 mx.example.net", "shop 300 MX 5 mx2.example.net"},
		[]string{"* 300 MX 10 mx.example.net"}, []string{"wildcard-answers"}},
	{"an MX is removed, and its name keeps a text", []string{"* 300 MX 10 mx.example.net", "shop 300 MX 5 mx2.example.net", `shop 300 TXT "x"`},
		[]string{"* 300 MX 10 mx.example.net", `shop 300 TXT "x"`}, []string{"mail-mx-last"}},
	{"SPF is removed, and a wildcard has one", []string{`* 300 TXT "v=spf1 -all"`, `shop 300 TXT "v=spf1 mx -all"`},
		[]string{`* 300 TXT "v=spf1 -all"`}, []string{"wildcard-answers"}},
	{"the hidden address of another name, beside a proxied one",
		[]string{"www proxied A 192.0.2.1", "shop proxied A 192.0.2.2"},
		[]string{"www proxied A 192.0.2.1", "shop proxied A 192.0.2.2", "shop 300 A 192.0.2.1"}, []string{"proxied-mix"}},
	{"two hosts swap their priorities", []string{"@ 300 MX 10 a.example.net", "@ 300 MX 20 b.example.net"},
		[]string{"@ 300 MX 20 a.example.net", "@ 300 MX 10 b.example.net"}, []string{"mail-mx", "mail-mx"}},
	{"mail is switched off", []string{"@ 300 MX 10 mx1.example.net"}, []string{"@ 300 MX 0 ."}, []string{"mail-mx-last"}},
	{"mail is switched on", []string{"@ 300 MX 0 ."}, []string{"@ 300 MX 10 mx1.example.net"}, nil},
	{"a proxied address becomes a bare alias", []string{"www proxied A 192.0.2.1"}, []string{"www 300 CNAME origin.example.net"}, []string{"unproxied"}},
	{"an address becomes a proxied alias", []string{"www 300 A 192.0.2.1"}, []string{"www proxied CNAME origin.example.net"}, []string{"proxied"}},
	{"an MX at a proxied host", []string{"mail proxied A 192.0.2.1"}, []string{"mail proxied A 192.0.2.1", "@ 300 MX 10 mail.example.com"}, []string{"proxied-target"}},
	{"wildcard certificates are forbidden", []string{`@ 300 CAA 0 issue "letsencrypt.org"`}, []string{`@ 300 CAA 0 issue "letsencrypt.org"`, `@ 300 CAA 0 issuewild ";"`}, []string{"caa-issuer"}},
	{"the name above binds again", []string{`@ 300 CAA 0 issue "letsencrypt.org"`, `shop 300 CAA 0 issue "digicert.com"`}, []string{`@ 300 CAA 0 issue "letsencrypt.org"`}, []string{"caa-issuer"}},
	{"a name says what the one above says", []string{`@ 300 CAA 0 issue "letsencrypt.org"`}, []string{`@ 300 CAA 0 issue "letsencrypt.org"`, `shop 300 CAA 0 issue "letsencrypt.org"`}, nil},
	{"an alias to a load balancer", nil, []string{"lb auto CNAME my-lb-1.us-east-1.elb.amazonaws.com"}, nil},
	{"a DKIM alias to a service", nil, []string{"zendesk1._domainkey auto CNAME zendesk1._domainkey.zendesk.com"}, nil},
	{"an answered challenge is removed", []string{`_acme-challenge auto TXT "token"`}, nil, nil},
	{"a name that no wildcard answers for", []string{"* 300 A 192.0.2.1", "api.dev 300 A 192.0.2.2", "db.dev 300 A 192.0.2.3"}, []string{"* 300 A 192.0.2.1", "db.dev 300 A 192.0.2.3"}, []string{"name-gone"}},
	{"a name that a wildcard answers for", []string{"* 300 A 192.0.2.1", "api.dev 300 A 192.0.2.2"}, []string{"* 300 A 192.0.2.1"}, []string{"wildcard-answers"}},
	{"a name that a wildcard answers for alike", []string{"* 300 A 192.0.2.1", "api 300 A 192.0.2.1"}, []string{"* 300 A 192.0.2.1"}, nil},
	{"an alias that a wildcard answers for", []string{"* 300 A 192.0.2.1", "api 300 CNAME a.example.net"}, []string{"* 300 A 192.0.2.1"}, []string{"wildcard-answers"}},
	{"a text that an alias of a wildcard answers for", []string{"* 300 CNAME a.example.net", `api 300 TXT "x"`}, []string{"* 300 CNAME a.example.net"}, []string{"wildcard-answers"}},
	{"a text that a wildcard has no answer for", []string{"* 300 A 192.0.2.1", `api 300 TXT "x"`}, []string{"* 300 A 192.0.2.1"}, nil},
	{"an address of a name that keeps a text", []string{"* 300 A 192.0.2.1", "api 300 A 192.0.2.2", `api 300 TXT "x"`}, []string{"* 300 A 192.0.2.1", `api 300 TXT "x"`}, []string{"name-gone"}},
	{"addresses of which one is proxied", []string{"www proxied A 192.0.2.1"}, []string{"www proxied A 192.0.2.1", "www 300 A 192.0.2.2"}, []string{"proxied-mix"}},
	{"addresses that are all proxied", []string{"www proxied A 192.0.2.1"}, []string{"www proxied A 192.0.2.1", "www proxied AAAA 2001:db8::1"}, nil},
	{"a bare alias of a proxied name", []string{"@ proxied A 192.0.2.1", "www proxied CNAME example.com"}, []string{"@ proxied A 192.0.2.1", "www 300 CNAME example.com"}, nil},
	{"a bare alias that leads to a proxied name", []string{"a proxied A 192.0.2.1", "b 300 CNAME a.example.com", "www proxied CNAME b.example.com"},
		[]string{"a proxied A 192.0.2.1", "b 300 CNAME a.example.com", "www 300 CNAME b.example.com"}, nil},
	{"a bare alias of what a proxied wildcard answers for", []string{"* proxied A 192.0.2.1", "www proxied CNAME x.example.com"}, []string{"* proxied A 192.0.2.1", "www 300 CNAME x.example.com"}, nil},
	{"a bare alias of a bare name", []string{"a 300 A 192.0.2.1", "www proxied CNAME a.example.com"}, []string{"a 300 A 192.0.2.1", "www 300 CNAME a.example.com"}, []string{"unproxied"}},
	{"bare aliases in a circle", []string{"a 300 CNAME www.example.com", "www proxied CNAME a.example.com"}, []string{"a 300 CNAME www.example.com", "www 300 CNAME a.example.com"}, []string{"unproxied"}},
	{"a network of SPF in two halves", []string{`@ 300 TXT "v=spf1 ip4:192.0.2.0/24 -all"`}, []string{`@ 300 TXT "v=spf1 ip4:192.0.2.0/25 ip4:192.0.2.128/25 -all"`}, nil},
	{"half of a network leaves SPF", []string{`@ 300 TXT "v=spf1 ip6:2001:db8::/32 -all"`}, []string{`@ 300 TXT "v=spf1 ip6:2001:db8::/33 -all"`}, []string{"mail-spf-sender"}},
	{"SPF names its own domain", []string{`@ 300 TXT "v=spf1 mx a -all"`}, []string{`@ 300 TXT "v=spf1 mx:example.com a:example.com -all"`}, nil},
	{"no change", []string{"www 300 A 192.0.2.1"}, []string{"www 300 A 192.0.2.1"}, nil},
}

// besideCases is like riskCases, for a zone with records that cfplan does not own.
var besideCases = []struct {
	name          string
	before, after []string
	rules         []string
	theirs        []string
}{
	{"an address beside another's", nil, []string{"www 300 A 192.0.2.2"}, []string{"joins-unmanaged"}, []string{"www 300 A 192.0.2.1"}},
	{"an MX beside another's", nil, []string{"@ 300 MX 10 mx1.example.net"}, []string{"joins-unmanaged", "mail-mx"}, []string{"@ 300 MX 20 mx.example.org"}},
	{"an MX beside another's null MX", nil, []string{"@ 300 MX 10 mx1.example.net"}, []string{"joins-unmanaged", "mail-null-mx"}, []string{"@ 300 MX 0 ."}},
	{"a CAA beside another's", nil, []string{`@ 300 CAA 0 issue "pki.goog"`}, []string{"joins-unmanaged"}, []string{`@ 300 CAA 0 issue "letsencrypt.org"`}},
	{"SPF beside another's", nil, []string{`@ 300 TXT "v=spf1 mx -all"`}, []string{"mail-several"}, []string{`@ 300 TXT "v=spf1 -all"`}},
	{"a text beside another's", nil, []string{`@ 300 TXT "hello"`}, nil, []string{`@ 300 TXT "x"`}},
	{"a second address of our own", []string{"www 300 A 192.0.2.1"}, []string{"www 300 A 192.0.2.1", "www 300 A 192.0.2.2"}, nil, nil},
	{"an address that is adopted", nil, []string{"www 300 A 192.0.2.1", "www 300 A 192.0.2.2"}, nil, []string{"www 300 A 192.0.2.1"}},
}

func TestRisks(t *testing.T) {
	for _, c := range riskCases {
		t.Run(c.name, func(t *testing.T) { haveRules(t, c.rules, risksOf(t, c.before, c.after)) })
	}
	for _, c := range besideCases {
		t.Run(c.name, func(t *testing.T) { haveRules(t, c.rules, risksOf(t, c.before, c.after, c.theirs...)) })
	}
}

// haveRules fails unless the risks come from exactly these rules, each with a text, a check and a level.
func haveRules(t *testing.T, want []string, risks []plan.Risk) {
	t.Helper()
	var got []string
	for _, r := range risks {
		got = append(got, r.Rule)
		if r.Text == "" || r.Check == "" || !slices.Contains(plan.RiskLevels(), r.Level) {
			t.Errorf("%+v lacks a text or a check, or its level is not in plan.RiskLevels", r)
		}
	}

	slices.Sort(got)
	if d := cmp.Diff(slices.Sorted(slices.Values(want)), got); d != "" {
		t.Errorf("rules (-want +got):\n%s", d)
	}
}

func TestRisksAreSortedWorstFirst(t *testing.T) {
	risks := risksOf(t, []string{"@ 86400 A 192.0.2.1"}, nil)
	var got []plan.RiskLevel
	for _, r := range risks {
		got = append(got, r.Level)
	}
	if d := cmp.Diff([]plan.RiskLevel{plan.HighRisk, plan.LowRisk}, got); d != "" {
		t.Errorf("levels (-want +got):\n%s", d)
	}
}

func TestAdoptingAnEqualRecordHasNoRisk(t *testing.T) {
	records := dnstest.Records(t, "* 86400 A 192.0.2.1", "docs auto CNAME cfplan.github.io")
	z, _ := plan.Diff(plan.Input{
		Desired: dns.Zone{Name: "example.com", Records: records},
		Seen:    dns.Zone{Name: "example.com", ID: "z", Records: records},
	})
	for _, c := range Assess(z, dns.Zone{}, records, nil).Changes {
		if c.Action != plan.Adopt || len(c.Risks) > 0 {
			t.Errorf("%s of %s has the risks %v, want an adopt without risks", c.Action, c.Name, c.Risks)
		}
	}
}

const risksDocument = "../../docs/risks.md"

// TestRisksDocument generates docs/risks.md from the rules. Each rule takes its example from the cases above; the
// test fails for a rule without a case.
func TestRisksDocument(t *testing.T) {
	want := writeRisks(t)
	if *update {
		if err := os.WriteFile(risksDocument, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(risksDocument)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("docs/risks.md does not match the rules; to write it again: go test ./internal/risk -run RisksDocument -update")
	}
}

func writeRisks(t *testing.T) []byte {
	var b bytes.Buffer
	b.WriteString(`# What a change can risk

<!-- Made by go test ./internal/risk -run RisksDocument -update. -->

A plan lists the risks of each change. A risk has a level, the rule that found it, a sentence that
says what may happen, and what to check before you approve the change. Every output format shows
risks; in the JSON document they are in ` + "`risks`" + `. ` + "`plan -fail-on=LEVEL`" + ` exits with 1 if the plan has a
risk of that level or above.

The levels:

- **high**: mail, the site or the zone may stop working, or others may take it over.
- **medium**: a part of it may stop working.
- **low**: good to know.

| rule | level | for example | what to check |
| --- | --- | --- | --- |
`)
	for _, r := range rules {
		example := ""
		for _, c := range riskCases {
			if len(c.rules) == 0 || c.rules[0] != r.name {
				continue
			}
			for _, risk := range risksOf(t, c.before, c.after) {
				if risk.Rule == r.name && example == "" {
					example = risk.Text
				}
			}
		}
		if r.name == "joins-unmanaged" {
			c := besideCases[0]
			example = risksOf(t, c.before, c.after, c.theirs...)[0].Text
		}
		if r.name == "replaces-unmanaged" {
			example = replaced(t, "www 300 A 192.0.2.7", "www 300 A 192.0.2.1")[0].Text
		}
		if example == "" {
			t.Errorf("no case has the rule %s first, so docs/risks.md has no example for it", r.name)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", r.name, r.level, example, r.check)
	}
	return b.Bytes()
}
