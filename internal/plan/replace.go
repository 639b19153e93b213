package plan

import (
	"fmt"

	"github.com/cfplan/cfplan/internal/dns"
)

// replacers knows the declared records with adopt = "replace", and finds the one that replaces an unmanaged
// record. The zero value replaces nothing.
type replacers struct {
	zone string
	// alike has the first such record of each name, type and kind.
	alike map[bucket]dns.Record
	// types has, for each name, the first such record of each type.
	types map[string][]dns.Record
	// lenient has the buckets in which such a record ignores changes of the content (lifecycle.ignore_changes).
	lenient map[bucket]bool
}

// newReplacers finds the records with adopt = "replace" among the declared records of a zone. If several can
// replace the same record, the first one does.
func newReplacers(zone string, declared []dns.Record) replacers {
	r := replacers{
		zone:    zone,
		alike:   map[bucket]dns.Record{},
		types:   map[string][]dns.Record{},
		lenient: map[bucket]bool{},
	}

	known := map[place]bool{}
	for _, want := range declared {
		if !replaces(want) {
			continue
		}

		if _, there := r.alike[bucketOf(want)]; !there {
			r.alike[bucketOf(want)] = want
		}
		if keepIgnored(want, dns.Record{Content: want.Content + "x"}).Content != want.Content {
			r.lenient[bucketOf(want)] = true
		}
		if at := (place{want.Name, want.Type}); !known[at] {
			known[at] = true
			r.types[want.Name] = append(r.types[want.Name], want)
		}
	}
	return r
}

// bucketOf returns name, type and kind of a record. A record with adopt = "replace" replaces the unmanaged records
// in its own bucket.
func bucketOf(r dns.Record) bucket { return bucket{r.Name, r.Type, kind(r)} }

// of returns the declared record that replaces a record of the zone: a record of the same name, type and kind, or
// else a record that conflicts with it. It does not check whether the record may be replaced.
func (r replacers) of(have dns.Record) (dns.Record, bool) {
	if want, ok := r.alike[bucketOf(have)]; ok {
		return want, true
	}
	for _, want := range r.types[have.Name] {
		if r.excludes(want, have) {
			return want, true
		}
	}
	return dns.Record{}, false
}

// excludes reports whether want and have cannot both exist at their name. A DS also cannot stay beside a record that
// replaces its delegation, because Cloudflare refuses a DS without NS.
func (r replacers) excludes(want, have dns.Record) bool {
	if dns.ConflictAt(have.Name, r.zone, want.Type, have.Type) != dns.NoConflict {
		return true
	}
	return have.Type == dns.DS && want.Type != dns.NS && want.Type != dns.DS &&
		dns.ConflictAt(have.Name, r.zone, want.Type, dns.NS) != dns.NoConflict
}

// replaceable reports whether a record may be replaced: cfplan does not own it, no ignore block matches it, and it
// is not one of the zone's own name servers.
func (d *differ) replaceable(have dns.Record) bool {
	delegates := have.Type == dns.NS && have.Name == d.zone.Name
	return d.standing(have) == foreign && !delegates && !d.ignored(have) && !d.in.Reclaim[have.ID]
}

// matchReplaced pairs the remaining declared records that have adopt = "replace" with unmanaged records of the
// same name, type and kind, in order. cfplan changes these unmanaged records in place.
func (d *differ) matchReplaced() {
	free := map[bucket][]int{}
	for j, have := range d.seen {
		if _, replaced := d.replacers.alike[bucketOf(have)]; replaced && !d.taken[j] && d.replaceable(have) {
			free[bucketOf(have)] = append(free[bucketOf(have)], j)
		}
	}

	for i, want := range d.desired {
		among := free[bucketOf(want)]
		if d.met[i] || len(among) == 0 || !replaces(want) {
			continue
		}

		j := among[0]
		free[bucketOf(want)] = among[1:]
		d.met[i], d.taken[j] = true, true
		d.compare(want, d.seen[j])
	}
}

// adopt notes the adoption of a record. If want has adopt = "replace", the adoption may replace the content.
func (d *differ) adopt(want, have, after dns.Record) {
	if d.standing(have) == foreign && replaces(want) && after.Content != have.Content {
		d.replace(Adopt, want, have, &after)
		return
	}
	d.change(Adopt, want, &have, &after, "")
}

// replace notes a change that replaces an unmanaged record with a declared record. The change has the position of the
// declared record. after is nil for a destroy.
func (d *differ) replace(a Action, want, have dns.Record, after *dns.Record) {
	about := want
	if after == nil {
		about = have
		d.replacing[bucketOf(have)] = true
	}

	d.change(a, about, &have, after, whyReplaced(addressOf(want)))
	c := &d.zone.Changes[len(d.zone.Changes)-1]
	c.Replaces, c.DeclaredAt = true, position(want)
}

// destroyReplaced destroys the replaced records that matchReplaced did not pair with a declared record.
func (d *differ) destroyReplaced() {
	var refused []dns.Record          // the declared records that cannot replace
	kept := map[string][]dns.Record{} // for each of their addresses, the records that a product keeps
	for j, have := range d.seen {
		want, replaced := d.replacers.of(have)
		address := addressOf(want)
		switch {
		case !replaced || d.taken[j]:
		case d.standing(have) == untouched && !d.replacers.excludes(want, have):
			if len(kept[address]) == 0 {
				refused = append(refused, want)
			}
			kept[address] = append(kept[address], have)
		case d.replaceable(have):
			d.taken[j] = true
			d.replace(Destroy, want, have, nil)
		}
	}

	for _, want := range refused {
		d.failKept(want, kept[addressOf(want)])
	}
}

// failKept reports records that a Cloudflare product keeps and that the declared record want would replace. It is
// only for records that can exist beside want; checkCollisions reports the others.
func (d *differ) failKept(want dns.Record, kept []dns.Record) {
	product := kept[0].ManagedBy
	d.fail(want, "Record cannot be replaced", fmt.Sprintf(
		"The lifecycle of %s has adopt = \"replace\", but %s keeps %s in the zone %s, and cfplan never touches records "+
			"that a product keeps. Turn %s off for this name, or leave adopt out: the name then has the declared record "+
			"and the others.",
		addressOf(want), product, d.describeSome(kept), d.zone.Name, product))
}

// whyReplaced returns the reason for a change with which the block at an address replaces an unmanaged record.
func whyReplaced(address string) string {
	return fmt.Sprintf("%s replaces this unmanaged record, as its lifecycle says", address)
}

// replaces reports whether a declared record has adopt = "replace".
func replaces(want dns.Record) bool { return want.Declared != nil && want.Declared.Replaces }
