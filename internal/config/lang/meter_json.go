package lang

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// jsonBody is a body in JSON whose expressions charge a budget. hcl parses the templates in JSON only when
// it evaluates them, so Meter cannot replace their nodes beforehand.
type jsonBody struct {
	hcl.Body
	budget *Budget
	// stays is set if the values of attributes stay until the end.
	stays bool
	// inside is set for the body of a block, as opposed to the body of a file.
	inside bool
}

func (b jsonBody) Content(schema *hcl.BodySchema) (*hcl.BodyContent, hcl.Diagnostics) {
	content, diags := b.Body.Content(schema)
	return b.meter(content), diags
}

func (b jsonBody) PartialContent(schema *hcl.BodySchema) (*hcl.BodyContent, hcl.Body, hcl.Diagnostics) {
	content, rest, diags := b.Body.PartialContent(schema)
	if rest != nil {
		rest = jsonBody{rest, b.budget, b.stays, b.inside}
	}
	return b.meter(content), rest, diags
}

func (b jsonBody) JustAttributes() (hcl.Attributes, hcl.Diagnostics) {
	attrs, diags := b.Body.JustAttributes()
	return b.attributes(attrs), diags
}

func (b jsonBody) meter(content *hcl.BodyContent) *hcl.BodyContent {
	if content == nil {
		return nil
	}
	out := *content
	out.Attributes = b.attributes(content.Attributes)
	out.Blocks = make(hcl.Blocks, len(content.Blocks))
	for i, block := range content.Blocks {
		metered := *block
		stays := b.stays
		if !b.inside {
			stays = slices.Contains(valueBlocks, block.Type)
		}
		metered.Body = jsonBody{block.Body, b.budget, stays, true}
		out.Blocks[i] = &metered
	}
	return &out
}

func (b jsonBody) attributes(attrs hcl.Attributes) hcl.Attributes {
	out := make(hcl.Attributes, len(attrs))
	for name, a := range attrs {
		metered := *a
		metered.Expr = &jsonExpression{Expression: a.Expr, budget: b.budget, role: attributeRole(name, b.stays)}
		out[name] = &metered
	}
	return out
}

// jsonExpression is an expression in JSON that charges a budget. Its value is the same as that of hcl's own
// expression.
type jsonExpression struct {
	hcl.Expression
	budget *Budget
	role   role
	// template is the template in a string. It is parsed when it is first needed.
	template hcl.Expression
	// list and object are the parts of the expression, if divided is set. Both are nil if the
	// expression has no parts.
	divided bool
	list    []hcl.Expression
	object  []hcl.KeyValuePair
}

// UnwrapExpression returns hcl's own expression, for code that looks at the syntax.
func (e *jsonExpression) UnwrapExpression() hcl.Expression { return e.Expression }

// ExprList returns the elements of a list, or nil if the expression is not a list.
func (e *jsonExpression) ExprList() []hcl.Expression {
	e.divide()
	return e.list
}

// ExprMap returns the items of an object, or nil if the expression is not an object.
func (e *jsonExpression) ExprMap() []hcl.KeyValuePair {
	e.divide()
	return e.object
}

func (e *jsonExpression) divide() {
	if e.divided {
		return
	}
	e.divided = true
	if list, diags := hcl.ExprList(e.Expression); !diags.HasErrors() {
		e.list = make([]hcl.Expression, len(list))
		for i, element := range list {
			e.list[i] = e.part(element)
		}
	}
	if items, diags := hcl.ExprMap(e.Expression); !diags.HasErrors() {
		e.object = make([]hcl.KeyValuePair, len(items))
		for i, item := range items {
			e.object[i] = hcl.KeyValuePair{Key: e.part(item.Key), Value: e.part(item.Value)}
		}
	}
}

func (e *jsonExpression) part(expr hcl.Expression) hcl.Expression {
	return &jsonExpression{Expression: expr, budget: e.budget, role: kept}
}

// Value evaluates the expression. If it exceeds the budget, its value is unknown.
func (e *jsonExpression) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	b := e.budget
	if b.isExhausted() {
		return cty.DynamicVal, nil
	}
	if diags := b.work(priceOfNode, e.Range()); diags != nil {
		return cty.DynamicVal, diags
	}

	before := b.live
	v, diags := e.evaluate(ctx)
	parts := b.live - before
	b.live = before
	switch {
	case b.isExhausted():
		return cty.DynamicVal, hcl.Diagnostics{b.exhausted}
	case diags.HasErrors():
		return v, append(diags, b.giveUp(e.Range())...)
	}

	sized := metered{budget: b, role: e.role}
	sized.SrcRange = e.Range()
	if e.list != nil || e.object != nil {
		sized.role |= sum
		sized.static = sizeOfValue + (len(e.list)+len(e.object))*sizeOfElement
	}
	if more := sized.charge(v, parts); more != nil {
		return cty.DynamicVal, append(append(diags, more...), b.giveUp(e.Range())...)
	}
	return v, diags
}

func (e *jsonExpression) evaluate(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if e.template != nil && ctx != nil {
		return e.template.Value(ctx)
	}
	e.divide()
	switch {
	case e.list != nil:
		return e.tuple(ctx)
	case e.object != nil:
		return e.attributes(ctx)
	}

	v, diags := e.Expression.Value(nil)
	text, ok := plainText(v)
	if ctx == nil || !ok || diags.HasErrors() {
		return v, diags
	}
	parsed, diags := parseText(text, e.Range())
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	e.template = e.budget.MeterExpression(parsed)
	return e.template.Value(ctx)
}

// parseText parses the template in a string that CheckJSON has checked. The positions in the result do not
// take escapes in the string into account.
func parseText(text string, rng hcl.Range) (hclsyntax.Expression, hcl.Diagnostics) {
	start := rng.Start
	start.Byte++ // the quotation mark
	start.Column++
	return hclsyntax.ParseTemplate([]byte(text), rng.Filename, start)
}

func (e *jsonExpression) tuple(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	var diags hcl.Diagnostics
	out := make([]cty.Value, len(e.list))
	for i, element := range e.list {
		v, more := element.Value(ctx)
		out[i], diags = v, append(diags, more...)
	}
	return cty.TupleVal(out), diags
}

func (e *jsonExpression) attributes(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	var diags hcl.Diagnostics
	out := make(map[string]cty.Value, len(e.object))
	ranges := make(map[string]hcl.Range, len(e.object))
	known := true
	for _, item := range e.object {
		key, keyDiags := item.Key.Value(ctx)
		v, valueDiags := item.Value.Value(ctx)
		diags = append(append(diags, keyDiags...), valueDiags...)

		name, nameKnown, complaint := attributeName(key)
		first, twice := ranges[name]
		switch {
		case complaint != "":
			diags = append(diags, keyError(item, ctx, "Invalid object key expression", complaint))
		case !nameKnown:
			known = false
		case twice:
			diags = append(diags, keyError(item, ctx, "Duplicate object attribute",
				fmt.Sprintf("An attribute named %q was already defined at %s.", name, first)))
		default:
			out[name], ranges[name] = v, item.Key.Range()
		}
	}
	if !known {
		return cty.DynamicVal, diags
	}
	return cty.ObjectVal(out), diags
}

// attributeName returns the name that a key stands for. known is false if the key is unknown. complaint says
// what is wrong with the key, or is "".
func attributeName(key cty.Value) (name string, known bool, complaint string) {
	key, err := convert.Convert(key, cty.String)
	switch {
	case err != nil:
		return "", false, fmt.Sprintf("Cannot use this expression as an object key: %s.", err)
	case key.IsNull():
		return "", false, "Cannot use null value as an object key."
	case key.IsMarked():
		return "", false, "Cannot use a sensitive value as an object key."
	case !key.IsKnown():
		return "", false, ""
	}
	return key.AsString(), true, ""
}

func keyError(item hcl.KeyValuePair, ctx *hcl.EvalContext, summary, detail string) *hcl.Diagnostic {
	rng := item.Key.Range()
	return &hcl.Diagnostic{
		Severity:    hcl.DiagError,
		Summary:     summary,
		Detail:      detail,
		Subject:     &rng,
		Expression:  item.Value,
		EvalContext: ctx,
	}
}
