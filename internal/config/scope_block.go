package config

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/cfplan/cfplan/internal/dns"
)

// readScope reads the scope block among the blocks. It says which records the configuration may touch. Like a limit, it
// must be a constant, so that a change that it should stop cannot widen it.
func readScope(r *report, blocks hcl.Blocks) dns.Scope {
	b := single(r, blocks, "scope")
	if b == nil {
		return dns.Scope{}
	}
	content, diags := b.Body.Content(scopeSchema)
	r.add(diags...)

	out := dns.Scope{File: b.DefRange.Filename, Line: b.DefRange.Start.Line}
	out.Zones = scopeList(r, content.Attributes["zones"], scopePattern)
	out.Names = scopeList(r, content.Attributes["names"], scopePattern)
	out.Types = scopeList(r, content.Attributes["types"], scopeType)
	return out
}

// scopeList reads a list in the scope block. It returns nil if the list is not set or null, and an empty list if it is
// empty.
func scopeList[T any](r *report, a *hcl.Attribute, read func(*report, hcl.Range, string) (T, bool)) []T {
	if a == nil || !constantOnly(r, a, "The scope must be a constant, so that what it restricts cannot widen it.") {
		return nil
	}
	v := constant(r, a, cty.List(cty.String))
	if v.IsNull() {
		return nil
	}

	places := elementsOf(a.Expr)
	out := []T{}
	for n, e := range v.AsValueSlice() {
		if e.IsNull() {
			r.errorAt(places.at(n), "Unsuitable value", "The list %q has a null in it. Leave the element out.", a.Name)
			continue
		}
		if one, ok := read(r, places.at(n), e.AsString()); ok {
			out = append(out, one)
		}
	}
	return out
}

// scopePattern reads a pattern for the names of zones or records.
func scopePattern(r *report, rng hcl.Range, text string) (string, bool) {
	pattern := strings.TrimSuffix(text, ".")
	if pattern == "" {
		r.errorAt(rng, "Empty pattern",
			"An empty text names nothing. Write a name, \"@\" for the zone's own, or \"*\" for all.")
		return "", false
	}
	return pattern, true
}

// scopeType reads a record type.
func scopeType(r *report, rng hcl.Range, text string) (dns.Type, bool) {
	typ := dns.Type(strings.ToUpper(text))
	if !typ.Writable() {
		r.errorAt(rng, "Unknown record type", "%s", typeAdvice(text))
	}
	return typ, typ.Writable()
}

// checkScope reports a zone that the configuration must not touch. It returns the scope of the zone's
// records. If it has reported the zone, that scope includes all records, so that they are not reported, too.
func (e zoneEvaluator) checkScope(zone string, rng hcl.Range) *dns.ZoneScope {
	if e.scope.Zone(zone) {
		return e.scope.In(zone)
	}
	e.report.errorAt(rng, "Zone is outside of the scope",
		"The scope%s does not have %s in its zones. Remove the zone block, or add the zone to the scope.",
		e.scope.Place(), dns.Show(zone))
	return &dns.ZoneScope{}
}

// checkScope reports a record that the configuration must not touch.
func (z *zone) checkScope(n int) {
	r := z.Records[n]
	if z.scope.Has(r) {
		return
	}

	p := &dns.Problem{Severity: dns.Error, Attr: dns.AttrName, Summary: "Record is outside of the scope"}
	list := "names"
	if !z.scope.HasName(r.Name) {
		p.Detail = dns.Show(r.Name)
	} else {
		list, p.Attr, p.Detail = "types", dns.AttrType, string(r.Type)
	}
	p.Detail = "The scope" + z.Policy.Scope.Place() + " does not have " + p.Detail + " in its " + list +
		". Remove the record, or add it to the scope."
	z.problem(p, p.Detail, n)
}
