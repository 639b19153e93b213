package plan

import "github.com/cfplan/cfplan/internal/dns"

// This file decides what adopt = "replace" allows a plan to do to unmanaged records. It does not trust the plan: a
// plan may replace a record only if the configuration says so.

// replacersWithin returns the declared records that may replace others in a plan with these bounds. In a destroy, a
// rollback, or a zone that is not declared, no record may replace others.
func replacersWithin(b Bounds) replacers {
	if b.Undeclared || b.Rollback || b.Destroy {
		return replacers{}
	}
	return newReplacers(b.Declared.Name, sorted(b.Declared.Records))
}

// replacerOf returns the declared record that may replace an unmanaged record. ok is false if there is none.
func (i *inspector) replacerOf(have dns.Record) (want dns.Record, ok bool) {
	managed := i.owns(have) || i.exclusive()
	protected := have.Keeper() != "" || i.delegates(have) || i.ignored(have)
	if managed || protected || !i.scope.Has(have) {
		return dns.Record{}, false
	}
	return i.replacers.of(have)
}

// replacesInPlace reports whether an adoption takes over a record whose content differs from the declared record:
// either the adoption changes the content, or the declaration ignores it. The declared record must have the same
// type, and for TXT the same kind.
func (i *inspector) replacesInPlace(c Change, have dns.Record) bool {
	want, replaced := i.replacerOf(have)
	if !replaced || want.Type != have.Type {
		return false
	}
	return c.After.Content != have.Content || i.replacers.lenient[bucketOf(have)]
}

// forbidsReplacement says why an adoption may not give a record its new content, or returns "" if it may. The
// result must be declared with adopt = "replace", and its content must have the form in which cfplan writes it.
func (i *inspector) forbidsReplacement(c Change, have dns.Record) string {
	after := c.AfterRecord()
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

// makesRoom reports whether a record may be destroyed because a declared record replaces it. The declared record must
// exist after the plan, so that a forged plan cannot leave the name without an answer.
func (i *inspector) makesRoom(have dns.Record) bool {
	want, replaced := i.replacerOf(have)
	return replaced && i.there[bucketOf(want)]
}

// ownedAfterwards returns the buckets of the records that cfplan owns after the plan: the declared records that
// the plan writes or adopts, and the owned records that it does not touch. It is empty if the plan replaces
// nothing.
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

// restateReplacement sets Replaces, Reason and DeclaredAt of a change that replaces an unmanaged record.
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
