package config

import (
	"bytes"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/cfplan/cfplan/internal/config/lang"
)

// declarations holds the blocks of all files, grouped by kind, each kind in file order.
type declarations struct {
	settings, cloudflare, outputs, zones, modules, moved, removed hcl.Blocks
	// accounts are the cloudflare blocks with a name.
	accounts hcl.Blocks

	variables []*variable
	locals    []*hcl.Attribute
	names     *names
	// ofRoot are the blocks that are allowed only in the configuration's own directory.
	ofRoot hcl.Blocks
	// calls are the module blocks with their contents; see loadModules.
	calls []*moduleCall
	// pieces is the number of words and signs in the files.
	pieces int
	// protects is set if a record block in the files, or in a module that they call, may have
	// prevent_destroy or destroy = false.
	protects bool
}

// names are the variables and locals that the files declare.
type names struct {
	variables, locals, modules, outputs map[string]hcl.Range
	// calls are the module blocks by name, once they are loaded.
	calls map[string]*moduleCall
	// incomplete is set if a file could not be read. That file may declare more names.
	incomplete bool
	hints      hints
}

// declare groups the blocks of the files by kind and registers every name that expressions may refer to.
func declare(r *report, sources []source) *declarations {
	d := &declarations{names: &names{
		variables:  map[string]hcl.Range{},
		locals:     map[string]hcl.Range{},
		modules:    map[string]hcl.Range{},
		outputs:    map[string]hcl.Range{},
		calls:      map[string]*moduleCall{},
		incomplete: slices.ContainsFunc(sources, func(s source) bool { return s.broken }),
	}}
	for _, s := range sources {
		d.pieces += lang.Pieces(s.text)
		d.protects = d.protects || mayProtect(s.text)
		switch {
		case s.body == nil:
		case s.broken:
			// The syntax error has been reported. Other errors in this file may only be consequences
			// of it, so they are not reported.
			content, _ := s.body.Content(rootSchema)
			d.addNames(r.muted(), content.Blocks)
		default:
			content, diags := fileContent(s.body)
			r.add(adviseLabels(s.body, diags)...)
			d.addNames(r, content.Blocks)
			d.addBlocks(r, content.Blocks)
		}
	}
	return d
}

// addNames adds the blocks that declare names.
func (d *declarations) addNames(r *report, blocks hcl.Blocks) {
	for _, b := range blocks {
		switch b.Type {
		case "variable":
			d.addVariable(r, b)
		case "locals":
			d.addLocals(r, b)
		case "module":
			d.addModuleName(r, b)
		}
	}
}

// addBlocks adds the blocks that do not declare names.
func (d *declarations) addBlocks(r *report, blocks hcl.Blocks) {
	for _, b := range blocks {
		if slices.Contains(rootBlocks, b.Type) {
			d.ofRoot = append(d.ofRoot, b)
		}
		switch b.Type {
		case "cfplan":
			d.settings = append(d.settings, b)
		case "cloudflare":
			if len(b.Labels) > 0 {
				d.accounts = append(d.accounts, b)
			} else {
				d.cloudflare = append(d.cloudflare, b)
			}
		case "output":
			d.outputs = append(d.outputs, b)
			d.names.outputs[b.Labels[0]] = b.DefRange
		case "zone":
			d.zones = append(d.zones, b)
		case "moved":
			d.moved = append(d.moved, b)
		case "removed":
			d.removed = append(d.removed, b)
		case "module":
			if d.names.modules[b.Labels[0]] == b.DefRange {
				d.modules = append(d.modules, b)
			}
		default:
			if advise := misplaced[b.Type]; advise != nil {
				r.errorAt(b.DefRange, "Unsupported block \""+b.Type+"\"", "%s", advise(r, b))
			}
		}
	}
}

func (d *declarations) addVariable(r *report, b *hcl.Block) {
	name, rng := b.Labels[0], b.LabelRanges[0]
	if validName(r, "variable", name, rng) && unique(r, d.names.variables, "variable", name, b.DefRange) {
		d.variables = append(d.variables, readVariable(r, name, b))
	}
}

func (d *declarations) addModuleName(r *report, b *hcl.Block) {
	if name := b.Labels[0]; validName(r, "module", name, b.LabelRanges[0]) {
		unique(r, d.names.modules, "module", name, b.DefRange)
	}
}

func (d *declarations) addLocals(r *report, b *hcl.Block) {
	attrs, diags := b.Body.JustAttributes()
	r.add(diags...)
	for _, a := range sortedAttributes(attrs) {
		if validName(r, "local value", a.Name, a.NameRange) && unique(r, d.names.locals, "local value", a.Name, a.NameRange) {
			d.locals = append(d.locals, a)
		}
	}
}

// mayProtect reports whether a source may contain the attributes prevent_destroy or destroy. A JSON file may
// spell them with escapes.
func mayProtect(text []byte) bool {
	return bytes.Contains(text, []byte("destroy")) || bytes.Contains(text, []byte(`\u`))
}

// validName reports a name to which expressions could not refer. It returns whether the name is valid.
func validName(r *report, kind, name string, rng hcl.Range) bool {
	if hclsyntax.ValidIdentifier(name) {
		return true
	}
	r.errorAt(rng, "Invalid name of "+kind,
		"A name begins with a letter and has only letters, digits, underscores and dashes.")
	return false
}

// unique reports a second declaration of a name. It returns whether this declaration is the first.
func unique(r *report, seen map[string]hcl.Range, kind, name string, rng hcl.Range) bool {
	if first, ok := seen[name]; ok {
		r.errorAt(rng, "Duplicate "+kind,
			"The %s %q was already declared at %s. Remove one of the two, or give it another name.",
			kind, name, at(first))
		return false
	}
	seen[name] = rng
	return true
}
