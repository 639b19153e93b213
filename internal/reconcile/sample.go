package reconcile

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/zonefile"
)

// sampleZone is what a small company's zone looks like: a site, mail, and what the
// two need. Its addresses are those for documentation.
//
//go:embed sample.zone
var sampleZone string

// fromSample takes the zone from sample records, so that a user without access sees what a plan
// looks like.
func fromSample(seen *observation, now time.Time) (why string) {
	entries, problems := zonefile.Parse(strings.NewReader(sampleZone), zonefile.Options{Zone: seen.name, File: "sample.zone"})
	if len(problems) > 0 {
		// A long zone name can make a name too long.
		return "no sample can be made of it: " + problems[0].Summary
	}
	seen.zone = dns.Zone{Name: seen.name, ID: seen.id}
	seen.owned = map[string]string{}
	for i, e := range entries {
		if collides(seen.declared, e.Record) {
			continue // the declared record takes precedence
		}
		record := e.Record
		record.ID = fmt.Sprintf("sample-%d", i+1)
		seen.zone.Records = append(seen.zone.Records, record)
		if address, declared := addressAt(seen.declared, record); declared {
			seen.owned[record.ID] = address
		}
	}
	seen.source = plan.Source{Kind: plan.SourceSample, FetchedAt: now.UTC(),
		NotShown: []string{"These are sample records. They say nothing about the zone."}}
	return ""
}

// collides reports whether a declared record conflicts with the sample record.
func collides(z dns.Zone, sample dns.Record) bool {
	return slices.ContainsFunc(z.Records, func(d dns.Record) bool {
		conflict := dns.ConflictAt(sample.Name, z.Name, d.Type, sample.Type)
		return d.Name == sample.Name && d.Type != sample.Type && conflict != dns.NoConflict
	})
}

// addressAt finds the block that declares a record of that name and type: the sample pretends that
// the block has been applied before.
func addressAt(z dns.Zone, record dns.Record) (address string, ok bool) {
	for _, d := range z.Records {
		if d.Name == record.Name && d.Type == record.Type && d.Declared != nil {
			return d.Declared.Address, true
		}
	}
	return "", false
}
