package zonefile

import (
	"fmt"
	"math"
	"regexp"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// lost says why Write must not write a record at all. It returns "" for an ordinary record. A live
// record may be one that no valid zone file can hold.
func (w *writer) lost(r dns.Record) string {
	if r.ManagedBy != "" {
		return fmt.Sprintf("%s keeps this record.", comment(r.ManagedBy))
	}

	name, problem := dns.CanonicalName(r.Name)
	if problem != nil || name != r.Name || !dns.Inside(name, w.zone.Name) {
		return "its name is not valid in this zone."
	}
	if r.NoPriority {
		return "its priority is not known."
	}

	v, problem := dns.ParseContent(r.Type, r.Content)
	if problem != nil || v.Content != r.Content || r.TTL < 0 || r.TTL > math.MaxInt32 {
		return "its value is not valid."
	}
	return ""
}

// census counts the different records at each name. It leaves out records that a Cloudflare product
// keeps.
func census(z dns.Zone) map[string]int {
	out := map[string]int{}
	counted := make(map[dns.Key]bool, len(z.Records))
	for _, r := range z.Records {
		if r.ManagedBy == "" && !counted[r.Key()] {
			counted[r.Key()] = true
			out[r.Name]++
		}
	}
	return out
}

// refused says why BIND would refuse the file because of a record that Cloudflare accepts, or returns
// "" if BIND accepts it. The rules come from trying named-checkzone 9.18.
func (w *writer) refused(r dns.Record) string {
	switch r.Type {
	case dns.CNAME:
		if r.Name == w.zone.Name || w.names[r.Name] > 1 {
			return "other programs refuse other records beside a CNAME."
		}
	case dns.A, dns.AAAA, dns.MX:
		if !hostName(r.Name) {
			return "other programs accept only letters, digits and hyphens in the name of a host."
		}
	case dns.NS:
		if strings.HasPrefix(r.Name, "*.") {
			return "other programs refuse to delegate a wildcard."
		}
	case dns.DS:
		if r.Name == w.zone.Name {
			return "other programs expect a DS in the zone above."
		}
	case dns.NAPTR:
		if text, _ := r.Data()["regex"].(string); text != "" && !substitution(text) {
			return "its regular expression is not a substitution."
		}
	case dns.HTTPS, dns.SVCB:
		if newParameter.MatchString(r.Content) {
			return "it has a parameter that BIND does not know."
		}
	}
	return beyond(r)
}

// newParameter matches the parameter ohttp (RFC 9540), which BIND 9.18 does not know.
var newParameter = regexp.MustCompile(`(^| )ohttp( |$)`)

var hostNames = regexp.MustCompile(`^(\*|[a-z0-9]([a-z0-9-]*[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)

// hostName reports whether BIND's option check-names accepts a name as a host name (RFC 1123,
// section 2.1).
func hostName(name string) bool { return hostNames.MatchString(name) }

// beyond says whether a field of the value has an impossible length or size, which Cloudflare does not
// check. It returns "" if every field is possible.
func beyond(r dns.Record) string {
	if len(dns.CheckParts(r)) > 0 {
		return "its value has a part of the wrong length or size."
	}
	return ""
}

// substitution reports whether a text is a substitution (RFC 3402, section 3.2): an expression, a
// replacement and flags, each with the same delimiter before it.
func substitution(text string) bool {
	parts := split(text[1:], text[0])
	if strings.IndexByte(`0123456789i\`, text[0]) >= 0 || len(parts) != 3 {
		return false
	}
	if parts[0] == "" || strings.Trim(parts[2], "i") != "" {
		return false
	}

	expression, err := regexp.CompilePOSIX(parts[0])
	if err != nil {
		return false
	}
	for _, m := range references.FindAllString(parts[1], -1) {
		if int(m[1]-'0') > expression.NumSubexp() {
			return false
		}
	}
	return true
}

var references = regexp.MustCompile(`\\[1-9]`)

// split splits a text at each delimiter that has no backslash before it.
func split(text string, delimiter byte) (parts []string) {
	start := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case delimiter:
			parts = append(parts, text[start:i])
			start = i + 1
		}
	}
	return append(parts, text[start:])
}
