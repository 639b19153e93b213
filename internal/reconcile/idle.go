package reconcile

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// IdleTargetError is returned if targets match nothing. Nothing is planned then, because it is not
// clear what the user meant.
type IdleTargetError struct{ targets []idleTarget }

func (e *IdleTargetError) Error() string {
	var lines []string
	for _, t := range e.targets {
		lines = append(lines, t.why("target"))
	}
	return strings.Join(lines, "\n")
}

// idleTarget is a target that matches nothing, with a hint at a similar address.
type idleTarget struct{ text, hint string }

// why says what is wrong with the target of a flag.
func (t idleTarget) why(flag string) string {
	return fmt.Sprintf("-%s=%s: no record is declared, owned or would change at this address.%s "+
		"An address is ZONE, ZONE/TYPE or ZONE/TYPE/NAME, as the plan shows it.", flag, t.text, t.hint)
}

// idleTargets returns the targets and the excludes that match nothing that is declared, owned or
// would change.
func idleTargets(p *plan.Plan, desired []dns.Zone, known stored, s plan.Selection) (targets, excludes []idleTarget) {
	names := slices.Sorted(maps.Keys(known.state.Zones))
	zones := slices.Clone(desired)
	for _, name := range names {
		zones = append(zones, ownedUnder(name, known))
	}
	for _, z := range desired {
		names = append(names, z.Name)
	}

	idle, idleExcludes := s.Idle(zones, p.Zones, names)
	return withHints(idle, zones), withHints(idleExcludes, zones)
}

// ownedUnder returns the records that cfplan owns in a zone, with only their names, types and addresses.
func ownedUnder(zone string, known stored) dns.Zone {
	out := dns.Zone{Name: zone}
	owned := known.state.Zones[zone].Owned
	for _, id := range slices.Sorted(maps.Keys(owned)) {
		o := owned[id]
		out.Records = append(out.Records, dns.Record{
			Name:     o.Name,
			Type:     o.Type,
			Declared: &dns.Declaration{Address: o.Address, Sensitive: o.Sensitive},
		})
	}
	return out
}

// mostHinted limits for how many targets withHints looks for a similar address.
const mostHinted = 10

func withHints(targets []plan.Target, zones []dns.Zone) []idleTarget {
	var addresses, names []string
	if len(targets) > 0 {
		addresses, names = addressable(zones)
	}

	out := make([]idleTarget, len(targets))
	for i, t := range targets {
		out[i].text = t.String()
		if i < mostHinted {
			out[i].hint = hintAt(t.String(), addresses, names)
		}
	}
	return out
}

// addressable returns the addresses of records, and the names that can be used in place of an
// address.
func addressable(zones []dns.Zone) (addresses, names []string) {
	for _, z := range zones {
		names = append(names, z.Name)
		for _, r := range z.Records {
			if r.Declared == nil {
				continue
			}
			addresses = append(addresses, r.Declared.Address)
			if !slices.Contains(r.Declared.Sensitive, dns.AttrName) {
				names = append(names, r.Name)
			}
		}
	}
	slices.Sort(addresses)
	return slices.Compact(addresses), names
}

// hintAt returns the address that is most similar to the target. From a Terraform address, such as
// cloudflare_record.www, it takes the last part as the label.
func hintAt(target string, addresses, names []string) string {
	if hint := dns.DidYouMean(target, slices.Concat(addresses, names)); hint != "" {
		return hint
	}
	_, label, dotted := strings.Cut(target, ".")
	if !dotted || strings.Contains(target, "/") {
		return ""
	}
	label, _, _ = strings.Cut(label[strings.LastIndexByte(label, '.')+1:], "[")
	for _, a := range addresses {
		if block, _, _ := strings.Cut(a, "["); label != "" && strings.HasSuffix(block, "/"+label) {
			return fmt.Sprintf(" Did you mean %q?", a)
		}
	}
	return ""
}
