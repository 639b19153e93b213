package dns

import (
	"fmt"
	"strings"
)

// Scope says which records a configuration may touch. A nil list restricts nothing; an empty list allows nothing. The
// zero value allows everything.
type Scope struct {
	// Zones has [Glob] patterns for the names of zones. Names has patterns for the names of records, like the name of a
	// [Pattern].
	Zones, Names []string
	Types        []Type
	// File and Line are the position of the scope block. File is empty if there is none.
	File string
	Line int
}

// Zone reports whether the scope has the zone. A pattern may have an internationalized name in punycode or in its own
// script.
func (s Scope) Zone(name string) bool {
	if s.Zones == nil {
		return true
	}

	readable := Unicode(name)
	for _, pattern := range s.Zones {
		pattern = strings.TrimSuffix(pattern, ".")
		if Glob(pattern, name) || Glob(pattern, readable) {
			return true
		}
	}
	return false
}

// Place returns the position of the scope block, to be appended to the word scope, such as " (cfplan.cf.hcl:3)". It
// returns "" if there is no block.
func (s Scope) Place() string {
	if s.File == "" {
		return ""
	}
	return fmt.Sprintf(" (%s:%d)", s.File, s.Line)
}

// In returns the scope in one zone, which can check many records quickly.
func (s Scope) In(zone string) *ZoneScope {
	z := &ZoneScope{none: !s.Zone(zone)}

	if s.Names != nil {
		patterns := make([]Pattern, len(s.Names))
		for i, name := range s.Names {
			patterns[i].Name = name
		}
		z.names = NewPatterns(patterns, zone)
	}

	if s.Types != nil {
		z.types = make(map[Type]bool, len(s.Types))
		for _, t := range s.Types {
			z.types[t] = true
		}
	}
	return z
}

// ZoneScope is a [Scope] in one zone. The zero value has every record.
type ZoneScope struct {
	none bool
	// names and types are nil if they do not restrict.
	names *Patterns
	types map[Type]bool
}

// Has reports whether the scope has the record.
func (z *ZoneScope) Has(r Record) bool {
	return (z.types == nil || z.types[r.Type]) && z.HasName(r.Name)
}

// HasName reports whether the scope can have a record at the name, if it has the right type.
func (z *ZoneScope) HasName(name string) bool {
	return !z.none && (z.names == nil || z.names.MatchName(name))
}

// HasAll reports whether the scope has every record that can be at the name.
func (z *ZoneScope) HasAll(name string) bool {
	return z.types == nil && z.HasName(name)
}
