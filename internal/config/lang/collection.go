package lang

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// allTrueFunc treats null as false, and anyTrueFunc skips it, as in Terraform.
var (
	allTrueFunc = ofBools(func(bools []cty.Value) bool {
		return !slices.ContainsFunc(bools, func(b cty.Value) bool { return b.IsNull() || b.False() })
	})
	anyTrueFunc = ofBools(func(bools []cty.Value) bool {
		return slices.ContainsFunc(bools, func(b cty.Value) bool { return !b.IsNull() && b.True() })
	})
)

// ofBools makes a function that takes a list of bools, which may contain null, and returns a bool.
func ofBools(impl func([]cty.Value) bool) fn {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "list", Type: cty.List(cty.Bool)}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, t cty.Type) (cty.Value, error) {
			if !args[0].IsWhollyKnown() {
				return cty.UnknownVal(t), nil
			}
			return cty.BoolVal(impl(args[0].AsValueSlice())), nil
		},
	})
}

// elementsAs returns the elements of a list, tuple or set, converted to one type.
func elementsAs(v cty.Value, typ cty.Type) ([]cty.Value, error) {
	list, err := elements(v)
	if err != nil {
		return nil, err
	}
	out := make([]cty.Value, len(list))
	for i, e := range list {
		if out[i], err = convert.Convert(e, typ); err != nil {
			return nil, fmt.Errorf("element %d: %w", i, err)
		}
		if out[i].IsNull() {
			return nil, fmt.Errorf("element %d is null", i)
		}
	}
	return out, nil
}

// elements returns the elements of a list, tuple or set.
func elements(v cty.Value) ([]cty.Value, error) {
	t := v.Type()
	if !t.IsListType() && !t.IsTupleType() && !t.IsSetType() {
		return nil, fmt.Errorf("a list, tuple or set is required, not a %s", t.FriendlyName())
	}
	return v.AsValueSlice(), nil
}

// coalesceFunc returns the first argument that is neither null nor an empty text, converted to the
// common type of all arguments: coalesce(null, 1, "a") is "1".
var coalesceFunc = function.New(&function.Spec{
	VarParam: &function.Parameter{
		Name:             "vals",
		Type:             cty.DynamicPseudoType,
		AllowNull:        true,
		AllowUnknown:     true,
		AllowDynamicType: true,
	},
	Type: func(args []cty.Value) (cty.Type, error) { return commonType(args) },
	Impl: coalesce,
})

// commonType returns the type to which all values can be converted. It ignores values whose type is not
// known, such as a literal null.
func commonType(args []cty.Value) (cty.Type, error) {
	var types []cty.Type
	for _, a := range args {
		if a.Type() != cty.DynamicPseudoType {
			types = append(types, a.Type())
		} else if !a.IsKnown() {
			return cty.DynamicPseudoType, nil
		}
	}
	if len(types) == 0 {
		return cty.DynamicPseudoType, nil
	}

	common, _ := convert.UnifyUnsafe(types)
	if common == cty.NilType {
		return cty.NilType, errors.New("all arguments must have the same type, or types that can be converted to one")
	}
	return common, nil
}

func coalesce(args []cty.Value, t cty.Type) (cty.Value, error) {
	for i, a := range args {
		v, err := convert.Convert(a, t)
		switch {
		case err != nil:
			return cty.NilVal, function.NewArgError(i, err)
		case !v.IsKnown():
			return cty.UnknownVal(t), nil
		case !v.IsNull() && !(v.Type() == cty.String && v.AsString() == ""):
			return v, nil
		}
	}
	return cty.NilVal, errors.New("every argument is null or an empty text")
}

// orNull is a parameter for a value of any type, which may be null.
func orNull(name string) *function.Parameter {
	p := anything(name)
	p.AllowNull = true
	return &p
}

// indexFunc returns the position of a value in a list.
var indexFunc = dynamic([]function.Parameter{anything("list"), anything("value")}, nil, index)

func index(args []cty.Value) (cty.Value, error) {
	list, err := elements(args[0])
	if err != nil {
		return cty.NilVal, err
	}

	i := slices.IndexFunc(list, func(e cty.Value) bool { return same(e, args[1]) })
	if i < 0 {
		return cty.NilVal, errors.New("the list does not contain the value")
	}
	return cty.NumberIntVal(int64(i)), nil
}

// same reports whether two values are equal. Values of different types are never equal.
func same(a, b cty.Value) bool {
	if a.IsNull() || b.IsNull() {
		return a.IsNull() && b.IsNull()
	}
	eq := a.Equals(b)
	return eq.IsKnown() && eq.True()
}

var lengthFunc = dynamic([]function.Parameter{anything("value")}, nil, func(args []cty.Value) (cty.Value, error) {
	v := args[0]
	t := v.Type()
	switch {
	case t == cty.String:
		return stdlib.Strlen(v)
	case t.IsObjectType():
		return cty.NumberIntVal(int64(len(t.AttributeTypes()))), nil
	case t.IsTupleType(), t.IsCollectionType():
		return cty.NumberIntVal(int64(v.LengthInt())), nil
	}
	return cty.NilVal, fmt.Errorf("a text or a collection is required, not a %s", t.FriendlyName())
})

// lookupFunc takes a default as an optional third argument.
var lookupFunc = dynamic([]function.Parameter{anything("map"), text("key")}, orNull("default"), lookup)

func lookup(args []cty.Value) (cty.Value, error) {
	m, key := args[0], args[1].AsString()
	t := m.Type()
	switch {
	case len(args) > 3:
		return cty.NilVal, errors.New("lookup takes a map, a key and at most one default")
	case t.IsObjectType() && t.HasAttribute(key):
		return m.GetAttr(key), nil
	case t.IsMapType() && m.HasIndex(args[1]).True():
		return m.Index(args[1]), nil
	case !t.IsObjectType() && !t.IsMapType():
		return cty.NilVal, fmt.Errorf("a map or an object is required, not a %s", t.FriendlyName())
	case len(args) < 3:
		return cty.NilVal, fmt.Errorf("there is no element with the key %q, and no default was given", key)
	}
	return args[2], nil
}

// matchKeysFunc returns the values whose keys are in the search set.
var matchKeysFunc = dynamic(
	[]function.Parameter{anything("values"), anything("keys"), anything("searchset")}, nil, matchKeys)

func matchKeys(args []cty.Value) (cty.Value, error) {
	values, err := elements(args[0])
	if err != nil {
		return cty.NilVal, err
	}
	keys, err := elements(args[1])
	if err != nil {
		return cty.NilVal, err
	}
	wanted, err := elements(args[2])
	if err != nil {
		return cty.NilVal, err
	}
	if len(values) != len(keys) {
		return cty.NilVal, errors.New("the lists of values and of keys must have the same length")
	}

	var out []cty.Value
	for i, k := range keys {
		if slices.ContainsFunc(wanted, func(w cty.Value) bool { return same(k, w) }) {
			out = append(out, values[i])
		}
	}
	return cty.TupleVal(out), nil
}

// oneFunc returns the only element of a list, or null for an empty list.
var oneFunc = dynamic([]function.Parameter{anything("list")}, nil, func(args []cty.Value) (cty.Value, error) {
	list, err := elements(args[0])
	switch {
	case err != nil:
		return cty.NilVal, err
	case len(list) == 0:
		return cty.NullVal(cty.DynamicPseudoType), nil
	case len(list) > 1:
		return cty.NilVal, errors.New("a list with at most one element is required")
	}
	return list[0], nil
})

// transposeFunc swaps keys and values in a map of lists of texts: each text becomes a key.
var transposeFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "map", Type: cty.Map(cty.List(cty.String))}},
	Type:   function.StaticReturnType(cty.Map(cty.List(cty.String))),
	Impl: func(args []cty.Value, t cty.Type) (cty.Value, error) {
		if !args[0].IsWhollyKnown() {
			return cty.UnknownVal(t), nil
		}
		turned, err := transpose(args[0])
		if err != nil || len(turned) == 0 {
			return cty.MapValEmpty(cty.List(cty.String)), err
		}

		out := make(map[string]cty.Value, len(turned))
		for k, list := range turned {
			out[k] = cty.ListVal(list)
		}
		return cty.MapVal(out), nil
	},
})

func transpose(v cty.Value) (map[string][]cty.Value, error) {
	out := map[string][]cty.Value{}
	m := v.AsValueMap()
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if m[key].IsNull() {
			return nil, errors.New("a list in the map is null")
		}
		for _, e := range m[key].AsValueSlice() {
			if e.IsNull() {
				return nil, errors.New("a text in the map is null")
			}
			out[e.AsString()] = append(out[e.AsString()], cty.StringVal(key))
		}
	}
	return out, nil
}
