package plan

import (
	"cmp"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
)

// Cloudflare limits the operations in one batch request. The limit depends on the zone's Cloudflare plan
// (developers.cloudflare.com, batch record changes).
const (
	FreeBatchLimit = 200
	PaidBatchLimit = 3500
)

// BatchLimit returns the limit for a zone's tier, or the smaller limit if the tier is not known.
func BatchLimit(tier dns.Tier) int {
	switch tier {
	case dns.Pro, dns.Business, dns.Enterprise:
		return PaidBatchLimit
	default:
		return FreeBatchLimit
	}
}

// Batches divides a zone's changes into requests of at most limit operations (at least one). It leaves out changes
// that write nothing. Each request is in the order in which Cloudflare executes it: destroys, changes, adds.
//
// All changes at one name are in one request, so that the name always has an answer, and no add comes before the
// destroy that makes room for it. The same holds for both names of a renamed record. Only a name with more changes
// than limit is split, in the same order.
func Batches(z Zone, limit int) [][]Change {
	limit = max(1, limit)

	var out [][]Change
	var batch []Change
	for _, group := range groupsByName(z.Changes) {
		for len(group) > 0 {
			if len(batch) > 0 && len(batch)+len(group) > limit {
				out, batch = append(out, batch), nil
			}

			n := min(limit, len(group))
			batch = append(batch, group[:n]...)
			group = group[n:]
		}
	}
	if len(batch) > 0 {
		out = append(out, batch)
	}

	for _, b := range out {
		slices.SortStableFunc(b, compareOperations)
	}
	return out
}

// groupsByName groups the changes that write something by name. Both names of a renamed record are in one group.
// Groups that destroy records come first, because a zone near its quota needs the room.
func groupsByName(changes []Change) [][]Change {
	joined := groups{}
	for _, c := range changes {
		joined.join(c.names()...)
	}

	var out [][]Change
	at := map[string]int{}
	for _, c := range changes {
		if !c.Writes() {
			continue
		}

		key := joined.of(c.Name)
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], c)
	}

	for _, g := range out {
		slices.SortStableFunc(g, compareOperations)
	}
	slices.SortStableFunc(out, func(a, b []Change) int { return cmp.Compare(growth(a), growth(b)) })
	return out
}

// growth returns 1 if the group adds more records than it destroys, -1 if it destroys more, and otherwise 0.
func growth(group []Change) int {
	n := 0
	for _, c := range group {
		n += stage(c) - 1
	}
	return cmp.Compare(n, 0)
}

func compareOperations(a, b Change) int {
	return cmp.Or(cmp.Compare(stage(a), stage(b)), cmp.Compare(typeOrder(a), typeOrder(b)))
}

// stage returns the position of the change in a batch request: 0 for destroys, 1 for changes, 2 for adds.
func stage(c Change) int {
	switch c.Action {
	case Destroy:
		return 0
	case Add:
		return 2
	default:
		return 1
	}
}

// typeOrder adds NS before DS and destroys DS before NS, because Cloudflare refuses a DS without a delegation (RFC
// 4035, section 2.4).
func typeOrder(c Change) int {
	switch {
	case c.Type == dns.DS && c.Action == Destroy, c.Type == dns.NS && c.Action != Destroy:
		return 0
	case c.Type == dns.NS, c.Type == dns.DS:
		return 2
	default:
		return 1
	}
}

// Growth returns the largest number of additional records that the zone has after any request of [Batches] that adds
// records. A zone that shrinks in the end may grow on the way. adds is false if no request adds a record.
func Growth(z Zone, limit int) (most int, adds bool) {
	grown := 0
	for _, batch := range Batches(z, limit) {
		added := false
		for _, c := range batch {
			grown += stage(c) - 1
			added = added || c.Action == Add
		}
		if added && (!adds || grown > most) {
			most, adds = grown, true
		}
	}
	return most, adds
}
