package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
)

// recordBlock is a record block whose references have been checked.
type recordBlock struct {
	block  *hcl.Block
	typ    dns.Type
	label  string
	fields []dns.Field
	attrs  hcl.Attributes
	// settings are the attributes of the settings block. It is nil if there is no such block. attrs may
	// have an attribute of that name instead.
	settings hcl.Attributes
	// foreign are the sorted attributes that the record type does not have.
	foreign []dns.Attribute
	// elements are the positions of the elements of content. It is nil until it is needed.
	elements *elements
	life     lifecycle
	ignored  ignoredWarnings
	// faulty is set if the block contains something that does not belong there, such as a misspelled
	// name. Missing attributes are not reported then.
	faulty bool
}

type lifecycle struct {
	preventDestroy bool
	// letGo is set if destroy is false.
	letGo bool
	// enabled decides whether the block has an instance. It is nil if it is not set. Its references
	// have been checked.
	enabled *hcl.Attribute
	// replaces is set if adopt is "replace".
	replaces      bool
	ignoreChanges []dns.Attribute
}

// record decodes a record block. It returns nil if the record type is not known, because the rest of the block cannot
// be checked then. ctx is the evaluation context of the zone.
func (d decoder) record(refs references, b *hcl.Block, ctx *hcl.EvalContext) *recordBlock {
	if !d.labelsFit(b) {
		return nil
	}
	typ, address := dns.Type(b.Labels[0]), d.zoneLabel+"/"+b.Labels[0]+"/"+d.path+b.Labels[1]
	defer d.report.within(address)()
	if strings.HasPrefix(b.Labels[1], dns.ModulePrefix) {
		d.report.errorAt(b.LabelRanges[1], "Invalid label",
			"A label cannot begin with %q, because the addresses of records in modules do. "+
				"Write another label, and the name as an attribute: name = %q.", dns.ModulePrefix, b.Labels[1])
		return nil
	}
	if !typ.Writable() {
		d.report.errorAt(b.LabelRanges[0], "Unknown record type", "%s", typeAdvice(b.Labels[0]))
		typ = dns.Type(strings.ToUpper(b.Labels[0])) // the type that was meant, so that the rest of the block is checked, too
	}
	if !typ.Writable() {
		return nil
	}
	schema := d.schemas.of(typ)
	content, ok := d.content(b.Body, recordBody)
	out := &recordBlock{
		block:   b,
		typ:     typ,
		label:   b.Labels[1],
		fields:  schema.fields,
		attrs:   content.Attributes,
		ignored: readIgnoreWarnings(d.report, content.Attributes["ignore_warnings"]),
		faulty:  !ok,
	}
	delete(content.Attributes, "ignore_warnings")
	out.refuseHabits(d.report, content)

	refs.checkRepetition(d.report, content.Attributes)
	refs.each = refs.each || content.Attributes["for_each"] != nil
	refs.count = content.Attributes["count"] != nil
	out.findForeign(d.report, schema, refs)
	refs.checkAll(d.report, content.Attributes)

	if len(content.Blocks) > 0 {
		out.settings = d.settings(refs, content)
		out.life = d.lifecycle(single(d.report, content.Blocks, "lifecycle"), schema, ctx)
		out.life.enabled = refs.checkEnabled(d.report, out.life.enabled, content.Attributes)
	}
	return out
}

// typeAdvice says what to write instead of an unknown type.
func typeAdvice(label string) string {
	upper := dns.Type(strings.ToUpper(label))
	switch upper {
	case "SOA":
		return "Cloudflare keeps the SOA record of a zone itself; it cannot be declared."
	case "SPF":
		return "The type SPF is obsolete (RFC 7208, section 3.1). Write the same text as a record of type \"TXT\"."
	case "ALIAS", "ANAME":
		return fmt.Sprintf("There is no type %s at Cloudflare. Write a \"CNAME\": it works at the apex too, "+
			"where Cloudflare answers with the addresses of its target.", upper)
	case "DNAME":
		return "Cloudflare does not support DNAME. " +
			"Write a \"CNAME\" for each name, or a wildcard \"CNAME\" with the name \"*\"."
	}
	if upper.Writable() {
		return fmt.Sprintf("Record types are written in upper case. Did you mean %q?", upper)
	}

	var known []string
	for _, t := range dns.Types() {
		known = append(known, string(t))
	}
	return fmt.Sprintf("There is no record type %q.%s The types are %s.",
		label, dns.DidYouMean(string(upper), known), english.List(known, "and"))
}

// lifecycle reads the lifecycle block. The block applies to the record block as a whole, so its attributes cannot use
// each and count. The attribute enabled is evaluated later, for each zone; see checkEnabled.
func (d decoder) lifecycle(b *hcl.Block, schema *recordSchema, ctx *hcl.EvalContext) lifecycle {
	var out lifecycle
	if b == nil {
		return out
	}
	content, _ := d.content(b.Body, lifecycleSchema)
	refuseHabits(d.report, content.Attributes, lifecycleHabits, "")
	out.preventDestroy = d.lifecycleFlag(content.Attributes["prevent_destroy"], ctx, false)
	out.letGo = !d.lifecycleFlag(content.Attributes["destroy"], ctx, true)
	out.enabled = content.Attributes["enabled"]
	if a := content.Attributes["adopt"]; a != nil {
		out.replaces = d.replaces(a, ctx)
	}
	if a := content.Attributes["ignore_changes"]; a != nil {
		out.ignoreChanges = d.ignoreChanges(a, schema)
	}
	return out
}

// lifecycleFlag reads a bool that applies to the block as a whole. It returns otherwise if the attribute is not set.
func (d decoder) lifecycleFlag(a *hcl.Attribute, ctx *hcl.EvalContext, otherwise bool) bool {
	if a == nil {
		return otherwise
	}
	one := hcl.Attributes{a.Name: a}
	references{names: d.names}.checkAll(d.report, one)
	r := &reader{report: d.report, ctx: ctx, attrs: one}
	return orElse(r.flag(dns.Attribute(a.Name)), otherwise)
}

// ignoreChanges reads `all` or a list of attribute names, bare or quoted.
func (d decoder) ignoreChanges(a *hcl.Attribute, schema *recordSchema) []dns.Attribute {
	if hcl.ExprAsKeyword(a.Expr) == string(dns.AttrAll) {
		return []dns.Attribute{dns.AttrAll}
	}
	exprs, diags := hcl.ExprList(a.Expr)
	if diags.HasErrors() {
		d.report.errorAt(a.Expr.Range(), "Invalid ignore_changes",
			"Write a list of attribute names, such as [ttl, comment], or the word all.")
		return nil
	}
	known := []string{
		string(dns.AttrContent), string(dns.AttrTTL), string(dns.AttrProxied), string(dns.AttrComment),
		string(dns.AttrTags), string(dns.AttrSettings), string(dns.AttrPrivateRouting), string(dns.AttrPriority),
	}
	for _, f := range schema.fields {
		known = append(known, f.Name)
	}

	var out []dns.Attribute
	for _, e := range exprs {
		name := attributeName(e)
		if !slices.Contains(known, name) {
			d.report.errorAt(e.Range(), "Invalid ignore_changes",
				"There is no attribute of this name whose changes could be ignored.%s", dns.DidYouMean(name, known))
			continue
		}
		out = append(out, dns.Attribute(name))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// attributeName reads the name of an attribute, which is a word or, in JSON, a text.
func attributeName(e hcl.Expression) string {
	if name := hcl.ExprAsKeyword(e); name != "" {
		return name
	}
	v, diags := e.Value(nil)
	if diags.HasErrors() || v.Type() != cty.String || v.IsNull() || !v.IsKnown() {
		return ""
	}
	return v.AsString()
}
