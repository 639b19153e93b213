package dns

import (
	"iter"
	"strings"
)

// Patterns matches many records of one zone against many [Pattern]s, without trying every pattern on every record. The
// zero value matches nothing.
type Patterns struct {
	zone string
	// relative and full hold the patterns by their names. A record's relative name is looked up in relative, its full
	// name in full.
	relative, full Globs[byContent]
}

// byContent holds the patterns that share one name, by their contents.
type byContent struct{ Globs[byType] }

// byType holds the types of the patterns that share one name and one content. An empty type stands for all types.
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

// Match reports whether at least one pattern selects the record.
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

// MatchName reports whether the patterns could select a record at the name, given the right type and content.
func (p *Patterns) MatchName(name string) bool {
	for range p.named(name) {
		return true
	}
	return false
}

// named returns the patterns whose name matches. It may return the same pattern more than once.
func (p *Patterns) named(name string) iter.Seq[*byContent] {
	return func(yield func(*byContent) bool) {
		if len(p.full.values) == 0 || !p.spelled(name, p.zone, yield) {
			return
		}
		if readable := Unicode(name); readable != name {
			p.spelled(readable, Unicode(p.zone), yield)
		}
	}
}

// spelled is named for one spelling of the name. It returns false as soon as yield does.
func (p *Patterns) spelled(name, zone string, yield func(*byContent) bool) bool {
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
