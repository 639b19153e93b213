package config

import (
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/dns"
)

var movedSchema = &hcl.BodySchema{Attributes: []hcl.AttributeSchema{
	{Name: "from", Required: true},
	{Name: "to", Required: true},
}}

// rename is a moved block of one instance of a module.
type rename struct {
	dns.Moved
	from, to hcl.Range
	call     *callSite
}

// renames evaluates the moved blocks of a module. The addresses in the blocks are relative to the module.
func (e zoneEvaluator) renames(blocks hcl.Blocks, s evalContext) []rename {
	var out []rename
	for _, b := range blocks {
		content, ok := e.decoder.content(b.Body, movedSchema)
		if !ok {
			continue
		}
		from, known := e.address(content.Attributes, "from", s)
		to, alsoKnown := e.address(content.Attributes, "to", s)
		if !known || !alsoKnown {
			continue
		}

		m := rename{
			Moved: dns.Moved{From: from, To: to},
			from:  content.Attributes["from"].Expr.Range(),
			to:    content.Attributes["to"].Expr.Range(),
			call:  e.call,
		}
		switch {
		case from == to:
			e.report.errorAt(m.to, "Invalid moved block", "It moves %s to the same address.", from)
		case kindOfAddress(from) != kindOfAddress(to):
			e.report.errorAt(m.to, "Invalid moved block",
				"%s and %s must have the same zone and the same type, or both must be modules. A "+
					"record cannot change its zone or its type.", from, to)
		default:
			out = append(out, m)
		}
	}
	return out
}

// checkRenames returns the renames of all modules. It reports moved blocks that contradict each other or the
// declarations.
func checkRenames(r *report, all []rename, zones []dns.Zone) dns.Renames {
	if len(all) == 0 {
		return dns.Renames{}
	}

	byFrom, byTo := map[string]rename{}, map[string]rename{}
	var blocks []dns.Moved
	for _, m := range all {
		if before, known := byFrom[m.From]; known {
			m.fail(r, m.from, "Ambiguous moved blocks",
				"%s is already moved to %s at %s. Remove one of the two.", m.From, before.To, at(before.to))
			continue
		}
		if before, known := byTo[m.To]; known {
			m.fail(r, m.to, "Ambiguous moved blocks", "%s is already moved to %s at %s. Remove one of the two.",
				before.From, m.To, at(before.from))
			continue
		}
		byFrom[m.From], byTo[m.To] = m, m
		blocks = append(blocks, m.Moved)
	}

	reportCircles(r, all, byFrom)
	renames := dns.NewRenames(blocks)
	reported := map[string]bool{}
	for _, z := range zones {
		for _, record := range z.Records {
			by, _, moved := renames.Step(record.Declared.Address)
			if !moved || reported[by.From] {
				continue
			}
			reported[by.From] = true
			m := byFrom[by.From]
			m.fail(r, m.from, "Moved record is still declared",
				"%s is declared at %s:%d. Remove that declaration, or this block.",
				record.Declared.Address, record.Declared.File, record.Declared.Line)
		}
	}
	return renames
}

// reportCircles reports circles of moved blocks, each circle once.
func reportCircles(r *report, all []rename, byFrom map[string]rename) {
	seen := make(map[string]int, len(all))
	for i, m := range all {
		last, ok := m, true
		for ok && seen[last.From] == 0 {
			seen[last.From] = i + 1
			next, more := byFrom[last.To]
			if more && seen[next.From] == i+1 {
				last.fail(r, last.to, "Circle of moved blocks",
					"This leads back to %s, which is moved at %s. Remove one of the blocks.",
					next.From, at(next.from))
			}
			last, ok = next, more
		}
	}
}

// kindOfAddress returns the part of an address that both addresses of a moved block must share: the zone and the
// type. It returns "" for the path of a module.
func kindOfAddress(address string) string {
	if strings.HasPrefix(address, dns.ModulePrefix) {
		return ""
	}
	zone, rest, _ := strings.Cut(address, "/")
	typ, _, _ := strings.Cut(rest, "/")
	return zone + "/" + typ
}

func (m rename) fail(r *report, rng hcl.Range, summary, format string, args ...any) {
	defer r.inside(m.call)()
	r.errorAt(rng, summary, format, args...)
}
