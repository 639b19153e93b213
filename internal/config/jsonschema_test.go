package config

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/state/httpstate"
	"github.com/cfplan/cfplan/internal/state/local"
	"github.com/cfplan/cfplan/internal/state/postgres"
	"github.com/cfplan/cfplan/internal/state/s3"
)

const (
	editorSchemaFile = "../../docs/config.schema.json"
	editorSchemaURL  = "https://raw.githubusercontent.com/cfplan/cfplan/main/docs/config.schema.json"
)

// backendAttributes maps the types of backends to their attributes.
var backendAttributes = map[string][]string{
	"local":    local.Attributes(),
	"r2":       s3.AttributesOfR2(),
	"s3":       s3.Attributes(),
	"postgres": postgres.Attributes(),
	"http":     httpstate.Attributes(),
}

// The schema for editors is made from the tables with which cfplan reads the files, and from the texts in
// jsonschema_words_test.go about the names in them. The test fails if a name has no text.
func TestEditorSchemaFollowsTheTables(t *testing.T) {
	want := editorSchema(t)
	if *update {
		if err := os.WriteFile(editorSchemaFile, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(editorSchemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("docs/config.schema.json does not match the tables; " +
			"write it again with: go test ./internal/config -run EditorSchema -update")
	}
}

// editorSchema returns the schema. It is in draft-07, the newest version that all editors can read.
func editorSchema(t *testing.T) []byte {
	t.Helper()
	w := &schemaWriter{t: t, defs: object{}, explained: map[string]bool{}}
	root := w.root()
	for _, name := range slices.Sorted(maps.Keys(editorWords)) {
		if !w.explained[name] {
			t.Errorf("jsonschema_words_test.go explains %q, but no table has this name", name)
		}
	}

	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(root); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// object is a JSON object. encoding/json writes its members sorted by name.
type object = map[string]any

// schemaWriter turns the tables into a schema.
type schemaWriter struct {
	t    *testing.T
	defs object
	// explained has the keys of the words that were used.
	explained map[string]bool
}

// word returns the description of a name. path is the enclosing block, a dot, and the name.
func (w *schemaWriter) word(path string) editorWord {
	word, ok := editorWords[path]
	if !ok {
		w.t.Errorf("say in jsonschema_words_test.go what %q means and which values it takes", path)
	}
	w.explained[path] = true
	return word
}

// described returns a copy of a schema with a description.
func described(schema object, text string) object {
	out := maps.Clone(schema)
	if _, ok := out["$ref"]; ok {
		out = object{"allOf": []any{out}} // draft-07 ignores other members beside $ref
	}
	if text != "" {
		out["description"] = text
	}
	return out
}

// define stores a schema under a name and returns a reference to it. If the name is already defined, it does not
// make the schema again.
func (w *schemaWriter) define(name string, make func() object) object {
	if _, ok := w.defs[name]; !ok {
		w.defs[name] = nil // defined before make, because the schema may contain itself
		w.defs[name] = make()
	}
	return object{"$ref": "#/definitions/" + name}
}

// root returns the schema of a file: an object, or a list of objects that cfplan reads as one object.
func (w *schemaWriter) root() object {
	out := w.bodyOf("root", w.blocks("", rootSchema.Blocks, misplacedBlocks()), nil)
	properties := out["properties"].(object)
	for _, a := range rootSchemaOfJSON.Attributes {
		properties[a.Name] = w.attribute("", a.Name)
	}

	w.defs["root"] = out
	return object{
		"$schema":     "http://json-schema.org/draft-07/schema#",
		"$id":         editorSchemaURL,
		"$comment":    "Made by go test ./internal/config -run EditorSchema -update; do not edit.",
		"title":       "cfplan configuration",
		"description": "A file *.cf.json of cfplan, in the JSON syntax of HCL.",
		"definitions": w.defs,
		"type":        []any{"object", "array"},
		"allOf":       []any{object{"$ref": "#/definitions/root"}},
	}
}

func misplacedBlocks() map[string]bool {
	out := map[string]bool{}
	for name := range misplaced {
		out[name] = true
	}
	return out
}

// bodyOf returns the schema of a block with the given properties, or of a list of such blocks. It does not accept null.
func (w *schemaWriter) bodyOf(name string, properties object, required []string) object {
	properties["//"] = object{"description": "A comment."}
	out := object{
		"type":                 []any{"object", "array", "null"},
		"properties":           properties,
		"additionalProperties": false,
		"items":                object{"type": "object", "allOf": []any{object{"$ref": "#/definitions/" + name}}},
	}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

// body defines the schema of a block. path says where the block is. without are the names that the tables have only to
// give advice.
func (w *schemaWriter) body(path string, s *hcl.BodySchema, without map[string]advice) object {
	return w.define(path, func() object { return w.newBody(path, s, without) })
}

func (w *schemaWriter) newBody(path string, s *hcl.BodySchema, without map[string]advice) object {
	properties := w.blocks(path, s.Blocks, nil)
	var required []string
	for _, a := range s.Attributes {
		if without[a.Name] != nil {
			continue
		}
		properties[a.Name] = w.attribute(path, a.Name)
		if a.Required {
			required = append(required, a.Name)
		}
	}
	return w.bodyOf(path, properties, required)
}

func (w *schemaWriter) attribute(path, name string) object {
	if name == string(dns.AttrSettings) {
		return w.settings()
	}
	word := w.word(join(path, name))
	return described(word.takes, word.means)
}

func join(path, name string) string { return strings.TrimPrefix(path+"."+name, ".") }

// blocks returns the properties for the blocks that are allowed inside a block.
func (w *schemaWriter) blocks(path string, heads []hcl.BlockHeaderSchema, without map[string]bool) object {
	out := object{}
	for _, h := range heads {
		if without[h.Type] || h.Type == string(dns.AttrSettings) { // an attribute, too
			continue
		}
		inner := join(path, h.Type)
		out[h.Type] = described(w.block(inner, heads), w.word(inner).means)
	}
	return out
}

// block returns the schema of a type of block with its labels. siblings are the blocks that are allowed beside it.
func (w *schemaWriter) block(path string, siblings []hcl.BlockHeaderSchema) object {
	switch path {
	case "cloudflare":
		return w.accounts()
	case "locals":
		return w.define(path, func() object { return w.open(w.bodyOf(path, object{}, nil)) })
	case "module":
		return w.labeled(path, w.define(path, func() object { return w.open(w.newBody(path, moduleSchema, nil)) }))
	case "cfplan.backend":
		return w.backends()
	case "zone.record":
		return w.records()
	}
	if strings.HasSuffix(path, ".dynamic") {
		return w.dynamic(path, siblings)
	}

	inner, ok := editorBodies[path]
	if !ok {
		w.t.Errorf("say in jsonschema_words_test.go which schema the block %q has", path)
		return object{}
	}
	body := w.body(path, inner.schema, inner.habits)
	if !inner.labeled {
		return body
	}
	return w.labeled(path, body)
}

// open returns the schema of a block that may also have attributes with any other name.
func (w *schemaWriter) open(body object) object {
	body["additionalProperties"] = true
	return body
}

// labeled returns the schema of blocks with a label, which may be any text.
func (w *schemaWriter) labeled(path string, body object) object {
	name := path + ".labels"
	return w.define(name, func() object { return w.labels(name, object{}, body) })
}

// labels returns the schema of labels: an object whose property names are the labels, or a list of such objects.
func (w *schemaWriter) labels(name string, known object, others any) object {
	return object{
		"type":                 []any{"object", "array"},
		"properties":           known,
		"additionalProperties": others,
		"items":                object{"type": "object", "allOf": []any{object{"$ref": "#/definitions/" + name}}},
	}
}

// accounts returns the schema of the block cloudflare. A property whose value is an object is an account.
func (w *schemaWriter) accounts() object {
	account := w.define("account", func() object { return w.newBody("account", cloudflareSchema, nil) })
	return w.define("cloudflare", func() object {
		out := w.newBody("cloudflare", cloudflareSchema, nil)
		out["additionalProperties"] = object{"type": []any{"object", "array"}, "allOf": []any{account}}
		return out
	})
}

func (w *schemaWriter) backends() object {
	return w.define("cfplan.backend", func() object {
		known := object{}
		for _, kind := range slices.Sorted(maps.Keys(backendAttributes)) {
			known[kind] = w.define("cfplan.backend."+kind, func() object { return w.backend(kind) })
		}
		return w.labels("cfplan.backend", known, false)
	})
}

func (w *schemaWriter) backend(kind string) object {
	properties := object{}
	for _, name := range backendAttributes[kind] {
		means := "A constant. docs/state.md describes the attributes of each backend."
		if SecretAttribute(name) {
			means = "A secret. Give it in the environment or in a file of -backend-config instead; see docs/state.md."
		}
		properties[name] = described(takesText, means)
	}
	return w.bodyOf("cfplan.backend."+kind, properties, nil)
}

// records returns the schema of record blocks: an object by record type that contains objects by label.
func (w *schemaWriter) records() object {
	return w.define("zone.record", func() object {
		known := object{}
		for _, t := range dns.Types() {
			name := "record." + string(t)
			body := w.define(name, func() object { return w.record(name, t) })
			known[string(t)] = described(w.labeled(name, body), w.word(name).means)
		}
		return w.labels("zone.record", known, false)
	})
}

// record returns the schema of the record blocks of one type.
func (w *schemaWriter) record(name string, t dns.Type) object {
	own := ownAttributes(t)
	properties := w.blocks("record", recordBlocks(), nil)
	for attribute := range own {
		properties[attribute] = w.recordAttribute(t, attribute)
	}

	out := w.bodyOf(name, properties, nil)
	var foreign []string
	for _, attribute := range allAttributes() {
		if !own[attribute] {
			foreign = append(foreign, attribute)
		}
	}
	out["patternProperties"] = object{
		"^(" + strings.Join(foreign, "|") + ")$": takesNothing,
		"^" + dataBlock + "$":                    object{"type": "null"},
	}
	return withValue(out, t)
}

// withValue adds the properties that a record of the type requires.
func withValue(out object, t dns.Type) object {
	content := []string{string(dns.AttrContent)}
	fields := (&recordBlock{fields: dns.Fields(t)}).needed()
	if len(fields) == 0 {
		out["required"] = content
		return out
	}
	out["anyOf"] = []any{object{"required": fields}, object{"required": content}}
	return out
}

// recordBlocks returns the blocks that a record block may have.
func recordBlocks() []hcl.BlockHeaderSchema {
	return slices.DeleteFunc(slices.Clone(recordBody.Blocks), func(h hcl.BlockHeaderSchema) bool { return h.Type == dataBlock })
}

func (w *schemaWriter) recordAttribute(t dns.Type, name string) object {
	for _, f := range dns.Fields(t) {
		if f.Name == name {
			return described(takesField(f), w.word(string(t)+"."+name).means)
		}
	}
	return w.define("attribute."+name, func() object { return w.attribute("record", name) })
}

// settings returns the schema of the attribute settings: an object, or an expression whose value is one.
func (w *schemaWriter) settings() object {
	out := w.define("settings", func() object {
		body := w.newBody("settings", recordSettingsSchema, nil)
		body["type"] = []any{"object", "array", "string", "null"}
		body["pattern"] = expressionPattern
		return body
	})
	return described(out, w.word("record.settings").means)
}

// anyRecord returns the schema of records whose type is unknown, because it comes from an expression.
func (w *schemaWriter) anyRecord() object {
	return w.define("record.any", func() object {
		properties := w.blocks("record", recordBlocks(), nil)
		for _, name := range allAttributes() {
			properties[name] = described(object{}, "For records of the types "+strings.Join(typesWith(dns.Attribute(name)), ", ")+".")
			if slices.Contains(commonAttributes(), name) {
				properties[name] = w.recordAttribute("", name)
			}
		}
		return w.bodyOf("record.any", properties, nil)
	})
}

// commonAttributes returns the attributes that mean the same in records of all types.
func commonAttributes() []string {
	var out []string
	for _, name := range allAttributes() {
		if len(typesWith(dns.Attribute(name))) == len(dns.Types()) {
			out = append(out, name)
		}
	}
	return out
}

// dynamic returns the schema of dynamic blocks that make blocks of the given types.
func (w *schemaWriter) dynamic(path string, kinds []hcl.BlockHeaderSchema) object {
	parent := strings.TrimSuffix(path, ".dynamic")
	return w.define(path, func() object {
		known := object{}
		for _, h := range kinds {
			if h.Type == "dynamic" || h.Type == string(dns.AttrSettings) {
				continue
			}
			name, inner := path+"."+h.Type, parent+"."+h.Type
			known[h.Type] = w.define(name, func() object { return w.generator(name, w.generated(inner, kinds)) })
		}
		return w.labels(path, known, false)
	})
}

// generated returns the schema of the content of a dynamic block.
func (w *schemaWriter) generated(path string, siblings []hcl.BlockHeaderSchema) object {
	if path == "zone.record" {
		return w.anyRecord()
	}
	return w.block(path, siblings)
}

// generator returns the schema of one dynamic block.
func (w *schemaWriter) generator(name string, content object) object {
	properties := object{"content": described(content, w.word("dynamic.content").means)}
	for _, a := range dynamicSchema.Attributes {
		properties[a.Name] = w.attribute("dynamic", a.Name)
	}
	return w.bodyOf(name, properties, []string{"for_each", "content"})
}
