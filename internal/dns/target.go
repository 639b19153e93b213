package dns

import "strings"

// Target returns the host that a canonical record points at. It returns "." if the record says that
// there is no host, as a null MX does, and "" for types that do not point at a host.
func (r Record) Target() string {
	switch r.Type {
	case CNAME, MX, NS, PTR:
		return r.Content
	case SRV: // the last field
		return r.Content[strings.LastIndexByte(r.Content, ' ')+1:]
	case HTTPS, SVCB: // the second field
		_, rest, _ := strings.Cut(r.Content, " ")
		host, _, _ := strings.Cut(rest, " ")
		return host
	default:
		return ""
	}
}
