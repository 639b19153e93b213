package config

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/dns"
)

var (
	removedSchema = &hcl.BodySchema{
		Attributes: []hcl.AttributeSchema{{Name: "from", Required: true}},
		Blocks:     []hcl.BlockHeaderSchema{{Type: "lifecycle"}},
	}
	removedLifecycle = &hcl.BodySchema{Attributes: attributes("destroy")}
)

// removal is a removed block of one instance of a module.
type removal struct {
	dns.Removed
	rng  hcl.Range
	call *callSite
}

// removals evaluates the removed blocks of a module. The addresses in the blocks are relative to the module.
func (e zoneEvaluator) removals(blocks hcl.Blocks, s evalContext) []removal {
	var out []removal
	for _, b := range blocks {
		content, ok := e.decoder.content(b.Body, removedSchema)
		if !ok {
			continue
		}
		from, ok := e.address(content.Attributes, "from", s)
		if !ok {
			continue
		}

		out = append(out, removal{
			Removed: dns.Removed{
				From:    from,
				Destroy: e.decoder.destroys(single(e.report, content.Blocks, "lifecycle")),
				File:    b.DefRange.Filename,
				Line:    b.DefRange.Start.Line,
			},
			rng:  content.Attributes["from"].Expr.Range(),
			call: e.call,
		})
	}
	return out
}

// destroys reads destroy from the lifecycle of a removed block. The default is true, as in Terraform.
func (d decoder) destroys(lifecycle *hcl.Block) bool {
	if lifecycle == nil {
		return true
	}
	content, _ := d.content(lifecycle.Body, removedLifecycle)
	a := content.Attributes["destroy"]
	return a == nil || constantBool(d.report, a, true)
}

// address reads an address of records. They may be declared elsewhere, or no longer be declared.
func (e zoneEvaluator) address(attrs hcl.Attributes, name string, s evalContext) (string, bool) {
	a := attrs[name]
	if a == nil {
		return "", false // the attribute is null, or missing, which has been reported
	}
	one := hcl.Attributes{name: a}
	references{names: e.decoder.names}.checkAll(e.report, one)
	r := &reader{report: e.report, ctx: s.ctx, attrs: one}
	text, ok := r.text(dns.Attribute(name))
	if !ok {
		return "", false
	}
	if len(r.secret) > 0 {
		r.fail(dns.Attribute(name), "Sensitive address", "An address is shown, so it cannot be sensitive. "+
			"Wrap what may be shown in nonsensitive().")
		return "", false
	}

	address, problem := readAddress(text, e.decoder.path)
	if problem != "" {
		r.fail(dns.Attribute(name), "Invalid address",
			"%s An address is ZONE/TYPE/LABEL, with the [\"KEY\"] of an instance or without one for all, or "+
				"module.NAME for everything in a module; \"cfplan state list\" shows the addresses of records.", problem)
		return "", false
	}
	return address, true
}

// readAddress parses an address that is relative to the module with the given path. problem says what is wrong with the
// address, or is "".
func readAddress(text, path string) (address, problem string) {
	if strings.HasPrefix(text, dns.ModulePrefix) {
		if !isModulePath(text) {
			return "", fmt.Sprintf("%s is not the path of a module.", dns.Show(text))
		}
		return path + text, ""
	}

	parts := strings.SplitN(text, "/", 3)
	if len(parts) < 3 || parts[2] == "" {
		return "", fmt.Sprintf("%s lacks a zone, a type or a label.", dns.Show(text))
	}
	zone, unfit := dns.CanonicalName(parts[0])
	_, own := dns.SplitModule(parts[2])
	switch {
	case unfit != nil:
		return "", fmt.Sprintf("%s is not the name of a zone.", dns.Show(parts[0]))
	case !dns.Type(parts[1]).Writable():
		return "", fmt.Sprintf("There is no record type %s.", dns.Show(parts[1]))
	case strings.HasPrefix(own, dns.ModulePrefix):
		return "", fmt.Sprintf("%s is the path of a module and lacks the label of a record in it.", dns.Show(parts[2]))
	case strings.HasSuffix(own, "]") && dns.WithoutKey(own) == own:
		return "", fmt.Sprintf("The key of %s is neither a number nor a text in quotation marks.", dns.Show(own))
	}
	return zone + "/" + parts[1] + "/" + path + parts[2], ""
}

// isModulePath reports whether a text is the path of a module, without anything after it.
func isModulePath(text string) bool {
	for {
		_, _, rest, ok := dns.CutModule(text)
		switch {
		case !ok:
			return false
		case rest == "":
			return true
		}
		text = rest[1:]
	}
}

// checkRemovals returns the removals of all modules. It reports removed blocks that contradict each other or the
// declarations.
func checkRemovals(r *report, all []removal, zones []dns.Zone) dns.Removals {
	if len(all) == 0 {
		return dns.Removals{}
	}

	first := make(map[string]removal, len(all))
	var blocks []dns.Removed
	for _, b := range all {
		if before, known := first[b.From]; known {
			b.fail(r, "Duplicate removed block", "%s is already in the removed block at %s. Remove one of the two.",
				b.From, at(before.rng))
			continue
		}
		first[b.From] = b
		blocks = append(blocks, b.Removed)
	}

	reported := map[string]bool{}
	for _, z := range zones {
		for _, record := range z.Records {
			for _, family := range dns.Families(record.Declared.Address) {
				b, removed := first[family]
				if !removed || reported[family] {
					continue
				}
				reported[family] = true
				b.fail(r, "Removed record is still declared",
					"%s is declared at %s:%d. Remove that declaration, or this block.",
					record.Declared.Address, record.Declared.File, record.Declared.Line)
			}
		}
	}
	return dns.NewRemovals(blocks)
}

func (b removal) fail(r *report, summary, format string, args ...any) {
	defer r.inside(b.call)()
	r.errorAt(b.rng, summary, format, args...)
}
