package lang

import (
	"fmt"
	"math"
	"strings"

	ctyyaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
	ctyjson "github.com/zclconf/go-cty/cty/json"
	"go.yaml.in/yaml/v3"
)

// The functions that decode texts determine the type of the result while they decode, so that they read
// each text only once.
var (
	jsonDecodeFunc = dynamic([]function.Parameter{text("str")}, nil, decodeJSON)
	yamlDecodeFunc = dynamic([]function.Parameter{text("src")}, nil, decodeYAML)
	csvDecodeFunc  = dynamic([]function.Parameter{text("str")}, nil, func(args []cty.Value) (cty.Value, error) {
		return stdlib.CSVDecodeFunc.Call(args)
	})
)

func decodeJSON(args []cty.Value) (cty.Value, error) {
	src := []byte(args[0].AsString())
	typ, err := ctyjson.ImpliedType(src)
	if err != nil {
		return cty.NilVal, err
	}
	return ctyjson.Unmarshal(src, typ)
}

// decodeYAML does not copy the parts that aliases share. The caller measures the result before any code
// walks through it.
func decodeYAML(args []cty.Value) (cty.Value, error) {
	return ctyyaml.Standard.Unmarshal([]byte(args[0].AsString()), cty.DynamicPseudoType)
}

// scalars estimates the size of a decoded text from the number of characters that separate values in it.
func scalars(src, dividers string) cost {
	n := 1
	for i := range len(src) {
		if strings.IndexByte(dividers, src[i]) >= 0 {
			n++
		}
	}
	return cost{value: sumOf(len(src), product(n, sizeOfElement+sizeOfValue))}
}

func estimateCSV(_ *Budget, args []cty.Value) (cost, error) {
	src := args[0].AsString()
	header, _, _ := strings.Cut(src, "\n")
	c := scalars(src, ",\n")
	c.value = sumOf(c.value, product(strings.Count(src, "\n"), len(header)))
	return c, nil
}

func estimateJSON(_ *Budget, args []cty.Value) (cost, error) {
	src := args[0].AsString()
	if err := checkJSON([]byte(src), nil); err != nil {
		return cost{}, err
	}
	return scalars(src, ",:[{"), nil
}

func estimateYAML(b *Budget, args []cty.Value) (cost, error) {
	src := args[0].AsString()
	if err := b.checkYAML(src); err != nil {
		return cost{}, err
	}
	return scalars(src, ",:[{\n-?"), nil
}

// checkYAML refuses YAML that is nested too deeply or that expands too much.
func (b *Budget) checkYAML(src string) error {
	line, digits, signs := 1, 0, 0
	for i := range len(src) {
		switch c := src[i]; {
		case isDigit(c):
			digits++
		case c == '\n':
			line, digits, signs = line+1, 0, 0
		case (c == '-' || c == '?') && i+1 < len(src) && (src[i+1] == ' ' || src[i+1] == '\t'):
			signs++ // a list inside a list on the same line; as many levels by indentation need far longer files
			digits = 0
		default:
			digits = 0
		}

		switch {
		case digits > b.digits:
			return depthError{line, fmt.Sprintf("a number has more than %s digits", thousands(b.digits))}
		case signs > b.nesting:
			return depthError{line, tooDeep}
		}
	}

	if strings.Count(src, "[")+strings.Count(src, "{") <= b.nesting && !strings.Contains(src, "<<") {
		return nil
	}
	return b.checkNodes(src)
}

// checkNodes does the part of checkYAML that needs a parser. It counts brackets, which may also be part of
// texts, and merged maps, which the decoder copies.
func (b *Budget) checkNodes(src string) error {
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(src), &root); err != nil {
		return err // the parser also refuses more than 10,000 levels
	}
	if (yamlGauge{b, map[*yaml.Node]int{}}).size(&root, 0) > b.limits.value {
		return b.tooLargeValue()
	}
	return nil
}

// yamlGauge measures the size of nodes as if each alias were replaced with the node that it stands for.
type yamlGauge struct {
	budget *Budget
	known  map[*yaml.Node]int
}

func (g yamlGauge) size(n *yaml.Node, depth int) int {
	if depth > g.budget.nesting {
		return math.MaxInt / 2
	}
	if n.Kind == yaml.AliasNode {
		return g.size(n.Alias, depth+1)
	}
	if size, ok := g.known[n]; ok {
		return size
	}

	size := sizeOfElement + sizeOfValue + len(n.Value)
	for _, child := range n.Content {
		size = sumOf(size, g.size(child, depth+1))
	}
	g.known[n] = size
	return size
}

// indentation is the number of spaces by which yamlencode indents each level.
const indentation = 2

func estimateYAMLEncode(b *Budget, args []cty.Value) (cost, error) {
	size, err := b.size(args[0])
	if err != nil {
		return cost{}, err
	}
	return cost{text: product(size/sizeOfElement, indentation*depthOf(args[0]))}, nil
}

// depthOf returns the number of levels in which a value is nested.
func depthOf(v cty.Value) int {
	t := v.Type()
	if v.IsNull() || !t.IsCollectionType() && !t.IsTupleType() && !t.IsObjectType() {
		return 0
	}
	deepest := 0
	for _, e := range v.Elements() {
		deepest = max(deepest, depthOf(e))
	}
	return 1 + deepest
}
