package render

import (
	"fmt"
	"strings"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
)

// compared is one source, with all zones that were compared with it.
type compared struct {
	zones []string
	// words names the source and its age. notes says how far to trust it.
	words string
	notes []string
}

// comparisons groups the zones of a plan by the source with which they were compared. Zones whose snapshots come
// from the same run share a group. It leaves out zones that were not refreshed, because notRefreshed reports them.
func comparisons(p *plan.Plan) []compared {
	var out []compared
	at := map[string]int{}
	for _, z := range p.Zones {
		if z.NotRefreshed() {
			continue
		}

		c := compared{words: sourceWords(p, z), notes: trustNotes(z.Source)}
		key := strings.Join(append(c.notes, c.words), "\n")
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, c)
		}

		out[i].zones = append(out[i].zones, z.Name)
	}

	return out
}

// verb returns the verb between the names of the zones and words.
func (c compared) verb() string {
	if len(c.zones) == 1 {
		return "was"
	}
	return "were each"
}

// sourceWords names the source with which a zone was compared, and its age.
func sourceWords(p *plan.Plan, z plan.Zone) string {
	s := z.Source
	switch s.Kind {
	case plan.SourceLive:
		return "read live"
	case plan.SourceCache:
		words := fmt.Sprintf("compared with its snapshot of %s, %s old",
			english.Minute(s.FetchedAt), english.Age(p.CreatedAt.Sub(s.FetchedAt)))
		switch {
		case s.AppliedAt.IsZero():
			return words
		case s.Outdated():
			return words + ", older than the last apply (" + english.Minute(s.AppliedAt) + ")"
		default:
			return words + ", taken after the last apply"
		}
	case plan.SourceDNS:
		return fmt.Sprintf("compared with what its name servers (%s) answered at %s",
			zoneList(s.Servers), english.Minute(s.FetchedAt))
	default:
		return "compared with SAMPLE records, which belong to no real zone"
	}
}

// trustNotes returns the sentences that say how far a plan can be trusted and why.
func trustNotes(s plan.Source) []string {
	var notes []string
	if s.Confidence != "" {
		notes = append(notes, "How sure: "+string(s.Confidence)+". "+doubt(s))
	}
	if s.Since != nil {
		notes = append(notes, sinceWords(*s.Since))
	}
	return append(notes, s.NotShown...)
}

func doubt(s plan.Source) string {
	switch {
	case s.Kind == plan.SourceSample:
		return "This plan only shows what a plan looks like."
	case s.Kind == plan.SourceDNS:
		return "DNS shows the records that are served, but not everything that Cloudflare stores."
	case s.Outdated():
		return "cfplan itself has changed the zone since the snapshot."
	case s.Confidence == plan.High:
		return "Only changes made elsewhere since the snapshot are missing."
	case s.Confidence == plan.Medium:
		return "The snapshot is more than a day old; changes made elsewhere since then are missing."
	default:
		return "The snapshot is more than a month old; changes made elsewhere since then are missing."
	}
}

// sinceWords says what is new in the configuration since the snapshot.
func sinceWords(s plan.Since) string {
	switch {
	case s.Configured == 0 && s.Pending == 0:
		return "The configuration matches the snapshot."
	case s.Pending == 0:
		return "The configuration has changed since the snapshot: all changes below come from that."
	case s.Configured == 0:
		return "The configuration has not changed since the snapshot: all changes below were already pending then."
	default:
		return fmt.Sprintf("The configuration has changed since the snapshot: %s from that, %s already pending then.",
			comes(s.Configured), were(s.Pending))
	}
}

func comes(n int) string {
	if n == 1 {
		return "1 change below comes"
	}
	return fmt.Sprintf("%d changes below come", n)
}

func were(n int) string {
	if n == 1 {
		return "1 was"
	}
	return fmt.Sprintf("%d were", n)
}
