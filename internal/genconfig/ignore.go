package genconfig

import (
	"regexp"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// typeForm matches the types that a configuration accepts in an ignore block.
var typeForm = regexp.MustCompile(`^[A-Z][A-Z0-9-]{0,31}$`)

// patterns separates the patterns that ignore blocks can express from the rest. It returns each pattern once.
func patterns(all []dns.Pattern) (out []dns.Pattern, left []Omission) {
	seen := map[dns.Pattern]bool{}
	for _, p := range all {
		p.Name, p.Type = strings.TrimSuffix(p.Name, "."), dns.Type(strings.ToUpper(string(p.Type)))
		if seen[p] {
			continue
		}
		seen[p] = true
		if p == (dns.Pattern{}) || !carried(p.Name) || !carried(p.Content) || !typed(p) {
			r := dns.Record{Name: p.Name, Type: p.Type, Content: p.Content}
			left = append(left, Omission{r, "a pattern that an ignore block cannot have"})
			continue
		}
		out = append(out, p)
	}
	return out, left
}

func typed(p dns.Pattern) bool { return p.Type == "" || typeForm.MatchString(string(p.Type)) }

func (p *printer) ignore(pattern dns.Pattern) {
	p.line(`ignore {`)
	if pattern.Name != "" {
		p.attribute(dns.AttrName, literal(pattern.Name))
	}
	if pattern.Type != "" {
		p.attribute(dns.AttrType, literal(string(pattern.Type)))
	}
	if pattern.Content != "" {
		p.attribute(dns.AttrContent, literal(pattern.Content))
	}
	p.line(`}`)
}
