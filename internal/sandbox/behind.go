package sandbox

import (
	"fmt"
	"slices"
)

// The methods in this file bypass the API. A test or the demo uses them to act as the dashboard, as another
// tool or as Cloudflare itself. They need no credentials, do not appear in Requests, and are not affected by
// faults. Callers identify a zone by its name or its ID; if several zones have the name, the first one is
// used.

// AddZone adds a zone with its records. It returns the zone with all defaults filled in, without the records.
func (s *Server) AddZone(z Zone) (Zone, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	added, err := s.addZone(z)
	if err != nil {
		return Zone{}, err
	}
	return added.info, nil
}

// RemoveZone removes a zone, as if it had moved to another account. It reports whether the zone existed.
func (s *Server) RemoveZone(nameOrID string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, z := range s.zones {
		if z.called(nameOrID) {
			s.zones = append(s.zones[:i:i], s.zones[i+1:]...)
			return true
		}
	}
	return false
}

// Zone returns a zone without its records.
func (s *Server) Zone(nameOrID string) (Zone, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	z := s.zone(nameOrID)
	if z == nil {
		return Zone{}, false
	}
	return z.info, true
}

// Zones returns all zones without their records, in the order in which they were added.
func (s *Server) Zones() []Zone {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Zone, 0, len(s.zones))
	for _, z := range s.zones {
		out = append(out, z.info)
	}
	return out
}

// Records returns copies of a zone's records, sorted by name, type and content, or nil if there is no such
// zone.
func (s *Server) Records(zone string) []Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	z := s.zone(zone)
	if z == nil {
		return nil
	}
	return z.snapshot()
}

// PutRecord stores a record. It replaces the record with the same ID, if there is one. PutRecord normalizes
// the record as the API does, but does not enforce quotas, conflicts or read-only records. It returns the
// stored record.
func (s *Server) PutRecord(zone string, r Record) (Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	z := s.zone(zone)
	if z == nil {
		return Record{}, noZone(zone)
	}
	put, err := s.place(z, r)
	if err != nil {
		return Record{}, fmt.Errorf("%s: %s %s: %w", z.info.Name, r.Type, r.Name, err)
	}
	return put.clone(), nil
}

// EditRecord lets fn change a copy of the record with the given ID and stores the result like PutRecord.
// The ID does not change.
func (s *Server) EditRecord(zone, id string, fn func(*Record)) (Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	z := s.zone(zone)
	if z == nil {
		return Record{}, noZone(zone)
	}

	old := z.records[id]
	if old == nil {
		return Record{}, fmt.Errorf("%s: no record has the id %q", z.info.Name, id)
	}

	r := old.clone()
	fn(&r)
	r.ID = id
	put, err := s.place(z, r)
	if err != nil {
		return Record{}, fmt.Errorf("%s: record %s: %w", z.info.Name, id, err)
	}

	return put.clone(), nil
}

// DeleteRecord removes a record and reports whether it existed.
func (s *Server) DeleteRecord(zone, id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	z := s.zone(zone)
	return z != nil && z.remove(id) != nil
}

// Seed returns the content of the server, so that the caller can make an equal server.
func (s *Server) Seed() Seed {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := Seed{
		Zones:    make([]Zone, 0, len(s.zones)),
		Accounts: slices.Clone(s.accounts),
		Tokens:   slices.Clone(s.tokens),
		Keys:     slices.Clone(s.keys),
	}

	for _, z := range s.zones {
		info := z.info
		info.Records = z.snapshot()
		out.Zones = append(out.Zones, info)
	}

	return out
}

func (z *zone) called(nameOrID string) bool {
	return z.info.ID == nameOrID || z.info.Name == nameOrID || z.shownName() == nameOrID
}

// zone returns a zone by its name or ID, or nil if there is none. The caller holds s.mu.
func (s *Server) zone(nameOrID string) *zone {
	for _, z := range s.zones {
		if z.called(nameOrID) {
			return z
		}
	}
	return nil
}

func noZone(name string) error {
	return fmt.Errorf("the sandbox has no zone %q", name)
}
