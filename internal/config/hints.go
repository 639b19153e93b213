package config

import (
	"maps"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
)

// maxComparisons bounds how many names are compared to find suggestions. A thousand unknown names
// among a thousand known ones would need a million comparisons.
const maxComparisons = 100_000

// hints counts the comparisons made for the suggestions of a configuration. The zero value is ready
// to use.
type hints struct{ compared int }

// didYouMean is [dns.DidYouMean], but gives no suggestion once too many names were compared.
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
