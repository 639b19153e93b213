package state

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
)

// Snapshots are the zones as they were last read. Plans use them while Cloudflare refuses to return the
// zones. If they are lost, ownership is not affected. A nil *Snapshots is empty.
type Snapshots struct {
	zones  map[string]*Snapshot
	serial uint64
	stored Version
}

// Snapshot is a zone as it was at FetchedAt.
type Snapshot struct {
	FetchedAt time.Time
	// Pending names the changes that were planned at that time, so that a later plan can say what is new.
	// It is nil if they are not known.
	Pending []string
	// head is the zone, without its records if stored has them.
	head dns.Zone
	// stored has the records of the document, which are only decoded if needed: most runs read all zones
	// live and use no snapshot.
	stored json.RawMessage
}

// NewSnapshot returns the snapshot of a zone as it was at the given time.
func NewSnapshot(at time.Time, zone dns.Zone) *Snapshot { return &Snapshot{FetchedAt: at, head: zone} }

// Head returns the zone without its records.
func (s *Snapshot) Head() dns.Zone {
	head := s.head
	head.Records = nil
	return head
}

// Zone returns the zone with its records, which it decodes each time. It returns an
// error if they are damaged, for example if two have one ID.
func (s *Snapshot) Zone() (dns.Zone, error) {
	if s.stored == nil {
		return s.head, nil
	}
	zone := s.head
	if err := json.Unmarshal(s.stored, &zone.Records); err != nil {
		return dns.Zone{}, fmt.Errorf("its snapshot is damaged: %w", err)
	}
	if err := validateRecords(zone.Records); err != nil {
		return dns.Zone{}, fmt.Errorf("its snapshot is damaged: %w", err)
	}
	return zone, nil
}

// mostPending is the largest number of planned changes that a snapshot remembers.
const mostPending = 2000

// SetPending remembers the changes that were planned when the snapshot was taken. If there are more than
// mostPending, it remembers none.
func (s *Snapshot) SetPending(changes []string) {
	s.Pending = nil
	if len(changes) <= mostPending {
		s.Pending = append([]string{}, slices.Sorted(slices.Values(changes))...)
	}
}

// Of returns the snapshot of the zone with that canonical name, or nil.
func (s *Snapshots) Of(zone string) *Snapshot {
	if s == nil {
		return nil
	}
	return s.zones[zone]
}

// Zones lists the zones that have a snapshot, in order.
func (s *Snapshots) Zones() []string {
	if s == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(s.zones))
}

// Set stores a snapshot for its zone and reports whether it did. It drops a snapshot that is older than the
// stored one, so that concurrent runs can save theirs in any order.
func (s *Snapshots) Set(snapshot *Snapshot) bool {
	name := snapshot.head.Name
	if known := s.zones[name]; known != nil && snapshot.FetchedAt.Before(known.FetchedAt) {
		return false
	}
	if s.zones == nil {
		s.zones = map[string]*Snapshot{}
	}
	s.zones[name] = snapshot
	return true
}

// Delete removes the snapshot of a zone and reports whether there was one.
func (s *Snapshots) Delete(zone string) bool {
	_, known := s.zones[zone]
	delete(s.zones, zone)
	return known
}
