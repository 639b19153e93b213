package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/cfplan/cfplan/internal/config/lang"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
)

// maxModuleDepth is the greatest depth of nested modules.
const maxModuleDepth = 32

// moduleLoader finds the directories that module blocks name. It reads each directory only once, even if several
// blocks name it. It does not evaluate anything.
type moduleLoader struct {
	report *report
	tree   *lang.Tree
	budget *lang.Budget
	// root is the directory of the configuration.
	root string
	// loaded maps the real paths of directories to their declarations. The value is nil for a
	// directory that could not be read.
	loaded map[string]*declarations
	// listed caches the contents of directories, so that many blocks do not list the same directory
	// many times.
	listed map[string]listing
	// path is the chain of directories from the root module to the directory that is being loaded.
	path []loading
}

// loading is an element of moduleLoader.path.
type loading struct {
	// real is the path of the directory in the tree, without links.
	real string
	call *callSite
}

// listing holds the contents of a directory, or the error of reading it.
type listing struct {
	names []string
	// real is the path of the directory in the tree, without links.
	real string
	err  error
}

// loadModules reads the modules that the root module's declarations call, those that they call, and so on.
func loadModules(r *report, tree *lang.Tree, budget *lang.Budget, root string, d *declarations) {
	if len(d.modules) == 0 {
		return
	}
	_, real, err := tree.List(".")
	if err != nil {
		return // readSources has reported the error
	}
	l := &moduleLoader{
		report: r,
		tree:   tree,
		budget: budget,
		root:   root,
		loaded: map[string]*declarations{},
		listed: map[string]listing{},
		path:   []loading{{real: real}},
	}
	l.calls(d, ".")
}

// calls reads the module blocks of a directory and the modules that these blocks call.
func (l *moduleLoader) calls(d *declarations, dir string) {
	for _, b := range d.modules {
		c := &moduleCall{name: b.Labels[0], block: b}
		l.decode(c)
		if a := c.attrs["source"]; a != nil {
			delete(c.attrs, "source")
			l.load(c, a, dir)
		}
		d.calls = append(d.calls, c)
		d.names.calls[c.name] = c
	}

	for _, c := range d.calls {
		d.checkCall(l.report, c)
	}
}

// decode reads the source, the arguments and the inputs of a module block.
func (l *moduleLoader) decode(c *moduleCall) {
	content, rest, diags := c.block.Body.PartialContent(moduleSchema)
	l.report.add(diags...)
	c.attrs = content.Attributes
	c.inputs, diags = rest.JustAttributes()
	l.report.add(diags...)
}

// load reads the directory that a call names.
func (l *moduleLoader) load(c *moduleCall, a *hcl.Attribute, from string) {
	if !constantOnly(l.report, a,
		"The source of a module must be a constant, because cfplan reads modules before it evaluates anything.") {
		return
	}
	v := constant(l.report, a, cty.String)
	if v.IsNull() {
		return
	}
	c.source = v.AsString()
	if advice := l.oddSource(c.source, from); advice != "" {
		l.report.errorAt(a.Expr.Range(), "Invalid module source", "%s", advice)
		return
	}

	c.dir = path.Join(from, c.source)
	found := l.list(c.dir)
	if found.err != nil {
		l.report.errorAt(a.Expr.Range(), "Module cannot be read", "%s", l.whyNot(c, found.err))
		return
	}
	if i := slices.IndexFunc(l.path, func(p loading) bool { return p.real == found.real }); i >= 0 {
		l.containsItself(c, a, l.path[i])
		return
	}
	if d, known := l.loaded[found.real]; known {
		c.inside = d
		return
	}
	if len(l.path) > maxModuleDepth {
		l.report.errorAt(a.Expr.Range(), "Modules too deep",
			"This module is nested in %d others, which is the limit. Call it from a module higher up.",
			maxModuleDepth)
		return
	}
	l.loaded[found.real] = l.directory(c, a, found)
	c.inside = l.loaded[found.real]
}

// list returns the contents of a directory, from the cache if possible.
func (l *moduleLoader) list(dir string) listing {
	found, known := l.listed[dir]
	if !known {
		found.names, found.real, found.err = l.tree.List(filepath.FromSlash(dir))
		l.listed[dir] = found
	}
	return found
}

// directory reads the files of a module and the modules that these files call.
func (l *moduleLoader) directory(c *moduleCall, a *hcl.Attribute, found listing) *declarations {
	files := slices.DeleteFunc(slices.Clone(found.names), func(name string) bool { return !IsFileName(name) })
	if len(files) == 0 {
		other := ""
		if slices.ContainsFunc(found.names, func(name string) bool { return strings.HasSuffix(name, ".tf") }) {
			other = " Its Terraform files are not read; \"cfplan import\" writes zones as HCL of cfplan."
		}
		l.report.errorAt(a.Expr.Range(), "Module without configuration files",
			"The directory %s has no file whose name ends in .cf.hcl or .cf.json.%s", c.dir, other)
		return nil
	}

	call := &callSite{dns.ModulePrefix + c.name, c.block.DefRange, l.path[len(l.path)-1].call}
	if call.caller != nil {
		call.module = call.caller.module + "." + call.module
	}
	defer l.report.inside(call)()
	l.path = append(l.path, loading{found.real, call})
	defer func() { l.path = l.path[:len(l.path)-1] }()

	d := declare(l.report, readFiles(l.report, l.tree, l.budget, l.root, c.dir, files))
	d.refuseRootBlocks(l.report)
	l.calls(d, c.dir)
	d.protects = d.protects || slices.ContainsFunc(d.calls, func(c *moduleCall) bool { return c.inside != nil && c.inside.protects })
	return d
}

// containsItself reports a call of a module that is still being loaded, which would never end.
func (l *moduleLoader) containsItself(c *moduleCall, a *hcl.Attribute, outer loading) {
	if outer.call == nil {
		l.report.errorAt(a.Expr.Range(), "Module contains itself",
			"The source %q is the directory of the configuration itself, which would contain itself without end. "+
				"Name the directory of a module.", c.source)
		return
	}
	l.report.errorAt(a.Expr.Range(), "Module contains itself",
		"The source %q is the directory of %s, called at %s, which contains this block. The two would contain "+
			"each other without end: remove one of the calls, or move what both need into a third directory.",
		c.source, outer.call.module, at(outer.call.rng))
}

// remoteSource matches sources that Terraform would fetch: URLs, repositories and registry addresses.
var remoteSource = regexp.MustCompile(`::|://|^[\w.-]+@|^(?:github\.com|bitbucket\.org|gitlab\.com)/|\?ref=`)

// oddSource says what is wrong with the text of a source. It returns "" if the text is a valid relative path.
func (l *moduleLoader) oddSource(source, from string) string {
	const copied = "cfplan reads modules from local directories only. Copy the module into the repository, " +
		"for example as a git submodule, and write its path, as in source = \"./modules/NAME\"."
	local := source == "." || source == ".." || strings.HasPrefix(source, "./") || strings.HasPrefix(source, "../")
	switch {
	case local:
		return ""
	case source == "":
		return "The source is empty. Write the path of a directory, as in source = \"./modules/NAME\"."
	case remoteSource.MatchString(source):
		return fmt.Sprintf("%q is a remote address. %s", source, copied)
	case path.IsAbs(source) || filepath.IsAbs(source) || strings.HasPrefix(source, "~"):
		return fmt.Sprintf("%q is an absolute path, which works on only one machine. "+
			"Write it relative to the directory of this file, beginning with ./ or ../.", source)
	}
	if slices.ContainsFunc(l.list(path.Join(from, source)).names, IsFileName) {
		return fmt.Sprintf("The path of a local module begins with ./ or ../. Did you mean \"./%s\"?", source)
	}
	return fmt.Sprintf("%q does not begin with ./ or ../, so Terraform would look for it in a registry. %s",
		source, copied)
}

// whyNot says why the directory of a call cannot be read, and what the user can do.
func (l *moduleLoader) whyNot(c *moduleCall, err error) string {
	var outside *lang.OutsideError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Sprintf(
			"There is no directory %s. A source is relative to the directory of the file that contains it.", c.dir)
	case errors.As(err, &outside):
		return fmt.Sprintf("%v. %s", err, l.widen(c.dir))
	}
	return fmt.Sprintf("%v.", err)
}

// widen says how to allow a directory above the configuration's directory.
func (l *moduleLoader) widen(dir string) string {
	up := strings.Count(dir+"/", "../")
	above, err := filepath.Abs(filepath.Join(l.root, strings.Repeat("../", up)))
	if err != nil || up == 0 {
		return "Copy the module into the configuration's directory."
	}
	return fmt.Sprintf("If the files there may be read, set it to the directory that contains both, as in "+
		"CFPLAN_FILES_ROOT=%s; or move the module below the configuration's directory.", above)
}

// checkCall reports invalid references and inputs of a call. This happens once, not for each instance of the calling
// module.
func (d *declarations) checkCall(r *report, c *moduleCall) {
	refs := references{names: d.names}
	refs.checkRepetition(r, c.attrs)
	refs.each, refs.count = c.attrs["for_each"] != nil, c.attrs["count"] != nil
	refs.checkAll(r, c.inputs)
	if c.inside == nil || c.inside.names.incomplete {
		return
	}

	for _, a := range sortedAttributes(c.inputs) {
		if _, known := c.inside.names.variables[a.Name]; !known {
			r.errorAt(a.NameRange, "Unsupported argument", "%s", c.unknownInput(r, a.Name))
		}
	}
	for _, v := range c.inside.variables {
		if input := c.inputs[v.name]; v.sensitive && input != nil {
			r.hide(input.Expr.Range())
		}
		switch {
		case slices.Contains(moduleArguments, v.name):
			r.errorAt(v.rng, "Reserved name of a variable",
				"A module block uses %q itself, so the variable cannot get a value from the call at %s. "+
					"Give the variable another name.", v.name, at(c.block.DefRange))
		case c.inputs[v.name] == nil && v.fallback == nil && !v.broken:
			r.errorAt(c.block.DefRange, "Missing required argument",
				"The module in %s needs a value for its variable %q, declared at %s: add %s = VALUE to this block.",
				c.dir, v.name, at(v.rng), v.name)
		}
	}
}

// moduleArguments are the arguments of a module block that are not inputs.
var moduleArguments = []string{"source", "for_each", "count"}

// foreignArguments maps arguments that module blocks have only in Terraform to advice.
var foreignArguments = map[string]string{
	"version":   "Modules are local directories, which have no versions: remove it.",
	"providers": "There are no providers: remove it.",
	"depends_on": "There is nothing to order: a module is evaluated after those whose outputs it uses, and " +
		"records are changed in the order that Cloudflare needs. Remove it.",
}

// unknownInput says what to do about an input for which the module has no variable.
func (c *moduleCall) unknownInput(r *report, name string) string {
	if advice := foreignArguments[name]; advice != "" {
		return advice
	}
	known := slices.Sorted(maps.Keys(c.inside.names.variables))
	if hint := r.hints.didYouMean(name, known); hint != "" {
		return fmt.Sprintf("The module in %s has no variable %q.%s", c.dir, name, hint)
	}
	const most = 10
	switch {
	case len(known) == 0:
		return fmt.Sprintf("The module in %s has no variable %q; it has none at all.", c.dir, name)
	case len(known) > most:
		return fmt.Sprintf("The module in %s has no variable %q. Declare it there with variable %q {}.",
			c.dir, name, name)
	}
	return fmt.Sprintf("The module in %s has no variable %q; it has %s.",
		c.dir, name, english.List(english.Quoted(known), "and"))
}

// rootBlocks are the blocks that apply to the configuration as a whole.
var rootBlocks = []string{"cfplan", "cloudflare", "test", "policy"}

// refuseRootBlocks reports blocks that are allowed only in the configuration's own directory.
func (d *declarations) refuseRootBlocks(r *report) {
	for _, b := range d.ofRoot {
		r.errorAt(b.DefRange, "Block not allowed in a module",
			"A %s block applies to the configuration as a whole. Move it into a file "+
				"of the configuration's own directory.", b.Type)
	}
}
