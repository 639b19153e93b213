package dns

import (
	"iter"
	"strings"
)

// Patterns matches many records of one zone against many [Pattern]s, without trying all of them. The zero value matches
// nothing.
type Patterns struct {
	zone string
	// relative and full have the patterns by name. relative is for relative names, full for full names.
	relative, full Globs[byContent]
}

// byContent has the patterns with one name, by their contents.
type byContent struct{ Globs[byType] }

// byType has the types of the patterns with one name and one content. An empty type stands for all types.
type byType map[Type]bool

// NewPatterns returns a matcher for records of the zone.
func NewPatterns(patterns []Pattern, zone string) *Patterns {
	p := &Patterns{zone: zone}
	for _, one := range patterns {
		name := one.Name
		if name == "" {
			name = "*"
		}
		p.full.At(strings.TrimSuffix(name, ".")).add(one)
		p.relative.At(name).add(one)
	}
	return p
}

func (c *byContent) add(p Pattern) {
	content := p.Content
	if content == "" {
		content = "*"
	}
	all := c.At(content)
	if *all == nil {
		*all = byType{}
	}
	(*all)[p.Type] = true
}

// Match reports whether a pattern selects the record.
func (p *Patterns) Match(r Record) bool {
	for named := range p.named(r.Name) {
		for all := range named.Match(r.Content) {
			if (*all)[""] || (*all)[r.Type] {
				return true
			}
		}
	}
	return false
}

// MatchName reports whether a pattern can select a record at the name, if it has the right type and content.
func (p *Patterns) MatchName(name string) bool {
	for range p.named(name) {
		return true
	}
	return false
}

// named returns the patterns whose name matches. It may return one more than once.
func (p *Patterns) named(name string) iter.Seq[*byContent] {
	return func(yield func(*byContent) bool) {
		if len(p.full.values) == 0 || !p.spelt(name, p.zone, yield) {
			return
		}
		if readable := Unicode(name); readable != name {
			p.spelt(readable, Unicode(p.zone), yield)
		}
	}
}

// spelt is like named for one spelling of the name. It returns false if yield does.
func (p *Patterns) spelt(name, zone string, yield func(*byContent) bool) bool {
	for c := range p.relative.Match(RelativeName(name, zone)) {
		if !yield(c) {
			return false
		}
	}
	for c := range p.full.Match(name) {
		if !yield(c) {
			return false
		}
	}
	return true
}
