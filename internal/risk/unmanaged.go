package risk

import (
	"fmt"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
)

// management decides whether cfplan manages a record that stays in the zone.
type management struct {
	exclusive bool
	ignore    *dns.Patterns
	scope     *dns.ZoneScope
	owned     map[string]string
	declared  map[dns.Key]bool
}

func newManagement(z plan.Zone, declared dns.Zone, owned map[string]string) management {
	m := management{
		exclusive: z.Ownership == dns.Exclusive,
		ignore:    dns.NewPatterns(declared.Policy.Ignore, z.Name),
		scope:     declared.Policy.Scope.In(z.Name),
		owned:     owned,
		declared:  make(map[dns.Key]bool, len(declared.Records)),
	}
	for _, r := range declared.Records {
		m.declared[r.Key()] = true
	}
	return m
}

// manages reports whether cfplan manages a record that stays. It does if the record is owned or declared, or if the
// zone is exclusive and neither its ignore patterns nor a Cloudflare product keep the record. cfplan never manages
// records outside of the scope.
func (m management) manages(r dns.Record) bool {
	if !m.scope.Has(r) {
		return false
	}
	if _, owned := m.owned[r.ID]; owned || m.declared[r.Key()] {
		return true
	}
	return m.exclusive && r.Keeper() == "" && !m.ignore.Match(r)
}

// joined says what happens if records of a type stay beside a new one. It lacks the types for which that does not
// matter: two TXT records, for example, do not affect each other, and SPF and DMARC have a rule of their own.
var joined = map[dns.Type]string{
	dns.A:     "the traffic is shared",
	dns.AAAA:  "the traffic is shared",
	dns.MX:    "the mail is shared",
	dns.NS:    "resolvers ask all of these servers",
	dns.SRV:   "the clients are shared",
	dns.HTTPS: "clients may follow either",
	dns.SVCB:  "clients may follow either",
	dns.CAA:   "an issuer needs only one of them",
}

// joins finds a new record beside others of its name and type that cfplan does not manage. Resolvers then get more
// than the declared records.
func joins(s *scene, c plan.Change) string {
	meaning, matters := joined[c.Type]
	if c.Action != plan.Add || !matters {
		return ""
	}

	others := s.unmanaged.at(c.Name).of(c.Type)
	if len(others) == 0 {
		return ""
	}
	return fmt.Sprintf("%s keeps %s that cfplan does not manage, so %s: %s.",
		c.Name, english.Count(len(others), "other "+string(c.Type)+" record"), meaning, valuesOf(others))
}

// mostValues bounds how many values a sentence lists.
const mostValues = 3

// valuesOf lists the values of records.
func valuesOf(records []dns.Record) string {
	var values []string
	for _, r := range records[:min(len(records), mostValues)] {
		value := r.Content
		if r.Type == dns.MX {
			value = r.PriorityText() + " " + value
		}
		values = append(values, short(value))
	}

	if more := len(records) - mostValues; more > 0 {
		values = append(values, fmt.Sprintf("%d more", more))
	}
	return english.List(values, "and")
}

// replacesOthers finds an unmanaged record that a declared record with adopt = "replace" replaces.
func replacesOthers(_ *scene, c plan.Change) string {
	if !c.Replaces {
		return ""
	}

	value := c.BeforeRecord()
	if c.Action == plan.Destroy {
		return fmt.Sprintf("A record that cfplan did not create is destroyed: %s.", plan.Describe(value))
	}
	return fmt.Sprintf("A record that cfplan did not create is overwritten: %s. cfplan owns it afterwards.",
		plan.Describe(value))
}
