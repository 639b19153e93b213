package config

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/cfplan/cfplan/internal/dns"
)

// prevent_destroy protects a block, including the records of instances that the block no longer has. Therefore it is
// read from the block itself, even if the block or its zone has no instances. The same is true for destroy = false.

// protectedBlock is a record block with prevent_destroy or destroy = false, or a dynamic block that
// makes such record blocks.
type protectedBlock struct {
	typ, label dns.Shape
	rng        hcl.Range
	// letGo has the meaning of dns.Protection.LetGo.
	letGo bool
}

// guards are the values of the attributes of a lifecycle block that restrict the destruction of records.
type guards struct{ preventDestroy, letGo bool }

// of returns the protected blocks that result from the guards of a block: none, one or two.
func (g guards) of(b protectedBlock) []protectedBlock {
	var out []protectedBlock
	if g.preventDestroy {
		out = append(out, b)
	}
	if g.letGo {
		b.letGo = true
		out = append(out, b)
	}
	return out
}

// in returns the protection of the block in a zone.
func (b protectedBlock) in(zone dns.Shape) dns.Protection {
	return dns.Protection{
		LetGo: b.letGo,
		Zone:  zone,
		Type:  b.typ,
		Label: b.label,
		File:  b.rng.Filename,
		Line:  b.rng.Start.Line,
	}
}

// protectionsIn returns the protections of blocks in a zone.
func protectionsIn(zone dns.Shape, blocks []protectedBlock) []dns.Protection {
	var out []dns.Protection
	for _, b := range blocks {
		out = append(out, b.in(zone))
	}
	return out
}

var (
	lifecycleOfRecord = &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{
		{Type: "lifecycle"},
		{Type: "dynamic", LabelNames: []string{"type"}},
	}}
	guardsOnly    = &hcl.BodySchema{Attributes: attributes("prevent_destroy", "destroy")}
	dynamicSchema = &hcl.BodySchema{
		Attributes: attributes("for_each", "iterator", "labels"),
		Blocks:     []hcl.BlockHeaderSchema{{Type: "content"}},
	}
)

// protected lists the protected blocks among the blocks of a zone. ctx is the evaluation context of the module:
// prevent_destroy and destroy may not refer to anything else. Other mistakes in the blocks are reported when the
// blocks are decoded.
func (d decoder) protected(blocks hcl.Blocks, ctx *hcl.EvalContext) []protectedBlock {
	var out []protectedBlock
	path := dns.Shape{dns.PlainModulePath(d.path)}
	for _, b := range blocks {
		switch {
		case b.Type == "record":
			typ, label := dns.Shape{b.Labels[0]}, path.Join(dns.Shape{b.Labels[1]})
			out = append(out, d.guards(b.Body, ctx, nil).of(protectedBlock{typ: typ, label: label, rng: b.DefRange})...)
		case b.Type == "dynamic" && b.Labels[0] == "record":
			body, iterator := dynamicContent(b)
			if body != nil {
				typ, label := dynamicLabels(b, ctx, iterator)
				found := d.guards(body, ctx, []string{iterator})
				out = append(out, found.of(protectedBlock{typ: typ, label: path.Join(label), rng: b.DefRange})...)
			}
		}
	}
	return out
}

// guards reads the guards from the body of a record block. iterators are the iterators of the enclosing dynamic
// blocks.
func (d decoder) guards(body hcl.Body, ctx *hcl.EvalContext, iterators []string) guards {
	var out guards
	content, _, _ := body.PartialContent(lifecycleOfRecord)
	for _, b := range content.Blocks {
		inner, more := b.Body, iterators
		if b.Type == "dynamic" {
			var iterator string
			if b.Labels[0] != "lifecycle" {
				continue
			}
			inner, iterator = dynamicContent(b)
			more = append(slices.Clone(iterators), iterator)
		}
		if inner == nil {
			continue
		}

		attrs, _, _ := inner.PartialContent(guardsOnly)
		if v, known := d.guard(attrs.Attributes["prevent_destroy"], ctx, more, true); known && v {
			out.preventDestroy = true
		}
		if v, known := d.guard(attrs.Attributes["destroy"], ctx, more, false); known && !v {
			out.letGo = true
		}
	}
	return out
}

// guard reads one guard from its attribute. known is false if the attribute has no known value. guard reports a value
// that depends on an iterator, because the value would be unknown for an instance that no longer exists. It then
// returns the cautious value.
func (d decoder) guard(a *hcl.Attribute, ctx *hcl.EvalContext, iterators []string, cautious bool) (value, known bool) {
	if a == nil {
		return false, false
	}
	if refersTo(a.Expr, iterators...) {
		d.report.errorAt(a.Expr.Range(), "Invalid "+a.Name,
			"%[1]s applies to the block as a whole, so it cannot depend on the element from which a record is made. "+
				"Write two dynamic blocks, one with %[1]s = %[2]t and one without.", a.Name, cautious)
		return cautious, true
	}

	v, diags := a.Expr.Value(ctx)
	if diags.HasErrors() {
		return false, false
	}
	v, _ = v.Unmark()
	v, err := convert.Convert(v, cty.Bool)
	if err != nil || !v.IsKnown() || v.IsNull() {
		return false, false
	}
	return v.True(), true
}

// dynamicContent returns the body of the blocks that a dynamic block makes, or nil if it has none, and the name of
// the iterator.
func dynamicContent(b *hcl.Block) (body hcl.Body, iterator string) {
	content, _, _ := b.Body.PartialContent(dynamicSchema)
	iterator = b.Labels[0]
	if a := content.Attributes["iterator"]; a != nil {
		if name := hcl.ExprAsKeyword(a.Expr); name != "" {
			iterator = name
		}
	}
	if len(content.Blocks) == 0 {
		return nil, iterator
	}
	return content.Blocks[0].Body, iterator
}

// dynamicLabels returns the shapes of the type and the label of the record blocks that a dynamic block makes.
func dynamicLabels(b *hcl.Block, ctx *hcl.EvalContext, iterator string) (typ, label dns.Shape) {
	content, _, _ := b.Body.PartialContent(dynamicSchema)
	typ, label = dns.AnyShape(), dns.AnyShape()
	a := content.Attributes["labels"]
	if a == nil {
		return typ, label
	}
	if exprs, diags := hcl.ExprList(a.Expr); !diags.HasErrors() && len(exprs) == 2 {
		// The labels may also refer to zone and each, which ctx does not have.
		return shapeOf(exprs[0], ctx, iterator, "zone", "each"), shapeOf(exprs[1], ctx, iterator, "zone", "each")
	}
	return typ, label
}

// shapeOf returns the shape of a text: the pieces that are known although the given variables are unknown.
func shapeOf(expr hcl.Expression, ctx *hcl.EvalContext, unknown ...string) dns.Shape {
	if !refersTo(expr, unknown...) {
		v, diags := expr.Value(ctx)
		if diags.HasErrors() {
			return dns.AnyShape()
		}
		v, _ = v.Unmark()
		text, err := convert.Convert(v, cty.String)
		if err != nil || !text.IsKnown() || text.IsNull() {
			return dns.AnyShape()
		}
		return dns.Shape{text.AsString()}
	}

	switch e := hcl.UnwrapExpression(expr).(type) {
	case *hclsyntax.TemplateExpr:
		var out dns.Shape
		for _, part := range e.Parts {
			out = out.Join(shapeOf(part, ctx, unknown...))
		}
		return out
	case *hclsyntax.TemplateWrapExpr:
		return shapeOf(e.Wrapped, ctx, unknown...)
	case *hclsyntax.ParenthesesExpr:
		return shapeOf(e.Expression, ctx, unknown...)
	}
	return dns.AnyShape()
}

// refersTo reports whether an expression refers to one of the variables.
func refersTo(expr hcl.Expression, names ...string) bool {
	return slices.ContainsFunc(expr.Variables(), func(t hcl.Traversal) bool {
		return slices.Contains(names, t.RootName())
	})
}

// zoneShape returns the shape of the names of the zones that a zone block makes.
func (zb zoneBlock) zoneShape(ctx *hcl.EvalContext) dns.Shape {
	a := zb.attrs["name"]
	if a == nil {
		return nil // other code reports the error
	}

	shape := shapeOf(a.Expr, ctx, "each")
	last := len(shape) - 1
	for i, piece := range shape {
		if strings.ContainsFunc(piece, func(r rune) bool { return r > 0x7f }) {
			return dns.AnyShape() // protections compare zone names as punycode
		}
		shape[i] = strings.ToLower(piece)
	}
	shape[last] = strings.TrimSuffix(shape[last], ".")
	return shape
}
