package config

import (
	"maps"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
)

// maxComparisons is how many names are compared to find those that were perhaps meant. A
// thousand unknown names among a thousand known ones would take a million.
const maxComparisons = 100_000

// hints counts the comparisons that were made for the hints of a configuration. The zero value
// has made none.
type hints struct{ compared int }

// didYouMean is [dns.DidYouMean]. It gives no hint if too many names were compared already.
func (h *hints) didYouMean(given string, known []string) string {
	if h.compared > maxComparisons {
		return ""
	}
	h.compared += len(known)
	return dns.DidYouMean(given, known)
}

// nameLike is didYouMean for the names of a map.
func nameLike[V any](h *hints, given string, known map[string]V) string {
	if h.compared > maxComparisons {
		return "" // spares the list of names
	}
	return h.didYouMean(given, slices.Collect(maps.Keys(known)))
}
