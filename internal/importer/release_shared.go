package importer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
)

// A scope can leave records of a zone to the other tool. Then that tool must keep the zone and leave the imported
// records alone.

// sharedZones separates zones that the other tool keeps in part from zones that are imported as a whole.
func sharedZones(zones []Zone) (whole, shared []Zone) {
	for _, z := range zones {
		if len(z.Outside) > 0 {
			shared = append(shared, z)
		} else {
			whole = append(whole, z)
		}
	}
	return whole, shared
}

// nameTypes are the types of the imported records of a name.
type nameTypes struct {
	// name is relative to the zone, "@" for the zone itself.
	name  string
	types []dns.Type
}

// importedNames returns the names of the imported records of a zone, sorted.
func importedNames(z Zone) []nameTypes {
	types := map[string][]dns.Type{}
	for _, r := range z.Records {
		name := dns.RelativeName(r.Record.Name, z.Name)
		types[name] = append(types[name], r.Record.Type)
	}

	var out []nameTypes
	for name, of := range types {
		slices.Sort(of)
		out = append(out, nameTypes{name, slices.Compact(of)})
	}
	slices.SortFunc(out, func(a, b nameTypes) int { return strings.Compare(a.name, b.name) })
	return out
}

// keeps says why the other tool must keep a zone.
func keeps(z Zone, tool string) string {
	return fmt.Sprintf("%s of %s %s outside of the scope, so %s must keep the zone and leave the imported records alone.",
		english.Count(len(z.Outside), "record"), z.Name, isOrAre(len(z.Outside)), tool)
}
