package guidance

import (
	"maps"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
)

// Subject says what an error is about.
type Subject string

const (
	// AnyRecord means that the error can be about anything in a request.
	AnyRecord Subject = ""
	// TheZone means that the zone does not exist, or that the credentials may not see it.
	TheZone Subject = "zone"
	// MissingRecord means that a record to be changed or deleted does not exist.
	MissingRecord Subject = "missing record"
	// Quota means that the zone cannot hold more records.
	Quota Subject = "quota"
	// Duplicate means that a new record is already in the zone.
	Duplicate Subject = "duplicate"
	// Conflict means that records of other types at the same name exclude the record.
	Conflict Subject = "conflict"
	// RecordType means that Cloudflare restricts records of a type.
	RecordType Subject = "type"
	// AttributeValue means that Cloudflare does not accept the value of one attribute.
	AttributeValue Subject = "attribute"
)

// Concern says what in a request an error can be about.
type Concern struct {
	Subject Subject
	// Types are the record types that the error can be about; empty for all types.
	Types []dns.Type
	// Attribute is the attribute at fault if Subject is AttributeValue.
	Attribute dns.Attribute
}

func about(s Subject, types ...dns.Type) Concern { return Concern{Subject: s, Types: types} }

func aboutAttribute(a dns.Attribute, types ...dns.Type) Concern {
	return Concern{Subject: AttributeValue, Attribute: a, Types: types}
}

// concerning returns a copy of the entry that says c about the given codes, or about all of its codes if none are
// given.
func (e Entry) concerning(c Concern, codes ...int) Entry {
	if len(codes) == 0 {
		e.Concern = c
		return e
	}

	e.concernOf = maps.Clone(e.concernOf)
	if e.concernOf == nil {
		e.concernOf = map[int]Concern{}
	}
	for _, code := range codes {
		e.concernOf[code] = c
	}
	return e
}

// concernFor returns a copy of the entry's Concern for the code.
func (e Entry) concernFor(code int) Concern {
	c, known := e.concernOf[code]
	if !known {
		c = e.Concern
	}
	c.Types = slices.Clone(c.Types)
	return c
}
