package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/lint"
)

// checkZones reports conflicts between the records of each zone, and returns the zones sorted by name. If
// skipUncertain is set, it does not check zones with unknown values.
func checkZones(zones []*zone, skipUncertain bool) []dns.Zone {
	names := make(map[string]bool, len(zones))
	for _, z := range zones {
		names[z.Name] = true
	}

	out := make([]dns.Zone, 0, len(zones))
	for _, z := range zones {
		if !skipUncertain || !z.uncertain {
			z.check(names)
		}
		out = append(out, z.sorted())
	}

	slices.SortFunc(out, func(a, b dns.Zone) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// checkRecord reports what is wrong with one record of the zone.
func (z *zone) checkRecord(n int) {
	for _, p := range lint.Record(z.Records[n], z.Name) {
		if !z.ignores(p, n) {
			z.problem(p, p.Detail, n)
		}
	}
	z.checkScope(n)
}

// check reports conflicts between the records of the zone, and records that seem to belong to another zone.
// names are the names of all zones.
func (z *zone) check(names map[string]bool) {
	for _, p := range slices.Concat(lint.Zone(z.Zone), lint.Elsewhere(z.Zone, names)) {
		if z.ignores(p.Problem, p.Records...) {
			continue
		}
		if len(p.Records) == 0 {
			end := z.report.inside(z.call)
			z.report.add(fromProblem(p.Problem, z.rng, false))
			end()
			continue
		}
		z.problem(p.Problem, p.Detail+z.others(p.Records), p.Records...)
	}
}

// ignores reports whether the configuration, or the block of one of the records, switches a warning off.
func (z *zone) ignores(p *dns.Problem, records ...int) bool {
	return z.ignored.covers(p) ||
		slices.ContainsFunc(records, func(n int) bool { return z.origins[n].block.ignored.covers(p) })
}

// others names the positions of the other records that a problem concerns, as a sentence.
func (z *zone) others(records []int) string {
	first := z.Records[records[0]].Declared
	here, repeated := placeOf(first), ""
	seen := map[string]bool{here: true}
	var places []string
	for _, n := range records[1:] {
		d := z.Records[n].Declared
		place := placeOf(d)
		if d != first && place == here {
			repeated = " Several elements of the zone block's for_each lead to it for this zone."
		}
		if !seen[place] {
			seen[place] = true
			places = append(places, place)
		}
	}

	const most = 3
	switch {
	case len(places) == 0:
		return repeated
	case len(places) > most:
		return fmt.Sprintf(" See also %s and %d more.", strings.Join(places[:most], ", "), len(places)-most)
	}
	return " See also " + strings.Join(places, ", ") + "."
}

// placeOf formats a declaration as its position and its address.
func placeOf(d *dns.Declaration) string { return fmt.Sprintf("%s:%d (%s)", d.File, d.Line, d.Address) }

// problem reports a problem with several records at the attribute of the first one. If any of them has a
// sensitive value, it withholds the detail.
func (z *zone) problem(p *dns.Problem, detail string, records ...int) {
	first := records[0]
	secret := slices.ContainsFunc(records, func(n int) bool { return z.origins[n].sensitive() })
	defer z.report.within(z.Records[first].Declared.Address)()
	defer z.report.inside(z.origins[first].zone.call)()
	z.problemAt(p, detail, z.origins[first], secret)
}

// problemAt reports a problem with a record at the attribute that the problem concerns.
func (z *zone) problemAt(p *dns.Problem, detail string, o origin, secret bool) {
	detailed := *p
	detailed.Detail = detail
	d := fromProblem(&detailed, o.rangeOf(p.Attr), secret)
	if a := o.block.attrs[string(p.Attr)]; a != nil {
		d.Expression, d.EvalContext = a.Expr, o.ctx
	}
	z.report.add(d)
}

// rangeOf returns the position of an attribute of a record. The position may be in the defaults of the
// zone block.
func (o origin) rangeOf(attr dns.Attribute) hcl.Range {
	if o.line != nil {
		return *o.line
	}

	if rng, ok := o.zone.defaults.rangeOf(attr); ok && !o.block.says(attr, o.ctx) {
		return rng
	}
	return o.block.rangeOf(attr, o.element)
}

// sensitive reports whether any value of a record is sensitive. A detail about one attribute may quote
// another attribute, so one sensitive attribute hides all details.
func (o origin) sensitive() bool { return len(o.secret) > 0 || len(o.zone.defaults.secret) > 0 }
