package importer

import (
	"fmt"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/genconfig"
	"github.com/cfplan/cfplan/internal/lint"
	"github.com/cfplan/cfplan/internal/plan"
)

// fit brings the records of a zone into the form that Cloudflare can hold. It warns of each record that it
// changes or leaves out. A conflict that only the user can decide, such as a CNAME beside an address, is an
// error.
func fit(z *Zone) []plan.Diagnostic {
	var diags []plan.Diagnostic
	var kept []Record
	for _, r := range once(z) {
		fitted, warnings, fits := lint.Fit(r.Record, z.Name)
		for _, p := range warnings {
			diags = append(diags, problemAt(p, r.At))
		}
		if !fits {
			z.Left = append(z.Left, leave(r, "Cloudflare cannot hold it"))
			continue
		}
		r.Record = fitted
		kept = append(kept, r)
	}

	kept, found := fitTogether(z, kept)
	z.Records = kept
	return append(diags, found...)
}

// once returns the records of a zone without repetitions. Cloudflare cannot hold two records with the same
// name, type and content. A repetition that differs from the earlier record in other attributes is listed as
// left out. Records with an address of the other tool are all kept: the user must decide, because the tool
// has to let go of each.
func once(z *Zone) []Record {
	first := make(map[dns.Key]int, len(z.Records))
	out := make([]Record, 0, len(z.Records))
	for _, r := range z.Records {
		i, repeated := first[r.Record.Key()]
		if !repeated || r.At.Address != "" {
			first[r.Record.Key()] = len(out)
			out = append(out, r)
			continue
		}
		if differs := dns.Changed(r.Record, out[i].Record); len(differs) > 0 {
			z.Left = append(z.Left, leave(r, repeats(out[i], differs)))
		}
	}
	return out
}

// repeats returns the reason to leave out a record that repeats an earlier one and differs only in the given
// attributes.
func repeats(earlier Record, differs []dns.Attribute) string {
	words := make([]string, len(differs))
	for i, a := range differs {
		words[i] = string(a)
	}
	where := "an earlier record"
	if earlier.At.Position != nil {
		where = fmt.Sprintf("the record of line %d", earlier.At.Line)
	}
	return fmt.Sprintf("it repeats %s and differs in %s", where, english.List(words, "and"))
}

// fitTogether checks which records of a zone Cloudflare cannot hold beside each other. It returns the records
// to keep.
func fitTogether(z *Zone, records []Record) ([]Record, []plan.Diagnostic) {
	whole := dns.Zone{Name: z.Name, Records: make([]dns.Record, len(records))}
	for i, r := range records {
		whole.Records[i] = r.Record
	}
	left, refused := lint.FitZone(whole)

	var diags []plan.Diagnostic
	for _, p := range slices.Concat(left, refused) {
		diags = append(diags, problemAt(p.Problem, together(records, p.Records)))
	}
	idle := map[int]bool{}
	for _, p := range left {
		for _, i := range p.Records {
			idle[i] = true
		}
	}

	var kept []Record
	for i, r := range records {
		if idle[i] {
			z.Left = append(z.Left, leave(r, "it has no effect at a delegated name"))
			continue
		}
		kept = append(kept, r)
	}
	return kept, diags
}

func leave(r Record, reason string) Left {
	return Left{Omission: genconfig.Omission{Record: r.Record, Reason: reason}, At: r.At}
}

// together returns the place of the first of several records, with the addresses of all of them.
func together(records []Record, which []int) Origin {
	at := records[which[0]].At
	if at.Address == "" {
		return at
	}
	addresses := make([]string, len(which))
	for n, i := range which {
		addresses[n] = records[i].At.Address
	}
	at.Address = shortList(addresses)
	return at
}

// problemAt returns a problem as a diagnostic with its place. It puts the address into the detail too,
// because users of a long state know its addresses and not its lines.
func problemAt(p *dns.Problem, at Origin) plan.Diagnostic {
	detail := p.Detail
	if at.Address != "" {
		detail = at.Address + ": " + detail
	}
	return plan.Diagnostic{
		Severity: p.Severity,
		Summary:  p.Summary,
		Detail:   detail,
		Address:  at.Address,
		Position: at.Position,
	}
}
