package dns

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// takesRest reports whether the member is the last of its form and may have several words.
func (m member) takesRest() bool {
	return m.kind == kindHex || m.kind == kindBase64 || m.kind == kindParameters
}

// canonical returns the text of a member in canonical form. The caller has already removed quotation
// marks and escapes from s.
func (m member) canonical(s string) (string, *Problem) {
	var canonical, why string
	switch m.kind {
	case kindHost:
		return canonicalRooted(strings.TrimSpace(s), Attribute(m.Name))
	case kindParameters:
		canonical, why = canonicalParameters(s)
	case kindNumber:
		canonical, why = m.canonicalNumber(strings.TrimSpace(s))
	case kindTag:
		canonical, why = canonicalTag(s)
	case kindDirection:
		canonical, why = m.canonicalDirection(s)
	case kindHex:
		canonical, why = canonicalHex(s)
	case kindBase64:
		canonical, why = canonicalBase64(s)
	default:
		canonical, why = s, textFault(s)
	}

	if why != "" {
		return "", m.invalid(s, why)
	}
	return canonical, nil
}

func (m member) invalid(s, why string) *Problem {
	return fault("data", Attribute(m.Name), "Invalid "+m.Name, "%s is not a valid %s: %s.", Show(s), m.Name, why)
}

// present writes the canonical text of a member in presentation form.
func (m member) present(s string) string {
	if m.kind == kindText {
		return quote(s)
	}
	return s
}

// canonicalTag returns the tag of a CAA in lower case, because its case does not matter (RFC 8659,
// section 4.1).
func canonicalTag(s string) (canonical, why string) {
	s = strings.ToLower(s)
	if s == "" || len(s) > maxString || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
		return "", "write only letters and digits, such as issue, issuewild or iodef"
	}
	return s, ""
}

func (m member) canonicalDirection(s string) (canonical, why string) {
	s = strings.ToUpper(s)
	if len(s) != 1 || !strings.Contains(m.choices, s) {
		return "", fmt.Sprintf("write %c or %c", m.choices[0], m.choices[1])
	}
	return s, ""
}

// textFault says why JSON or a zone file could not carry a text. It returns "" if both can.
func textFault(s string) string {
	if !utf8.ValidString(s) {
		return "it is not UTF-8"
	}
	if strings.IndexFunc(s, unicode.IsControl) >= 0 {
		return "it has control characters or line breaks in it"
	}
	return ""
}
