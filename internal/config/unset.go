package config

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// A null attribute is one that is not set. Two places see to it, for zones, records and all blocks inside them:
// content leaves out the nulls that stand in the source, and [reader.value] those that an expression results in.

// content takes a body apart by a schema and reports what does not belong there. ok is false if something did not.
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
