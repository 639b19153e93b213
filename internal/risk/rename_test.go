package risk

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/dns/dnstest"
	"github.com/cfplan/cfplan/internal/plan"
)

// A name that loses its record no longer answers, whether the record is destroyed or renamed.
func TestRenameHasTheRisksOfADestroyAndAnAdd(t *testing.T) {
	for _, tt := range []struct {
		before, after string
		others        []string
		want          []string
	}{
		{"www 300 A 192.0.2.1", "shop 300 A 192.0.2.1", nil, []string{"name-gone"}},
		{"www 300 A 192.0.2.1", "shop 300 A 192.0.2.1", []string{"blog 300 CNAME www.example.com"}, []string{"name-gone", "target-removed"}},
		{"www 300 A 192.0.2.1", "shop 300 A 192.0.2.1", []string{"* 300 A 192.0.2.9"}, []string{"wildcard-answers"}},
		{"@ 300 MX 10 mx.example.net", "lists 300 MX 10 mx.example.net", nil, []string{"mail-mx-last"}},
		{"@ 300 A 192.0.2.1", "www 300 A 192.0.2.1", nil, []string{"apex"}},
		{`@ 300 TXT "v=spf1 -all"`, `www 300 TXT "v=spf1 -all"`, nil, []string{"mail-spf-removed"}},
		{"www 300 A 192.0.2.1", "shop 300 A 192.0.2.1", []string{"www 300 A 192.0.2.2", "shop 300 A 192.0.2.3"}, nil},
	} {
		seen := dnstest.Records(t, append([]string{tt.before}, tt.others...)...)
		declared := dns.Zone{Name: "example.com", Records: dnstest.Records(t, append([]string{tt.after}, tt.others...)...)}
		owned := map[string]string{}
		for i, r := range seen {
			address := plan.Address("example.com", r)
			if i == 0 {
				address = "example.com/" + string(r.Type) + "/block"
			}
			owned[r.ID], declared.Records[i].ID = address, ""
			declared.Records[i].Declared = &dns.Declaration{Address: address}
		}
		z, diags := plan.Diff(plan.Input{Desired: declared, Seen: dns.Zone{Name: "example.com", Records: seen}, Owned: owned})
		if len(diags) > 0 || len(z.Changes) != 1 || !z.Changes[0].Renames() {
			t.Fatalf("%s to %s: changes %+v, diagnostics %v, want one rename and no diagnostics",
				tt.before, tt.after, z.Changes, diags)
		}

		inPlace := Assess(z, declared, seen, owned).Changes[0].Risks
		for _, rule := range tt.want {
			if !slices.ContainsFunc(inPlace, func(r plan.Risk) bool { return r.Rule == rule }) {
				t.Errorf("%s to %s has the risks %+v, want one of the rule %s", tt.before, tt.after, inPlace, rule)
			}
		}

		apart := z
		apart.Changes = z.Changes[0].WithoutRename()
		var risks []plan.Risk
		for _, c := range Assess(apart, declared, seen, owned).Changes {
			risks = append(risks, c.Risks...)
		}
		if diff := cmp.Diff(texts(risks), texts(inPlace)); diff != "" {
			t.Errorf("%s to %s: the rename has other risks than a destroy and an add (-destroy and add +rename):\n%s",
				tt.before, tt.after, diff)
		}
	}
}

func texts(risks []plan.Risk) []string {
	out := make([]string, len(risks))
	for i, r := range risks {
		out[i] = r.Rule + ": " + r.Text
	}
	slices.Sort(out)
	return out
}
