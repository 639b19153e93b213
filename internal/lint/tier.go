package lint

import (
	"fmt"
	"unicode/utf8"

	"github.com/cfplan/cfplan/internal/dns"
)

// Limits of Cloudflare's plans, in records of a zone and characters of a comment.
const (
	freeRecords    = 200
	oldFreeRecords = 1000 // Free zones created before September 2024
	paidRecords    = 3500
	freeComment    = 100
)

// Tier reports what the zone's plan at Cloudflare does not allow. If the tier is not known,
// Tier returns nil. It ignores z.Tier, because a declared zone has none.
func Tier(z dns.Zone, tier dns.Tier) []ZoneProblem {
	if !tier.Known() {
		return nil
	}

	c := zoneChecker{zone: z}
	c.checkQuota(tier)
	for i, r := range z.Records {
		if tier != dns.Enterprise && r.TTL >= minEnterpriseTTL && r.TTL < dns.MinTTL {
			c.add(fault("tier-ttl", dns.AttrTTL, "TTL below the limit of "+tier.Plan(),
				"%s is on %s. Only zones on %s accept a TTL below %d seconds; this one is %d.",
				dns.Show(z.Name), tier.Plan(), dns.Enterprise.Plan(), dns.MinTTL, r.TTL), []int{i})
		}
		if tier == dns.Free {
			c.checkFree(i, r)
		}
	}
	return c.problems
}

// RecordQuota returns the number of records that every zone of the tier may hold. Some zones may hold
// more. An unknown tier counts as Free.
func RecordQuota(tier dns.Tier) int {
	if tier == dns.Free || !tier.Known() {
		return freeRecords
	}
	return paidRecords
}

func (c *zoneChecker) checkQuota(tier dns.Tier) {
	most, more := RecordQuota(tier), ""
	switch tier {
	case dns.Free:
		more = fmt.Sprintf(" (%d if it is older than September 2024)", oldFreeRecords)
	case dns.Enterprise:
		return // the customer's contract with Cloudflare sets the quota
	}

	if n := len(c.zone.Records); n > most {
		c.add(caution("tier-records", "", "More records than "+tier.Plan()+" allows",
			"%s declares %d records. %s allows %d in a zone%s.", dns.Show(c.zone.Name), n, tier.Plan(), most, more))
	}
}

// checkFree reports attributes of a record that a Free zone cannot have.
func (c *zoneChecker) checkFree(i int, r dns.Record) {
	zone := dns.Show(c.zone.Name)
	if len(r.Tags) > 0 {
		c.add(fault("tier-tags", dns.AttrTags, "Tags in a Free zone",
			"%s is on %s, which has no tags.", zone, dns.Free.Plan()), []int{i})
	}

	if n := utf8.RuneCountInString(r.Comment); n > freeComment {
		c.add(fault("tier-comment", dns.AttrComment, "Comment too long for a Free zone",
			"This comment has %d characters. %s is on %s, which accepts %d.",
			n, zone, dns.Free.Plan(), freeComment), []int{i})
	}

	if r.Settings.FlattenCNAME {
		c.add(fault("tier-flatten", dns.AttrFlattenCNAME, "flatten_cname in a Free zone",
			"%s is on %s. Flattening a single record needs a paid plan.", zone, dns.Free.Plan()), []int{i})
	}
}
