package importer

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/genconfig"
	"github.com/cfplan/cfplan/internal/plan"
)

// gathering collects the zones, records and problems that a reader finds.
type gathering struct {
	zones []Zone
	// at has the index of each zone by its name.
	at    map[string]int
	diags []plan.Diagnostic
	// taken counts the records, including those that are left out.
	taken int
}

// Limits of what a reader reads from one source. A small file can have millions of records, and each takes
// far more memory than its text.
const (
	mostRecords  = 500_000
	mostProblems = 10_000
)

// full reports whether a limit is exceeded. If so, it adds an error, and the reader must stop.
func (g *gathering) full(in Input) bool {
	switch {
	case g.taken > mostRecords:
		g.diags = append(g.diags, failure("Too many records", "%s has more than %d records. Split it.", dns.Show(in.Name), mostRecords))
	case len(g.diags) > mostProblems:
		g.diags = append(g.diags, failure("Too many problems", "%s has more than %d problems. The rest was not read.",
			dns.Show(in.Name), mostProblems))
	default:
		return false
	}
	return true
}

// zone returns the zone of that name and adds it if it is new. The pointer is valid until the next call.
func (g *gathering) zone(name string) *Zone {
	i, known := g.at[name]
	if !known {
		if g.at == nil {
			g.at = map[string]int{}
		}
		i = len(g.zones)
		g.at[name] = i
		g.zones = append(g.zones, Zone{Name: name})
	}
	return &g.zones[i]
}

// fail adds an error with its place.
func (g *gathering) fail(at Origin, summary, format string, args ...any) {
	d := failure(summary, format, args...)
	d.Position, d.Address = at.Position, at.Address
	g.diags = append(g.diags, d)
}

// warn adds a warning with its place.
func (g *gathering) warn(at Origin, summary, format string, args ...any) {
	d := failure(summary, format, args...)
	d.Severity, d.Position, d.Address = dns.Warning, at.Position, at.Address
	g.diags = append(g.diags, d)
}

// refuse adds the problems of a record that cannot be imported, each with the record's type and name in
// front.
func (g *gathering) refuse(at Origin, typ, name string, problems []*dns.Problem) {
	for _, p := range problems {
		d := problemAt(p, at)
		d.Detail = fmt.Sprintf("The %s record at %s: %s", dns.Show(typ), dns.Show(name), d.Detail)
		g.diags = append(g.diags, d)
	}
}

// leave adds a record, as the source spells it, to those that are left out.
func (g *gathering) leave(zone string, r dns.Record, at Origin, reason string) {
	g.taken++
	z := g.zone(zone)
	z.Left = append(z.Left, Left{Omission: genconfig.Omission{Record: r, Reason: reason}, At: at})
}

// add makes a record canonical and adds it to the zone. It leaves the record out if Cloudflare cannot have
// it, and reports other problems as errors.
func (g *gathering) add(zone string, s spelling, silent []dns.Attribute, at Origin) {
	r, problems := s.record(zone)
	reason := ""
	for _, p := range problems {
		reason = cmp.Or(reason, whyLeft(s.asRead(zone), zone, p.Rule))
	}
	switch {
	case r.Type == dns.NS && r.Name == zone:
		g.leave(zone, r, at, own(dns.NS))
	case reason != "":
		g.leave(zone, s.asRead(zone), at, reason)
	case len(problems) > 0:
		g.refuse(at, s.typ, s.name, problems)
	default:
		g.taken++
		z := g.zone(zone)
		z.Records = append(z.Records, Record{Named: genconfig.Named{Record: r}, Silent: silent, At: at})
	}
}

// whyLeft returns the reason to leave out a record whose problem has this rule, or "" if the problem is an
// error.
func whyLeft(r dns.Record, zone, rule string) string {
	switch {
	case rule == "name-outside-zone":
		return outside
	case rule == "type" && r.Type == "SOA" && r.Name == zone:
		return own("SOA")
	case rule == "type" && r.Type != "":
		return noSuchType
	}
	return ""
}

// noSuchType is the reason to leave out a record of a type that Cloudflare does not have.
const noSuchType = "Cloudflare has no records of this type"

// asRead returns the record for the list of those that are left out, with the value as the source spells it.
func (s spelling) asRead(zone string) dns.Record {
	r := dns.Record{Name: s.name, Type: dns.Type(strings.ToUpper(strings.TrimSpace(s.typ))), Content: s.content, TTL: s.ttl}
	if name, p := dns.AbsoluteName(cmp.Or(s.name, "@"), zone); p == nil {
		r.Name = name
	}
	return r
}
