package config

import (
	"github.com/hashicorp/hcl/v2"
)

// declarations are the blocks of all files, sorted by kind, in file order.
type declarations struct {
	settings, cloudflare, outputs, zones hcl.Blocks

	variables []*variable
	locals    []*hcl.Attribute
}

// declarations sorts the files' blocks and registers every name that an
// expression may refer to.
func (l *loader) declarations(sources []source) *declarations {
	d := &declarations{}
	for _, s := range sources {
		content, diags := s.body.Content(rootSchema)
		if s.broken {
			// Only the syntax error is certain. The rest of the file may look
			// wrong for no other reason.
			l.quietly(func() { l.declareNames(d, content.Blocks) })
			continue
		}
		l.report.add(diags...)
		l.declareNames(d, content.Blocks)
		l.declareRest(d, content.Blocks)
	}
	return d
}

// quietly runs f and forgets what it reports.
func (l *loader) quietly(f func()) {
	kept := l.report
	l.report = newReport()
	f()
	l.report = kept
}

func (l *loader) declareNames(d *declarations, blocks hcl.Blocks) {
	for _, b := range blocks {
		switch b.Type {
		case "variable":
			l.declareVariable(d, b)
		case "locals":
			l.declareLocals(d, b)
		}
	}
}

func (l *loader) declareRest(d *declarations, blocks hcl.Blocks) {
	for _, b := range blocks {
		switch b.Type {
		case "cfplan":
			d.settings = append(d.settings, b)
		case "cloudflare":
			d.cloudflare = append(d.cloudflare, b)
		case "output":
			d.outputs = append(d.outputs, b)
		case "zone":
			d.zones = append(d.zones, b)
		default:
			if advice := misplaced[b.Type]; advice != "" {
				l.report.errorAt(b.DefRange, "Unsupported block \""+b.Type+"\"", "%s", advice)
			}
		}
	}
}

// unique reports a second declaration of a name, and returns whether this is
// the first.
func (l *loader) unique(seen map[string]hcl.Range, kind, name string, rng hcl.Range) bool {
	if first, ok := seen[name]; ok {
		l.report.errorAt(rng, "Duplicate "+kind, "The %s %q was already declared at %s. Remove one of the two, or give it another name.", kind, name, at(first))
		return false
	}
	seen[name] = rng
	return true
}
