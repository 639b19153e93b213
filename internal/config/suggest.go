package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/agext/levenshtein"
)

// didYouMean returns ` Did you mean "x"?` for the known name that is nearest to
// the given one, or nothing where none is near.
func didYouMean(given string, known []string) string {
	const longest = 80 // the distance costs the product of the lengths
	if len(given) > longest {
		return ""
	}
	best, distance := "", 3 // hcl's own threshold, so that all hints behave alike
	for _, k := range slices.Sorted(slices.Values(known)) {
		if strings.EqualFold(given, k) {
			return fmt.Sprintf(" Did you mean %q?", k)
		}
		// A name of two letters is within two edits of any other.
		if d := levenshtein.Distance(given, k, nil); d < distance && d < len(k) {
			best, distance = k, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" Did you mean %q?", best)
}

// join joins words as "a, b or c".
func join(words []string, conjunction string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " " + conjunction + " " + words[last]
}

func quoted(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = strconv.Quote(w)
	}
	return out
}
