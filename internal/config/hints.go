package config

import (
	"maps"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
)

// maxComparisons is the greatest number of comparisons that a run makes to find suggestions. A thousand unknown
// names and a thousand known names would need a million comparisons.
const maxComparisons = 100_000

// hints counts the comparisons that were made to find suggestions. The zero value is ready to use.
type hints struct{ compared int }

// didYouMean is like [dns.DidYouMean], but gives no suggestion after too many comparisons.
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
		return "" // avoids making the list of names
	}
	return h.didYouMean(given, slices.Collect(maps.Keys(known)))
}
