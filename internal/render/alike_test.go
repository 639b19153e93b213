package render

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// many returns n diagnostics, each as the kind and a number.
func many(kind string, n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("%s%d", kind, i))
	}
	return out
}

// mixed takes an element of each list in turn.
func mixed(a, b []string) []string {
	var out []string
	for i := range max(len(a), len(b)) {
		out = append(out, a[min(i, len(a)):min(i+1, len(a))]...)
		out = append(out, b[min(i, len(b)):min(i+1, len(b))]...)
	}
	return out
}

func TestMoreThanTenDiagnosticsOfOneSummaryAreGrouped(t *testing.T) {
	for name, c := range map[string]struct {
		list []string
		want string
	}{
		"none":         {nil, ""},
		"ten":          {many("e", 10), "e0 e1 e2 e3 e4 e5 e6 e7 e8 e9"},
		"eleven":       {many("e", 11), "e0 e1 e2 [e3..e10: 8]"},
		"twenty-three": {many("e", 23), "e0 e1 e2 [e3..e22: 20]"},
		"two kinds, one of them many": {
			mixed(many("e", 11), many("w", 5)),
			"e0 w0 e1 w1 e2 w2 [e3..e10: 8] w3 w4",
		},
		"two kinds, both many": {
			mixed(many("e", 12), many("w", 11)),
			"e0 w0 e1 w1 e2 w2 [e3..e11: 9] [w3..w10: 8]",
		},
		"one after the other": {
			slices.Concat(many("e", 10), many("w", 11)),
			"e0 e1 e2 e3 e4 e5 e6 e7 e8 e9 w0 w1 w2 [w3..w10: 8]",
		},
	} {
		var got []string
		for _, e := range grouped(c.list, func(d string) string { return d[:1] }) {
			if e.rest == nil {
				got = append(got, e.first)
				continue
			}
			got = append(got, fmt.Sprintf("[%s..%s: %d]", e.rest[0], e.rest[len(e.rest)-1], len(e.rest)))
			if e.first != e.rest[0] {
				t.Errorf("%s: first = %s, want the first of the rest: %s", name, e.first, e.rest[0])
			}
		}

		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: grouped = %s, want %s", name, s, c.want)
		}
	}
}

func TestPlacesAreNamedOnceAndTwentyAtMost(t *testing.T) {
	itself := func(s string) string { return s }
	for _, c := range []struct {
		list []string
		want string
	}{
		{nil, ""},
		{[]string{"", ""}, ""},
		{[]string{"a:1", "", "a:2", "a:1"}, "a:1, a:2"},
		{many("p", 20), strings.Join(many("p", 20), ", ")},
		{many("p", 21), strings.Join(many("p", 20), ", ") + ", and 1 more"},
		{slices.Concat(many("p", 30), many("p", 30)), strings.Join(many("p", 20), ", ") + ", and 10 more"},
	} {
		if got := places(c.list, itself); got != c.want {
			t.Errorf("places(%v) = %q, want %q", c.list, got, c.want)
		}
	}
}
