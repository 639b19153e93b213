package config

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// A null attribute counts as not set, in zones, records and all blocks inside them. Two functions implement
// this: content removes attributes whose source is the word null, and [reader.value] ignores nulls that
// result from an expression.

// content returns the content of a body according to a schema, and reports everything that does not belong there. ok is
// false if it has reported something.
func (d decoder) content(body hcl.Body, schema *hcl.BodySchema) (content *hcl.BodyContent, ok bool) {
	content, diags := body.Content(schema)
	diags = d.doubtLabels(diags)
	d.report.add(adviseLabels(body, diags)...)
	for name, a := range content.Attributes {
		if isNull(a.Expr) {
			delete(content.Attributes, name)
		}
	}
	return content, !diags.HasErrors()
}

// isNull reports whether an expression is the word null.
func isNull(expr hcl.Expression) bool {
	switch e := hcl.UnwrapExpression(expr).(type) {
	case *hclsyntax.LiteralValueExpr:
		return e.Val.IsNull()
	case hclsyntax.Expression:
		return false
	default: // in JSON; checking the length first avoids evaluating other expressions
		rng := e.Range()
		if rng.End.Byte-rng.Start.Byte != len("null") {
			return false
		}
		v, diags := e.Value(nil)
		return !diags.HasErrors() && v.IsNull()
	}
}
