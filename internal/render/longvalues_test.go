package render_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"

	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/render"
)

// dkim returns a DKIM record with a key of 2048 bits, which begins and ends as they all do.
func dkim(seed uint64) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	random := rand.New(rand.NewPCG(seed, 0))
	var b strings.Builder
	for range 342 {
		b.WriteByte(alphabet[random.IntN(len(alphabet))])
	}
	return "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA" + b.String() + "wIDAQAB"
}

// spf lists many senders.
func spf(hosts ...string) string {
	return "v=spf1 include:" + strings.Join(hosts, ".example.net include:") + ".example.net -all"
}

// updated makes a plan of the changes of pairs of records, before and after.
func updated(pairs ...[2]dns.Record) *plan.Plan {
	var desired, seen []dns.Record
	for i, p := range pairs {
		seen = append(seen, id(fmt.Sprint("own", i), p[0]))
		desired = append(desired, at(i+1, p[1]))
	}
	return diffed(plan.SourceLive, desired, seen)
}

func noted(comment string, r dns.Record) dns.Record { r.Comment = comment; return r }

func longValues() *plan.Plan {
	hosts := strings.Fields("mail crm shop news desk bank docs jobs help test east west north south")
	swapped := append([]string{hosts[0], hosts[2], hosts[1]}, hosts[3:]...)
	key := dkim(1)
	typo := key[:200] + "!" + key[201:300] + "?" + key[301:]
	caa := func(value string) dns.Record {
		return dns.Record{Name: "caa.example.com", Type: dns.CAA, Content: `0 issue "` + value + `"`, TTL: 300}
	}
	verification := "site-verification=" + strings.Repeat("0123456789abcdef", 14)
	return updated(
		[2]dns.Record{txt("k1._domainkey", key), txt("k1._domainkey", typo)},
		[2]dns.Record{txt("k2._domainkey", key), txt("k2._domainkey", dkim(2))},
		[2]dns.Record{txt("spf1", spf(hosts...)), txt("spf1", spf(append(hosts[:13:13], "other")...))},
		[2]dns.Record{txt("spf2", spf(hosts...)), txt("spf2", spf(swapped...))},
		[2]dns.Record{txt("spf3", spf(hosts...)), txt("spf3", spf(hosts[:13]...))},
		[2]dns.Record{caa("ca.example; validationmethods=dns-01; accounturi=https://ca.example/acct/1"), caa("ca.example; validationmethods=dns-01; accounturi=https://ca.example/acct/2")},
		[2]dns.Record{txt("end", verification+"a"), txt("end", verification+"b")},
		[2]dns.Record{txt("space", "one two"), txt("space", "one  two")},
		[2]dns.Record{txt("case", "Sales"), txt("case", "sales")},
		[2]dns.Record{txt("script", "example"), txt("script", "ex\u0430mple")},
		[2]dns.Record{txt("hidden", "example"), txt("hidden", "exam\u200bple")},
		[2]dns.Record{txt("other", "the old text says this, in more than fifty characters"), txt("other", "a new one has nothing in common with what stood here")},
		[2]dns.Record{noted("call us", a("quotes", "192.0.2.1")), noted(`"call us"`, a("quotes", "192.0.2.1"))},
	)
}

func TestLongValuesShowWhatDiffers(t *testing.T) {
	golden(t, "long_values.txt", text(t, longValues(), false))
	golden(t, "long_values_colour.txt", text(t, longValues(), true))
	var b bytes.Buffer
	if err := render.GitHubAnnotations(&b, longValues(), func(f string) string { return f }); err != nil {
		t.Fatal(err)
	}
	for _, z := range longValues().Zones {
		for _, c := range z.Changes {
			b.WriteString(render.Line(c) + "\n")
		}
	}
	golden(t, "long_values_lines.txt", b.String())
}
