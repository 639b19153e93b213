package config

import (
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// secrets are the texts of sensitive variables. The marks of cty alone do not keep these
// out of diagnostics: functions quote their arguments in errors, and the variables of a
// for expression do not have the mark of the collection.
type secrets map[string]bool

// learn adds every text and number inside a value.
func (s secrets) learn(v cty.Value) {
	v, _ = v.UnmarkDeep()
	_ = cty.Walk(v, func(_ cty.Path, part cty.Value) (bool, error) { // the callback never fails
		if text, ok := plainText(part); ok && text != "" {
			s[text] = true
		}
		return true, nil
	})
}

// plainText returns a text or a number as text.
func plainText(v cty.Value) (string, bool) {
	switch {
	case !v.IsKnown() || v.IsNull() || v.IsMarked():
		return "", false
	case v.Type() == cty.String:
		return v.AsString(), true
	case v.Type() == cty.Number:
		return v.AsBigFloat().Text('f', -1), true
	}
	return "", false
}

// redact takes secrets out of a diagnostic: out of its text, and out of the values that
// would be printed with it.
func (s secrets) redact(d *hcl.Diagnostic) {
	if s.in(d.Detail) || strings.Contains(d.Summary, "function") && s.touched(d) {
		d.Detail = withheld
	}
	if s.touched(d) {
		d.Expression, d.EvalContext = nil, nil
	}
}

// in reports whether a text contains a secret. A very short secret counts only if it is
// quoted, because it may be a part of ordinary words.
func (s secrets) in(text string) bool {
	const short = 4
	for secret := range s {
		if len(secret) < short {
			secret = strconv.Quote(secret)
		}
		if strings.Contains(text, secret) {
			return true
		}
	}
	return false
}

// touched reports whether the expression of a diagnostic refers to a sensitive value.
func (s secrets) touched(d *hcl.Diagnostic) bool {
	return d.Expression != nil && d.EvalContext != nil && s.touch(d.Expression, d.EvalContext)
}

// touch reports whether an expression refers to a sensitive value.
func (s secrets) touch(expr hcl.Expression, ctx *hcl.EvalContext) bool {
	return slices.ContainsFunc(expr.Variables(), func(t hcl.Traversal) bool {
		v, diags := t.TraverseAbs(ctx)
		if diags.HasErrors() || v == cty.NilVal {
			return false
		}
		text, ok := plainText(v)
		return v.ContainsMarked() || ok && s[text]
	})
}
