package dns

import (
	"regexp"
	"strings"
)

// Pattern selects records that cfplan leaves alone. Empty parts match all.
type Pattern struct {
	// Name is matched against the record's relative and full name, `*`
	// standing for any run of characters, `?` for one.
	Name string
	// Type is a record type, or empty.
	Type Type
	// Content is matched like Name against the canonical content.
	Content string
}

// Match reports whether the pattern selects r in the named zone.
func (p Pattern) Match(r Record, zone string) bool {
	if p.Type != "" && p.Type != r.Type {
		return false
	}
	if p.Name != "" && !glob(p.Name, RelativeName(r.Name, zone)) && !glob(p.Name, r.Name) {
		return false
	}
	return p.Content == "" || glob(p.Content, r.Content)
}

// glob is not path.Match: there a `*` stops at a slash, which is an ordinary
// character in the content of a record.
func glob(pattern, s string) bool {
	expr := regexp.QuoteMeta(strings.ToLower(pattern))
	expr = strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(expr)
	ok, err := regexp.MatchString(`(?s)^(?:`+expr+`)$`, strings.ToLower(s))
	return err == nil && ok
}
