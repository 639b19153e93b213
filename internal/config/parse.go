package config

import (
	"bytes"
	"path"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"

	"github.com/cfplan/cfplan/internal/config/lang"
	"github.com/cfplan/cfplan/internal/files"
)

// source is one parsed file.
type source struct {
	// body is nil if the file could not be read.
	body hcl.Body
	// broken is set if the file could not be read or has syntax errors. The part that was parsed still
	// declares names, so that references to these names are not reported, too.
	broken bool
	text   []byte
}

// readSources reads and parses the configuration files of a directory, sorted by name. If mayBeEmpty is false, it
// reports a directory without such files.
func readSources(r *report, tree *lang.Tree, budget *lang.Budget, dir string, mayBeEmpty bool) []source {
	here := hcl.Range{Filename: dir, Start: hcl.InitialPos, End: hcl.InitialPos}
	names, err := FileNames(dir)
	if err != nil {
		r.errorAt(here, "Cannot read the configuration directory", "%s.", files.ErrorText(err))
		return []source{{broken: true}}
	}
	if len(names) == 0 && mayBeEmpty {
		return nil
	}
	if advice := OnlyTerraform(dir); advice != "" {
		r.errorAt(here, "No configuration files", "%s", advice)
		return []source{{broken: true}}
	}
	if len(names) == 0 {
		r.errorAt(here, "No configuration files",
			"The directory %s has no file whose name ends in .cf.hcl or .cf.json. "+
				"Write one, such as main.cf.hcl with a zone block, run \"cfplan init\" to create one, "+
				"or name another directory with -chdir=DIR.", dir)
		return []source{{broken: true}}
	}

	return readFiles(r, tree, budget, dir, ".", names)
}

// readFiles reads and parses configuration files of a directory. dir, and the names that diagnostics show, are
// relative to the root directory.
func readFiles(r *report, tree *lang.Tree, budget *lang.Budget, root, dir string, names []string) []source {
	out := make([]source, len(names))
	for i, name := range names {
		shown := path.Join(dir, name)
		path := filepath.Join(root, filepath.FromSlash(shown))
		out[i] = parseFile(r, shown, func() ([]byte, error) { return tree.ReadSource(path) }, maskSettings)
		if !out[i].broken {
			hideSettings(r, out[i].body)
			out[i].body = budget.Meter(out[i].body)
		}
	}
	return out
}

// parseFile parses the text that read returns, as HCL or JSON depending on the name, and reports errors. If the text
// cannot be parsed, diagnostics show the text that maskBroken returns for it.
func parseFile(r *report, name string, read func() ([]byte, error), maskBroken func([]byte) []byte) source {
	if r.intake.spent {
		return source{broken: true}
	}

	src, err := read()
	if err == nil {
		err = r.intake.admit(name, src)
	}
	if err != nil {
		rng := hcl.Range{Filename: name, Start: hcl.InitialPos, End: hcl.InitialPos}
		r.errorAt(rng, "Cannot read file", "%s.", files.ErrorText(err))
		return source{broken: true}
	}

	f, diags := parseWhole(name, src)
	if f == nil {
		f = &hcl.File{Bytes: src}
	}
	if diags.HasErrors() {
		f = withBytes(f, maskBroken(src))
		withholdQuotes(diags, src, f.Bytes)
	}
	r.add(diags...)

	r.keep(name, f)
	if bytes.Contains(src, []byte(secretKey)) {
		r.hideMatches(name, wholeKey)
	}
	return source{body: f.Body, broken: diags.HasErrors(), text: src}
}

// checkDepth refuses source that could exhaust the stack of the parser.
func checkDepth(name string, src []byte) error {
	if strings.HasSuffix(name, ".json") {
		return lang.CheckJSON(src)
	}
	return lang.CheckSource(src)
}

func parseText(name string, src []byte) (*hcl.File, hcl.Diagnostics) {
	// Each file needs a new parser: if two files have the same relative name, one parser would return
	// the first file for both.
	parser := hclparse.NewParser()
	if strings.HasSuffix(name, ".json") {
		return parser.ParseJSON(src, name)
	}
	return parser.ParseHCL(src, name)
}
