package reconcile

import (
	"errors"
	"fmt"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// errUnidentified means that a request was carried out, but Cloudflare's answer does not show a
// record that it created.
var errUnidentified = errors.New("Cloudflare's answer and the zone's list do not show a record that was to be created")

// idSet holds the IDs of records.
type idSet map[string]bool

func idsOf(records []dns.Record) idSet {
	out := make(idSet, len(records))
	out.add(records)
	return out
}

func (s idSet) add(records []dns.Record) {
	for _, r := range records {
		s[r.ID] = true
	}
}

// idsFromAnswer finds the IDs of the added records in the answer to their request. The order of an
// answer is not guaranteed, so records are identified by their keys. An ID is trusted only if no
// record had it before the request and the answer has it once: otherwise cfplan would take a record
// of others for its own and overwrite it in the next run. complete reports whether the answer has
// such an ID for every added record, and nothing else.
func idsFromAnswer(changes []plan.Change, answer []dns.Record, before idSet) (ids map[dns.Key]string, complete bool) {
	ids = make(map[dns.Key]string, len(answer))
	given, complete := make(idSet, len(answer)), true
	for _, r := range answer {
		if before[r.ID] || given[r.ID] || ids[r.Key()] != "" {
			complete = false
		}
		given[r.ID], ids[r.Key()] = true, r.ID
	}

	adds := 0
	for _, key := range addedKeys(changes) {
		adds++
		complete = complete && ids[key] != ""
	}
	return ids, complete && adds == len(ids)
}

// idsFromList finds the IDs of the added records in the zone's list: a record with the same key
// that was not there before. If there is none, Cloudflare may have stored the content in another
// spelling. The record is then the one with the same name and type that was not there before and
// that the answer names. Records that are not found have no ID.
func idsFromList(changes []plan.Change, list, answer []dns.Record, before idSet) map[dns.Key]string {
	byKey, free := map[dns.Key]string{}, map[string]dns.Record{}
	for _, r := range list {
		if !before[r.ID] {
			byKey[r.Key()], free[r.ID] = r.ID, r
		}
	}

	ids := map[dns.Key]string{}
	var unmet []dns.Key
	for _, key := range addedKeys(changes) {
		id, found := byKey[key]
		if !found {
			unmet = append(unmet, key)
			continue
		}
		ids[key] = id
		delete(free, id)
	}

	for _, key := range unmet {
		for _, named := range answer {
			if r, there := free[named.ID]; there && r.Name == key.Name && r.Type == key.Type {
				ids[key] = r.ID
				delete(free, r.ID)
				break
			}
		}
	}
	return ids
}

// addedKeys returns the keys of the records that the changes add.
func addedKeys(changes []plan.Change) []dns.Key {
	var out []dns.Key
	for _, c := range changes {
		if c.Action == plan.Add {
			out = append(out, c.AfterRecord().Key())
		}
	}
	return out
}

// allIdentified returns an error if an added record has no ID.
func allIdentified(changes []plan.Change, ids map[dns.Key]string) error {
	for _, c := range changes {
		if c.Action == plan.Add && ids[c.AfterRecord().Key()] == "" {
			return fmt.Errorf("%w: %s %s", errUnidentified, c.Type, c.Masked().Name)
		}
	}
	return nil
}
