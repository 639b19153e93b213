package sandbox

import (
	"slices"
	"strings"

	mdns "github.com/miekg/dns"
)

// node is the result of the search for a name (RFC 1034, section 4.3.2). Its records belong to the sandbox;
// do not change them.
type node struct {
	zone   Zone
	serial uint32
	name   string
	// exists is false if the answer is NXDOMAIN. A name without records exists if names below it do, or if
	// it is the apex.
	exists bool
	// records are the records at the name, or at the wildcard that answers for it.
	records []*stored
	// cut is the name of the delegation at or above the name, or "" if there is none. If cut is set, records
	// has the records of the delegation, and glue has the addresses in the zone of its name servers.
	cut  string
	glue []*stored
}

func (n node) apex() bool { return n.name == n.zone.Name }

// find looks up a name, which must be in lower case and without a final dot. ok is false if no zone
// contains it.
func (s *Server) find(name string, qtype uint16) (at node, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	z := s.serving(name, qtype)
	if z == nil {
		return node{}, false
	}
	return z.find(name, qtype), true
}

// serving returns the zone that answers for a name: the closest one above it. DS records are on the parent's
// side of a zone cut (RFC 4035, section 3.1.4.1), so for them serving returns the parent zone, if the parent
// has the delegation.
func (s *Server) serving(name string, qtype uint16) *zone {
	var closest *zone
	for _, above := range enclosing(name) {
		z := s.public(above)
		switch {
		case z == nil:
		case closest == nil && (qtype != mdns.TypeDS || above != name):
			return z
		case closest == nil:
			closest = z
		case z.delegates(name):
			return z
		}
	}

	return closest
}

func (s *Server) public(name string) *zone {
	i := slices.IndexFunc(s.zones, func(z *zone) bool { return z.info.Name == name && z.info.Type != "internal" })
	if i < 0 {
		return nil
	}
	return s.zones[i]
}

func (z *zone) delegates(name string) bool {
	return name != z.info.Name && slices.ContainsFunc(z.byName[name], func(s *stored) bool { return s.Type == "NS" })
}

// find looks up a name in or below the zone. The caller holds Server.mu.
func (z *zone) find(name string, qtype uint16) node {
	at := node{zone: z.info, serial: z.serial(), name: name, exists: true}
	path := z.path(name)
	for _, cut := range slices.Backward(path) {
		if z.delegates(cut) && !(cut == name && qtype == mdns.TypeDS) {
			at.cut, at.records = cut, z.at(cut)
			at.glue = z.glue(at.records)
			return at
		}
	}

	if z.has(name) {
		at.records = z.at(name)
		return at
	}

	// The first existing name above this one is the closest encloser. Only the wildcard directly below it can
	// match (RFC 4592, section 3.3.1).
	encloser := path[1+slices.IndexFunc(path[1:], z.has)]
	at.records = z.at("*." + encloser)
	at.exists = len(at.records) > 0
	return at
}

// has reports whether a name exists, even if only as an empty non-terminal.
func (z *zone) has(name string) bool { return z.held[name] > 0 || name == z.info.Name }

// at returns the records of a name in a fixed order.
func (z *zone) at(name string) []*stored {
	out := slices.Clone(z.byName[name])
	slices.SortFunc(out, func(a, b *stored) int { return compareRecords(a.Record, b.Record) })
	return out
}

// glue returns the zone's A and AAAA records for the name servers of a delegation. It leaves out proxied
// records: a proxy does not answer DNS, and the origin must stay hidden.
func (z *zone) glue(delegation []*stored) []*stored {
	var out []*stored
	for _, ns := range delegation {
		if ns.Type != "NS" {
			continue
		}
		for _, s := range z.at(bare(ns.Content)) {
			if (s.Type == "A" || s.Type == "AAAA") && !s.Proxied {
				out = append(out, s)
			}
		}
	}
	return out
}

// serial returns the serial number of the SOA, which grows with every change. Cloudflare's serials have about
// this size.
func (z *zone) serial() uint32 { return 2_300_000_000 + z.changes }

// enclosing returns a name and the names above it, without the root.
func enclosing(name string) []string {
	if name == "" {
		return nil
	}
	var out []string
	for _, i := range mdns.Split(name) {
		out = append(out, name[i:])
	}
	return out
}

// bare returns a name in the sandbox's form: lower case, without a final dot.
func bare(name string) string { return strings.TrimSuffix(mdns.CanonicalName(name), ".") }
