package cloudflare

import (
	"encoding/json"

	"github.com/cfplan/cfplan/internal/dns"
)

// SavedRecord is a record of a saved answer, for example one that curl saved.
type SavedRecord struct {
	dns.Record
	// ZoneID and ZoneName identify the record's zone. Newer answers have neither.
	ZoneID, ZoneName string
	// Odd has the fields that do not have the documented form.
	Odd []Odd
}

// ReadSaved reads one record of a saved answer as the client reads records of a live answer, but also accepts
// a record without an ID. The error names the field that cannot be read.
func ReadSaved(raw json.RawMessage) (SavedRecord, error) {
	var w wireRecord
	if json.Unmarshal(raw, &w) != nil {
		w.readLoosely(raw)
	}
	w.saved = true
	r, err := w.record()
	if err != nil {
		return SavedRecord{}, err
	}

	var members struct {
		ZoneID   json.RawMessage `json:"zone_id"`
		ZoneName json.RawMessage `json:"zone_name"`
	}
	readOr(raw, &members)
	saved := SavedRecord{Record: r, Odd: w.oddities()}
	readOr(members.ZoneID, &saved.ZoneID)
	readOr(members.ZoneName, &saved.ZoneName)
	return saved, nil
}

// ReadSavedErrors reads the errors of a saved answer that is not a success, outermost first.
func ReadSavedErrors(raw json.RawMessage) []APIError { return readErrors(raw) }
