package importer

import (
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/genconfig"
	"github.com/cfplan/cfplan/internal/lint"
	"github.com/cfplan/cfplan/internal/plan"
)

// fit brings the records of a zone into the form that Cloudflare can hold. What is left out, or
// changed, is a warning. What needs a decision is an error, such as a CNAME beside an address.
func fit(z *Zone) []plan.Diagnostic {
	var diags []plan.Diagnostic
	var kept []Record
	for _, r := range z.Records {
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

// fitTogether looks at what Cloudflare cannot hold between the records of a zone.
func fitTogether(z *Zone, records []Record) ([]Record, []plan.Diagnostic) {
	together := dns.Zone{Name: z.Name, Records: make([]dns.Record, len(records))}
	for i, r := range records {
		together.Records[i] = r.Record
	}
	left, refused := lint.FitZone(together)

	var diags []plan.Diagnostic
	for _, p := range slices.Concat(left, refused) {
		diags = append(diags, problemAt(p.Problem, records[p.Records[0]].At))
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

// problemAt gives a problem its place.
func problemAt(p *dns.Problem, at Origin) plan.Diagnostic {
	return plan.Diagnostic{
		Severity: p.Severity,
		Summary:  p.Summary,
		Detail:   p.Detail,
		Address:  at.Address,
		Position: at.Position,
	}
}
