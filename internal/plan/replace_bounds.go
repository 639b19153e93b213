package plan

import "github.com/cfplan/cfplan/internal/dns"

// What adopt = "replace" allows a plan to do to unmanaged records. The plan's own word for it does not count: a forged
// plan replaces nothing unless the configuration says so.

// replacersWithin returns the declared records that replace others in a plan with these bounds: none in a destroy, a
// rollback, or a zone that is not declared.
func replacersWithin(b Bounds) replacers {
	if b.Undeclared || b.Rollback || b.Destroy {
		return replacers{}
	}
	return newReplacers(b.Declared.Name, sorted(b.Declared.Records))
}

// replacerOf returns the declared record that may replace an unmanaged record.
func (i *inspector) replacerOf(have dns.Record) (dns.Record, bool) {
	if i.owns(have) || i.exclusive() || have.Keeper() != "" || i.delegates(have) || i.ignored(have) || !i.scope.Has(have) {
		return dns.Record{}, false
	}
	return i.replacers.of(have)
}

// replacesInPlace reports whether an adoption makes a record one that is declared otherwise: a declared record of its
// type, and for a text of its kind, replaces it or ignores that its content is another.
func (i *inspector) replacesInPlace(c Change, have dns.Record) bool {
	want, replaced := i.replacerOf(have)
	if !replaced || want.Type != have.Type {
		return false
	}
	return c.After.Content != have.Content || i.replacers.lenient[bucketOf(have)]
}

// forbidsReplacement says why a record may not be changed into another one: what it becomes has to be declared with
// adopt = "replace", in the form in which cfplan writes it.
func (i *inspector) forbidsReplacement(c Change, have dns.Record) string {
	after := c.After.Record(c.Name, c.Type)
	if after.Content == have.Content {
		return ""
	}

	switch want, declared := i.declared[after.Key()]; {
	case !declared || !replaces(want):
		return "the configuration declares no such record with adopt = \"replace\""
	case bucketOf(after) != bucketOf(have) && !i.replacers.excludes(want, have):
		return "adopt = \"replace\" replaces only texts of the same kind"
	case !canonical(c):
		return "its value is not in the form in which cfplan writes it"
	}
	return ""
}

// makesRoom reports whether a record may be destroyed for a declared one that replaces it. Such a record must be there
// afterwards, so that a forged plan cannot leave the name without an answer.
func (i *inspector) makesRoom(have dns.Record) bool {
	want, replaced := i.replacerOf(have)
	return replaced && i.there[bucketOf(want)]
}

// ownedAfterwards returns what the declared records that the plan writes or adopts share with what they replace, and those
// that cfplan owns and the plan does not touch. It is empty if nothing is replaced.
func (i *inspector) ownedAfterwards() map[bucket]bool {
	out := map[bucket]bool{}
	if len(i.replacers.alike) == 0 {
		return out
	}

	for _, c := range i.zone.Changes {
		r := c.either()
		writes := c.Action == Add || c.Action == Update || c.Action == Adopt
		if writes && (i.declares(r) || i.replacers.lenient[bucketOf(r)]) {
			out[bucketOf(r)] = true
		}
	}
	for _, r := range i.bounds.Live.Records {
		if i.owns(r) && i.changes[r.ID] == 0 {
			out[bucketOf(r)] = true
		}
	}
	return out
}

// restateReplacement returns a change with what is said of it if it replaces an unmanaged record.
func (i *inspector) restateReplacement(c Change) Change {
	have, exists := i.live[c.RecordID]
	want, replaced := i.replacerOf(have)
	c.Replaces = exists && replaced && (c.Action == Destroy || c.Action == Adopt && c.After.Content != have.Content)
	if c.Replaces && c.Action == Destroy {
		c.Reason, c.DeclaredAt = whyReplaced(addressOf(want)), position(want)
	}
	if c.Replaces && c.Action == Adopt {
		c.Reason = whyReplaced(c.Address)
	}
	return c
}
