package sandbox

import (
	"net/http"
	"slices"
	"strings"
)

// The methods of transaction below are the operations on one record, which the endpoints for single records
// and for batches share. If an operation is refused, its caller rolls the transaction back.

func (t *transaction) create(s *Server, c change) (*stored, *refusal) {
	if t.zone.secondary() {
		return nil, secondaryRefused()
	}
	if s.full(t.zone) {
		return nil, reject(apiError{Code: codeQuota, Message: "Record quota exceeded."})
	}
	d := fresh()
	d.apply(c)
	return t.store(s, d, nil)
}

// overwrite replaces a whole record. Members that are missing in the change get their defaults.
func (t *transaction) overwrite(s *Server, c change) (*stored, *refusal) {
	old, refused := t.existing(c)
	if refused != nil {
		return nil, refused
	}
	d := fresh()
	d.apply(c)
	return t.store(s, d, old)
}

// edit replaces only the members that the change has.
func (t *transaction) edit(s *Server, c change) (*stored, *refusal) {
	old, refused := t.existing(c)
	if refused != nil {
		return nil, refused
	}
	d := edit(old.Record)
	d.apply(c)
	return t.store(s, d, old)
}

func (t *transaction) delete(_ *Server, c change) (*stored, *refusal) {
	old := t.zone.records[c.id]
	if old == nil {
		return nil, noRecord()
	}
	if t.zone.secondary() {
		return nil, secondaryRefused()
	}
	if refused := t.zone.leaving(old.Record); refused != nil {
		return nil, refused
	}
	return t.remove(c.id), nil
}

func noRecord() *refusal {
	return refuse(http.StatusNotFound, codeNoRecord, "Record does not exist.")
}

// existing returns the record that the change modifies, or a refusal if it must not be changed.
func (t *transaction) existing(c change) (*stored, *refusal) {
	old := t.zone.records[c.id]
	switch {
	case old == nil:
		return nil, noRecord()
	case old.readOnly():
		return nil, readOnlyRefused(old.Record)
	case c.typ != nil && *c.typ != old.Type:
		return nil, reject(apiError{
			Code:    codeTypeChange,
			Message: "Editing types after a record has been created is not allowed.",
		})
	}
	return old, nil
}

// store checks the draft and stores it in place of old, or as a new record if old is nil.
func (t *transaction) store(s *Server, d draft, old *stored) (*stored, *refusal) {
	if errs := d.normalize(t.zone.info, s.opts.Quirks); len(errs) > 0 {
		return nil, reject(errs...)
	}

	r := d.Record
	var before *Record
	if old != nil {
		r.ID, r.Meta, before = old.ID, old.Meta, &old.Record
		if t.zone.secondary() && !override(*before, r) {
			return nil, secondaryRefused()
		}
		if refused := t.moves(*before, r); refused != nil {
			return nil, refused
		}
	}

	if refused := t.zone.conflicts(r); refused != nil {
		return nil, refused
	}

	if old == nil {
		r.ID = t.zone.newID()
	}
	r.touch(before, s.opts.Now())
	return t.put(r), nil
}

// moves returns a refusal if a record gets a new name but must not leave its old one.
func (t *transaction) moves(old, r Record) *refusal {
	if old.Name == r.Name {
		return nil
	}
	return t.zone.leaving(old)
}

// The endpoints.

func createRecord(c *call) answer { return c.writeOne((*transaction).create) }

func overwriteRecord(c *call) answer { return c.writeOne((*transaction).overwrite) }

func editRecord(c *call) answer { return c.writeOne((*transaction).edit) }

// writeOne runs one operation with the change in the request's body.
func (c *call) writeOne(op func(*transaction, *Server, change) (*stored, *refusal)) answer {
	if refused := c.writable(); refused != nil {
		return refused.answer()
	}

	ch, refused := parseChange(c.body)
	if refused != nil {
		return refused.answer()
	}

	ch.id = c.ids["record"]
	t := &transaction{zone: c.zone}
	s, refused := op(t, c.server, ch)
	if refused != nil {
		return refused.answer()
	}

	return committed(t, envelope{result: s.json()})
}

func deleteRecord(c *call) answer {
	if refused := c.writable(); refused != nil {
		return refused.answer()
	}
	t := &transaction{zone: c.zone}
	if _, refused := t.delete(c.server, change{id: c.ids["record"]}); refused != nil {
		return refused.answer()
	}
	return committed(t, envelope{result: encode(map[string]string{"id": c.ids["record"]})})
}

func committed(t *transaction, e envelope) answer {
	a := jsonAnswer(http.StatusOK, e)
	a.committed = t.changed()
	return a
}

func getRecord(c *call) answer {
	s := c.zone.records[c.ids["record"]]
	if s == nil {
		return noRecord().answer()
	}
	return jsonAnswer(http.StatusOK, envelope{result: s.json()})
}

// freenom are the TLDs whose free zones cannot be changed through the API.
var freenom = []string{".cf", ".ga", ".gq", ".ml", ".tk"}

// writable returns a refusal if the zone's records cannot be changed through the API.
func (c *call) writable() *refusal {
	below := func(tld string) bool { return strings.HasSuffix(c.zone.info.Name, tld) }
	if c.zone.info.Plan == "free" && slices.ContainsFunc(freenom, below) {
		return refuse(http.StatusForbidden, codeFreenom,
			"You cannot use this API for domains with a .cf, .ga, .gq, .ml, or .tk TLD (top-level domain).")
	}
	return nil
}
