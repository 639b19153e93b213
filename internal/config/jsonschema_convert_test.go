package config

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
	"golang.org/x/tools/txtar"
)

// sourcePlace matches the position of a declaration in a description.
var sourcePlace = regexp.MustCompile(`[\w./-]+\.cf\.(hcl|json):\d+(,\d+-\d+)?`)

// toJSON converts a file in native HCL syntax to HCL's JSON syntax.
func toJSON(t *testing.T, f txtar.File) []byte {
	t.Helper()
	parsed, diags := hclsyntax.ParseConfig(f.Data, f.Name, hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	out, err := json.MarshalIndent(translator{f.Data}.body("", parsed.Body.(*hclsyntax.Body)), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// translator converts the parts of a source to JSON.
type translator struct{ src []byte }

func (c translator) body(kind string, b *hclsyntax.Body) object {
	out := object{}
	for name, a := range b.Attributes {
		out[name] = c.value(kind, name, a.Expr)
	}
	for _, inner := range b.Blocks {
		c.put(out, append([]string{inner.Type}, inner.Labels...), c.body(inner.Type, inner.Body))
	}
	return out
}

// put adds a block under its type and labels. Blocks with the same type and labels become a list.
func (c translator) put(in object, path []string, body object) {
	name := path[0]
	if len(path) > 1 {
		next, ok := in[name].(object)
		if !ok {
			next = object{}
			in[name] = next
		}
		c.put(next, path[1:], body)
		return
	}

	list, _ := in[name].([]any)
	in[name] = append(list, body)
}

// value returns a literal, or a template with the expression. A name that cfplan reads as a plain word stays a word.
func (c translator) value(kind, name string, e hclsyntax.Expression) any {
	text := string(e.Range().SliceBytes(c.src))
	switch {
	case kind == "variable" && name == "type", name == "iterator", name == "ignore_changes" && !isNull(e) && hcl.ExprAsKeyword(e) != "":
		return text
	case kind == "variable" && name == "default": // in a default, which is a constant, a text is not a template
		v, _ := e.Value(nil)
		return ctyjson.SimpleJSONValue{Value: v}
	}

	if list, diags := hcl.ExprList(e); !diags.HasErrors() {
		out := make([]any, len(list))
		for i, element := range list {
			out[i] = c.value(kind, name, element.(hclsyntax.Expression))
		}
		return out
	}
	if v, diags := e.Value(nil); !diags.HasErrors() && (v.IsNull() || v.Type().IsPrimitiveType()) {
		return literalInJSON(v)
	}
	return "${" + text + "}"
}

func literalInJSON(v cty.Value) any {
	if v.Type() == cty.String && !v.IsNull() {
		return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(v.AsString())
	}
	return ctyjson.SimpleJSONValue{Value: v}
}
