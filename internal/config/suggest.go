package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

// didYouMean returns ` Did you mean "x"?` for the known name that is nearest to
// the given one, or nothing where none is near.
func didYouMean(given string, known []string) string {
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

// orList joins words as "a, b or c".
func orList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
