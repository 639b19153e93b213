package risk

import (
	"fmt"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
)

func lostService(s *scene, c plan.Change) string {
	services := []dns.Type{dns.SRV, dns.URI, dns.NAPTR}
	if c.Action != plan.Destroy || !slices.Contains(services, c.Type) || s.after.at(c.Name).has(c.Type) {
		return ""
	}
	return fmt.Sprintf("Clients no longer find the service %s.", c.Name)
}

func pinned(_ *scene, c plan.Change) string {
	pins := []dns.Type{dns.TLSA, dns.SMIMEA, dns.SSHFP, dns.OPENPGPKEY, dns.CERT}
	if !slices.Contains(pins, c.Type) || c.Action == plan.Add || !moves(c) {
		return ""
	}
	return fmt.Sprintf("Clients that check the %s record of %s may refuse to connect.", c.Type, c.Name)
}

func oldAnswers(_ *scene, c plan.Change) string {
	const long = 3600
	if c.Before == nil || c.Before.TTL < long || !moves(c) {
		return ""
	}
	return fmt.Sprintf("Resolvers may keep the old answer for %s for up to %s.", c.Name, duration(c.Before.TTL))
}

// duration writes a TTL in words: in hours, rounded, or in minutes if the TTL is less than two hours and not a
// whole number of hours.
func duration(seconds int) string {
	const hour = 3600
	if seconds < 2*hour && seconds%hour != 0 {
		return english.Count(seconds/60, "minute")
	}
	return english.Count((seconds+hour/2)/hour, "hour")
}
