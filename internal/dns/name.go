package dns

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// Limits of RFC 1035, section 2.3.4, in the text form without a final dot.
const (
	maxName  = 253
	maxLabel = 63
)

// CanonicalName returns a full name in lower case and punycode without a final dot. Labels may begin
// with an underscore, and the first label may be `*`.
func CanonicalName(name string) (string, *Problem) {
	if p := refuseEmptyName(name); p != nil {
		return "", p
	}
	canonical, why := canonicalLabels(strings.TrimSuffix(name, "."), reverse(name))
	if why != "" {
		return "", invalidName(name, why)
	}
	return canonical, nil
}

// reverse reports whether a name, in any spelling, is in the reverse tree (in-addr.arpa or ip6.arpa). A label may
// contain a slash only there: RFC 2317, section 4 delegates parts of a network with labels such as 0/25.
func reverse(name string) bool {
	const tree = ".arpa"
	name = strings.TrimSuffix(name, ".")
	return len(name) >= len(tree) && strings.EqualFold(name[len(name)-len(tree):], tree)
}

// AbsoluteName returns the canonical full form of a name. The name may be `@`, relative to the zone, or
// full, with or without a final dot. A name that ends in a dot and is outside the zone is a problem.
// zone must be canonical.
func AbsoluteName(name, zone string) (string, *Problem) {
	if name == "@" {
		return zone, nil
	}
	if p := refuseEmptyName(name); p != nil {
		return "", p
	}

	canonical, why := canonicalLabels(strings.TrimSuffix(name, "."), reverse(name) || reverse(zone))
	switch {
	case why != "":
		return "", invalidName(name, why)
	case Inside(canonical, zone):
		return canonical, nil
	case strings.HasSuffix(name, "."):
		return "", fault("name-outside-zone", AttrName, "Name outside the zone",
			"%s ends in a dot and is therefore a full name, but it is not in the zone %s. "+
				"Without the dot, it is relative to the zone.", Show(name), Show(zone))
	}

	if full := canonical + "." + zone; len(full) <= maxName {
		return full, nil
	}
	return "", invalidName(name, fmt.Sprintf("together with the zone's name, it has more than %d characters", maxName))
}

// RelativeName returns the name relative to the zone: `@` for the zone's own name, otherwise the
// labels before the zone's name. It returns a name outside the zone unchanged.
func RelativeName(name, zone string) string {
	if name == zone {
		return "@"
	}
	if zone == "" || !Inside(name, zone) {
		return name
	}
	return name[:len(name)-len(zone)-1]
}

// Unicode returns a canonical name with its punycode labels in their own script, as people write it.
// It returns the name unchanged if the result would have another canonical form, so that two
// different names never become the same text.
func Unicode(name string) string {
	if !strings.Contains(name, "xn--") {
		return name
	}

	u, err := idnaProfile.ToUnicode(name)
	if err != nil {
		return name
	}
	if back, p := CanonicalName(u); p != nil || back != name {
		return name
	}
	return u
}

// Inside reports whether a canonical name is the zone's own name or below it.
func Inside(name, zone string) bool {
	if !strings.HasSuffix(name, zone) {
		return false
	}
	return len(name) == len(zone) || name[len(name)-len(zone)-1] == '.'
}

// idnaProfile maps names as browsers do for lookups. Cloudflare does not document which profile its
// servers use. The strict rules of STD 3 would refuse underscores.
var idnaProfile = idna.New(
	idna.MapForLookup(), idna.StrictDomainName(false), idna.Transitional(false), idna.CheckHyphens(false),
)

// canonicalLabels does the work of [CanonicalName]. slash allows a / in labels. If the name is
// invalid, why says what is wrong with it, as the end of a sentence; otherwise why is "".
func canonicalLabels(name string, slash bool) (canonical, why string) {
	host, wild := strings.CutPrefix(name, "*.")
	if name == "*" {
		return name, ""
	}

	host, why = canonicalHost(host, slash)
	if why != "" || !wild {
		return host, why
	}
	if len(host)+2 > maxName {
		return "", tooLongName
	}
	return "*." + host, ""
}

var tooLongName = fmt.Sprintf("a name has at most %d characters", maxName)

// canonicalHost is canonicalLabels for a name that has no wildcard label.
func canonicalHost(name string, slash bool) (canonical, why string) {
	if len(name) > 4*maxName {
		return "", tooLongName
	}

	if !ascii(name) {
		a, err := idnaProfile.ToASCII(name)
		if err != nil || !utf8.ValidString(name) { // ToASCII accepts invalid UTF-8
			return "", "it is not a valid internationalized domain name (IDN)"
		}
		name = a
	}

	if len(name) > maxName {
		return "", tooLongName
	}
	name = strings.ToLower(name)
	return name, labelsFault(name, slash)
}

// labelsFault says what is wrong with the labels of a name in ASCII.
func labelsFault(name string, slash bool) string {
	start := 0
	for i := 0; i <= len(name); i++ {
		switch {
		case i == len(name) || name[i] == '.':
			if why := lengthFault(name[start:i]); why != "" {
				return why
			}
			start = i + 1
		case !labelByte(name[i]) && (name[i] != '/' || !slash):
			return byteFault(name[i])
		}
	}
	return ""
}

func lengthFault(label string) string {
	switch {
	case label == "":
		return "a part before, between or after its dots is empty"
	case len(label) > maxLabel:
		return fmt.Sprintf("the part %s is longer than the %d characters that are allowed between dots",
			Show(label), maxLabel)
	}
	return ""
}

func labelByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_'
}

func byteFault(c byte) string {
	switch c {
	case '*':
		return "an asterisk may only be the whole first part, as in *.example.com"
	case '@':
		return "the character @ stands for the zone itself only if it is the whole name"
	case ' ', '\t', '\r', '\n':
		return "it has white space in it"
	case '\\':
		return "escapes with a backslash are not supported"
	case ':', '/':
		return fmt.Sprintf("the character %q cannot be in a name; write only the name, "+
			"without https:// and without a path or a port", c)
	}
	return fmt.Sprintf("the character %q cannot be in a name; letters, digits, hyphens and underscores can", c)
}

func refuseEmptyName(name string) *Problem {
	switch name {
	case "":
		return invalidName(name, "it is empty; @ stands for the zone itself")
	case "@":
		return invalidName(name, "@ stands for the zone itself, but a full name is needed here")
	case ".":
		return invalidName(name, "it is the root of the DNS, which is not in the zone")
	}
	return nil
}

func invalidName(name, why string) *Problem {
	return fault("name", AttrName, "Invalid name", "%s is not a valid name: %s.%s", Show(name), why, hostHint(name))
}

// hostHint names the host in a URL, or in a host with a path or a port. It returns "" for everything else.
func hostHint(text string) string {
	host := text
	if _, after, ok := strings.Cut(text, "://"); ok {
		host = after
	}
	if i := strings.IndexAny(host, "/?#"); i >= 0 {
		host = host[:i]
	}
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		host = host[i+1:]
	}
	if before, port, ok := strings.Cut(host, ":"); ok && strings.Trim(port, "0123456789") == "" {
		host = before
	}

	if host == text || !strings.Contains(host, ".") {
		return ""
	}

	canonical, why := canonicalLabels(strings.TrimSuffix(host, "."), false)
	if why != "" {
		return ""
	}
	return fmt.Sprintf(" The host in it is %q.", canonical)
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
