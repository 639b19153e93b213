package config

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/tools/txtar"
)

// compileEditorSchema compiles the published schema, as an editor does.
func compileEditorSchema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile(editorSchemaFile)
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("config.json", document); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("config.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// checkBySchema returns the errors that the schema finds in a JSON file.
func checkBySchema(s *jsonschema.Schema, text []byte) error {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	return s.Validate(document)
}

// The schema must accept the JSON files of all archives that cfplan loads without errors.
func TestEditorSchemaAcceptsJSONFilesThatLoad(t *testing.T) {
	s := compileEditorSchema(t)
	checked := 0
	for path, a := range validArchives(t) {
		for _, f := range withoutWant(a.Files) {
			if !strings.HasSuffix(f.Name, ".cf.json") {
				continue
			}
			checked++
			if err := checkBySchema(s, f.Data); err != nil {
				t.Errorf("%s, %s: %v", path, f.Name, err)
			}
		}
	}
	if checked < 5 {
		t.Errorf("the test checked only %d files", checked)
	}
}

// validArchives returns the archives in testdata whose configuration has no mistakes, by path.
func validArchives(t *testing.T) map[string]*txtar.Archive {
	t.Helper()
	out := map[string]*txtar.Archive{}
	for _, pattern := range []string{"testdata/*.txtar", "testdata/habits/*.txtar"} {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			t.Fatalf("no archives %s: %v", pattern, err)
		}
		for _, path := range paths {
			a, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			dir := writeFiles(t, withoutWant(a.Files))
			if _, _, diags := Load(dir, optionsOf(string(a.Comment), dir)); !diags.HasErrors() {
				out[path] = a
			}
		}
	}
	return out
}

// Every configuration that cfplan loads can be converted to JSON. The result must declare the same, and the schema must
// accept it.
func TestEditorSchemaAcceptsConfigurationsConvertedToJSON(t *testing.T) {
	if testing.Short() {
		t.Skip("loads every archive twice: not with -short")
	}

	s := compileEditorSchema(t)
	for path, a := range validArchives(t) {
		name := strings.TrimSuffix(filepath.Base(path), ".txtar")
		if notInJSON[name] != "" {
			continue
		}
		t.Run(name, func(t *testing.T) { sameInJSON(t, s, withoutWant(a.Files), string(a.Comment)) })
	}
}

// notInJSON maps the archives whose meaning changes in JSON to the reason.
var notInJSON = map[string]string{
	"files":    "it lists the files whose names end in .json",
	"settings": "its backend has attributes that do not exist; only the command refuses them",
}

func TestEditorSchemaAcceptsTheExamples(t *testing.T) {
	s := compileEditorSchema(t)
	examples, err := filepath.Glob("../../examples/*")
	if err != nil || len(examples) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, dir := range examples {
		t.Run(filepath.Base(dir), func(t *testing.T) { sameInJSON(t, s, filesBelow(t, dir), "") })
	}
}

// filesBelow reads all files below a directory.
func filesBelow(t *testing.T, dir string) []txtar.File {
	t.Helper()
	var out []txtar.File
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		out = append(out, txtar.File{Name: name, Data: data})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// sameInJSON loads a configuration as it is and converted to JSON, and compares what both declare.
func sameInJSON(t *testing.T, s *jsonschema.Schema, files []txtar.File, comment string) {
	t.Helper()
	inJSON := make([]txtar.File, len(files))
	for i, f := range files {
		inJSON[i] = f
		name, isHCL := strings.CutSuffix(f.Name, ".cf.hcl")
		if !isHCL {
			continue
		}
		inJSON[i] = txtar.File{Name: name + ".cf.json", Data: toJSON(t, f)}
		if err := checkBySchema(s, inJSON[i].Data); err != nil {
			t.Errorf("%s: %v\n%s", f.Name, err, inJSON[i].Data)
		}
	}

	if diff := cmp.Diff(declaredBy(t, files, comment), declaredBy(t, inJSON, comment)); diff != "" {
		t.Errorf("in JSON it declares something else (-HCL +JSON):\n%s", diff)
	}
}

// declaredBy loads a configuration and describes its declarations, without positions.
func declaredBy(t *testing.T, files []txtar.File, comment string) string {
	t.Helper()
	dir := writeFiles(t, files)
	c, sources, diags := Load(dir, optionsOf(comment, dir))
	if diags.HasErrors() {
		return describeDiagnostics(t, sources, diags)
	}
	return strings.ReplaceAll(sourcePlace.ReplaceAllString(describeConfig(t, c), ""), dir, "DIR")
}

// jsonBlock matches a block of JSON in a Markdown page.
var jsonBlock = regexp.MustCompile("(?s)```json\n(.*?)```")

// cfplan must load the example file on the page about editors, and the schema must accept it.
func TestEditorSchemaAcceptsTheExampleOnItsPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/editor.md")
	if err != nil {
		t.Fatal(err)
	}
	s := compileEditorSchema(t)
	shown := 0
	for _, m := range jsonBlock.FindAllSubmatch(page, -1) {
		if !json.Valid(m[1]) {
			t.Errorf("the page has a block that is not JSON:\n%s", m[1])
		}
		if !bytes.Contains(m[1], []byte(`"$schema": "`+editorSchemaURL+`"`)) {
			continue // the block has settings of an editor
		}
		shown++
		if err := checkBySchema(s, m[1]); err != nil {
			t.Error(err)
		}
		dir := writeFiles(t, []txtar.File{{Name: "main.cf.json", Data: m[1]}})
		if _, _, diags := Load(dir, Options{Version: "0.3.1"}); len(diags) > 0 {
			t.Error(diags)
		}
	}
	if shown != 1 {
		t.Errorf("the page shows %d files with %s, want 1", shown, editorSchemaURL)
	}
}
