package render

import (
	"fmt"
	"strings"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
)

// compared is one thing that zones were compared with, with all zones that share it.
type compared struct {
	zones []string
	// words say what it was and how old; notes how far to trust it.
	words string
	notes []string
}

// comparisons groups the zones of a plan by what they were compared with: zones
// that were read in one run have one age. Zones that were not refreshed have a
// sentence of their own.
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

// verb goes between the zones and the words.
func (c compared) verb() string {
	if len(c.zones) == 1 {
		return "was"
	}
	return "were each"
}

// sourceWords says what a zone was compared with, and how old that is.
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
		return "compared with SAMPLE records, which are of no real zone"
	}
}

// trustNotes are the sentences that say how far a plan can be trusted and why.
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
		return "The plan shows what one looks like, nothing else."
	case s.Kind == plan.SourceDNS:
		return "DNS shows what is served, not all that Cloudflare keeps."
	case s.Outdated():
		return "cfplan itself has changed the zone since the snapshot."
	case s.Confidence == plan.High:
		return "Only what was changed elsewhere since the snapshot is missing."
	case s.Confidence == plan.Medium:
		return "The snapshot is more than a day old; what was changed elsewhere since is missing."
	default:
		return "The snapshot is more than a month old; what was changed elsewhere since is missing."
	}
}

// sinceWords says what is new in the configuration since the snapshot.
func sinceWords(s plan.Since) string {
	switch {
	case s.Configured == 0 && s.Pending == 0:
		return "The configuration says what the snapshot has."
	case s.Pending == 0:
		return "Since the snapshot the configuration has changed: all that is shown below comes from that."
	case s.Configured == 0:
		return "The configuration has not changed since the snapshot: all that is shown below was pending then already."
	default:
		return fmt.Sprintf("Since the snapshot the configuration has changed: %s from that, %s pending then already.",
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
