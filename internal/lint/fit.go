package lint

import (
	"fmt"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
)

// Fit adapts a record from another source so that Cloudflare accepts it: it brings the TTL into
// range and removes the comment, tags and settings if Cloudflare refuses them. It returns a warning
// for each change, and for a name or target that looks wrong. If no change makes Cloudflare accept
// the record, fits is false, and the only warning says why.
func Fit(r dns.Record, zone string) (fitted dns.Record, warnings []*dns.Problem, fits bool) {
	fitted = r
	done := map[string]bool{}
	for _, p := range Record(r, zone) {
		remedy, found := remedies[p.Rule]
		switch {
		case p.Rule == "name-doubled" || p.Rule == "target-doubled":
			warnings = append(warnings, p)
		case p.Severity != dns.Error || done[p.Rule]:
		case !found:
			left := caution(p.Rule, p.Attr, "Record left out",
				"The %s record at %s is left out. %s", r.Type, dns.Show(r.Name), p.Detail)
			return r, []*dns.Problem{left}, false
		default:
			done[p.Rule] = true
			outcome := remedy.apply(&fitted, p)
			warnings = append(warnings, caution(p.Rule, p.Attr, remedy.summary,
				"The %s record at %s %s", r.Type, dns.Show(r.Name), outcome))
		}
	}
	return fitted, warnings, true
}

// remedy changes a record so that it passes a check. apply returns what it did and why, as the
// end of a sentence.
type remedy struct {
	summary string
	apply   func(r *dns.Record, p *dns.Problem) (outcome string)
}

// remedies maps the names of checks to their remedies. Only the remedy for the TTL changes the answers that
// resolvers get.
var remedies = map[string]remedy{
	"ttl": {"TTL brought into range", func(r *dns.Record, _ *dns.Problem) string {
		had := r.TTL
		r.TTL = min(max(had, dns.MinTTL), dns.MaxTTL)
		return fmt.Sprintf("gets a TTL of %d instead of %d. Cloudflare accepts %d to %d seconds.",
			r.TTL, had, dns.MinTTL, dns.MaxTTL)
	}},
	"comment": {"Comment left out", func(r *dns.Record, p *dns.Problem) string {
		r.Comment = ""
		return "is taken without its comment. " + p.Detail
	}},
	"tags": {"Tags left out", func(r *dns.Record, p *dns.Problem) string {
		r.Tags = slices.DeleteFunc(slices.Clone(r.Tags), refusedTag)
		return "is taken without the tags that Cloudflare refuses. " + p.Detail
	}},
	"proxied": {"Proxying left out", func(r *dns.Record, _ *dns.Problem) string {
		r.Proxied = false
		return "is taken without proxying. Cloudflare proxies A, AAAA and CNAME."
	}},
	"private-routing": {"Setting left out", func(r *dns.Record, _ *dns.Problem) string {
		r.PrivateRouting = false
		return "is taken without private_routing, which is for proxied A and AAAA records."
	}},
	"settings": {"Settings left out", func(r *dns.Record, p *dns.Problem) string {
		r.Settings = dns.Settings{}
		return "is taken without its settings. " + p.Detail
	}},
}

// refusedTag reports whether Cloudflare refuses a tag.
func refusedTag(tag string) bool {
	var c checker
	c.checkTag(tag)
	return slices.ContainsFunc(c.problems, func(p *dns.Problem) bool { return p.Severity == dns.Error })
}

// FitZone reports the conflicts that Cloudflare refuses between the records of a zone from another
// source. The caller can leave out the records of the problems in left, because resolvers never see
// them: records at a delegated name, and DS records without a delegation. The user must decide about
// the problems in refused, such as a CNAME beside an address.
func FitZone(z dns.Zone) (left, refused []ZoneProblem) {
	for _, p := range Zone(z) {
		switch {
		case p.Severity != dns.Error || len(p.Records) == 0:
		case p.Rule == "ns-alone" || p.Rule == "ds-without-ns":
			idle := slices.DeleteFunc(slices.Clone(p.Records), func(i int) bool {
				return z.Records[i].Type == dns.NS
			})
			left = append(left, ZoneProblem{caution(p.Rule, p.Attr, "Records left out", "%s", p.Detail), idle})
		default:
			refused = append(refused, p)
		}
	}
	return left, refused
}
