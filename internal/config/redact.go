package config

import (
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

const withheld = "The reason is not shown, because it may quote a sensitive value."

// secrets are the texts of sensitive variables. Marks alone do not keep these
// out of diagnostics: functions quote their arguments when they complain, and
// the variables of a for expression have lost the mark of what they range over.
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

// redact takes secrets out of a diagnostic: out of its text, and out of the
// values that its printing would show.
func (s secrets) redact(d *hcl.Diagnostic) {
	if s.in(d.Detail) || strings.Contains(d.Summary, "function") && s.touched(d) {
		d.Detail = withheld
	}
	if s.touched(d) {
		d.Expression, d.EvalContext = nil, nil
	}
}

// in reports whether a text contains a secret; a very short one only where it
// is quoted, as it is part of many words otherwise.
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

// touched reports whether a diagnostic's expression refers to a sensitive value.
func (s secrets) touched(d *hcl.Diagnostic) bool {
	return d.Expression != nil && d.EvalContext != nil && s.touch(d.Expression, d.EvalContext)
}

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
