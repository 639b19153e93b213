package state

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
)

// snapshotsVersion is the version of the format of the snapshots' document.
const snapshotsVersion = 1

// encodeSnapshots writes the document, each record on a line of its own. Records that were not decoded are
// written as they were read.
//
// The key "snapshots" distinguishes the document from a state. The serial is for servers such as GitLab
// that require a serial in each version of a document.
func encodeSnapshots(s *Snapshots) ([]byte, error) {
	if err := validateSnapshots(s); err != nil {
		return nil, fmt.Errorf("these snapshots can't be written: %w", err)
	}

	w := newWriter()
	w.text("{\n  \"version\": ").value(snapshotsVersion)
	w.text(",\n  \"serial\": ").value(s.serial)
	w.text(",\n  \"snapshots\": ")
	names := s.Zones()
	w.list("{}", "  ", len(names), func(i int) {
		w.value(names[i]).text(": ")
		w.snapshot(s.zones[names[i]])
	})

	w.text("\n}\n")
	return w.document()
}

func (w *writer) snapshot(s *Snapshot) {
	w.text("{\n      \"fetched_at\": ").value(s.FetchedAt.UTC().Format(time.RFC3339Nano))
	if s.Pending != nil {
		w.text(",\n      \"pending\": ")
		w.list("[]", "      ", len(s.Pending), func(i int) { w.value(s.Pending[i]) })
	}

	w.text(",\n      \"id\": ").value(s.head.ID)
	w.text(",\n      \"tier\": ").value(s.head.Tier)
	w.text(",\n      \"name_servers\": ")
	w.list("[]", "      ", len(s.head.NameServers), func(i int) { w.value(s.head.NameServers[i]) })
	w.text(",\n      \"records\": ")
	if s.stored != nil {
		w.buf.Write(s.stored)
	} else {
		records := sorted(s.head.Records)
		w.list("[]", "      ", len(records), func(i int) { w.value(&records[i]) })
	}

	w.text("\n    }")
}

// sorted returns the records in the order of dns.Compare, without modifying the caller's slice. Usually they
// are in that order already.
func sorted(records []dns.Record) []dns.Record {
	if slices.IsSortedFunc(records, dns.Compare) {
		return records
	}
	return slices.SortedStableFunc(slices.Values(records), dns.Compare)
}

// decodeSnapshots reads the document, but does not decode the records.
func decodeSnapshots(data []byte) (*Snapshots, error) {
	s := &Snapshots{}
	version, encrypted := 0, false
	r := newReader(data)
	err := r.fields(func(key string) error {
		switch key {
		case "version":
			return r.value(&version)
		case "serial":
			return r.value(&s.serial)
		case "snapshots":
			s.zones = map[string]*Snapshot{}
			return r.snapshots(s.zones)
		case "encrypted":
			encrypted = true
			return r.skip()
		default:
			return r.skip()
		}
	})
	if err == nil {
		err = r.end()
	}

	switch {
	case encrypted && version == 0:
		return nil, errEncrypted
	case len(bytes.TrimSpace(data)) == 0:
		return nil, errors.New("it is empty")
	case version > snapshotsVersion:
		return nil, fmt.Errorf("%w: snapshots of version %d, but this cfplan reads at most %d", errNewer, version, snapshotsVersion)
	case err != nil:
		return nil, fmt.Errorf("it is damaged: %w", r.at(data, err))
	case version != snapshotsVersion || s.zones == nil:
		return nil, errors.New("it is JSON, but not a document of snapshots, which has a version and snapshots")
	}

	return s, validateSnapshots(s)
}

func (r *reader) snapshots(into map[string]*Snapshot) error {
	return r.object(func(name string) error {
		if into[name] != nil {
			return twice(name)
		}

		s := &Snapshot{head: dns.Zone{Name: name}}
		into[name] = s

		return r.fields(func(key string) error {
			switch key {
			case "fetched_at":
				return r.time(&s.FetchedAt)
			case "pending":
				return r.value(&s.Pending)
			case "id":
				return r.value(&s.head.ID)
			case "tier":
				return r.value(&s.head.Tier)
			case "name_servers":
				return r.value(&s.head.NameServers)
			case "records":
				return r.value(&s.stored)
			default:
				return r.skip()
			}
		})
	})
}

func (r *reader) time(into *time.Time) error {
	err := r.value(into)
	*into = into.UTC()
	return err
}

// formerSnapshot reads a snapshot inside of a state of version 1.
func (r *reader) formerSnapshot(into *Snapshot) error {
	return r.fields(func(key string) error {
		switch key {
		case "fetched_at":
			return r.time(&into.FetchedAt)
		case "pending":
			return r.value(&into.Pending)
		case "zone":
			return r.value(&into.head)
		default:
			return r.skip()
		}
	})
}
