package state

import (
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/cfplan/cfplan/internal/dns"
)

// maxSerial is the largest integer that every JSON reader (jq, JavaScript) represents exactly.
const maxSerial = 1 << 53

// validate returns an error if s is not a valid state. It is used on both sides: a state that was read can
// be trusted afterwards, and a state that could not be read back is never written.
func validate(s *State) error {
	if s.Lineage == "" {
		return errors.New("it has no lineage")
	}
	if s.Serial > maxSerial {
		return fmt.Errorf("serial %d is too large", s.Serial)
	}

	for name, z := range s.Zones {
		if err := validateZone(name, z); err != nil {
			return fmt.Errorf("zone %q: %w", name, err)
		}
	}

	plans := s.Applied
	if s.Begun != nil {
		plans = append(slices.Clone(plans), *s.Begun)
	}

	for _, a := range plans {
		if err := validateTime(a.At); err != nil {
			return fmt.Errorf("applied plan %q: %w", a.Hash, err)
		}
		if a.Log < 0 || a.Log > lastPart {
			return fmt.Errorf("applied plan %q: a log has no part %d", a.Hash, a.Log)
		}
	}

	return nil
}

func validateZone(name string, z *Zone) error {
	if !validKey(name) {
		return errors.New("that is not a zone name")
	}
	if z == nil {
		return errors.New("its value is null")
	}

	for id, o := range z.Owned {
		if err := validateOwned(id, o); err != nil {
			return err
		}
	}

	if err := validateTime(z.AppliedAt); err != nil {
		return fmt.Errorf("applied_at: %w", err)
	}
	if z.Journal != nil {
		if err := validateJournal(z.Journal); err != nil {
			return fmt.Errorf("journal: %w", err)
		}
	}

	return nil
}

func validateOwned(id string, o Owned) error {
	if !validKey(id) || o.Name == "" || o.Type == "" {
		return fmt.Errorf("owned record %q has no ID, no name or no type", id)
	}
	return nil
}

// validateSnapshots is validate for the snapshots. Records that are not decoded yet are checked when they are.
func validateSnapshots(s *Snapshots) error {
	for name, one := range s.zones {
		if err := validateSnapshot(name, one); err != nil {
			return fmt.Errorf("zone %q: %w", name, err)
		}
	}
	return nil
}

func validateSnapshot(name string, s *Snapshot) error {
	if !validKey(name) {
		return errors.New("that is not a zone name")
	}
	if !allValid(s.Pending) {
		return errors.New("a pending change of its snapshot has no name")
	}
	if s.head.Name != name {
		return fmt.Errorf("its snapshot is for the zone %q", s.head.Name)
	}
	if s.FetchedAt.IsZero() {
		return errors.New("its snapshot has no time")
	}
	if err := validateTime(s.FetchedAt); err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}

	return validateRecords(s.head.Records)
}

// validateRecords accepts records without an ID, because nothing uses the ID of a cached record.
func validateRecords(records []dns.Record) error {
	seen := make(map[string]bool, len(records))
	for _, r := range records {
		if r.Name == "" || r.Type == "" {
			return fmt.Errorf("a record of its snapshot (ID %q) has no name or no type", r.ID)
		}
		if seen[r.ID] && r.ID != "" {
			return fmt.Errorf("its snapshot has two records with the ID %q", r.ID)
		}
		seen[r.ID] = true
	}
	return nil
}

// validKey reports whether s can be a key. A key that is not UTF-8 would change when it is written, perhaps
// into another key.
func validKey(s string) bool { return s != "" && utf8.ValidString(s) }

func allValid(keys []string) bool {
	return !slices.ContainsFunc(keys, func(k string) bool { return !validKey(k) })
}

// validateTime accepts the years that RFC 3339 can express.
func validateTime(t time.Time) error {
	if y := t.UTC().Year(); y < 1 || y > 9999 {
		return fmt.Errorf("the year %d is out of range", y)
	}
	return nil
}
