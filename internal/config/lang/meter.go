package lang

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// metered is a node of an expression that charges a budget for the node inside it. It behaves like
// parentheses, so that code that walks the tree finds the node inside.
type metered struct {
	hclsyntax.ParenthesesExpr
	budget *Budget
	role   role
	// static is the size of the literals inside the node.
	static int
}

// role says what happens to the value of a node, and how to determine the size of the value.
type role int

const (
	// kept: the value becomes part of the value of the enclosing node.
	kept role = 1 << iota
	// sum: the value is as large as the parts of the node together.
	sum
	// small: the value is small, such as a bool.
	small
	// rendered: the node joins its parts into a text, as a template does.
	rendered
	// part: the value is a part of a text.
	part
	// uniform: the value becomes a collection with elements of one type.
	uniform
	// stays: the node is a whole expression whose value stays until the end.
	stays
	// repeats: the node is the value of for_each or count.
	repeats
)

func (r role) has(some role) bool { return r&some != 0 }

// node puts a meter around a node.
func (b *Budget) node(e hclsyntax.Expression, r role, static int) *metered {
	return &metered{
		ParenthesesExpr: hclsyntax.ParenthesesExpr{Expression: e, SrcRange: e.Range()},
		budget:          b,
		role:            r,
		static:          static,
	}
}

// UnwrapExpression returns the node inside, for code that looks at the syntax.
func (e *metered) UnwrapExpression() hcl.Expression { return e.Expression }

// Value evaluates the node. If the node exceeds the budget, its value is unknown.
func (e *metered) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	b := e.budget
	if b.isExhausted() {
		return cty.DynamicVal, nil
	}
	if diags := b.work(priceOfNode, e.SrcRange); diags != nil {
		return cty.DynamicVal, diags
	}

	before, text := b.live, b.text
	if e.role.has(rendered) {
		b.text = 0
	}
	v, diags := e.Expression.Value(ctx)
	parts := b.live - before
	b.live, b.text = before, text
	switch {
	case b.isExhausted(): // later errors are only consequences
		return cty.DynamicVal, hcl.Diagnostics{b.exhausted}
	case diags.HasErrors():
		return v, append(diags, b.giveUp(e.SrcRange)...)
	}

	if more := e.charge(v, parts); more != nil {
		return cty.DynamicVal, append(append(diags, more...), b.giveUp(e.SrcRange)...)
	}
	if e.role.has(uniform) {
		var more hcl.Diagnostics
		v, more = b.Uniform(v, e.SrcRange)
		diags = append(diags, more...)
	}
	return v, diags
}

// charge charges the budget for a value, and returns an error if the budget does not allow the value.
// parts is the size of the parts from which the value was made.
func (e *metered) charge(v cty.Value, parts int) hcl.Diagnostics {
	b := e.budget
	size, err := e.size(v, parts)
	if err != nil {
		return b.refuse(e.SrcRange, err)
	}
	if diags := b.work((size+parts)/bytesAUnit, e.SrcRange); diags != nil {
		return diags
	}

	if e.role.has(kept) {
		b.live += size
		if b.live > b.limits.value {
			return b.refuse(e.SrcRange, b.tooLargeValue())
		}
	}
	if e.role.has(part) {
		b.text += size - sizeOfValue
		if b.text > b.limits.text {
			return b.refuse(e.SrcRange, b.tooLongText())
		}
	}
	if e.role.has(stays) {
		if diags := b.keep(size, e.SrcRange); diags != nil {
			return diags
		}
	}
	if e.role.has(repeats) {
		return b.repeat(b.instancesOf(v), e.SrcRange)
	}
	return nil
}

// size returns the size of the node's value.
func (e *metered) size(v cty.Value, parts int) (int, error) {
	b := e.budget
	size := e.static + parts
	switch {
	case e.role.has(small):
		return sizeOfValue, nil
	case !e.role.has(sum):
		return b.size(v)
	case e.role.has(rendered):
		return b.size(v)
	case size > b.limits.value:
		return 0, b.tooLargeValue()
	}
	return size, nil
}

// instancesOf returns how often a value of for_each or count repeats a block. It returns 0 for a count
// above the limit, because the code that repeats the block reports its own error.
func (b *Budget) instancesOf(v cty.Value) int {
	v, _ = v.Unmark()
	switch t := v.Type(); {
	case !v.IsKnown() || v.IsNull():
	case t.IsCollectionType(), t.IsTupleType(), t.IsObjectType():
		return v.LengthInt()
	case t == cty.Number:
		if n, ok := WholeNumber(v); ok && n > 0 && n <= b.limits.instances {
			return n
		}
	}
	return 0
}

// refused is a part of an expression that is never evaluated, because a literal in it already exceeds the
// budget.
type refused struct {
	hclsyntax.ParenthesesExpr
	budget *Budget
	err    error
}

// Value returns the error of the budget.
func (e *refused) Value(*hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	return cty.DynamicVal, e.budget.refuse(e.SrcRange, e.err)
}

// UnwrapExpression returns the node inside, for code that looks at the syntax.
func (e *refused) UnwrapExpression() hcl.Expression { return e.Expression }
