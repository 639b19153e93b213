package lint

import (
	"cmp"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// tag is one NAME=VALUE pair of a text. DKIM, DMARC, MTA-STS and TLS reporting share this form (RFC
// 6376, section 3.2).
type tag struct{ name, value string }

// parseTags parses NAME=VALUE pairs that are separated by semicolons. It ignores blanks around names
// and values. If the text is malformed, why is a sentence that says so, and tags has the pairs that
// can be parsed.
func parseTags(text string) (tags []tag, why string) {
	for part := range strings.SplitSeq(text, ";") {
		part = strings.Trim(part, " \t\r\n")
		if part == "" {
			continue
		}

		name, value, ok := strings.Cut(part, "=")
		if !ok {
			why = cmp.Or(why, dns.Show(part)+" does not have the form NAME=VALUE.")
			continue
		}
		tags = append(tags, tag{strings.TrimRight(name, " \t\r\n"), strings.TrimLeft(value, " \t\r\n")})
	}
	return tags, cmp.Or(why, repeatedTag(tags))
}

// repeatedTag says which tag the text has twice, or returns "" if no tag is repeated. It compares only
// the first 50 tags: a normal text has few, and a hostile one could have any number.
func repeatedTag(tags []tag) string {
	const most = 50
	for i, t := range tags[:min(len(tags), most)] {
		for _, earlier := range tags[:i] {
			if earlier.name == t.name {
				return "It has the tag " + dns.Show(t.name) + " twice."
			}
		}
	}
	return ""
}

// find returns the value of the first tag with the name.
func find(tags []tag, name string) (string, bool) {
	for _, t := range tags {
		if t.name == name {
			return t.value, true
		}
	}
	return "", false
}

// wrongVersion says why the text does not begin with the version want, or returns "" if it does.
func wrongVersion(tags []tag, want string) string {
	switch {
	case len(tags) > 0 && tags[0] == tag{"v", want}:
		return ""
	case len(tags) > 0 && tags[0].name == "v" && strings.HasSuffix(tags[0].value, `\`):
		return "It has a backslash before a semicolon. The backslash is part of the text: leave it out."
	default:
		return "It must begin with v=" + want + ", in exactly this spelling."
	}
}

// begins reports whether a text begins with a prefix, without regard to case.
func begins(text, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix)
}
