package plan

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// Target is a pattern for the addresses of records: a zone, a zone and a type, or
// ZONE/TYPE/NAME, where NAME is the label of the block, with or without the ["key"]
// of an instance, or the record's own name, relative or full. A full name may also
// stand alone. In each part a `*` is any run of characters.
type Target struct {
	text             string
	zone, typ, label string
	// alone: zone was the only part, and may be a record's name as well.
	alone bool
}

// ParseTarget reads a pattern. It returns an error for one that can match nothing.
func ParseTarget(text string) (Target, error) {
	parts := strings.SplitN(text, "/", 3)
	t := Target{text: text, zone: plainName(parts[0]), alone: len(parts) == 1}
	if len(parts) > 1 {
		t.typ = parts[1]
	}
	if len(parts) > 2 {
		t.label = strings.TrimSuffix(parts[2], ".")
	}
	known := strings.Contains(t.typ, "*") || dns.Type(strings.ToUpper(t.typ)).Writable()
	switch {
	case slices.Contains(parts, ""):
		return Target{}, fmt.Errorf("%q is no address; it is ZONE, ZONE/TYPE or ZONE/TYPE/NAME", text)
	case len(parts) > 1 && !known:
		return Target{}, fmt.Errorf("%q: there is no record type %q; an address is ZONE, ZONE/TYPE or ZONE/TYPE/NAME", text, t.typ)
	}
	return t, nil
}

// plainName is a name as zones and records have theirs: in lower case and punycode.
func plainName(text string) string {
	if name, problem := dns.CanonicalName(text); problem == nil {
		return name
	}
	return strings.ToLower(strings.TrimSuffix(text, ".")) // a pattern
}

func (t Target) String() string { return t.text }

// inZone reports whether the pattern can match a record of the zone.
func (t Target) inZone(zone string) bool {
	return dns.Glob(t.zone, zone) || t.alone && (strings.HasSuffix(t.zone, "."+zone) || strings.Contains(t.zone, "*"))
}

func (t Target) match(zone, address string, typ dns.Type, name string) bool {
	switch {
	case t.alone:
		return dns.Glob(t.zone, zone) || dns.Glob(t.zone, name)
	case !dns.Glob(t.zone, zone) || !dns.Glob(t.typ, string(typ)):
		return false
	case t.label == "":
		return true
	}
	_, label, _ := strings.Cut(strings.TrimPrefix(address, zone+"/"), "/")
	block, _, _ := strings.Cut(label, `["`)
	for _, candidate := range []string{label, block, name, dns.RelativeName(name, zone)} {
		if dns.Glob(t.label, candidate) {
			return true
		}
	}
	return false
}

// Selection narrows a plan to a part of the records. The zero value is all.
type Selection struct {
	Targets []Target // none: all
	Exclude []Target
}

// All reports whether nothing is left out.
func (s Selection) All() bool { return len(s.Targets)+len(s.Exclude) == 0 }

// Zone reports whether a record of the zone may be selected.
func (s Selection) Zone(name string) bool {
	for _, t := range s.Exclude {
		if t.alone && dns.Glob(t.zone, name) {
			return false
		}
	}
	return len(s.Targets) == 0 || slices.ContainsFunc(s.Targets, func(t Target) bool { return t.inZone(name) })
}

func (s Selection) targeted(zone, address string, typ dns.Type, name string) bool {
	return len(s.Targets) == 0 || slices.ContainsFunc(s.Targets, func(t Target) bool { return t.match(zone, address, typ, name) })
}

func (s Selection) excluded(zone, address string, typ dns.Type, name string) bool {
	return slices.ContainsFunc(s.Exclude, func(t Target) bool { return t.match(zone, address, typ, name) })
}

// Matches reports whether a record is selected by itself.
func (s Selection) Matches(zone, address string, typ dns.Type, name string) bool {
	return s.targeted(zone, address, typ, name) && !s.excluded(zone, address, typ, name)
}

// selectChanges drops what is not selected. Changes that need each other go
// together: where one of them is excluded all are, else where one is targeted.
func (d *differ) selectChanges() {
	if d.in.Selection.All() {
		return
	}
	kept := make(map[int]bool, len(d.zone.Changes))
	for _, group := range d.dependent() {
		targeted, excluded := false, false
		for _, i := range group {
			c := d.zone.Changes[i]
			targeted = targeted || d.in.Selection.targeted(d.zone.Name, c.Address, c.Type, c.Name)
			excluded = excluded || d.in.Selection.excluded(d.zone.Name, c.Address, c.Type, c.Name)
		}
		for _, i := range group {
			kept[i] = targeted && !excluded
		}
	}
	all := d.zone.Changes
	d.zone.Changes = []Change{}
	for i, c := range all {
		if kept[i] {
			d.zone.Changes = append(d.zone.Changes, c)
			continue
		}
		d.zone.LeftOut++
		d.zone.Summary.uncount(c.Action)
	}
}

// dependent groups the changes that Cloudflare refuses one without the other:
// addresses, an alias and a delegation take each other's place at a name, and a DS
// stands beside a delegation alone.
func (d *differ) dependent() map[string][]int {
	changed := map[string]map[dns.Type]bool{}
	for _, c := range d.zone.Changes {
		if changed[c.Name] == nil {
			changed[c.Name] = map[dns.Type]bool{}
		}
		changed[c.Name][c.Type] = true
	}
	groups := map[string][]int{}
	for i, c := range d.zone.Changes {
		types := changed[c.Name]
		key := strconv.Itoa(i) // by itself
		if types[dns.CNAME] && c.Type.Proxiable() || types[dns.NS] && (c.Type.Proxiable() || c.Type == dns.DS) || c.Type == dns.NS {
			key = c.Name
		}
		groups[key] = append(groups[key], i)
	}
	return groups
}

// selected reports whether a diagnostic about the record belongs to the plan: it is
// selected, or its change is needed by one that is.
func (d *differ) selected(about dns.Record) bool {
	for _, c := range d.zone.Changes {
		if c.Name == about.Name && c.Type == about.Type {
			return true
		}
	}
	return d.in.Selection.Matches(d.zone.Name, addressOf(about), about.Type, about.Name)
}

// Idle lists the patterns that match nothing that is declared, would change or is
// left out. known are the names of all zones that there are, read or not.
func (s Selection) Idle(desired []dns.Zone, planned []Zone, known []string) (targets, excludes []Target) {
	targets = idle(s.Targets, desired, planned)
	excludes = slices.DeleteFunc(idle(s.Exclude, desired, planned), func(t Target) bool {
		wholeZone := t.alone && slices.ContainsFunc(known, func(zone string) bool { return dns.Glob(t.zone, zone) })
		return wholeZone || slices.ContainsFunc(planned, func(z Zone) bool { return z.LeftOut > 0 && t.inZone(z.Name) })
	})
	return targets, excludes
}

func idle(ts []Target, desired []dns.Zone, planned []Zone) []Target {
	return slices.DeleteFunc(slices.Clone(ts), func(t Target) bool {
		for _, z := range desired {
			if slices.ContainsFunc(z.Records, func(r dns.Record) bool { return t.match(z.Name, addressOf(r), r.Type, r.Name) }) {
				return true
			}
		}
		for _, z := range planned {
			if slices.ContainsFunc(z.Changes, func(c Change) bool { return t.match(z.Name, c.Address, c.Type, c.Name) }) {
				return true
			}
		}
		return false
	})
}
