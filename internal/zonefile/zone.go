package zonefile

import (
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// ZoneOf returns the canonical name of the zone that a zone file describes: the owner of its first SOA,
// else its first $ORIGIN. It is empty if the file has neither, or if they leave the name open. Included
// files are not read.
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

// findOrigin carries out a $ORIGIN that can be read.
func (f *file) findOrigin(l line) {
	if strings.EqualFold(l.words[0], "$ORIGIN") && len(l.words) == 2 {
		f.setOrigin(l.words[1])
	}
}

// authorityOf returns the owner of a SOA, or "" if the line is another record.
func (f *file) authorityOf(l line) string {
	words := l.words
	if l.owner {
		f.owner, _ = dns.CanonicalName(f.absolute(words[0])) // Parse reports what is wrong with it
		words = words[1:]
	}
	h, ok := f.header(words)
	if !ok || h.typ != "SOA" || !isZone(f.owner) {
		return ""
	}
	return f.owner
}

// isZone reports whether a canonical name can be that of a zone. The top-level domains are not meant.
func isZone(name string) bool { return strings.Contains(name, ".") && !strings.HasPrefix(name, "*") }
