package config

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/cfplan/cfplan/internal/config/lang"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
)

// elementValue is one value of a block.
type elementValue struct {
	dns.Value
	// element is the index of the value in the list of contents.
	element int
}

// values reads the values of the block: one value, or several from a list. They come either from content or from the
// fields of structured data. values leaves out values that could not be read.
func (b *recordBlock) values(r *reader) []elementValue {
	elsewhere := b.refuseForeign(r)
	before := len(r.unread)
	data, given := b.data(r)
	content, ok := r.value(dns.AttrContent)
	// If a field could not be read, do not report it as missing, too.
	incomplete := elsewhere || len(r.unread) > before

	switch {
	case ok && len(given) == 0, ok && b.besideContent(given):
		return b.fromContent(r, content, data)
	case ok:
		r.fail(dns.AttrContent, "Value given twice",
			"This block has content and also the fields %s. Keep one of the two forms.",
			english.List(english.Quoted(given), "and"))
	case len(given) > 0:
		return b.fromData(r, data, incomplete)
	case b.faulty || incomplete:
		r.lose(dns.AttrContent)
	default:
		r.failAt(b.block.DefRange, dns.AttrContent, "Missing value", b.missing())
	}
	return nil
}

// besideContent reports whether the given fields may be set together with content. The priority may, because the API
// leaves it out of the content of some types.
func (b *recordBlock) besideContent(given []string) bool {
	return dns.PriorityApart(b.typ) && len(given) == 1 && given[0] == string(dns.AttrPriority)
}

// missing says what a block without a value needs.
func (b *recordBlock) missing() string {
	if len(b.fields) == 0 {
		return fmt.Sprintf("A record of type %s needs content: one value, or a list of values.", b.typ)
	}
	return fmt.Sprintf("A record of type %s needs its fields (%s), or content in the form of a zone file.",
		b.typ, strings.Join(b.needed(), ", "))
}

// needed lists the fields that a value of the type requires.
func (b *recordBlock) needed() []string {
	var names []string
	for _, f := range b.fields {
		if !f.Optional {
			names = append(names, f.Name)
		}
	}
	return names
}

// data reads the fields of structured data. given lists the fields that are set.
func (b *recordBlock) data(r *reader) (data map[string]any, given []string) {
	for _, f := range b.fields {
		v, ok := b.field(r, f)
		if !ok {
			continue
		}
		if data == nil {
			data = make(map[string]any, len(b.fields))
		}
		data[f.Name] = v
		given = append(given, f.Name)
	}
	return data, given
}

// field reads one structured field.
func (b *recordBlock) field(r *reader, f dns.Field) (any, bool) {
	if !f.Number {
		text, ok := r.text(dns.Attribute(f.Name))
		return text, ok
	}
	v, ok := r.converted(dns.Attribute(f.Name), cty.Number)
	if !ok {
		return nil, false
	}
	if n, ok := lang.WholeNumber(v); ok {
		return n, true
	}
	n, _ := v.AsBigFloat().Float64()
	return n, true
}

// fromData makes a value from the fields of structured data. incomplete says that some fields could not be read or may
// be misspelled. fromData then does not report missing fields.
func (b *recordBlock) fromData(r *reader, data map[string]any, incomplete bool) []elementValue {
	v, problems := dns.ParseData(b.typ, data)
	for _, p := range problems {
		if _, there := data[string(p.Attr)]; !there && (incomplete || b.faulty) {
			continue
		}
		r.problem(p, b.rangeOf(p.Attr, 0), p.Attr)
	}
	if len(problems) > 0 {
		r.lose(dns.AttrContent)
		return nil
	}
	return []elementValue{{Value: v}}
}

// fromContent makes one value from each text in content. data may contain a priority that is set beside content.
func (b *recordBlock) fromContent(r *reader, content cty.Value, data map[string]any) []elementValue {
	priority, given := b.priority(r, data)
	elements := contentElements(content)
	if elements == nil {
		r.fail(dns.AttrContent, "Unsuitable value",
			"content takes one text or a list of texts; this value is of the type %s.", content.Type().FriendlyName())
		return nil
	}

	out := make([]elementValue, 0, len(elements))
	for i, e := range elements {
		text, ok := b.contentText(r, e, i)
		if !ok {
			continue
		}
		v, p := parseContent(b.typ, text, priority, given)
		if p != nil && !(p.Rule == missingPriority && slices.Contains(r.unread, dns.AttrPriority)) {
			r.problem(p, b.rangeOf(dns.AttrContent, i), dns.AttrContent)
		}
		if p == nil {
			out = append(out, elementValue{v, i})
		}
	}
	return out
}

// priority reads the priority that is set beside content. data contains it for the types that have it as a field.
func (b *recordBlock) priority(r *reader, data map[string]any) (priority uint16, given bool) {
	field, given := data[string(dns.AttrPriority)]
	switch {
	case b.typ == dns.MX:
		n, ok := r.whole(dns.AttrPriority, 0, math.MaxUint16)
		return uint16(n), ok
	case !given:
		return 0, false
	}

	n, ok := field.(int)
	if !ok || n < 0 || n > math.MaxUint16 {
		r.fail(dns.AttrPriority, outOfRange, outOfRangeDetail, dns.AttrPriority, 0, math.MaxUint16)
		return 0, false
	}
	return uint16(n), true
}

// missingPriority is the name of the check that reports a value without a priority.
const missingPriority = "data-missing"

// parseContent parses one text of content. given says that the block sets a priority beside content.
func parseContent(t dns.Type, text string, priority uint16, given bool) (dns.Value, *dns.Problem) {
	if given {
		return dns.ParseContentBeside(t, text, priority)
	}
	v, p := dns.ParseContent(t, text)
	switch {
	case p == nil && t == dns.MX && !v.HasPriority:
		return v, noPriority(t)
	case p != nil && dns.PriorityApart(t):
		if _, apart := dns.ParseContentBeside(t, text, 0); apart == nil {
			return v, noPriority(t)
		}
	}
	return v, p
}

func noPriority(t dns.Type) *dns.Problem {
	return &dns.Problem{
		Severity: dns.Error,
		Rule:     missingPriority,
		Attr:     dns.AttrContent,
		Summary:  "Missing priority",
		Detail: fmt.Sprintf("A record of type %s needs a priority: add priority = 10 to the block, "+
			"or write it in front of the content, as in %q.", t, examplesOfPriority[t]),
	}
}

var examplesOfPriority = map[dns.Type]string{
	dns.MX:  "10 mail.example.com",
	dns.SRV: "10 5 5060 sip.example.com",
	dns.URI: `10 1 "https://www.example.com/"`,
}

// contentElements returns the elements of a list, or a single value. It returns nil for any other
// value.
func contentElements(v cty.Value) []cty.Value {
	typ := v.Type()
	switch {
	case typ.IsPrimitiveType():
		return []cty.Value{v}
	case typ.IsListType(), typ.IsTupleType(), typ.IsSetType():
		return append([]cty.Value{}, v.AsValueSlice()...) // never nil, because nil means that the value is not a list
	default:
		return nil
	}
}

// contentText returns one element of content as text.
func (b *recordBlock) contentText(r *reader, v cty.Value, element int) (string, bool) {
	if v.IsNull() {
		r.failAt(b.rangeOf(dns.AttrContent, element), dns.AttrContent, "Unsuitable value",
			"This list of contents has a null in it. compact() removes nulls from a list.")
		return "", false
	}
	text, err := convert.Convert(v, cty.String)
	if err != nil {
		r.failAt(b.rangeOf(dns.AttrContent, element), dns.AttrContent, "Unsuitable value",
			fmt.Sprintf("content takes one text or a list of texts: %v.", err))
		return "", false
	}
	return text.AsString(), true
}

// says reports whether the block itself or its settings set an attribute, in the instance with the evaluation context
// ctx.
func (b *recordBlock) says(attr dns.Attribute, ctx *hcl.EvalContext) bool {
	for _, attrs := range []hcl.Attributes{b.attrs, b.settings} {
		if a := attrs[string(attr)]; a != nil {
			v, diags := a.Expr.Value(ctx)
			return diags.HasErrors() || !v.IsNull()
		}
	}
	_, ok := settingRange(b.attrs, attr)
	return ok
}

// rangeOf returns the position of an attribute's value. For content, it returns the position of one element. If the
// attribute is not set, it returns the position of the block's header.
func (b *recordBlock) rangeOf(attr dns.Attribute, element int) hcl.Range {
	if a := b.attrs[string(attr)]; a != nil {
		if attr == dns.AttrContent {
			if b.elements == nil {
				b.elements = elementsOf(a.Expr)
			}
			return b.elements.at(element)
		}
		return a.Expr.Range()
	}
	if a := b.settings[string(attr)]; a != nil {
		return a.Expr.Range()
	}
	if rng, ok := settingRange(b.attrs, attr); ok {
		return rng
	}

	switch attr {
	case dns.AttrName:
		return b.block.LabelRanges[1]
	case dns.AttrType:
		return b.block.LabelRanges[0]
	}
	return b.block.DefRange
}
