// Package state keeps what cfplan remembers between runs: which records it owns (State), and each zone as
// it was last read (Snapshots).
//
// The two are separate documents. So the many runs that only plan never conflict with the one that applies,
// and the snapshots can be lost or damaged without any effect on ownership. A Backend keeps the documents
// as bytes. A Reader, an Observer and a Store interpret the documents, and differ in what they may write.
//
// The state is not the truth about a zone (Cloudflare is) and not a plan. If the state is lost, no record
// is lost: equal records are adopted again.
package state

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
)

// FormatVersion is the version of the state's format. cfplan refuses a document of a newer version and
// upgrades an older one. In version 1 the snapshots were inside of the state.
const FormatVersion = 2

// appliedKept is the number of applied plans that the state remembers. A saved plan that is older no longer
// fits its zones anyway.
const appliedKept = 20

// State is what must not be lost: what cfplan owns, and what it has done.
type State struct {
	// Lineage is a random ID that a new state gets. It distinguishes the states of different configurations.
	Lineage string
	// Serial counts the replacements of this state; see [Store.Replace].
	Serial uint64
	// Zones has the zones by canonical name.
	Zones map[string]*Zone
	// Applied has the last plans that were applied, newest first, so that no plan is applied twice.
	Applied []Applied
	// Begun is the plan whose apply began last and has not finished; nil if there is none.
	Begun *Applied
	// Finished is the serial that the state had when the last completed apply began, or 0 if no apply was
	// completed.
	Finished uint64

	// stored is the version that the backend returned for the state; empty for a new state.
	stored Version
	// size is the size of the document as it was last read or written, in bytes.
	size int
	// open is the log that was read with the state; nil if there was none.
	open *openLog
	// former is the document of an older format from which the state was read.
	former *former
}

// Zone is what cfplan remembers about a zone.
type Zone struct {
	// ID is Cloudflare's ID of the zone, as of the last change.
	ID string
	// Account is the configuration's name for the account in which the zone was last changed; empty for the
	// default.
	Account string
	// Owned has the records that cfplan created, adopted or imported, by record ID.
	Owned map[string]Owned
	// AppliedAt is when cfplan last changed the zone; zero if it never did.
	AppliedAt time.Time
	// Journal is the request whose outcome is unknown; nil if there is none.
	Journal *Journal
}

// Owned is what cfplan remembers about a record that it owns.
type Owned struct {
	// Address is the address of the block that last declared it.
	Address string   `json:"address"`
	Name    string   `json:"name"`
	Type    dns.Type `json:"type"`
	// Last is the record as cfplan last wrote or adopted it, or nil if that is not known. Any difference
	// from it was made elsewhere.
	Last *Remembered `json:"last,omitempty"`
	// Sensitive lists the attributes that must not be shown.
	Sensitive []dns.Attribute `json:"sensitive,omitempty"`
	// LetGo is true if the block has lifecycle.destroy = false, which takes effect when the block is removed.
	LetGo bool `json:"let_go,omitempty"`
}

// Remembered is an encoded record. Every plan reads the state, which may have many records, but needs few of
// them: so each is decoded only when it is needed.
type Remembered struct{ text json.RawMessage }

// Remember encodes a record without its ID.
func Remember(r dns.Record) *Remembered {
	r.ID, r.Declared, r.ManagedBy = "", nil, ""
	text, err := json.Marshal(r)
	if err != nil {
		// Every record can be encoded by encoding/json.
		panic(fmt.Sprintf("state: a record cannot be encoded: %v", err))
	}
	return &Remembered{text}
}

// Record decodes the record. ok is false if it cannot be decoded.
func (m *Remembered) Record() (r dns.Record, ok bool) {
	if m == nil || json.Unmarshal(m.text, &r) != nil {
		return dns.Record{}, false
	}
	return r, r.Name != "" && r.Type != ""
}

// MarshalJSON implements [json.Marshaler].
func (m *Remembered) MarshalJSON() ([]byte, error) { return m.text, nil }

// UnmarshalJSON implements [json.Unmarshaler].
func (m *Remembered) UnmarshalJSON(text []byte) error {
	m.text = append(json.RawMessage(nil), text...)
	return nil
}

// Equal compares two encoded records. It is for tests.
func (m *Remembered) Equal(o *Remembered) bool {
	if m == nil || o == nil {
		return m == o
	}
	return string(m.text) == string(o.text)
}

// Applied is a plan that was applied, or whose apply began.
type Applied struct {
	Hash string    `json:"hash"`
	At   time.Time `json:"at"`
	Who  string    `json:"who"`
	// Serial is the serial of the state when the apply began. It names the apply's entry in the history. Only
	// [State.Begun] has it.
	Serial uint64 `json:"serial,omitempty"`
	// Made has the digests of the changes that the apply has made and recorded so far, by zone. Only
	// [State.Begun] has them.
	Made map[string][]string `json:"made,omitempty"`
	// Log is the number of the first part of the apply's log whose entries the state does not have, or 0 if
	// there is no log. Only [State.Begun] has it, and only in its stored form: Read applies the log's
	// entries and removes it; see [State.LogIsOpen].
	Log int `json:"log,omitempty"`
}

// is reports whether both are the same apply.
func (a *Applied) is(o Applied) bool {
	return a != nil && a.Hash == o.Hash && a.Who == o.Who && a.Serial == o.Serial && a.At.Equal(o.At)
}

// New returns an empty state with a new lineage.
func New() *State { return &State{Lineage: newUUID(), Zones: map[string]*Zone{}} }

// Blank reports whether nothing would be lost with the state: it owns no record, has no open request, and no
// plan was applied with it. The first plan creates such a state.
func (s *State) Blank() bool {
	for _, z := range s.Zones {
		if len(z.Owned) > 0 || z.Journal != nil {
			return false
		}
	}
	return len(s.Applied) == 0
}

// Owned counts the records that cfplan owns.
func (s *State) Owned() int {
	n := 0
	for _, z := range s.Zones {
		n += len(z.Owned)
	}
	return n
}

// Zone returns what is remembered about the zone with that canonical name, or nil.
func (s *State) Zone(name string) *Zone { return s.Zones[name] }

// Owns reports whether cfplan owns the record with that ID. A nil zone owns none.
func (z *Zone) Owns(id string) bool {
	if z == nil {
		return false
	}
	_, owned := z.Owned[id]
	return owned
}

// EnsureZone returns the named zone, and adds it if the state does not have it. If id is not empty, it
// replaces the zone's ID. The Owned of the result is never nil.
func (s *State) EnsureZone(name, id string) *Zone {
	z := s.Zones[name]
	if z == nil {
		z = &Zone{}
		if s.Zones == nil {
			s.Zones = map[string]*Zone{}
		}
		s.Zones[name] = z
	}

	if z.Owned == nil {
		z.Owned = map[string]Owned{}
	}
	if id != "" {
		z.ID = id
	}

	return z
}

// HasBegun reports whether the apply is the one that began last and has not finished.
func (s *State) HasBegun(a Applied) bool { return s.Begun.is(a) }

// RecordMade adds the digests of changes of a zone that the apply in Begun has made.
func (s *State) RecordMade(zone string, digests []string) {
	if s.Begun == nil || len(digests) == 0 {
		return
	}
	if s.Begun.Made == nil {
		s.Begun.Made = map[string][]string{}
	}
	s.Begun.Made[zone] = append(s.Begun.Made[zone], digests...)
}

// CopyBegun gives the state its own copy of Begun, so that changing it does not change another state.
func (s *State) CopyBegun() {
	if s.Begun == nil {
		return
	}
	begun := *s.Begun
	begun.Made = maps.Clone(begun.Made)
	for zone, digests := range begun.Made {
		begun.Made[zone] = slices.Clip(digests)
	}
	s.Begun = &begun
}

// RecordFinished records that the apply was completed, if it is the one in Begun.
func (s *State) RecordFinished(a Applied) {
	if s.HasBegun(a) {
		s.Begun, s.Finished = nil, a.Serial
	}
}

// RecordApplied records that the plan with this hash was applied. Only the newest twenty plans are kept.
func (s *State) RecordApplied(hash string, at time.Time, who string) {
	kept := slices.DeleteFunc(slices.Clone(s.Applied), func(a Applied) bool { return a.Hash == hash })
	kept = slices.Insert(kept, 0, Applied{Hash: hash, At: at, Who: who})
	s.Applied = kept[:min(len(kept), appliedKept)]
	if s.Begun != nil && s.Begun.Hash == hash {
		s.Begun = nil
	}
}

// WasApplied returns when and by whom the plan with this hash was applied.
func (s *State) WasApplied(hash string) (Applied, bool) {
	i := slices.IndexFunc(s.Applied, func(a Applied) bool { return a.Hash == hash })
	if i < 0 {
		return Applied{}, false
	}
	return s.Applied[i], true
}

// newUUID returns a random UUID (RFC 9562, version 4).
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, according to its documentation
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
