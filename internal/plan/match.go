package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// matchKeys pairs records with the same name, type and content. If the zone has several such records, it prefers
// records that cfplan may change, and among these a record that needs no change.
func (d *differ) matchKeys() {
	byKey := make(map[dns.Key]int, len(d.seen))
	repeated := map[dns.Key][]int{}
	for j, r := range d.seen {
		first, known := byKey[r.Key()]
		switch {
		case !known:
			byKey[r.Key()] = j
		case repeated[r.Key()] == nil:
			repeated[r.Key()] = []int{first, j}
		default:
			repeated[r.Key()] = append(repeated[r.Key()], j)
		}
	}

	for i, want := range d.desired {
		j, ok := byKey[want.Key()]
		if among := repeated[want.Key()]; among != nil {
			j = d.bestOf(want, among)
		}
		if !ok || d.taken[j] {
			continue
		}

		d.met[i], d.taken[j] = true, true
		d.compare(want, d.seen[j])
	}
}

// bestOf returns the index of the record that matchKeys pairs with the declared record. among has the indices of all
// records with its key.
func (d *differ) bestOf(want dns.Record, among []int) int {
	changes := func(j int) int {
		if have := d.seen[j]; keepIgnored(want, have).Equal(have) {
			return 0
		}
		return 1
	}
	return slices.MinFunc(among, func(a, b int) int {
		return cmp.Or(
			cmp.Compare(d.standing(d.seen[a]), d.standing(d.seen[b])),
			cmp.Compare(changes(a), changes(b)),
		)
	})
}

// matchLeftovers pairs the remaining records of each name and type, whose contents differ. Any pairing is correct,
// but the earlier rounds find the pairs that a user would expect.
func (d *differ) matchLeftovers() {
	rounds := []func(r dns.Record, address string) string{
		func(_ dns.Record, address string) string { return "address " + address },
		func(r dns.Record, _ string) string { return "kind " + kind(r) },
		func(r dns.Record, _ string) string { return "manner " + manner(r) },
		func(dns.Record, string) string { return "any" },
	}
	for _, round := range rounds {
		d.matchBy(round)
	}
}

type bucket struct {
	name  string
	typ   dns.Type
	label string
}

func (d *differ) matchBy(label func(dns.Record, string) string) {
	free := map[bucket][]int{}
	for j, r := range d.seen {
		if !d.taken[j] && d.standing(r) == ours && !d.ignored(r) && !d.letGo.removed(d.in.Owned[r.ID]) {
			b := bucket{r.Name, r.Type, label(r, d.in.Owned[r.ID])}
			free[b] = append(free[b], j)
		}
	}
	if len(free) == 0 {
		return
	}

	for i, want := range d.desired {
		b := bucket{want.Name, want.Type, label(want, addressOf(want))}
		if d.met[i] || len(free[b]) == 0 {
			continue
		}

		j := free[b][0]
		free[b] = free[b][1:]
		d.met[i], d.taken[j] = true, true
		d.compare(want, d.seen[j])
	}
}

// kind returns the kind of a TXT record, such as SPF or a site verification: its text up to the first separator, in
// lower case. In "v=spf1" the equals sign is no separator. For records of other types, kind returns "".
func kind(r dns.Record) string {
	if r.Type != dns.TXT {
		return ""
	}

	text := strings.ToLower(dns.TXTValue(r.Content))
	if i := strings.IndexAny(text, " ;:"); i > 0 {
		return text[:i]
	}
	if strings.HasPrefix(text, "v=") {
		return text
	}
	k, _, _ := strings.Cut(text, "=")
	return k
}

// manner returns a text of all attributes of a record except its name, type and content.
func manner(r dns.Record) string {
	return fmt.Sprint(r.Priority, r.TTL, r.Proxied, r.Comment, r.Tags, r.Settings, r.PrivateRouting)
}
