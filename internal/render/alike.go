package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/plan"
)

// If many diagnostics have the same summary, they usually report one mistake that was made many times. The first of
// them are shown in full and the rest are counted, so that they do not hide other diagnostics.
const (
	// mostAlike is up to how many diagnostics with the same summary are all shown in full.
	mostAlike = 10
	// wholeAlike is how many of them are shown in full if there are more than mostAlike.
	wholeAlike = 3
	// mostPlaces is how many places of the rest are named. The others are counted.
	mostPlaces = 20
)

// entry is a diagnostic that is shown in full, or the rest of the diagnostics with its summary.
type entry[T any] struct {
	// first is the diagnostic, or the first of the rest.
	first T
	// rest is nil if first is shown in full.
	rest []T
}

// grouped separates the diagnostics that are shown in full from the rest of each summary. It keeps the order; the
// rest of a summary is in the place of its first diagnostic. The texts that summary returns must differ for errors
// and warnings.
func grouped[T any](list []T, summary func(T) string) []entry[T] {
	total := make(map[string]int, len(list))
	for _, d := range list {
		total[summary(d)]++
	}

	var out []entry[T]
	whole := map[string]int{}
	restAt := map[string]int{}
	for _, d := range list {
		s := summary(d)
		at, begun := restAt[s]
		switch {
		case begun:
			out[at].rest = append(out[at].rest, d)
		case total[s] <= mostAlike || whole[s] < wholeAlike:
			whole[s]++
			out = append(out, entry[T]{first: d})
		default:
			restAt[s] = len(out)
			out = append(out, entry[T]{d, []T{d}})
		}
	}

	return out
}

// places lists the places of diagnostics, each place once. It names the first mostPlaces places and counts the
// others. A diagnostic whose place is "" has none.
func places[T any](list []T, place func(T) string) string {
	seen := map[string]bool{"": true}
	var named []string
	for _, d := range list {
		if at := place(d); !seen[at] {
			seen[at] = true
			named = append(named, at)
		}
	}

	if more := len(named) - mostPlaces; more > 0 {
		named = append(slices.Clip(named[:mostPlaces]), fmt.Sprintf("and %d more", more))
	}

	return strings.Join(named, ", ")
}

// ofPlan is the summary that diagnostics of a plan are grouped by.
func ofPlan(d plan.Diagnostic) string { return string(d.Severity) + " " + d.Summary }

// restOf names the places of the rest of a summary. path turns a file of the configuration into one that
// the reader knows.
func restOf(rest []plan.Diagnostic, path func(file string) string) string {
	list := places(rest, func(d plan.Diagnostic) string {
		if p := at(d.Position, path); p != nil {
			return Escape(place(*p))
		}
		return Escape(d.Address)
	})
	if list == "" {
		return ""
	}
	return "At " + list + "."
}
