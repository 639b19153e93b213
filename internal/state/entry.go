package state

import (
	"errors"
	"fmt"
	"maps"
	"time"
)

// Entry is what one step of an apply changes in the state: a small patch of one zone. An
// apply writes entries to its [Log] before and after each request.
type Entry struct {
	Zone   string `json:"zone"`
	ZoneID string `json:"zone_id,omitempty"`
	// Account is the account of the zone with the ID; see [Zone].
	Account string `json:"account,omitempty"`
	// Open is a request that is about to be sent.
	Open *Journal `json:"open,omitempty"`
	// Closed is a request whose outcome is now known.
	Closed *Request `json:"closed,omitempty"`
	// Owned has the records that cfplan owns from now on, by ID, and GivenUp the IDs of those that it no longer
	// owns.
	Owned   map[string]Owned `json:"owned,omitempty"`
	GivenUp []string         `json:"given_up,omitempty"`
	// Made has the digests of the changes that were made.
	Made []string `json:"made,omitempty"`
	// AppliedAt is when the zone was changed; zero if it was not.
	AppliedAt time.Time `json:"applied_at,omitzero"`

	// Finish ends the apply, if it is not nil. It is called with the state that already has the entry, and may
	// change the rest of it. The state is then written as a whole.
	Finish func(*State) `json:"-"`
}

// Request identifies the request of a journal, or an apply, by its beginning and its user.
type Request struct {
	At  time.Time `json:"at"`
	Who string    `json:"who"`
}

// is reports whether both are the same.
func (r Request) is(o Request) bool { return r.At.Equal(o.At) && r.Who == o.Who }

// Is reports whether the journal belongs to the request. A nil journal belongs to none.
func (r Request) Is(j *Journal) bool { return j != nil && j.At.Equal(r.At) && j.Who == r.Who }

// Apply changes the state as the entry says. It is used both when an apply writes the entry and when a
// reader finds it in a log.
func (e Entry) Apply(s *State) {
	z := s.EnsureZone(e.Zone, e.ZoneID)
	if e.ZoneID != "" {
		z.Account = e.Account
	}

	maps.Copy(z.Owned, e.Owned)
	for _, id := range e.GivenUp {
		delete(z.Owned, id)
	}

	if !e.AppliedAt.IsZero() {
		z.AppliedAt = e.AppliedAt.UTC()
	}

	if e.Closed != nil && e.Closed.Is(z.Journal) {
		z.Journal = nil
	}
	if e.Open != nil {
		z.Journal = e.Open
	}

	s.RecordMade(e.Zone, e.Made)
}

// validate returns an error if a state with the entry could not be written.
func (e Entry) validate() error {
	changed := &Zone{ID: e.ZoneID, Account: e.Account, Owned: e.Owned, AppliedAt: e.AppliedAt, Journal: e.Open}
	if err := validateZone(e.Zone, changed); err != nil {
		return fmt.Errorf("zone %q: %w", e.Zone, err)
	}
	if !allValid(e.GivenUp) || !allValid(e.Made) {
		return fmt.Errorf("zone %q: %w", e.Zone, errors.New("a record that is given up, or a change, has no name"))
	}
	return nil
}
