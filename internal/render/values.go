package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/cfplan/cfplan/internal/english"
)

// mostValues is how many values are shown with a diagnostic. The others are counted.
const mostValues = 10

// values writes the values to which the expression of a diagnostic refers. They matter if the same expression is
// evaluated many times, as in for_each. values leaves out sensitive values.
func (t *diagnosticText) values(d *hcl.Diagnostic) {
	if d.Expression == nil || d.EvalContext == nil {
		return
	}

	var list []string
	for _, traversal := range d.Expression.Variables() {
		v, diags := traversal.TraverseAbs(d.EvalContext)
		if diags.HasErrors() || !v.IsKnown() || v.IsMarked() {
			continue // another diagnostic reports the error, or the value must not be shown
		}
		words := " as " + t.value(v)
		if v.IsNull() {
			words = " set to null"
		}
		list = append(list, shorten(Escape(t.redact(t.reference(traversal)+words)), longestExcerpt))
	}

	slices.Sort(list)
	list = slices.Compact(list)
	if more := len(list) - mostValues; more > 0 {
		list = append(list[:mostValues], fmt.Sprintf("and %d more", more))
	}
	if len(list) > 0 {
		t.printf("with %s.\n\n", strings.Join(list, ",\n     "))
	}
}

// reference returns a reference as it is written in the configuration. Long keys are shortened.
func (t *diagnosticText) reference(traversal hcl.Traversal) string {
	var b strings.Builder
	for _, step := range traversal {
		switch s := step.(type) {
		case hcl.TraverseRoot:
			b.WriteString(s.Name)
		case hcl.TraverseAttr:
			b.WriteString("." + s.Name)
		case hcl.TraverseIndex:
			key := "..."
			if s.Key.Type().IsPrimitiveType() {
				key = t.value(s.Key)
			}
			b.WriteString("[" + key + "]")
		}
	}

	return b.String()
}

// value describes a known, unmarked value: it returns a primitive value itself, and of any other value the type and
// size.
func (t *diagnosticText) value(v cty.Value) string {
	typ := v.Type()
	switch {
	case v.IsNull():
		return "null"
	case typ == cty.Bool:
		return fmt.Sprint(v.True())
	case typ == cty.Number:
		return v.AsBigFloat().Text('g', 10)
	case typ == cty.String:
		return fmt.Sprintf("%q", firstOf(t.redact(v.AsString())))
	case typ.IsObjectType():
		return "object with " + english.Count(len(typ.AttributeTypes()), "attribute")
	case !typ.IsCollectionType() && !typ.IsTupleType():
		return typ.FriendlyName()
	case v.LengthInt() == 0:
		return "empty " + typ.FriendlyName()
	}

	return typ.FriendlyName() + " with " + english.Count(v.LengthInt(), "element")
}

// firstOf returns the beginning of a text that can be shown.
func firstOf(text string) string {
	start, _ := firstBytes([]byte(text))
	return string(start)
}
