package lang

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// valueBlocks are the blocks whose values stay until the end of the evaluation.
var valueBlocks = []string{"locals", "output", "variable"}

// Meter makes the expressions of a file charge the budget. It returns the body to use instead of the
// given one, which it may change. The budget counts the values of variables, locals, outputs, and
// attributes at the top level of the file as values that stay until the end.
func (b *Budget) Meter(body hcl.Body) hcl.Body {
	native, ok := body.(*hclsyntax.Body)
	if !ok {
		return jsonBody{Body: body, budget: b, stays: true}
	}
	b.meterAttributes(native.Attributes, true)
	for _, block := range native.Blocks {
		b.meterBlock(block.Body, slices.Contains(valueBlocks, block.Type))
	}
	return body
}

// MeterExpression is Meter for a single expression whose value does not stay.
func (b *Budget) MeterExpression(expr hclsyntax.Expression) hcl.Expression { return b.whole(expr, 0) }

func (b *Budget) meterBlock(body *hclsyntax.Body, staying bool) {
	b.meterAttributes(body.Attributes, staying)
	for _, block := range body.Blocks {
		b.meterBlock(block.Body, staying)
	}
}

func (b *Budget) meterAttributes(attrs hclsyntax.Attributes, staying bool) {
	for _, a := range attrs {
		a.Expr = b.whole(a.Expr, attributeRole(a.Name, staying))
	}
}

func attributeRole(name string, staying bool) role {
	switch {
	case name == "for_each" || name == "count":
		return repeats
	case staying:
		return stays
	}
	return 0
}

// whole meters an expression that is not part of another one.
func (b *Budget) whole(e hclsyntax.Expression, r role) hclsyntax.Expression {
	out := b.inner(e, r)
	if _, literal := b.literal(e); r == 0 || literal && r == stays {
		return out
	}
	if _, ok := out.(*metered); ok {
		return out
	}
	return b.node(out, r, 0)
}

// inner meters a node whose value the enclosing node only reads. It does not put a meter around nodes that
// make no new value.
func (b *Budget) inner(e hclsyntax.Expression, r role) hclsyntax.Expression {
	if err := b.inSource(e); err != nil {
		return &refused{hclsyntax.ParenthesesExpr{Expression: e, SrcRange: e.Range()}, b, err}
	}

	switch e := e.(type) {
	case *hclsyntax.ParenthesesExpr:
		e.Expression = b.inner(e.Expression, 0)
	case *hclsyntax.TemplateWrapExpr:
		e.Wrapped = b.inner(e.Wrapped, 0)
	case *hclsyntax.UnaryOpExpr:
		e.Val = b.inner(e.Val, 0)
	case *hclsyntax.RelativeTraversalExpr:
		e.Source = b.inner(e.Source, 0)
	case *hclsyntax.IndexExpr:
		e.Collection, e.Key = b.inner(e.Collection, 0), b.inner(e.Key, 0)
	case *hclsyntax.BinaryOpExpr:
		return b.binary(e, r)
	case *hclsyntax.ConditionalExpr:
		e.Condition = b.inner(e.Condition, 0)
		e.TrueResult, e.FalseResult = b.outer(e.TrueResult, kept|uniform), b.outer(e.FalseResult, kept|uniform)
		return b.node(e, r|sum, sizeOfValue)
	case *hclsyntax.FunctionCallExpr:
		of := kept
		if slices.Contains(unifying, e.Name) {
			of |= uniform
		}
		for i, arg := range e.Args {
			e.Args[i] = b.outer(arg, of)
		}
		return b.node(e, r, 0)
	case *hclsyntax.TupleConsExpr:
		static := b.parts(e.Exprs, kept)
		return b.node(e, r|sum, static+sizeOfValue+len(e.Exprs)*sizeOfElement)
	case *hclsyntax.ObjectConsExpr:
		return b.node(e, r|sum, b.items(e))
	case *hclsyntax.TemplateExpr:
		if e.IsStringLiteral() {
			return e
		}
		static := b.parts(e.Parts, kept|part)
		return b.node(e, r|sum|rendered, static)
	case *hclsyntax.TemplateJoinExpr:
		return b.join(e, r)
	case *hclsyntax.ForExpr:
		return b.loop(e, r, kept)
	case *hclsyntax.SplatExpr:
		e.Source = b.inner(e.Source, 0)
		e.Each = b.repeated(e.Each, kept)
		return b.node(e, r|sum, sizeOfValue)
	}
	return e
}

// outer meters a node whose value becomes part of the value of the enclosing node. It does not put a meter
// around literals: the enclosing node counts them.
func (b *Budget) outer(e hclsyntax.Expression, r role) hclsyntax.Expression {
	out := b.inner(e, r)
	if _, literal := b.literal(e); literal {
		return out
	}
	switch out.(type) {
	case *metered, *refused:
		return out
	}
	return b.node(out, r, 0)
}

// repeated is outer for a node that is evaluated for each element of a loop.
func (b *Budget) repeated(e hclsyntax.Expression, r role) hclsyntax.Expression {
	out := b.outer(e, r)
	if size, literal := b.literal(e); literal && out == e {
		return b.node(e, r|sum, size)
	}
	return out
}

// parts meters the parts of a node, and returns the size of the literals among them.
func (b *Budget) parts(exprs []hclsyntax.Expression, r role) (static int) {
	for i, e := range exprs {
		size, _ := b.literal(e)
		static += size
		exprs[i] = b.outer(e, r)
	}
	return static
}

// items meters the items of an object, and returns the size of the literals among them.
func (b *Budget) items(e *hclsyntax.ObjectConsExpr) (static int) {
	static = sizeOfValue + len(e.Items)*sizeOfElement
	for i := range e.Items {
		item := &e.Items[i]
		size, _ := b.literal(item.ValueExpr)
		static += size
		item.ValueExpr = b.outer(item.ValueExpr, kept)

		key, ok := item.KeyExpr.(*hclsyntax.ObjectConsKeyExpr)
		if !ok {
			item.KeyExpr = b.outer(item.KeyExpr, kept)
			continue
		}
		if _, name := key.Wrapped.(*hclsyntax.ScopeTraversalExpr); !name {
			size, _ := b.literal(key.Wrapped)
			static += size
			key.Wrapped = b.outer(key.Wrapped, kept)
		}
	}
	return static
}

// binary meters an operation. Comparing for equality takes work for every part of the operands. Products and
// quotients can have more digits than the operands.
func (b *Budget) binary(e *hclsyntax.BinaryOpExpr, r role) hclsyntax.Expression {
	switch e.Op {
	case hclsyntax.OpEqual, hclsyntax.OpNotEqual:
		e.LHS, e.RHS = b.outer(e.LHS, kept), b.outer(e.RHS, kept)
		return b.node(e, r|small, 0)
	}
	e.LHS, e.RHS = b.inner(e.LHS, 0), b.inner(e.RHS, 0)
	switch e.Op {
	case hclsyntax.OpMultiply, hclsyntax.OpDivide, hclsyntax.OpModulo:
		return b.node(e, r, 0)
	}
	return e
}

// loop meters a for expression. r is the role of the whole value, result the role of each element.
func (b *Budget) loop(e *hclsyntax.ForExpr, r, result role) *metered {
	e.CollExpr = b.inner(e.CollExpr, 0)
	e.ValExpr = b.repeated(e.ValExpr, result)
	if e.KeyExpr != nil {
		e.KeyExpr = b.repeated(e.KeyExpr, kept)
	}
	if e.CondExpr != nil {
		e.CondExpr = b.repeated(e.CondExpr, small)
	}
	return b.node(e, r|sum, sizeOfValue)
}

// join meters a loop in a template.
func (b *Budget) join(e *hclsyntax.TemplateJoinExpr, r role) hclsyntax.Expression {
	if loop, ok := e.Tuple.(*hclsyntax.ForExpr); ok {
		e.Tuple = b.loop(loop, kept, kept|part)
	}
	return b.node(e, r|sum|rendered, 0)
}

// literal returns the size of a node that is a literal.
func (b *Budget) literal(e hclsyntax.Expression) (size int, ok bool) {
	switch e := e.(type) {
	case *hclsyntax.LiteralValueExpr:
		size, _ := b.size(e.Val)
		return size, true
	case *hclsyntax.TemplateExpr:
		if e.IsStringLiteral() {
			return b.literal(e.Parts[0])
		}
	}
	return 0, false
}

// inSource returns why the budget does not allow a literal in the source, such as a number with a large
// exponent. It returns nil if the budget allows it, or if the node is not a literal.
func (b *Budget) inSource(e hclsyntax.Expression) error {
	switch e := e.(type) {
	case *hclsyntax.LiteralValueExpr:
		_, err := b.size(e.Val)
		return err
	case *hclsyntax.TemplateExpr:
		if e.IsStringLiteral() {
			return b.inSource(e.Parts[0])
		}
	case *hclsyntax.ScopeTraversalExpr:
		return b.inTraversal(e.Traversal)
	case *hclsyntax.RelativeTraversalExpr:
		return b.inTraversal(e.Traversal)
	}
	return nil
}

func (b *Budget) inTraversal(t hcl.Traversal) error {
	for _, step := range t {
		if index, ok := step.(hcl.TraverseIndex); ok && index.Key.Type() == cty.Number {
			if _, err := b.size(index.Key); err != nil {
				return err
			}
		}
	}
	return nil
}
