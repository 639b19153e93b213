package reconcile

import (
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/guidance"
	"github.com/cfplan/cfplan/internal/plan"
)

func TestCanBeAboutFitsOnlyPossibleCauses(t *testing.T) {
	t.Parallel()
	add := func(r dns.Record) plan.Change {
		r.Name = "x.one.example"
		return plan.Change{Action: plan.Add, Name: r.Name, Type: r.Type, After: plan.ValuesOf(r)}
	}
	update := add(dns.Record{Type: dns.A, Content: "192.0.2.1"})
	update.Action, update.RecordID = plan.Update, "1"
	destroy := plan.Change{Action: plan.Destroy, RecordID: "1", Type: dns.A}

	host := add(dns.Record{Type: dns.A, Content: "192.0.2.1", TTL: 300})
	proxied := add(dns.Record{Type: dns.A, Content: "192.0.2.1", TTL: dns.AutoTTL, Proxied: true})
	tagged := add(dns.Record{Type: dns.A, Content: "192.0.2.1", TTL: dns.AutoTTL, Tags: []string{"a:b"}})
	text := add(dns.Record{Type: dns.TXT, Content: `"x"`, TTL: dns.AutoTTL})

	value := func(a dns.Attribute) guidance.Concern {
		return guidance.Concern{Subject: guidance.AttributeValue, Attribute: a}
	}
	for _, test := range []struct {
		name    string
		concern guidance.Concern
		fits    []plan.Change
		others  []plan.Change
	}{
		{"anything", guidance.Concern{}, []plan.Change{host, text, update}, []plan.Change{destroy}},
		{"a missing record", guidance.Concern{Subject: guidance.MissingRecord}, []plan.Change{update, destroy}, []plan.Change{host}},
		{"the quota", guidance.Concern{Subject: guidance.Quota}, []plan.Change{host, text}, []plan.Change{update, destroy}},
		{"a duplicate", guidance.Concern{Subject: guidance.Duplicate}, []plan.Change{host}, []plan.Change{update}},
		{
			"a conflict of hosts",
			guidance.Concern{Subject: guidance.Conflict, Types: []dns.Type{dns.A, dns.CNAME}},
			[]plan.Change{host, update}, []plan.Change{text, destroy},
		},
		{"proxied", value(dns.AttrProxied), []plan.Change{proxied}, []plan.Change{host, text}},
		{"the TTL", value(dns.AttrTTL), []plan.Change{host}, []plan.Change{proxied, text}},
		{"the tags", value(dns.AttrTags), []plan.Change{tagged}, []plan.Change{host, text}},
		{"the content", value(dns.AttrContent), []plan.Change{host, text}, []plan.Change{destroy}},
	} {
		for _, c := range test.fits {
			if !canBeAbout(c, test.concern) {
				t.Errorf("%s: %s %s is not a suspect", test.name, c.Action, c.Type)
			}
		}
		for _, c := range test.others {
			if canBeAbout(c, test.concern) {
				t.Errorf("%s: %s %s is a suspect", test.name, c.Action, c.Type)
			}
		}
	}
}
