package render

import (
	"fmt"
	"strings"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
)

// refusal is one reason why zones are not live, with all zones that share it.
type refusal struct {
	plan.Degradation
	zones []string
}

// refusals groups a plan's degraded zones by their reason. For example, a bad token is one refusal, however many
// zones it affects.
func refusals(degraded []plan.Degradation) []refusal {
	var out []refusal
	at := map[string]int{}
	for _, d := range degraded {
		key := fmt.Sprint(d.Account, d.Code, d.HTTPStatus, d.Message, d.Cause)
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, refusal{Degradation: d})
		}
		out[i].zones = append(out[i].zones, d.Zone)
	}

	return out
}

// headline says that the plan is read-only.
func headline(p *plan.Plan) string {
	what := "made from cached state, as requested"
	if len(p.Degraded) > 0 {
		what = fmt.Sprintf("%s for %s of %d", RefusalTitle(p.Degraded), english.Count(len(p.Degraded), "zone"),
			len(p.Zones))
	}
	return "Read-only plan: " + what + ". This plan cannot be applied."
}

// RefusalTitle says in a few words why zones could not be read. If no request was answered and all zones have the
// same title, for example because the token is not set, it returns that title, because Cloudflare has refused
// nothing.
func RefusalTitle(degraded []plan.Degradation) string {
	const general = "Cloudflare refused or could not be reached"

	for _, d := range degraded {
		if d.Title == "" || d.HTTPStatus != 0 || d.Title != degraded[0].Title {
			return general
		}
	}
	return Escape(degraded[0].Title)
}

// Refusal returns Cloudflare's message with the code, the HTTP status, the ray ID and the account, as far as they are
// known. The result is not escaped.
func Refusal(r plan.Degradation) string {
	var parts []string
	if r.Code != 0 {
		parts = append(parts, fmt.Sprintf("code %d", r.Code))
	}
	if r.HTTPStatus != 0 {
		parts = append(parts, fmt.Sprintf("HTTP status %d", r.HTTPStatus))
	}
	if r.RayID != "" {
		parts = append(parts, "ray "+r.RayID)
	}
	if r.Account != "" {
		parts = append(parts, "account "+r.Account)
	}
	if len(parts) == 0 {
		return r.Message
	}

	return fmt.Sprintf("%s (%s)", r.Message, strings.Join(parts, ", "))
}

func zoneNames(p *plan.Plan) []string {
	names := make([]string, len(p.Zones))
	for i, z := range p.Zones {
		names[i] = z.Name
	}
	return names
}

// zoneList names the first five zones and counts the others.
func zoneList(names []string) string {
	const most = 5
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
