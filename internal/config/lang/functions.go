package lang

import (
	"maps"

	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	ctyyaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// Functions returns the functions that an expression may call, by name: Terraform's functions, also as
// core::NAME, and a few for DNS. They read files only in tree. A function does not start if the budget
// does not allow its result.
func Functions(tree *Tree, budget *Budget) map[string]function.Function {
	out := map[string]function.Function{}
	for _, table := range []map[string]function.Function{
		numberFunctions(),
		textFunctions(),
		collectionFunctions(),
		encodingFunctions(),
		hashFunctions(tree),
		addressFunctions(),
		timeFunctions(),
		typeFunctions(),
		fileFunctions(tree),
		refusedFunctions(),
	} {
		maps.Copy(out, table)
	}

	for name, e := range estimates() {
		out[name] = budget.guard(out[name], e)
	}

	inside := withCoreNames(out)
	maps.Copy(inside, dnsFunctions())
	all := maps.Clone(inside)
	maps.Copy(all, withCoreNames(templateFunctions(tree, budget, inside)))
	return all
}

// withCoreNames returns functions under their own names and under core::NAME. In Terraform, core::NAME
// always means the built-in function.
func withCoreNames(functions map[string]fn) map[string]fn {
	out := maps.Clone(functions)
	for name, f := range functions {
		out["core::"+name] = f
	}
	return out
}

// fn is a short name for use in signatures.
type fn = function.Function

func numberFunctions() map[string]fn {
	return map[string]fn{
		"abs":      stdlib.AbsoluteFunc,
		"ceil":     stdlib.CeilFunc,
		"floor":    stdlib.FloorFunc,
		"log":      stdlib.LogFunc,
		"max":      stdlib.MaxFunc,
		"min":      stdlib.MinFunc,
		"parseint": stdlib.ParseIntFunc,
		"pow":      stdlib.PowFunc,
		"signum":   stdlib.SignumFunc,
		"sum":      sumFunc,
	}
}

func textFunctions() map[string]fn {
	return map[string]fn{
		"chomp":       stdlib.ChompFunc,
		"endswith":    endsWithFunc,
		"format":      stdlib.FormatFunc,
		"formatlist":  stdlib.FormatListFunc,
		"indent":      stdlib.IndentFunc,
		"join":        stdlib.JoinFunc,
		"lower":       stdlib.LowerFunc,
		"regex":       stdlib.RegexFunc,
		"regexall":    stdlib.RegexAllFunc,
		"replace":     replaceFunc,
		"split":       stdlib.SplitFunc,
		"startswith":  startsWithFunc,
		"strcontains": containsTextFunc,
		"strrev":      stdlib.ReverseFunc,
		"substr":      stdlib.SubstrFunc,
		"title":       stdlib.TitleFunc,
		"trim":        stdlib.TrimFunc,
		"trimprefix":  stdlib.TrimPrefixFunc,
		"trimspace":   stdlib.TrimSpaceFunc,
		"trimsuffix":  stdlib.TrimSuffixFunc,
		"upper":       stdlib.UpperFunc,
	}
}

func collectionFunctions() map[string]fn {
	return map[string]fn{
		"alltrue":         allTrueFunc,
		"anytrue":         anyTrueFunc,
		"chunklist":       stdlib.ChunklistFunc,
		"coalesce":        coalesceFunc,
		"coalescelist":    stdlib.CoalesceListFunc,
		"compact":         stdlib.CompactFunc,
		"concat":          stdlib.ConcatFunc,
		"contains":        stdlib.ContainsFunc,
		"distinct":        stdlib.DistinctFunc,
		"element":         stdlib.ElementFunc,
		"flatten":         stdlib.FlattenFunc,
		"index":           indexFunc,
		"keys":            stdlib.KeysFunc,
		"length":          lengthFunc,
		"lookup":          lookupFunc,
		"matchkeys":       matchKeysFunc,
		"merge":           stdlib.MergeFunc,
		"one":             oneFunc,
		"range":           stdlib.RangeFunc,
		"reverse":         stdlib.ReverseListFunc,
		"setintersection": stdlib.SetIntersectionFunc,
		"setproduct":      stdlib.SetProductFunc,
		"setsubtract":     stdlib.SetSubtractFunc,
		"setunion":        stdlib.SetUnionFunc,
		"slice":           stdlib.SliceFunc,
		"sort":            stdlib.SortFunc,
		"transpose":       transposeFunc,
		"values":          stdlib.ValuesFunc,
		"zipmap":          stdlib.ZipmapFunc,
	}
}

func encodingFunctions() map[string]fn {
	return map[string]fn{
		"base64decode":     base64DecodeFunc,
		"base64encode":     base64EncodeFunc,
		"base64gzip":       base64GzipFunc,
		"csvdecode":        csvDecodeFunc,
		"jsondecode":       jsonDecodeFunc,
		"jsonencode":       stdlib.JSONEncodeFunc,
		"textdecodebase64": textDecodeBase64Func,
		"textencodebase64": textEncodeBase64Func,
		"urlencode":        urlEncodeFunc,
		"yamldecode":       yamlDecodeFunc,
		"yamlencode":       ctyyaml.YAMLEncodeFunc,
	}
}

func timeFunctions() map[string]fn {
	return map[string]fn{
		"formatdate": stdlib.FormatDateFunc,
		"timeadd":    stdlib.TimeAddFunc,
		"timecmp":    timeCompareFunc,
	}
}

func typeFunctions() map[string]fn {
	return map[string]fn{
		"can":          tryfunc.CanFunc,
		"convert":      typeexpr.ConvertFunc,
		"issensitive":  isSensitiveFunc,
		"nonsensitive": nonSensitiveFunc,
		"sensitive":    sensitiveFunc,
		"tobool":       stdlib.MakeToFunc(cty.Bool),
		"tolist":       stdlib.MakeToFunc(cty.List(cty.DynamicPseudoType)),
		"tomap":        stdlib.MakeToFunc(cty.Map(cty.DynamicPseudoType)),
		"tonumber":     stdlib.MakeToFunc(cty.Number),
		"toset":        stdlib.MakeToFunc(cty.Set(cty.DynamicPseudoType)),
		"tostring":     stdlib.MakeToFunc(cty.String),
		"try":          tryfunc.TryFunc,
		"type":         typeFunc,
	}
}
