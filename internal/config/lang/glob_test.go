package lang

import "testing"

func TestGlobPattern(t *testing.T) {
	for _, c := range []struct {
		pattern, path string
		want          bool
	}{
		{"*", "a.txt", true},
		{"*", "a/b.txt", false},
		{"**", "a/b.txt", true},
		{"**/b.txt", "b.txt", true},
		{"**/b.txt", "a/c/b.txt", true},
		{"a?", "ab", true},
		{"a?", "a/", false},
		{"{a,b}.{c,d}", "b.c", true},
		{"{a,b}", "a,b", false},
		{"a,b", "a,b", true},
		{"}", "}", true},
		{"[!a]", "b", true},
		{"[!a]", "a", false},
		{"[a", "[a", true},
		{"a.b", "axb", false},
		{"ä?", "äö", true},
		{"(a)+", "(a)+", true},
	} {
		re, err := globPattern(c.pattern)
		if err != nil {
			t.Errorf("globPattern(%q): %v", c.pattern, err)
		} else if got := re.MatchString(c.path); got != c.want {
			t.Errorf("%q matches %q: %v, want %v", c.pattern, c.path, got, c.want)
		}
	}

	for _, pattern := range []string{"{a", "[z-a]"} {
		if re, err := globPattern(pattern); err == nil {
			t.Errorf("globPattern(%q) = %v, want an error", pattern, re)
		}
	}
}
