package zonefile

import (
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// ZoneOf returns the canonical name of the zone in a zone file. This is the owner of the first SOA or,
// if the file has no SOA, its first $ORIGIN. ZoneOf returns "" if the file has neither, or if both are
// relative names. It does not read included files.
func ZoneOf(src string) string {
	f := &file{parser: &parser{budget: NewBudget()}}
	named := ""
	s := newScanner(src)
	for l, ok := s.next(); ok; l, ok = s.next() {
		if l.fault != "" || len(l.words) == 0 {
			continue
		}

		if l.owner && strings.HasPrefix(l.words[0], "$") {
			f.findOrigin(l)
			if named == "" && isZone(f.origin) {
				named = f.origin
			}
			continue
		}
		if owner := f.authorityOf(l); owner != "" {
			return owner
		}
	}
	return named
}

// findOrigin executes a line if it is a valid $ORIGIN.
func (f *file) findOrigin(l line) {
	if strings.EqualFold(l.words[0], "$ORIGIN") && len(l.words) == 2 {
		f.setOrigin(l.words[1])
	}
}

// authorityOf returns the owner of an SOA, or "" if the line is not an SOA.
func (f *file) authorityOf(l line) string {
	words := l.words
	if l.owner {
		f.owner, _ = dns.CanonicalName(f.absolute(words[0])) // Parse reports an invalid name
		words = words[1:]
	}

	h, ok := f.header(words)
	if !ok || h.typ != "SOA" || !isZone(f.owner) {
		return ""
	}
	return f.owner
}

// isZone reports whether a canonical name can be a zone name. A top-level domain cannot.
func isZone(name string) bool { return strings.Contains(name, ".") && !strings.HasPrefix(name, "*") }
