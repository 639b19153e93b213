package guidance

import (
	"maps"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
)

// Subject is what an error is about.
type Subject string

const (
	// AnyRecord: the error does not say more than that it is about a request or a record.
	AnyRecord Subject = ""
	// TheZone: the zone does not exist, or the credentials may not see it.
	TheZone Subject = "zone"
	// MissingRecord: a record that was to be changed or deleted does not exist.
	MissingRecord Subject = "missing record"
	// Quota: the zone holds no more records.
	Quota Subject = "quota"
	// Duplicate: a new record is in the zone already.
	Duplicate Subject = "duplicate"
	// Conflict: records of other types at the same name exclude the record.
	Conflict Subject = "conflict"
	// RecordType: Cloudflare restricts records of a type.
	RecordType Subject = "type"
	// AttributeValue: one attribute of the record has a value that Cloudflare does not take.
	AttributeValue Subject = "attribute"
)

// Concern says which records of a request an error can be about.
type Concern struct {
	Subject Subject
	// Types are the record types that it can be about; empty for all.
	Types []dns.Type
	// Attribute is the one at fault if Subject is AttributeValue.
	Attribute dns.Attribute
}

func about(s Subject, types ...dns.Type) Concern { return Concern{Subject: s, Types: types} }

func aboutAttribute(a dns.Attribute, types ...dns.Type) Concern {
	return Concern{Subject: AttributeValue, Attribute: a, Types: types}
}

// concerning returns the entry with c as the concern of all its codes, or only of the given ones.
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

// concernFor returns what an error with the code is about, as a copy.
func (e Entry) concernFor(code int) Concern {
	c, known := e.concernOf[code]
	if !known {
		c = e.Concern
	}
	c.Types = slices.Clone(c.Types)
	return c
}
