package dns

import (
	"fmt"
	"strings"
)

// Scope says which records a configuration may touch. A nil list restricts nothing; an empty list allows nothing. The
// zero value allows everything.
type Scope struct {
	// Zones are [Glob] patterns for the names of zones. Names are patterns for the names of records, with the rules of
	// [Pattern].Name.
	Zones, Names []string
	Types        []Type
	// File and Line are the position of the scope block. File is empty if there is none.
	File string
	Line int
}

// Zone reports whether the zone is in the scope. A pattern may spell an internationalized name in punycode or
// in its own script.
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

// Place returns the position of the scope block, such as " (cfplan.cf.hcl:3)". Messages append it to the word
// "scope". It is "" if there is no block.
func (s Scope) Place() string {
	if s.File == "" {
		return ""
	}
	return fmt.Sprintf(" (%s:%d)", s.File, s.Line)
}

// In returns the part of the scope that concerns one zone. It checks many records quickly.
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

// ZoneScope is a [Scope] within one zone. The zero value includes every record.
type ZoneScope struct {
	none bool
	// names is nil if the scope does not restrict names, and types is nil if it does not restrict types.
	names *Patterns
	types map[Type]bool
}

// Has reports whether the record is in the scope.
func (z *ZoneScope) Has(r Record) bool {
	return (z.types == nil || z.types[r.Type]) && z.HasName(r.Name)
}

// HasName reports whether a record at the name could be in the scope, given the right type.
func (z *ZoneScope) HasName(name string) bool {
	return !z.none && (z.names == nil || z.names.MatchName(name))
}

// HasAll reports whether every possible record at the name is in the scope.
func (z *ZoneScope) HasAll(name string) bool {
	return z.types == nil && z.HasName(name)
}
