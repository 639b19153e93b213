package config

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// A null attribute counts as not set. Two places implement this, for zones, records and all blocks
// inside them: content removes nulls that are written in the source, and [reader.value] nulls that
// result from an expression.

// content takes a body apart by a schema and reports what does not belong there. ok is false if it
// reported something.
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
	default: // in JSON; its length spares the evaluation of everything else
		rng := e.Range()
		if rng.End.Byte-rng.Start.Byte != len("null") {
			return false
		}
		v, diags := e.Value(nil)
		return !diags.HasErrors() && v.IsNull()
	}
}
