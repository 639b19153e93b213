package config

import (
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// secrets is the set of texts that diagnostics must not show: sensitive values and credentials. cty's marks
// alone do not keep them out, because functions quote their arguments in errors, and the variables of a for
// expression lose the mark of the collection.
type secrets map[string]bool

// learn adds every text and number inside a value, and the keys of maps. It does not add the attribute names of an
// object, because these are part of its type and not secret.
func (s secrets) learn(v cty.Value) {
	v, _ = v.UnmarkDeep()
	_ = cty.Walk(v, func(_ cty.Path, part cty.Value) (bool, error) { // the callback never fails
		if text, ok := plainText(part); ok {
			s.add(text)
		}
		if part.Type().IsMapType() && part.IsKnown() && !part.IsNull() {
			for key := range part.AsValueMap() {
				s.add(key)
			}
		}
		return true, nil
	})
}

// add adds a text, unless it is empty.
func (s secrets) add(text string) {
	if text != "" {
		s[text] = true
	}
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

// redact removes secrets from diagnostics: from their texts, and from the values that a printer would show with them.
func (s secrets) redact(diags hcl.Diagnostics) {
	inText, touches := s.finder(), s.toucher()
	for _, d := range diags {
		touched := touches(d)
		if inText(d.Detail) || strings.Contains(d.Summary, "function") && touched {
			d.Detail = withheld
		}
		if touched {
			d.Expression, d.EvalContext = nil, nil
		}
	}
}

// finder returns a function that reports whether a text contains a secret. A very short secret counts only in quotation
// marks, because it may be part of an ordinary word. A replacer searches for all secrets in one pass.
func (s secrets) finder() func(text string) bool {
	const short = 4
	pairs := make([]string, 0, 2*len(s))
	for secret := range s {
		if len(secret) < short {
			secret = strconv.Quote(secret)
		}
		pairs = append(pairs, secret, "")
	}
	if len(pairs) == 0 {
		return func(string) bool { return false }
	}
	without := strings.NewReplacer(pairs...)
	return func(text string) bool { return len(without.Replace(text)) < len(text) }
}

// toucher returns a function that reports whether the expression of a diagnostic refers to a sensitive value. It checks
// each expression only once, because a list of thousands of elements may have a mistake in each of them.
func (s secrets) toucher() func(*hcl.Diagnostic) bool {
	type evaluated struct {
		rng hcl.Range
		ctx *hcl.EvalContext
	}
	known := map[evaluated]bool{}
	return func(d *hcl.Diagnostic) bool {
		if d.Expression == nil || d.EvalContext == nil {
			return false
		}
		key := evaluated{d.Expression.Range(), d.EvalContext}
		touched, ok := known[key]
		if !ok {
			touched = s.touch(d.Expression, d.EvalContext)
			known[key] = touched
		}
		return touched
	}
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
