package plan

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// Target is a pattern for the addresses of records: a zone, a zone and a type, or
// ZONE/TYPE/NAME, where NAME is the label of the block, with or without the ["key"]
// of an instance, or the record's own name, relative or full. A full name may also
// stand alone, and so may module.NAME, with or without the ["key"] of an instance, for everything inside.
// In each part a `*` is any run of characters.
type Target struct {
	text             string
	zone, typ, label string
	// alone: zone was the only part, and may be a record's name as well.
	alone bool
	// module is set if the text may be the path of a module.
	module bool
}

// ParseTarget reads a pattern. It returns an error for one that can match nothing.
func ParseTarget(text string) (Target, error) {
	if whole, ok := modulePath(text); ok {
		return Target{text: text, zone: plainName(text), alone: true, module: whole}, brokenKey(text, whole)
	}
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

// modulePath reports whether a text is the path of a module. ok is false if it is nothing of the kind, and whole if it is
// one up to its end.
func modulePath(text string) (whole, ok bool) {
	for rest := text; ; rest = rest[1:] {
		_, _, after, isStep := dns.CutModule(rest)
		if !isStep {
			return false, rest == text && brokenStep.MatchString(text)
		}
		if after == "" {
			return true, true
		}
		rest = after
	}
}

// brokenStep is the path of a module with a key that is neither a number nor a quoted text: a shell has taken the
// quotation marks away.
var brokenStep = regexp.MustCompile(`^module\.[^./\[]+\[[^"]`)

func brokenKey(text string, whole bool) error {
	if whole {
		return nil
	}
	return fmt.Errorf("%q: the key of a module is a number, or a text in quotation marks as in module.NAME[\"KEY\"]; "+
		"write it all between single quotes, which keep those of the key", text)
}

// plainName is a name as zones and records have theirs: in lower case and punycode.
func plainName(text string) string {
	if name, problem := dns.CanonicalName(text); problem == nil {
		return name
	}
	return strings.ToLower(strings.TrimSuffix(text, ".")) // a pattern
}

func (t Target) String() string { return t.text }

// Selection narrows a plan to a part of the records. The zero value is all.
type Selection struct {
	targets *targetSet // nil: all
	exclude *targetSet // nil: none
}

// Select returns the selection of what a target matches and nothing excludes. Without targets it is everything that is
// not excluded.
func Select(targets, exclude []Target) Selection {
	return Selection{newTargetSet(targets), newTargetSet(exclude)}
}

// All reports whether nothing is left out.
func (s Selection) All() bool { return s.targets == nil && s.exclude == nil }

// Zone reports whether a record of the zone may be selected.
func (s Selection) Zone(name string) bool {
	return !s.exclude.wholeZone(name) && (s.targets == nil || s.targets.inZone(name))
}

func (s Selection) targeted(zone, address string, typ dns.Type, name string) bool {
	return s.targets == nil || s.targets.match(zone, address, typ, name)
}

func (s Selection) excluded(zone, address string, typ dns.Type, name string) bool {
	return s.exclude.match(zone, address, typ, name)
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
		d.changing[place{c.Name, c.Type}]--
		d.zone.LeftOut++
		d.zone.Summary.uncount(c)
	}
}

// dependent groups the changes that Cloudflare refuses one without the other: records that cannot stand beside each
// other take each other's place at a name, the servers of a delegation change together, and a DS stands beside a
// delegation alone. What is destroyed because adopt = "replace" replaces it goes with what takes its place.
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
		key := strconv.Itoa(i) // by itself
		switch {
		case d.needsOthers(c, changed[c.Name]):
			key = c.Name
		case d.replacing[bucketOf(c.either())]:
			key = fmt.Sprintf("%q", bucketOf(c.either()))
		}
		groups[key] = append(groups[key], i)
	}
	return groups
}

// needsOthers reports whether a change depends on others at its name. types are those of all changes there.
func (d *differ) needsOthers(c Change, types map[dns.Type]bool) bool {
	if c.Type == dns.NS || c.Type == dns.DS && types[dns.NS] {
		return true
	}
	for other := range types {
		if dns.ConflictAt(c.Name, d.zone.Name, c.Type, other) != dns.NoConflict {
			return true
		}
	}
	return false
}

// selected reports whether a diagnostic about the record belongs to the plan: it is
// selected, or its change is needed by one that is.
func (d *differ) selected(about dns.Record) bool {
	return d.changing[place{about.Name, about.Type}] > 0 ||
		d.in.Selection.Matches(d.zone.Name, addressOf(about), about.Type, about.Name)
}

// Idle lists the patterns that match nothing that is declared, would change or is
// left out. known are the names of all zones that there are, read or not.
func (s Selection) Idle(desired []dns.Zone, planned []Zone, known []string) (targets, excludes []Target) {
	inTargets, inExclude := s.targets.tally(), s.exclude.tally()
	for _, z := range desired {
		for _, r := range z.Records {
			inTargets.record(z.Name, addressOf(r), r.Type, r.Name)
			inExclude.record(z.Name, addressOf(r), r.Type, r.Name)
		}
	}
	for _, z := range planned {
		for _, c := range z.Changes {
			inTargets.record(z.Name, c.Address, c.Type, c.Name)
			inExclude.record(z.Name, c.Address, c.Type, c.Name)
		}
		if z.LeftOut > 0 {
			inExclude.zone(z.Name)
		}
	}
	for _, name := range known {
		inExclude.whole(name)
	}
	return inTargets.idle(), inExclude.idle()
}
