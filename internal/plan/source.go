package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// SourceKind says where the records came from with which a zone was compared.
type SourceKind string

const (
	SourceLive   SourceKind = "live"
	SourceCache  SourceKind = "cache"
	SourceDNS    SourceKind = "dns"
	SourceSample SourceKind = "sample"
)

// Source says where a zone's records came from, when they were read, and, if they are not live, how reliable they
// are.
type Source struct {
	Kind      SourceKind `json:"kind"`
	FetchedAt time.Time  `json:"fetched_at"`
	// AppliedAt is the time of cfplan's last change to the zone, or zero if that is not known.
	AppliedAt time.Time `json:"applied_at,omitzero"`
	// Confidence says how reliable the plan of this zone is. It is empty if the zone was read live.
	Confidence Confidence `json:"confidence,omitempty"`
	// Since counts what is new since the snapshot. It is nil if that is not known.
	Since *Since `json:"since,omitempty"`
	// Servers has the name servers that were queried.
	Servers []string `json:"servers,omitempty"`
	// NotShown says, in sentences, what the source does not show.
	NotShown []string `json:"not_shown,omitempty"`
}

// Since counts the changes of a zone that were already pending when the snapshot was taken, and those that come from
// later changes of the configuration.
type Since struct {
	Pending    int `json:"pending"`
	Configured int `json:"configured"`
}

// Confidence says how reliable a plan is that was not made from live records.
type Confidence string

const (
	// High means that the plan is right unless the zone was changed elsewhere within the last day.
	High Confidence = "high"
	// Medium means that the plan is most likely right. The reader should check destroys and changes.
	Medium Confidence = "medium"
	// Low means that the source is old, or known to be out of date.
	Low Confidence = "low"
	// None means that the plan says nothing about the zone.
	None Confidence = "none"
)

// Ages from which a snapshot is less reliable. Most zones change less than once a week. After a month, users no
// longer remember what they did in the dashboard.
const (
	fresh = 24 * time.Hour
	aged  = 30 * 24 * time.Hour
)

// Outdated reports whether cfplan itself changed the zone after the records were read.
func (s Source) Outdated() bool { return s.AppliedAt.After(s.FetchedAt) }

// Trust returns how reliable a plan is if it is made from s at the given time.
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

// Digest identifies what a change does, so that a later plan can recognize it.
func (c Change) Digest() string {
	text, err := json.Marshal(struct {
		Action        Action
		Type, Name    string
		Before, After *Values
		PreviousName  string `json:",omitempty"`
	}{c.Action, string(c.Type), c.Name, c.Before, c.After, c.PreviousName})
	if err != nil {
		// encoding/json can write everything that Values can hold.
		panic(fmt.Sprintf("plan: cannot be encoded: %v", err))
	}

	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// MarkPending marks the changes that were already pending when the snapshot was taken, by their
// digests, and sets Since of the zone's source.
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
