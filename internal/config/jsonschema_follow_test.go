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

// compileEditorSchema reads the published schema as an editor does.
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

// checkBySchema returns the errors of the schema about a file in JSON.
func checkBySchema(s *jsonschema.Schema, text []byte) error {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	return s.Validate(document)
}

// The schema accepts what cfplan loads: the files in JSON of all archives without mistakes.
func TestEditorSchemaAcceptsWhatIsLoaded(t *testing.T) {
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
		t.Errorf("only %d files were checked", checked)
	}
}

// validArchives returns the archives of testdata whose configuration has no mistake, by path.
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

// Every configuration that cfplan loads can be written in JSON: it declares the same, and the
// schema accepts it.
func TestEditorSchemaAcceptsWhatCanBeWritten(t *testing.T) {
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

// notInJSON lists the archives that mean something else in JSON, and why.
var notInJSON = map[string]string{
	"files":    "it lists the files whose names end in .json",
	"settings": "its backend has attributes that there are not, which the command refuses",
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

// filesBelow reads all files of a directory and those inside.
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

// sameInJSON loads a configuration as it is and in JSON, and compares the two.
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

// declaredBy loads a configuration and describes what it declares, without the places.
func declaredBy(t *testing.T, files []txtar.File, comment string) string {
	t.Helper()
	dir := writeFiles(t, files)
	c, sources, diags := Load(dir, optionsOf(comment, dir))
	if diags.HasErrors() {
		return describeDiagnostics(t, sources, diags)
	}
	return strings.ReplaceAll(sourcePlace.ReplaceAllString(describeConfig(t, c), ""), dir, "DIR")
}

// jsonBlock is a block of JSON in a page.
var jsonBlock = regexp.MustCompile("(?s)```json\n(.*?)```")

// cfplan loads the file on the page about editors, and the schema accepts it.
func TestEditorSchemaAcceptsItsPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/editor.md")
	if err != nil {
		t.Fatal(err)
	}
	s := compileEditorSchema(t)
	shown := 0
	for _, m := range jsonBlock.FindAllSubmatch(page, -1) {
		if !json.Valid(m[1]) {
			t.Errorf("this is not JSON:\n%s", m[1])
		}
		if !bytes.Contains(m[1], []byte(`"$schema": "`+editorSchemaURL+`"`)) {
			continue // settings of an editor
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
		t.Errorf("%d files with %s are shown, want 1", shown, editorSchemaURL)
	}
}
