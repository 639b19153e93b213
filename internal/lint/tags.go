package lint

import (
	"cmp"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// tag is one NAME=VALUE of the texts that DKIM, DMARC, MTA-STS and TLS reporting have in
// common (RFC 6376, section 3.2).
type tag struct{ name, value string }

// parseTags reads NAME=VALUE pairs with semicolons between them. Blanks around names and
// values do not count. why says what is wrong, as a sentence, or is ""; the tags that
// can be read are returned anyway.
func parseTags(text string) (tags []tag, why string) {
	for part := range strings.SplitSeq(text, ";") {
		part = strings.Trim(part, " \t\r\n")
		if part == "" {
			continue
		}
		name, value, ok := strings.Cut(part, "=")
		if !ok {
			why = cmp.Or(why, dns.Show(part)+" is not a name and a value with an equals sign between them.")
			continue
		}
		tags = append(tags, tag{strings.TrimRight(name, " \t\r\n"), strings.TrimLeft(value, " \t\r\n")})
	}
	return tags, cmp.Or(why, repeatedTag(tags))
}

// repeatedTag says which name is there twice, or "". An honest text has few tags; of a
// hostile one only the first are compared.
func repeatedTag(tags []tag) string {
	const most = 50
	for i, t := range tags[:min(len(tags), most)] {
		for _, earlier := range tags[:i] {
			if earlier.name == t.name {
				return "The tag " + dns.Show(t.name) + " is there twice."
			}
		}
	}
	return ""
}

// find returns the value of the first tag of the name.
func find(tags []tag, name string) (string, bool) {
	for _, t := range tags {
		if t.name == name {
			return t.value, true
		}
	}
	return "", false
}

// wrongVersion says why the text does not begin with its version, or "".
func wrongVersion(tags []tag, want string) string {
	switch {
	case len(tags) > 0 && tags[0] == tag{"v", want}:
		return ""
	case len(tags) > 0 && tags[0].name == "v" && strings.HasSuffix(tags[0].value, `\`):
		return "There is a backslash before a semicolon, which is part of the text here. Leave it out."
	default:
		return "It must begin with v=" + want + ", written so."
	}
}

// begins reports whether a text begins with a prefix, in letters of either case.
func begins(text, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix)
}
