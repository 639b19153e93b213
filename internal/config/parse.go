package config

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/cfplan/cfplan/internal/config/lang"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/files"
)

// loader is one run of Load.
type loader struct {
	dir    string
	opts   Options
	files  Files
	report *report
	// tree is the directory as file() and its kin see it.
	tree      *lang.Tree
	functions map[string]function.Function
	names     *names
	// lostValues tells that a file of variables could not be read: a variable
	// without a value may have one there.
	lostValues bool
	schemas    recordSchemas
	// quiet are the warnings that the configuration switches off.
	quiet quiet
	// maxDestroy is the limit that the cfplan block declares for all zones.
	maxDestroy *dns.Limit
}

func newLoader(dir string, o Options) *loader {
	l := &loader{dir: dir, opts: o, files: Files{}, report: newReport(),
		names: &names{}, schemas: recordSchemas{}, quiet: quiet{}}
	l.tree = lang.OpenTree(dir, home(o.Env))
	l.functions = lang.Functions(l.tree)
	l.report.functions = slices.Collect(maps.Keys(l.functions))
	return l
}

// load reads the files, then evaluates what they declare: variables, locals,
// and whatever depends on these.
func (l *loader) load() *Config {
	d := l.declarations(l.bodies())
	ctx := l.baseContext()
	l.evalVariables(d, ctx)
	l.evalLocals(d, ctx)
	l.validateVariables(d, ctx)
	backend, encryption := l.evalSettings(d) // before the zones, whose warnings and limits it can set
	return &Config{
		Unset:      l.report.unset,
		Backend:    backend,
		Encryption: encryption,
		MaxDestroy: l.maxDestroy,
		Cloudflare: l.evalCloudflare(d, ctx),
		Zones:      l.evalZones(d, ctx),
		Outputs:    l.evalOutputs(d, ctx),
	}
}

// source is one parsed file of the directory.
type source struct {
	body hcl.Body
	// broken files have syntax errors: what could be read of them declares
	// names, so that other files' references to these are no errors too.
	broken bool
	text   []byte
}

// bodies reads and parses the configuration files in order of name.
func (l *loader) bodies() []source {
	names, err := configFiles(l.dir)
	here := hcl.Range{Filename: l.dir, Start: hcl.InitialPos, End: hcl.InitialPos}
	if err != nil {
		l.names.incomplete = true
		l.report.errorAt(here, "Cannot read the configuration directory", "%v.", err)
		return nil
	}
	if len(names) == 0 {
		l.names.incomplete = true
		l.report.errorAt(here, "No configuration files", "The directory %s has no file whose name ends in .cf.hcl or .cf.json. "+
			"Write one, such as main.cf.hcl with a zone block, run \"cfplan init\" to have one written, or name another directory with -chdir=DIR.", l.dir)
	}
	var out []source
	for _, name := range names {
		s := l.parse(name, filepath.Join(l.dir, name), maskSettings)
		if s.broken {
			l.names.incomplete = true
		} else {
			l.hideSettings(s.body)
		}
		if s.body != nil {
			out = append(out, s)
		}
	}
	return out
}

// configFiles lists the directory's configuration files, sorted.
func configFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		name := e.Name()
		if !e.IsDir() && !strings.HasPrefix(name, ".") && isConfigFile(name) {
			out = append(out, name)
		}
	}
	return out, nil
}

func isConfigFile(name string) bool {
	return strings.HasSuffix(name, ".cf.hcl") || strings.HasSuffix(name, ".cf.json")
}

// parse reads one file, HCL or JSON by its name, which is also what diagnostics
// call it. It reports what is wrong. A file that cannot be read is a broken one
// without a body; one that cannot be parsed is shown as maskBroken leaves it.
func (l *loader) parse(name, path string, maskBroken func([]byte) []byte) source {
	src, err := files.ReadFile(path, lang.MaxFile)
	if err == nil {
		err = lang.CheckDepth(src)
	}
	if err != nil {
		rng := hcl.Range{Filename: name, Start: hcl.InitialPos, End: hcl.InitialPos}
		l.report.errorAt(rng, "Cannot read file", "%v.", err)
		return source{broken: true}
	}
	f, diags := parseSource(name, src)
	if f == nil {
		f = &hcl.File{Bytes: src}
	}
	if diags.HasErrors() {
		f = withBytes(f, maskBroken(src))
		withholdQuotes(diags, src, f.Bytes)
	}
	l.report.add(diags...)
	l.files[name] = f
	if bytes.Contains(src, []byte(secretKey)) {
		l.hideLines(name, wholeKey)
	}
	return source{body: f.Body, broken: diags.HasErrors(), text: src}
}

func parseSource(name string, src []byte) (*hcl.File, hcl.Diagnostics) {
	// A new parser each time: one parser returns the first of two files that
	// happen to have the same relative name.
	parser := hclparse.NewParser()
	if strings.HasSuffix(name, ".json") {
		return parser.ParseJSON(src, name)
	}
	return parser.ParseHCL(src, name)
}

func home(env []string) string {
	i := slices.IndexFunc(env, func(e string) bool { return strings.HasPrefix(e, "HOME=") })
	if i < 0 {
		return ""
	}
	return strings.TrimPrefix(env[i], "HOME=")
}
