package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// SourceKind says where the records that a zone was compared with came from.
type SourceKind string

const (
	SourceLive   SourceKind = "live"
	SourceCache  SourceKind = "cache"
	SourceDNS    SourceKind = "dns"
	SourceSample SourceKind = "sample"
)

// Source is where a zone's records came from and when they were read, and for
// one that is not live, how far it can be trusted.
type Source struct {
	Kind      SourceKind `json:"kind"`
	FetchedAt time.Time  `json:"fetched_at"`
	// AppliedAt is when cfplan changed the zone last, where that is known.
	AppliedAt time.Time `json:"applied_at,omitzero"`
	// Confidence says how sure the plan of this zone is; empty for a live one.
	Confidence Confidence `json:"confidence,omitempty"`
	// Since tells what is new since the snapshot; nil where that is not known.
	Since *Since `json:"since,omitempty"`
	// Servers are the name servers that were asked.
	Servers []string `json:"servers,omitempty"`
	// NotShown says, in sentences, what the source does not show.
	NotShown []string `json:"not_shown,omitempty"`
}

// Since splits the changes of a zone by whether they were to be made when the
// snapshot was taken already. The others come from the configuration.
type Since struct {
	Pending    int `json:"pending"`
	Configured int `json:"configured"`
}

// Confidence is how sure a plan that is not live can be.
type Confidence string

const (
	// High: right, unless somebody changed the zone within the last day.
	High Confidence = "high"
	// Medium: most likely right; look at what is to be destroyed and changed.
	Medium Confidence = "medium"
	// Low: old, or known to be out of date.
	Low Confidence = "low"
	// None: it says nothing about the zone.
	None Confidence = "none"
)

// How old a snapshot may be. Most zones are changed less than once a week; a
// month is where nobody remembers what was done in the dashboard.
const (
	fresh = 24 * time.Hour
	aged  = 30 * 24 * time.Hour
)

// Outdated reports whether cfplan itself has changed the zone since.
func (s Source) Outdated() bool { return s.AppliedAt.After(s.FetchedAt) }

// Trust returns how sure a plan made from s at the given time is.
func (s Source) Trust(now time.Time) Confidence {
	age := now.Sub(s.FetchedAt)
	switch {
	case s.Kind == SourceLive:
		return ""
	case s.Kind == SourceSample:
		return None
	case s.Kind == SourceDNS:
		return Medium
	case s.Outdated() || age > aged:
		return Low
	case age > fresh:
		return Medium
	default:
		return High
	}
}

// Digest names what a change does, so that it can be known again in a later plan.
func (c Change) Digest() string {
	text, err := json.Marshal(struct {
		Action        Action
		Type, Name    string
		Before, After *Values
	}{c.Action, string(c.Type), c.Name, c.Before, c.After})
	if err != nil {
		// Values hold nothing but what encoding/json can write.
		panic(fmt.Sprintf("plan: cannot be encoded: %v", err))
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// MarkPending tells the zone which changes were to be made when its snapshot was
// taken already.
func (z *Zone) MarkPending(digests []string) {
	then := make(map[string]bool, len(digests))
	for _, d := range digests {
		then[d] = true
	}
	since := &Since{}
	for i := range z.Changes {
		c := &z.Changes[i]
		if c.Pending = then[c.Digest()]; c.Pending {
			since.Pending++
		} else {
			since.Configured++
		}
	}
	z.Source.Since = since
}
