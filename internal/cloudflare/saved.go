package cloudflare

import (
	"encoding/json"

	"github.com/cfplan/cfplan/internal/dns"
)

// SavedRecord is a record of an answer that was saved, such as by curl.
type SavedRecord struct {
	dns.Record
	// ZoneID and ZoneName are those of its zone. Newer answers have neither.
	ZoneID, ZoneName string
	// Odd has the fields that could not be read, or only in another form than expected.
	Odd []Odd
}

// ReadSaved reads one record of a saved answer as the client reads those that it is sent, but one without
// an ID too. The error says what of the record cannot be read.
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
