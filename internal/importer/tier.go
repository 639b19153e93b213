package importer

import (
	"fmt"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/lint"
	"github.com/cfplan/cfplan/internal/plan"
)

// FitTier changes records so that the zone's Cloudflare plan allows them, with a warning for each change.
// TTLs below 60 become 60 unless the zone is an Enterprise zone, and a Free zone gets no tags, no long
// comments and no flatten_cname. FitTier changes nothing if the tier is not known. It does not modify its
// input.
func FitTier(z Zone, tier dns.Tier) (Zone, []plan.Diagnostic) {
	together := dns.Zone{Name: z.Name, Records: make([]dns.Record, len(z.Records))}
	for i, r := range z.Records {
		together.Records[i] = r.Record
	}

	z.Records = slices.Clone(z.Records)
	var diags []plan.Diagnostic
	for _, p := range lint.Tier(together, tier) {
		if p.Severity != dns.Error {
			continue
		}
		for _, i := range p.Records {
			r := &z.Records[i]
			warning := *p.Problem
			warning.Severity = dns.Warning
			warning.Detail = fmt.Sprintf("%s The %s record at %s %s.",
				p.Detail, r.Record.Type, dns.Show(r.Record.Name), fitAttribute(&r.Record, p.Attr))
			diags = append(diags, problemAt(&warning, r.At))
		}
	}
	return z, diags
}

// fitAttribute resets an attribute to a value that every tier allows, and returns a clause that says so.
func fitAttribute(r *dns.Record, attribute dns.Attribute) string {
	switch attribute {
	case dns.AttrTTL:
		r.TTL = dns.MinTTL
		return fmt.Sprintf("gets a TTL of %d", r.TTL)
	case dns.AttrTags:
		r.Tags = nil
		return "is taken without its tags"
	case dns.AttrComment:
		r.Comment = ""
		return "is taken without its comment"
	case dns.AttrFlattenCNAME:
		r.Settings.FlattenCNAME = false
		return "is taken without flatten_cname"
	}
	return "is taken as it is"
}
