// Package state keeps what cfplan must remember between runs: which records it
// owns, and the last look it had at each zone.
//
// It is not the truth about a zone (Cloudflare is) and it is not a plan. A lost
// state loses no record: equal records are adopted again.
package state

import (
	"time"

	"github.com/cfplan/cfplan/internal/dns"
)

// Version is the version of the state's format. A file of a newer version is
// refused, one of an older version upgraded.
const Version = 1

// State is all that is remembered, as one document.
type State struct {
	// Lineage is made once, when a state is born, and tells states of different
	// configurations apart.
	Lineage string
	// Serial counts the replacements of this state; see [Store].Replace.
	Serial uint64
	// Zones by canonical name.
	Zones map[string]*Zone
	// Applied are the plans that were carried out last, newest first, so that
	// none is carried out twice.
	Applied []Applied
}

// Zone is what is remembered of one zone.
type Zone struct {
	// ID is Cloudflare's, remembered so that no run needs to look it up again.
	ID string
	// Owned are the records that cfplan created, adopted or imported, by record ID.
	Owned map[string]Owned
	// Snapshot is the last successful live read; nil where there was none.
	Snapshot *Snapshot
}

// Owned says what is known of a record that cfplan owns.
type Owned struct {
	// Address is that of the block which declared it last.
	Address string   `json:"address"`
	Name    string   `json:"name"`
	Type    dns.Type `json:"type"`
}

// Snapshot is a zone as it was at FetchedAt.
type Snapshot struct {
	FetchedAt time.Time
	Zone      dns.Zone
}

// Applied is a plan that was carried out.
type Applied struct {
	Hash string    `json:"hash"`
	At   time.Time `json:"at"`
	Who  string    `json:"who"`
}
