package config

import (
	"cmp"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/dns"
)

// stated is a value that a zone block sets for its zone as a whole, with its position. The zero value means not set.
type stated[T comparable] struct {
	value *T
	at    hcl.Range
}

// statedBy returns the value of an attribute with its position.
func statedBy[T comparable](r *reader, attr string, value T) stated[T] {
	return stated[T]{&value, r.attrs[attr].Expr.Range()}
}

// statements are the values that a zone block sets for its zone as a whole. Several blocks of a zone may set
// them if they agree.
type statements struct {
	ownership  stated[dns.Ownership]
	id         stated[string]
	maxDestroy stated[dns.Limit]
	account    stated[string]
}

// joinZones returns one zone for each name, with the contents of all zone blocks with that name. The zones are in the
// order of their first blocks. otherwise is the limit for zones without a limit of their own.
func joinZones(r *report, blocks []*zone, otherwise *dns.Limit) []*zone {
	byName := make(map[string][]*zone, len(blocks))
	var names []string
	for _, z := range blocks {
		if byName[z.Name] == nil {
			names = append(names, z.Name)
		}
		byName[z.Name] = append(byName[z.Name], z)
	}

	out := make([]*zone, len(names))
	for i, name := range names {
		z := joined(r, byName[name])
		z.ID = orElse(z.says.id.value, "")
		z.Policy.Ownership = orElse(z.says.ownership.value, dns.Managed)
		z.Policy.Account = orElse(z.says.account.value, "")
		z.Policy.MaxDestroy = cmp.Or(z.says.maxDestroy.value, otherwise)
		out[i] = z
	}
	return out
}

// joined returns a zone with the contents of all its blocks. It does not change the blocks.
func joined(r *report, blocks []*zone) *zone {
	z := *blocks[0]
	if len(blocks) == 1 {
		return &z
	}

	records, ignored, protected := 0, 0, 0
	for _, b := range blocks {
		records, ignored = records+len(b.Records), ignored+len(b.Policy.Ignore)
		protected += len(b.Policy.Protected)
	}
	z.Records, z.origins = slices.Grow([]dns.Record(nil), records), slices.Grow([]origin(nil), records)
	z.Policy.Ignore = slices.Grow([]dns.Pattern(nil), ignored)
	z.Policy.Protected = slices.Grow([]dns.Protection(nil), protected)
	for _, b := range blocks {
		z.Records = append(z.Records, b.Records...)
		z.origins = append(z.origins, b.origins...)
		z.Policy.Ignore = append(z.Policy.Ignore, b.Policy.Ignore...)
		z.Policy.Protected = append(z.Policy.Protected, b.Policy.Protected...)
		z.Policy.Defaults = z.Policy.Defaults || b.Policy.Defaults
		z.uncertain = z.uncertain || b.uncertain
		z.says = z.says.with(r, b)
	}
	return &z
}

// with combines the statements of a zone with the statements of its block b, and reports contradictions.
func (s statements) with(r *report, b *zone) statements {
	defer r.inside(b.call)()
	return statements{
		ownership:  agreed(r, b, "ownership", s.ownership, b.says.ownership),
		id:         agreed(r, b, "id", s.id, b.says.id),
		maxDestroy: agreed(r, b, "max_destroy", s.maxDestroy, b.says.maxDestroy),
		account:    agreed(r, b, "cloudflare", s.account, b.says.account),
	}
}

// agreed combines one statement of a zone with the statement of its block b, and reports a contradiction.
func agreed[T comparable](r *report, b *zone, what string, before, last stated[T]) stated[T] {
	switch {
	case before.value == nil:
		return last
	case last.value != nil && *last.value != *before.value:
		r.errorAt(last.at, "Zone blocks disagree",
			"The zone %q has another %s at %s. All blocks of a zone must say the same about the zone as a whole: "+
				"write it in only one of them, and it applies to all, or write the same in both.",
			b.Name, what, at(before.at))
	}
	return before
}
