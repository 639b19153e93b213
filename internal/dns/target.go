package dns

import "strings"

// Target returns the host that a canonical record points at. It is "." if the
// record says that there is none, as a null MX does, and "" for types that do not
// point at a host.
func (r Record) Target() string {
	switch r.Type {
	case CNAME, MX, NS, PTR:
		return r.Content
	case SRV: // the last of its fields
		return r.Content[strings.LastIndexByte(r.Content, ' ')+1:]
	case HTTPS, SVCB: // the second
		_, rest, _ := strings.Cut(r.Content, " ")
		host, _, _ := strings.Cut(rest, " ")
		return host
	default:
		return ""
	}
}
