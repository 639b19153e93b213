package dns

import (
	"fmt"
	"strings"
)

// Scope says which records a configuration may touch. A list that is nil does not restrict, an empty one lets nothing
// be touched. The zero value is everything.
type Scope struct {
	// Zones and Names are patterns as [Glob] takes them: Zones of the names of zones, Names of the names of records, as
	// those of [Pattern].
	Zones, Names []string
	Types        []Type
	// File and Line say where the scope block stands; File is empty if there is none.
	File string
	Line int
}

// Zone reports whether the scope has the zone. An internationalised name may be written either way.
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

// Place returns where the scope block stands, for a sentence that ends in "scope": " (cfplan.cf.hcl:3)", or nothing.
func (s Scope) Place() string {
	if s.File == "" {
		return ""
	}
	return fmt.Sprintf(" (%s:%d)", s.File, s.Line)
}

// In returns the scope in one zone, made for asking about many records.
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

// HasName reports whether the scope can have a record at the name, given the right type.
func (z *ZoneScope) HasName(name string) bool {
	return !z.none && (z.names == nil || z.names.MatchName(name))
}

// HasAll reports whether the scope has every record that can be at the name.
func (z *ZoneScope) HasAll(name string) bool {
	return z.types == nil && z.HasName(name)
}
