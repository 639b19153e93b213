package dns

import "strings"

// Pattern selects records that cfplan leaves alone. Empty parts match everything. Use [Patterns] to
// match many records.
type Pattern struct {
	// Name is a [Glob] pattern for the record's relative or full name. An internationalized name
	// may be written in punycode or in its own script.
	Name string
	// Type is a record type, or empty.
	Type Type
	// Content is a [Glob] pattern for the canonical content.
	Content string
}

// Glob reports whether s matches a pattern in which `*` stands for any run of characters and `?` for
// one. Case does not count.
//
// It is not path.Match, because there a `*` stops at a slash, which is an ordinary character in the
// content of a record. After a mismatch, Glob backtracks only to the last `*`, so that no pattern
// takes long.
func Glob(pattern, s string) bool {
	p, text := []rune(strings.ToLower(pattern)), []rune(strings.ToLower(s))
	star, resume := -1, 0
	i, j := 0, 0

	for j < len(text) {
		switch {
		case i < len(p) && p[i] == '*':
			star, resume = i, j
			i++
		case i < len(p) && (p[i] == '?' || p[i] == text[j]):
			i++
			j++
		case star >= 0:
			resume++
			i, j = star+1, resume
		default:
			return false
		}
	}
	return strings.Trim(string(p[i:]), "*") == ""
}
