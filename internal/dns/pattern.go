package dns

import "strings"

// Pattern selects records that cfplan leaves alone. Empty parts match all. [Patterns] asks many records.
type Pattern struct {
	// Name is matched against the record's relative and full name, `*`
	// standing for any run of characters, `?` for one. An internationalised
	// name may be written either way.
	Name string
	// Type is a record type, or empty.
	Type Type
	// Content is matched like Name against the canonical content.
	Content string
}

// Glob reports whether s matches a pattern in which `*` stands for any run of
// characters and `?` for one.
//
// It is not path.Match: there a `*` stops at a slash, which is an ordinary
// character in the content of a record. Case does not count. After a mismatch it
// goes on from the last `*` alone, so that no pattern takes long.
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
