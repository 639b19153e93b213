package config

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
)

// The settings of a record, or of the defaults of a zone, are a block or an attribute whose value is an object. In
// JSON, a block and an object look the same, so the settings are always read as an attribute.

// settings decodes the settings block in the content of a record block or a defaults block.
func (d decoder) settings(refs references, content *hcl.BodyContent) hcl.Attributes {
	b := single(d.report, content.Blocks, string(dns.AttrSettings))
	if b == nil {
		return nil
	}
	if a := content.Attributes[string(dns.AttrSettings)]; a != nil {
		d.report.errorAt(a.NameRange, "Settings given twice",
			"There is a settings block too, at %s. Keep one of the two.", at(b.DefRange))
	}

	inner, _ := d.content(b.Body, recordSettingsSchema)
	refs.checkAll(d.report, inner.Attributes)
	return inner.Attributes
}

// settings returns a reader for the settings block or for the attribute settings. It returns nil if the block has
// neither.
func (r *reader) settings(block hcl.Attributes) *reader {
	if block != nil {
		return &reader{report: r.report, ctx: r.ctx, attrs: block}
	}
	v, ok := r.value(dns.AttrSettings)
	if !ok {
		return nil
	}
	return &reader{report: r.report, ctx: r.ctx, attrs: r.members(dns.AttrSettings, v, recordSettingsSchema)}
}

// members returns the members of an object as if they were the attributes of a block. It reports members that do not
// belong there.
func (r *reader) members(name dns.Attribute, v cty.Value, schema *hcl.BodySchema) hcl.Attributes {
	a := r.attrs[string(name)]
	typ := v.Type()
	if (typ.IsTupleType() || typ.IsListType()) && v.LengthInt() == 1 { // JSON may write a block as a list of one object
		v = v.Index(cty.Zero)
		typ = v.Type()
	}
	if list := typ.IsTupleType() || typ.IsListType(); list && v.LengthInt() == 0 {
		return nil
	}
	if v.IsNull() || !typ.IsObjectType() && !typ.IsMapType() {
		r.fail(name, "Unsuitable value", "%s takes an object, such as { %s = true }; this value is of the type %s.",
			name, schema.Attributes[0].Name, typ.FriendlyName())
		return nil
	}

	known, places := attributeNames(schema), written(a)
	out := hcl.Attributes{}
	for it := v.ElementIterator(); it.Next(); {
		key, value := it.Element()
		m := hcl.Attribute{Name: key.AsString(), Range: a.Range, NameRange: a.Expr.Range()}
		place := a.Expr.Range()
		if item, ok := places[m.Name]; ok {
			m.NameRange, place = item.Key.Range(), item.Value.Range()
		}
		m.Expr = hcl.StaticExpr(value, place)

		switch {
		case slices.Contains(known, m.Name):
			out[m.Name] = &m
		case !value.IsNull():
			r.failAt(m.NameRange, name, unsupportedArgument, fmt.Sprintf("%s has no %s; it has %s.%s",
				name, dns.Show(m.Name), english.List(known, "and"), dns.DidYouMean(m.Name, known)))
		}
	}
	return out
}

// attributeNames returns the names of a schema's attributes.
func attributeNames(schema *hcl.BodySchema) []string {
	out := make([]string, len(schema.Attributes))
	for i, s := range schema.Attributes {
		out[i] = s.Name
	}
	return out
}

// written returns the items of an object by their keys, if the source has the object written out. It returns nil if the
// value of the attribute is another expression.
func written(a *hcl.Attribute) map[string]hcl.KeyValuePair {
	items, diags := hcl.ExprMap(a.Expr)
	if diags.HasErrors() {
		return nil
	}
	out := make(map[string]hcl.KeyValuePair, len(items))
	for _, item := range items {
		out[keyText(item.Key)] = item
	}
	return out
}

// settingRange returns the position of a setting in the attribute settings. If the object is not written out,
// it returns the position of the whole value. ok is false if the attribute is not set.
func settingRange(attrs hcl.Attributes, name dns.Attribute) (rng hcl.Range, ok bool) {
	a := attrs[string(dns.AttrSettings)]
	if a == nil || !slices.Contains(attributeNames(recordSettingsSchema), string(name)) {
		return rng, false
	}
	items := written(a)
	if items == nil {
		return a.Expr.Range(), true
	}
	item, ok := items[string(name)]
	if !ok {
		return rng, false
	}
	return item.Value.Range(), true
}
