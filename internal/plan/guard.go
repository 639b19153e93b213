package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// Stale is a planned change that no longer fits the zone.
type Stale struct {
	Change Change
	// Why says what is different now.
	Why string
	// Done reports whether the record is already as the change would make it.
	Done bool
}

// Guard compares a zone's planned changes with the zone as it is now, and returns the changes that no longer fit. It
// ignores differences in records that the plan does not touch.
func Guard(z Zone, now dns.Zone) []Stale {
	g := guard{
		zone:    z.Name,
		byID:    make(map[string]dns.Record, len(now.Records)),
		byKey:   map[dns.Key]dns.Record{},
		leaving: map[string]bool{},
		staying: map[string][]dns.Record{},
	}

	for _, c := range z.Changes {
		if c.Action == Destroy || c.Renames() {
			g.leaving[c.RecordID] = true
		}
	}
	for _, r := range now.Records {
		g.byID[r.ID] = r
		g.byKey[r.Key()] = r
		g.stays(r)
	}

	var out []Stale
	for _, c := range z.Changes {
		if s, ok := g.check(c); !ok {
			s.Change = c
			out = append(out, s)
		}
	}
	return out
}

type guard struct {
	zone    string
	byID    map[string]dns.Record
	byKey   map[dns.Key]dns.Record
	leaving map[string]bool // the IDs of the records that the plan itself destroys or renames
	// staying has the other records, by name. Two of each type are enough, because conflicts depend only on the
	// type, and one of the two may be the changed record itself.
	staying map[string][]dns.Record
}

func (g guard) stays(r dns.Record) {
	known := 0
	for _, have := range g.staying[r.Name] {
		if have.Type == r.Type {
			known++
		}
	}
	if known < 2 && !g.leaving[r.ID] {
		g.staying[r.Name] = append(g.staying[r.Name], r)
	}
}

func (g guard) check(c Change) (Stale, bool) {
	switch c.Action {
	case Add:
		return g.checkAdd(c, c.AfterRecord())
	case Destroy, Forget:
		return g.checkBefore(c, nil)
	default:
		after := c.AfterRecord()
		if s, ok := g.checkBefore(c, &after); !ok {
			return s, false
		}
		if c.Renames() {
			return g.checkAdd(c, after)
		}
		return g.checkRoom(c, after)
	}
}

func (g guard) checkAdd(c Change, after dns.Record) (Stale, bool) {
	if have, ok := g.byKey[after.Key()]; ok && !g.leaving[have.ID] {
		return Stale{Why: "it exists now", Done: have.Equal(after)}, false
	}
	return g.checkRoom(c, after)
}

// checkRoom checks whether a record that stays conflicts with the result of the change.
func (g guard) checkRoom(c Change, after dns.Record) (Stale, bool) {
	for _, have := range g.staying[after.Name] {
		conflict := dns.ConflictAt(after.Name, g.zone, have.Type, after.Type)
		if have.ID == c.RecordID || conflict == dns.NoConflict {
			continue
		}

		if slices.Contains(c.Sensitive, dns.AttrName) {
			have.Name = dns.SensitiveValue
		}
		return Stale{Why: fmt.Sprintf("%s now conflicts with it", Describe(have))}, false
	}
	return Stale{}, true
}

// checkBefore checks whether the record is still as it was when the plan was made. after is nil for a destroy and a
// forget.
func (g guard) checkBefore(c Change, after *dns.Record) (Stale, bool) {
	have, ok := g.byID[c.RecordID]
	before := c.BeforeRecord()
	switch {
	case !ok:
		return Stale{Why: "it no longer exists", Done: after == nil}, false
	case have.Keeper() != "":
		return Stale{Why: have.Keeper() + " now keeps it"}, false
	case have.Equal(before):
		return Stale{}, true
	default:
		return Stale{Why: differences(before, have, c.Sensitive), Done: after != nil && have.Equal(*after)}, false
	}
}

// differences says what changed. For a sensitive attribute, it says only that it changed.
func differences(planned, now dns.Record, sensitive []dns.Attribute) string {
	var parts []string
	for _, attr := range dns.Changed(planned, now) {
		if slices.Contains(sensitive, attr) {
			parts = append(parts, fmt.Sprintf("%s, a sensitive value, has changed", attr))
			continue
		}
		parts = append(parts, fmt.Sprintf("%s was %s and is %s", attr, show(planned, attr), show(now, attr)))
	}
	return strings.Join(parts, ", ")
}

func show(r dns.Record, attr dns.Attribute) string {
	switch attr {
	case dns.AttrName:
		return fmt.Sprintf("%q", r.Name)
	case dns.AttrType:
		return string(r.Type)
	case dns.AttrContent:
		return fmt.Sprintf("%q", r.Content)
	case dns.AttrPriority:
		return r.PriorityText()
	case dns.AttrTTL:
		return fmt.Sprint(r.TTL)
	case dns.AttrProxied:
		return fmt.Sprint(r.Proxied)
	case dns.AttrComment:
		return fmt.Sprintf("%q", r.Comment)
	case dns.AttrTags:
		return fmt.Sprintf("%q", r.Tags)
	case dns.AttrPrivateRouting:
		return fmt.Sprint(r.PrivateRouting)
	default:
		return fmt.Sprintf("%+v", r.Settings)
	}
}

// AllDone reports whether nothing is left to do: every change of the zone is stale because it already took effect.
func AllDone(z Zone, stale []Stale) bool {
	return len(stale) == len(z.Changes) && !slices.ContainsFunc(stale, func(s Stale) bool { return !s.Done })
}
