// Package state keeps what cfplan remembers between runs: which records it owns
// (State), and each zone as it was read last (Snapshots).
//
// The two are separate documents, so that the many runs that only plan never conflict
// with the one that applies, and so that the snapshots can be lost or damaged without
// any harm to ownership. A Backend keeps the documents as bytes. A Reader, an Observer
// and a Store know what the documents say, and differ in what they may write.
//
// The state is not the truth about a zone (Cloudflare is) and not a plan. A lost state
// loses no record: equal records are adopted again.
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

// FormatVersion is the version of the state's format. A document of a newer
// version is refused, one of an older version upgraded. Version 1 had the
// snapshots inside.
const FormatVersion = 2

// appliedKept is how many applied plans are remembered. A saved plan that old
// no longer fits its zones anyway.
const appliedKept = 20

// State is what must not be lost: what cfplan owns and what it did.
type State struct {
	// Lineage is made once, when a state is born, and tells states of different
	// configurations apart.
	Lineage string
	// Serial counts the replacements of this state; see [Store.Replace].
	Serial uint64
	// Zones by canonical name.
	Zones map[string]*Zone
	// Applied are the plans that were carried out last, newest first, so that
	// none is carried out twice.
	Applied []Applied
	// Begun is the plan that an apply began last and has not finished; nil where
	// there is none.
	Begun *Applied
	// Finished is the serial under which the apply began that was carried out to its end last; 0 if none was.
	Finished uint64

	// stored is the version at which the backend had it; empty where it is new.
	stored Version
	// size is that of the document as it was read or written last, in bytes.
	size int
	// open is the log that was read with it; nil if there was none.
	open *openLog
	// former is the document of an older format that it was read from.
	former *former
}

// Zone is what is remembered of one zone.
type Zone struct {
	// ID is Cloudflare's, as it was when the zone was changed last.
	ID string
	// Account names the account of the configuration in which the zone was changed last; empty for the default one.
	Account string
	// Owned are the records that cfplan created, adopted or imported, by record ID.
	Owned map[string]Owned
	// AppliedAt is when cfplan changed the zone last; zero where it never did.
	AppliedAt time.Time
	// Journal is the request of which no outcome is known; nil where there is none.
	Journal *Journal
}

// Owned says what is known of a record that cfplan owns.
type Owned struct {
	// Address is that of the block which declared it last.
	Address string   `json:"address"`
	Name    string   `json:"name"`
	Type    dns.Type `json:"type"`
	// Last is the record as cfplan last wrote or adopted it; nil where that is not
	// known. What differs from it was changed elsewhere.
	Last *Remembered `json:"last,omitempty"`
	// Sensitive lists the attributes that must not be shown.
	Sensitive []dns.Attribute `json:"sensitive,omitempty"`
	// LetGo: the block has lifecycle.destroy = false, which counts for the record when the block is gone.
	LetGo bool `json:"let_go,omitempty"`
}

// Remembered is a record that is seldom asked for, and taken apart only then: a state
// of many records is read by every plan.
type Remembered struct{ text json.RawMessage }

// Remember keeps what a record says, without its ID.
func Remember(r dns.Record) *Remembered {
	r.ID, r.Declared, r.ManagedBy = "", nil, ""
	text, err := json.Marshal(r)
	if err != nil {
		// A record holds nothing but what encoding/json can write.
		panic(fmt.Sprintf("state: a record cannot be encoded: %v", err))
	}
	return &Remembered{text}
}

// Record is what was remembered; not ok where it makes no sense.
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

// Equal compares what is remembered, for tests.
func (m *Remembered) Equal(o *Remembered) bool {
	if m == nil || o == nil {
		return m == o
	}
	return string(m.text) == string(o.text)
}

// Applied is a plan that was carried out, or begun.
type Applied struct {
	Hash string    `json:"hash"`
	At   time.Time `json:"at"`
	Who  string    `json:"who"`
	// Serial is that of the state when the apply began, which names its entry in the history. Only
	// [State.Begun] has it.
	Serial uint64 `json:"serial,omitempty"`
	// Made are the changes that the apply has made and recorded so far: their digests, by zone. Only
	// [State.Begun] has them.
	Made map[string][]string `json:"made,omitempty"`
	// Log is the number of the first part of the apply's log that the state does not hold. It is 0 if there is no
	// log. Only [State.Begun] has it, and only as it is stored: what is read has the log's entries; see
	// [State.LogIsOpen].
	Log int `json:"log,omitempty"`
}

// is reports whether both are the same apply.
func (a *Applied) is(o Applied) bool {
	return a != nil && a.Hash == o.Hash && a.Who == o.Who && a.Serial == o.Serial && a.At.Equal(o.At)
}

// New returns an empty state with a lineage of its own.
func New() *State { return &State{Lineage: newUUID(), Zones: map[string]*Zone{}} }

// Blank reports whether nothing would be lost with the state: it owns no record, has no
// open request, and nothing was applied with it. The first plan begins such a one.
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

// Zone returns what is remembered of the zone with that canonical name, or nil.
func (s *State) Zone(name string) *Zone { return s.Zones[name] }

// Owns reports whether cfplan owns the record with that ID. A zone that is not
// known owns none.
func (z *Zone) Owns(id string) bool {
	if z == nil {
		return false
	}
	_, owned := z.Owned[id]
	return owned
}

// EnsureZone returns the named zone, which it adds where it is not known yet. An
// ID that is given replaces the one remembered. Owned is never nil.
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

// RecordMade notes changes of a zone that the apply in Begun has made, by their digests.
func (s *State) RecordMade(zone string, digests []string) {
	if s.Begun == nil || len(digests) == 0 {
		return
	}
	if s.Begun.Made == nil {
		s.Begun.Made = map[string][]string{}
	}
	s.Begun.Made[zone] = append(s.Begun.Made[zone], digests...)
}

// CopyBegun gives the state its own copy of Begun, so that changing it changes no other
// state.
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

// RecordFinished notes that the apply was carried out to its end, if it is the one in Begun.
func (s *State) RecordFinished(a Applied) {
	if s.HasBegun(a) {
		s.Begun, s.Finished = nil, a.Serial
	}
}

// RecordApplied remembers that the plan with this hash was carried out. Only the
// newest twenty are kept.
func (s *State) RecordApplied(hash string, at time.Time, who string) {
	kept := slices.DeleteFunc(slices.Clone(s.Applied), func(a Applied) bool { return a.Hash == hash })
	kept = slices.Insert(kept, 0, Applied{Hash: hash, At: at, Who: who})
	s.Applied = kept[:min(len(kept), appliedKept)]
	if s.Begun != nil && s.Begun.Hash == hash {
		s.Begun = nil
	}
}

// WasApplied tells when and by whom the plan with this hash was carried out.
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
	_, _ = rand.Read(b[:]) // never fails, says its documentation
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
