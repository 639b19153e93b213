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
	// Account is that of the zone with the ID; see [Zone].
	Account string `json:"account,omitempty"`
	// Open is a request that is about to be sent.
	Open *Journal `json:"open,omitempty"`
	// Closed is a request whose outcome is known now.
	Closed *Request `json:"closed,omitempty"`
	// Owned are records that cfplan owns from now on, by ID, and GivenUp the IDs of those
	// that it does not own any more.
	Owned   map[string]Owned `json:"owned,omitempty"`
	GivenUp []string         `json:"given_up,omitempty"`
	// Made are the digests of the changes that were made.
	Made []string `json:"made,omitempty"`
	// AppliedAt is when the zone was changed; zero if it was not.
	AppliedAt time.Time `json:"applied_at,omitzero"`

	// Finish ends the apply, if it is not nil: it is called with the state, which has the
	// entry already, and may change the rest of it. The state is then written as a whole.
	Finish func(*State) `json:"-"`
}

// Request names the request of a journal, or an apply: by when it began, and who runs it.
type Request struct {
	At  time.Time `json:"at"`
	Who string    `json:"who"`
}

// is reports whether both are the same.
func (r Request) is(o Request) bool { return r.At.Equal(o.At) && r.Who == o.Who }

// Is reports whether the journal is that of the request. A nil journal is of none.
func (r Request) Is(j *Journal) bool { return j != nil && j.At.Equal(r.At) && j.Who == r.Who }

// Apply changes the state as the entry says. Whatever an entry changes, it changes here,
// when an apply writes the entry and when a reader finds it in a log.
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

// validate returns what keeps a state with the entry from being written.
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
