package lang

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/cfplan/cfplan/internal/dns"
)

// attributes holds the attributes of an object that is the argument of a function. err keeps the first
// mistake, so that a function can read all attributes that it needs and check err once at the end.
type attributes struct {
	values map[string]cty.Value
	known  []string
	err    error
}

// ofObject makes a function that takes one object and returns a text.
func ofObject(name string, impl func(*attributes) string) fn {
	return dynamic([]function.Parameter{anything(name)}, nil, func(args []cty.Value) (cty.Value, error) {
		if t := args[0].Type(); !t.IsObjectType() && !t.IsMapType() {
			return cty.NilVal, fmt.Errorf("an object such as { all = \"~all\" } is required, not a %s",
				t.FriendlyName())
		}
		a := &attributes{values: args[0].AsValueMap()}
		out := impl(a)
		a.refuseOthers()
		return cty.StringVal(out), a.err
	})
}

// fail sets err, unless an earlier mistake has set it.
func (a *attributes) fail(format string, args ...any) {
	if a.err == nil {
		a.err = fmt.Errorf(format, args...)
	}
}

// refuseOthers fails if the object has an attribute that the function never read.
func (a *attributes) refuseOthers() {
	var names []string
	for name := range a.values {
		names = append(names, name)
	}
	slices.Sort(names)

	for _, name := range names {
		if !slices.Contains(a.known, name) {
			a.fail("there is no %s here.%s It may have %s",
				dns.Show(name), dns.DidYouMean(name, a.known), strings.Join(slices.Compact(a.known), ", "))
		}
	}
}

// take returns an attribute. The result is false if the attribute is missing or null.
func (a *attributes) take(name string) (cty.Value, bool) {
	a.known = append(a.known, name)
	v, ok := a.values[name]
	return v, ok && !v.IsNull()
}

// text returns an attribute that must be a text, a number or a bool, as text. It returns "" if the attribute
// is not set.
func (a *attributes) text(name string) string {
	v, ok := a.take(name)
	if !ok {
		return ""
	}
	return a.asText(name, v)
}

func (a *attributes) asText(name string, v cty.Value) string {
	t, err := convert.Convert(v, cty.String)
	if err == nil && t.IsNull() {
		a.fail("%s must be a text, not null", name)
		return ""
	}
	if err != nil {
		a.fail("%s must be a text, not a %s", name, v.Type().FriendlyName())
		return ""
	}
	if t.AsString() == "" {
		a.fail("%s must not be an empty text", name)
	}
	return t.AsString()
}

// list returns an attribute that must be a text or a list of texts.
func (a *attributes) list(name string) []string {
	v, ok := a.take(name)
	if !ok {
		return nil
	}

	elements, err := elements(v)
	if err != nil {
		return []string{a.asText(name, v)}
	}
	var out []string
	for _, e := range elements {
		out = append(out, a.asText(name, e))
	}
	return out
}
