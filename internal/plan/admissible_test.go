package plan

import (
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
)

// These are the records of a zone, one of each kind that Admissible treats differently.
var (
	ourRecord     = dns.Record{ID: "ours", Name: "ours.example.com", Type: dns.A, Content: "192.0.2.1", TTL: 300}
	strangers     = dns.Record{ID: "theirs", Name: "theirs.example.com", Type: dns.A, Content: "192.0.2.2", TTL: 300}
	keptRecord    = dns.Record{ID: "kept", Name: "example.com", Type: dns.MX, Content: "route1.mx.cloudflare.net", TTL: 1, ManagedBy: "Email Routing"}
	delegation    = dns.Record{ID: "ns", Name: "example.com", Type: dns.NS, Content: "ns1.example.net", TTL: 300}
	ignoredRecord = dns.Record{ID: "acme", Name: "_acme-challenge.example.com", Type: dns.TXT, Content: `"token"`, TTL: 300}
	declaredTheir = dns.Record{Name: "theirs.example.com", Type: dns.A, Content: "192.0.2.2", TTL: 300}
)

func boundsOfExample(change func(*Bounds)) Bounds {
	b := Bounds{
		Declared: dns.Zone{Name: "example.com", Policy: dns.Policy{
			Ownership: dns.Managed,
			Ignore:    []dns.Pattern{{Name: "_acme-challenge"}},
		}},
		Live: dns.Zone{Name: "example.com", ID: "z", Records: []dns.Record{
			ourRecord, strangers, keptRecord, delegation, ignoredRecord,
		}},
		Owned:        map[string]string{"ours": "example.com/A/ours"},
		AllowDestroy: 100,
	}
	if change != nil {
		change(&b)
	}
	return b
}

func exclusive(b *Bounds) { b.Declared.Policy.Ownership = dns.Exclusive }

// to returns a change of a record to the values of want. If want is nil, the change destroys the record.
func to(a Action, have dns.Record, want *dns.Record) Change {
	c := Change{
		Action:   a,
		Type:     have.Type,
		Name:     have.Name,
		RecordID: have.ID,
		Before:   ValuesOf(have),
		Address:  "example.com/A/x",
	}
	if want != nil {
		c.After = ValuesOf(*want)
	}
	return c
}

func with(r dns.Record, change func(*dns.Record)) *dns.Record {
	change(&r)
	return &r
}

func slower(r *dns.Record) { r.TTL = 600 }
func moved(r *dns.Record)  { r.Content = "192.0.2.99" }

func addOf(name, content string) Change {
	r := dns.Record{Name: name, Type: dns.A, Content: content, TTL: 300}
	return Change{Action: Add, Type: r.Type, Name: r.Name, After: ValuesOf(r), Address: "example.com/A/x"}
}

func TestAdmissible(t *testing.T) {
	undeclared := func(b *Bounds) { b.Declared, b.Undeclared = dns.Zone{Name: "example.com"}, true }
	protecting := func(b *Bounds) {
		b.Declared.Policy.Protected = []dns.Protection{protection(dns.Shape{"example.com"}, "ours")}
	}
	declaring := func(r dns.Record) func(*Bounds) {
		return func(b *Bounds) { b.Declared.Records = append(b.Declared.Records, r) }
	}
	remembering := func(b *Bounds) { b.LetGo = map[string]bool{"ours": true} }
	lettingGo := func(b *Bounds) {
		p := protection(dns.Shape{"example.com"}, "ours")
		p.LetGo = true
		b.Declared.Policy.Protected = []dns.Protection{p}
	}
	forget := func(c Change) Change {
		c.Forget = true
		return c
	}
	for _, c := range []struct {
		name    string
		change  Change
		bounds  func(*Bounds)
		claimed dns.Ownership
		why     string // empty if the change is allowed
	}{
		{"change ours", to(Update, ourRecord, with(ourRecord, moved)), nil, "", ""},
		{"destroy ours", to(Destroy, ourRecord, nil), nil, "", ""},
		{"destroy ours in a zone that is not declared", to(Destroy, ourRecord, nil), undeclared, "", ""},
		{"destroy ours in spite of prevent_destroy", to(Destroy, ourRecord, nil), protecting, "",
			"example.com/A/ours (main.cf.hcl:7) has lifecycle.prevent_destroy set"},
		{"change a stranger's", to(Update, strangers, with(strangers, moved)), nil, "", "does not own"},
		{"destroy a stranger's", to(Destroy, strangers, nil), nil, "", "does not own"},
		{"claim that the zone is exclusive", to(Destroy, strangers, nil), nil, dns.Exclusive, "does not declare the zone as exclusive"},
		{"claim that a zone that is gone is exclusive", to(Destroy, strangers, nil), undeclared, dns.Exclusive, "does not declare the zone as exclusive"},
		{"the plan is stricter than the configuration", to(Destroy, strangers, nil), exclusive, dns.Managed, "does not own"},
		{"an exclusive zone", to(Destroy, strangers, nil), exclusive, dns.Exclusive, ""},
		{"the name servers of an exclusive zone", to(Destroy, delegation, nil), exclusive, dns.Exclusive, "name servers"},
		{"change its name servers", to(Update, delegation, with(delegation, slower)), exclusive, dns.Exclusive, "name servers"},
		{"what an exclusive zone ignores", to(Destroy, ignoredRecord, nil), exclusive, dns.Exclusive, "ignore block"},
		{"change what it ignores", to(Update, ignoredRecord, with(ignoredRecord, slower)), exclusive, dns.Exclusive, "ignore block"},
		{"change what it ignores and declares", to(Update, ignoredRecord, with(ignoredRecord, slower)),
			func(b *Bounds) { exclusive(b); declaring(ignoredRecord)(b) }, dns.Exclusive, ""},
		{"what a product keeps", to(Destroy, keptRecord, nil), exclusive, dns.Exclusive, "Email Routing keeps"},
		{"adopt what a product keeps", to(Adopt, keptRecord, &keptRecord), declaring(keptRecord), "", "Email Routing keeps"},
		{"adopt an equal record", to(Adopt, strangers, &strangers), declaring(declaredTheir), "", ""},
		{"adopt and change what may differ", to(Adopt, strangers, with(strangers, slower)), declaring(declaredTheir), "", ""},
		{"adopt one with another content", to(Adopt, strangers, with(strangers, moved)), declaring(declaredTheir), "", "name, type and content are equal"},
		{"adopt what an exclusive zone has otherwise", to(Adopt, strangers, with(strangers, moved)),
			func(b *Bounds) { exclusive(b); declaring(*with(declaredTheir, moved))(b) }, dns.Exclusive, ""},
		{"adopt what is not declared", to(Adopt, strangers, &strangers), nil, "", "does not declare"},
		{"adopt in a zone that is not declared", to(Adopt, strangers, &strangers), undeclared, "", "does not declare"},
		{"forget ours", to(Forget, ourRecord, &ourRecord), nil, "", "neither the configuration nor the state"},
		{"forget what the state lets go", to(Forget, ourRecord, &ourRecord), remembering, "", ""},
		{"forget what the block lets go", to(Forget, ourRecord, &ourRecord), lettingGo, "", ""},
		{"forget what the block keeps now", to(Forget, ourRecord, &ourRecord), func(b *Bounds) {
			remembering(b)
			kept := ourRecord
			kept.Declared = &dns.Declaration{Address: "example.com/A/ours"}
			declaring(kept)(b)
		}, "", "neither the configuration nor the state"},
		{"forget in an exclusive zone", to(Forget, ourRecord, &ourRecord), func(b *Bounds) { exclusive(b); remembering(b) }, dns.Exclusive, "exclusive"},
		{"forget by destroy", to(Forget, ourRecord, &ourRecord), func(b *Bounds) { exclusive(b); remembering(b); b.Destroy = true }, dns.Exclusive, ""},
		{"destroy what the state lets go", to(Destroy, ourRecord, nil), remembering, "", "given up instead of destroyed"},
		{"destroy what the block lets go", to(Destroy, ourRecord, nil), lettingGo, "", "given up instead of destroyed"},
		{"destroy what is let go, by destroy", to(Destroy, ourRecord, nil), func(b *Bounds) { remembering(b); b.Destroy = true }, "", "given up instead of destroyed"},
		{"forget a stranger's", to(Forget, strangers, &strangers), nil, "", "does not own"},
		{"add", addOf("new.example.com", "192.0.2.3"), nil, "", ""},
		{"add and lose", forget(addOf("new.example.com", "192.0.2.3")), nil, "", "only a rollback"},
		{"change and lose", forget(to(Update, ourRecord, with(ourRecord, slower))), nil, "", "only a rollback"},
		{"add outside of the zone", addOf("www.example.net", "192.0.2.3"), nil, "", "not inside the zone"},
		{"add to a zone with a longer name", addOf("www.badexample.com", "192.0.2.3"), nil, "", "not inside the zone"},
		{"add a name in capitals", addOf("WWW.example.com", "192.0.2.3"), nil, "", "not inside the zone"},
		{"change to an odd value", to(Update, ourRecord, with(ourRecord, func(r *dns.Record) { r.Content = "192.0.2.003" })), nil, "", "not in the form"},
		{"add a type that cfplan does not write", Change{Action: Add, Type: "FOO", Name: "new.example.com", After: &Values{Content: "x"}}, nil, "", "not in the form"},
		{"add a name server of the zone", Change{Action: Add, Type: dns.NS, Name: "example.com", After: &Values{Content: "ns9.example.net"}}, nil, "", "name servers"},
		{"add an odd value", addOf("new.example.com", "192.0.2.003"), nil, "", "not in the form"},
		{"add where ignore leaves alone", addOf("_acme-challenge.example.com", "192.0.2.3"), nil, "", "ignore block"},
		{"add where ignore leaves alone, and declared", addOf("_acme-challenge.example.com", "192.0.2.3"),
			declaring(dns.Record{Name: "_acme-challenge.example.com", Type: dns.A, Content: "192.0.2.3"}), "", ""},
		{"add to a zone that is not declared", addOf("new.example.com", "192.0.2.3"), undeclared, "", "does not declare the zone"},
		{"a record that is gone", to(Destroy, dns.Record{ID: "gone", Name: "x.example.com", Type: dns.A, Content: "192.0.2.1"}, nil), nil, "", "no such record"},
		{"another record's ID", to(Destroy, withID(ourRecord, "theirs"), nil), nil, "", "not as the plan says"},
		{"in a plan of destroy", to(Update, ourRecord, with(ourRecord, slower)), func(b *Bounds) { b.Destroy = true }, "", "can only destroy"},
		{"beyond the limit", to(Destroy, ourRecord, nil), func(b *Bounds) { b.Declared.Policy.MaxDestroy, b.AllowDestroy = &dns.Limit{}, 0 }, "", "more than its limit"},
		{"beyond the limit, and allowed", to(Destroy, ourRecord, nil), func(b *Bounds) { b.Declared.Policy.MaxDestroy, b.AllowDestroy = &dns.Limit{}, 1 }, "", ""},
		{"destroy has no limit", to(Destroy, ourRecord, nil), func(b *Bounds) { b.Declared.Policy.MaxDestroy, b.AllowDestroy, b.Destroy = &dns.Limit{}, 0, true }, "", ""},
		{"a rollback that does something else", to(Adopt, strangers, with(strangers, moved)), func(b *Bounds) { b.Rollback = true }, "",
			"not among the changes that undo"},
		{"a rollback that adds to a zone that is not declared", addOf("new.example.com", "192.0.2.003"), func(b *Bounds) {
			undeclared(b)
			b.Rollback, b.Back = true, []Change{addOf("new.example.com", "192.0.2.003")}
		}, "", ""},
		{"a rollback that adopts again what was changed before", to(Adopt, strangers, with(strangers, moved)), func(b *Bounds) {
			b.Rollback, b.Back = true, []Change{to(Adopt, strangers, with(strangers, moved))}
		}, "", ""},
		{"a rollback that undoes an apply", forget(to(Update, ourRecord, with(ourRecord, moved))), func(b *Bounds) {
			b.Rollback, b.Back = true, []Change{forget(to(Update, ourRecord, with(ourRecord, moved)))}
		}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			z := Zone{Name: "example.com", ID: "z", Ownership: dns.Managed, Changes: []Change{c.change}}
			if c.claimed != "" {
				z.Ownership = c.claimed
			}
			got := Admissible(z, boundsOfExample(c.bounds))
			if c.why == "" {
				if len(got) > 0 {
					t.Errorf("Admissible = %+v, want nothing", got)
				}
				return
			}
			if len(got) != 1 || !strings.Contains(got[0].Why, c.why) {
				t.Errorf("Admissible = %+v, want one violation with %q", got, c.why)
			}
		})
	}
}

func withID(r dns.Record, id string) dns.Record {
	r.ID = id
	return r
}

// Admissible reports everything that is wrong with a plan at once.
func TestAdmissibleListsEveryViolation(t *testing.T) {
	z := Zone{Name: "example.com", Changes: []Change{
		to(Update, ourRecord, with(ourRecord, slower)),
		to(Destroy, ourRecord, nil),
		to(Destroy, strangers, nil),
		addOf("new.example.com", "192.0.2.3"),
		addOf("new.example.com", "192.0.2.3"),
	}, Moved: []Move{{RecordID: "ours", From: "example.com/A/ours", To: "example.com/A/free"}}}
	got := Admissible(z, boundsOfExample(nil))
	if len(got) != 6 {
		t.Errorf("Admissible = %+v, want all five changes and the move", got)
	}
}

func TestMoveNeedsADeclaredBlock(t *testing.T) {
	z := Zone{Name: "example.com", Moved: []Move{{RecordID: "ours", From: "example.com/A/ours", To: "example.com/A/new"}}}
	renamed := ourRecord
	renamed.Declared = &dns.Declaration{Address: "example.com/A/new"}
	b := boundsOfExample(func(b *Bounds) { b.Declared.Records = []dns.Record{renamed} })
	if got := Admissible(z, b); len(got) > 0 {
		t.Errorf("Admissible = %+v, want nothing", got)
	}

	// A block that declares another name would no longer protect the record.
	b.Declared.Records[0].Name = "other.example.com"
	if got := Admissible(z, b); len(got) != 1 {
		t.Errorf("Admissible = %+v, want a violation: the block declares another record", got)
	}
	b.Live.Records = nil
	if got := Admissible(z, b); len(got) > 0 {
		t.Errorf("Admissible = %+v, want nothing: the record is gone", got)
	}
}

// A forged plan cannot evade the limit by giving records undeclared names instead of destroying them.
func TestRenamesToUndeclaredNamesCountForTheLimit(t *testing.T) {
	b := boundsOfExample(func(b *Bounds) { b.AllowDestroy = 0 })
	b.Live.Records, b.Owned, b.Declared.Records = nil, map[string]string{}, nil
	z := Zone{Name: "example.com", Ownership: dns.Managed}
	for _, label := range []string{"a", "b", "c"} {
		r := dns.Record{ID: label, Name: label + ".example.com", Type: dns.A, Content: "192.0.2.1", TTL: 300}
		now := r
		now.Name, now.Declared = "x"+r.Name, &dns.Declaration{Address: "example.com/A/" + label}
		b.Live.Records, b.Owned[label] = append(b.Live.Records, r), now.Declared.Address
		b.Declared.Records = append(b.Declared.Records, now)
		c := to(Update, r, &now)
		c.Name, c.PreviousName = now.Name, r.Name
		z.Changes = append(z.Changes, c)
	}
	if got := Admissible(z, b); len(got) > 0 {
		t.Errorf("Admissible = %+v, want nothing: all three are declared", got)
	}

	// If a block ignores changes of its content, the declared content differs. The name still counts as declared.
	for i := range b.Declared.Records {
		b.Declared.Records[i].Content = "192.0.2.9"
	}
	if got := Admissible(z, b); len(got) > 0 {
		t.Errorf("Admissible = %+v, want nothing: all three names are declared", got)
	}

	b.Declared.Records = nil
	if got := Admissible(z, b); len(got) != 1 || !got[0].Limit {
		t.Errorf("Admissible = %+v, want a violation of the limit", got)
	}
	b.AllowDestroy = 3
	if got := Admissible(z, b); len(got) > 0 {
		t.Errorf("Admissible = %+v, want nothing: three are allowed", got)
	}
}

// A forged plan cannot evade the limit of a small zone by adding undeclared records at the names of destroyed ones.
func TestUndeclaredAddsDoNotMakeUpForDestroys(t *testing.T) {
	b := boundsOfExample(func(b *Bounds) { b.AllowDestroy = 0 })
	b.Live.Records, b.Owned = nil, map[string]string{}
	z := Zone{Name: "example.com", Ownership: dns.Managed}
	for _, name := range []string{"a.example.com", "b.example.com", "c.example.com"} {
		r := dns.Record{ID: name, Name: name, Type: dns.A, Content: "192.0.2.1", TTL: 300}
		alias := dns.Record{Name: name, Type: dns.CNAME, Content: "example.net", TTL: 300}
		b.Live.Records, b.Owned[name] = append(b.Live.Records, r), "example.com/A/h"
		b.Declared.Records = append(b.Declared.Records, alias)
		z.Changes = append(z.Changes,
			to(Destroy, r, nil),
			Change{Action: Add, Type: alias.Type, Name: name, After: ValuesOf(alias), Address: "example.com/CNAME/h"})
	}
	if got := Admissible(z, b); len(got) > 0 {
		t.Errorf("Admissible = %+v, want nothing: all three are replaced", got)
	}
	b.Declared.Records = nil
	if got := Admissible(z, b); len(got) != 1 || !got[0].Limit {
		t.Errorf("Admissible = %+v, want a violation of the limit", got)
	}
}
