package lint

import (
	"fmt"
	"unicode/utf8"

	"github.com/cfplan/cfplan/internal/dns"
)

// Limits of Cloudflare's plans: records in a zone, characters in a comment.
const (
	freeRecords    = 200
	oldFreeRecords = 1000 // of Free zones made before September 2024
	paidRecords    = 3500
	freeComment    = 100
)

// Tier returns what the zone's plan at Cloudflare does not allow: "free",
// "pro", "business" or "enterprise". Where the plan is not known it says nothing.
func Tier(z dns.Zone, tier string) []ZoneProblem {
	switch tier {
	case "free", "pro", "business", "enterprise":
	default:
		return nil
	}
	c := zoneChecker{zone: z}
	c.checkQuota(tier)
	for i, r := range z.Records {
		if tier != "enterprise" && r.TTL >= minEnterpriseTTL && r.TTL < minTTL {
			c.add(fault("tier-ttl", "ttl", "TTL below the plan's limit", "%s is a zone of the plan %s, and only those of the plan enterprise take a TTL below %d seconds; this one is %d.", dns.Show(z.Name), tier, minTTL, r.TTL), []int{i})
		}
		if tier == "free" {
			c.checkFree(i, r)
		}
	}
	return c.problems
}

func (c *zoneChecker) checkQuota(tier string) {
	most, more := paidRecords, ""
	switch tier {
	case "free":
		most, more = freeRecords, fmt.Sprintf(" (%d where the zone is older than September 2024)", oldFreeRecords)
	case "enterprise":
		return // its quota is whatever was agreed on
	}
	if n := len(c.zone.Records); n > most {
		c.add(caution("tier-records", "", "More records than the plan allows", "%s declares %d records. Its plan, %s, allows %d%s.", dns.Show(c.zone.Name), n, tier, most, more))
	}
}

func (c *zoneChecker) checkFree(i int, r dns.Record) {
	if len(r.Tags) > 0 {
		c.add(fault("tier-tags", "tags", "Tags in a Free zone", "%s is a Free zone, and those have no tags.", dns.Show(c.zone.Name)), []int{i})
	}
	if n := utf8.RuneCountInString(r.Comment); n > freeComment {
		c.add(fault("tier-comment", "comment", "Comment too long for a Free zone", "This comment has %d characters. %s is a Free zone, and those take %d.", n, dns.Show(c.zone.Name), freeComment), []int{i})
	}
	if r.Settings.FlattenCNAME {
		c.add(fault("tier-flatten", "flatten_cname", "flatten_cname in a Free zone", "%s is a Free zone, and flattening a single record needs a paid plan.", dns.Show(c.zone.Name)), []int{i})
	}
}
