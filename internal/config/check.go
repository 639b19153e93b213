package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/lint"
)

// checkRecord reports what is wrong with one record of the zone.
func (z *zone) checkRecord(n int) {
	for _, p := range lint.Record(z.Records[n], z.Name) {
		if !z.ignored(p, n) {
			z.report(p, n, p.Detail)
		}
	}
}

// check reports what is wrong between the records of the zone, if all are known.
func (z *zone) check() {
	if z.l.report.unset > 0 && len(z.l.report.doubts) > 0 {
		return
	}
	for _, p := range lint.Zone(z.Zone) {
		if z.ignored(p.Problem, p.Records...) {
			continue
		}
		if len(p.Records) == 0 {
			z.l.report.add(fromProblem(p.Problem, z.rng, false))
			continue
		}
		z.report(p.Problem, p.Records[0], p.Detail+z.others(p.Records))
	}
}

// others names the places of the other records that a problem is about.
func (z *zone) others(records []int) string {
	first := z.Records[records[0]].Declared
	var places []string
	for _, n := range records[1:] {
		d := z.Records[n].Declared
		place := fmt.Sprintf("%s:%d (%s)", d.File, d.Line, d.Address)
		if d != first && !slices.Contains(places, place) {
			places = append(places, place)
		}
	}
	const most = 3
	switch {
	case len(places) == 0:
		return ""
	case len(places) > most:
		return fmt.Sprintf(" See also %s and %d more.", strings.Join(places[:most], ", "), len(places)-most)
	}
	return " See also " + strings.Join(places, ", ") + "."
}

// report tells of a problem with a record, at the attribute concerned.
func (z *zone) report(p *dns.Problem, n int, detail string) {
	o := z.origins[n]
	told := *p
	told.Detail = detail
	d := fromProblem(&told, z.rangeOf(o, p.Attr), z.secret(o))
	if a := o.block.attrs[p.Attr]; a != nil {
		d.Expression, d.EvalContext = a.Expr, o.ctx
	}
	z.l.report.add(d)
}

// rangeOf returns where an attribute of a record stands, which may be in the
// zone's defaults.
func (z *zone) rangeOf(o origin, attr string) hcl.Range {
	if o.line != nil {
		return *o.line
	}
	_, own := o.block.attrs[attr]
	_, set := o.block.settings[attr]
	if a := z.defaults.attribute(attr); a != nil && !own && !set {
		return a.Expr.Range()
	}
	return o.block.rangeOf(attr, o.element)
}

// secret reports whether anything of a record was sensitive. A detail about one
// attribute may quote another, so that one hides all.
func (z *zone) secret(o origin) bool { return len(o.secret) > 0 || len(z.defaults.secret) > 0 }
