package plan

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// Target is a pattern for the addresses of records. It has one of these forms:
//
//   - ZONE or ZONE/TYPE
//   - ZONE/TYPE/NAME: NAME is the label of the block, with or without the ["key"] of an instance,
//     or the record's own name, relative or full
//   - NAME: the full name of records
//   - module.NAME, with or without the ["key"] of an instance: everything inside the module
//
// In each part, a `*` stands for any run of characters.
type Target struct {
	text             string
	zone, typ, label string
	// alone reports whether the target has only one part. zone is then a pattern for a zone or for a record's name.
	alone bool
	// module reports whether the text may be the path of a module.
	module bool
}

// ParseTarget parses a pattern. It returns an error if the pattern is not of one of the forms of [Target].
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
		return Target{}, fmt.Errorf("%q is not an address; write ZONE, ZONE/TYPE or ZONE/TYPE/NAME", text)
	case len(parts) > 1 && !known:
		return Target{}, fmt.Errorf("%q: unknown record type %q; an address is ZONE, ZONE/TYPE or ZONE/TYPE/NAME", text, t.typ)
	}
	return t, nil
}

// modulePath reports whether a text looks like the path of a module. whole is true if the path is valid to its end.
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

// brokenStep matches the path of a module with a key that is neither a number nor a quoted text. Usually, the
// shell has removed the quotation marks of the key.
var brokenStep = regexp.MustCompile(`^module\.[^./\[]+\[[^"]`)

func brokenKey(text string, whole bool) error {
	if whole {
		return nil
	}
	return fmt.Errorf("%q: the key of a module is a number, or a text in quotation marks as in module.NAME[\"KEY\"]; "+
		"put the whole address between single quotes, so that the shell keeps these marks", text)
}

// plainName returns a name in the form that zones and records have: in lower case and punycode. If the text is not
// a name, such as a pattern, it is only put in lower case.
func plainName(text string) string {
	if name, problem := dns.CanonicalName(text); problem == nil {
		return name
	}
	return strings.ToLower(strings.TrimSuffix(text, "."))
}

func (t Target) String() string { return t.text }

// Selection limits a plan to some of the records. The zero value selects all.
type Selection struct {
	targets *targetSet // nil: all
	exclude *targetSet // nil: none
}

// Select returns the selection of all records that a pattern in targets matches and no pattern in exclude matches. If
// targets is empty, every record that is not excluded is selected.
func Select(targets, exclude []Target) Selection {
	return Selection{newTargetSet(targets), newTargetSet(exclude)}
}

// All reports whether the selection leaves nothing out.
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

// Matches reports whether the selection has a record. It does not consider that changes may need each other.
func (s Selection) Matches(zone, address string, typ dns.Type, name string) bool {
	return s.targeted(zone, address, typ, name) && !s.excluded(zone, address, typ, name)
}

// selectChanges drops the changes that are not selected. Changes that need each other stay together: if one of
// them is excluded, it drops all of them; otherwise, if one of them is targeted, it keeps all of them.
func (d *differ) selectChanges() {
	if d.in.Selection.All() {
		return
	}

	kept := make(map[int]bool, len(d.zone.Changes))
	for _, group := range d.dependent() {
		targeted, excluded := false, false
		for _, i := range group {
			c := d.zone.Changes[i]
			for _, name := range c.names() {
				targeted = targeted || d.in.Selection.targeted(d.zone.Name, c.Address, c.Type, name)
				excluded = excluded || d.in.Selection.excluded(d.zone.Name, c.Address, c.Type, name)
			}
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

		for _, name := range c.names() {
			d.changing[place{name, c.Type}]--
		}
		d.zone.LeftOut++
		d.zone.Summary.uncount(c)
	}
}

// dependent groups changes that need each other: conflicting records that replace each other at a name, the
// servers of a delegation, a DS and its delegation, and records that adopt = "replace" destroys and the records
// that replace them. It returns the indices of the changes in each group.
func (d *differ) dependent() map[string][]int {
	changed := map[string]map[dns.Type]bool{}
	for _, c := range d.zone.Changes {
		for _, name := range c.names() {
			if changed[name] == nil {
				changed[name] = map[dns.Type]bool{}
			}
			changed[name][c.Type] = true
		}
	}

	joined, keys := groups{}, make([]string, len(d.zone.Changes))
	for i, c := range d.zone.Changes {
		keys[i] = strconv.Itoa(i) // a group of its own
		if d.replacing[bucketOf(c.either())] {
			joined.join(fmt.Sprintf("%q", bucketOf(c.either())), keys[i])
		}
		for _, name := range c.names() {
			if d.needsOthers(c, name, changed[name]) {
				joined.join(name, keys[i])
			}
		}
	}

	out := map[string][]int{}
	for i, key := range keys {
		out[joined.of(key)] = append(out[joined.of(key)], i)
	}
	return out
}

// needsOthers reports whether a change needs other changes at a name. types has the types of all changes there.
func (d *differ) needsOthers(c Change, name string, types map[dns.Type]bool) bool {
	if c.Type == dns.NS || c.Type == dns.DS && types[dns.NS] {
		return true
	}
	for other := range types {
		if dns.ConflictAt(name, d.zone.Name, c.Type, other) != dns.NoConflict {
			return true
		}
	}
	return false
}

// selected reports whether a diagnostic about the record belongs in the plan: the record is selected, or a selected
// change needs its change.
func (d *differ) selected(about dns.Record) bool {
	return d.changing[place{about.Name, about.Type}] > 0 ||
		d.in.Selection.Matches(d.zone.Name, addressOf(about), about.Type, about.Name)
}

// Idle returns the patterns that match nothing, so that they can be reported as mistakes. A pattern matches
// something if it matches a declared record or a planned change. An exclude also matches something if it can have
// left out a change of a planned zone, or if it excludes a whole zone in known, which has the names of all zones,
// read or not.
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
			for _, name := range c.names() {
				inTargets.record(z.Name, c.Address, c.Type, name)
				inExclude.record(z.Name, c.Address, c.Type, name)
			}
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
