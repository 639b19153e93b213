package plan

import (
	"fmt"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// matchKeys pairs records of equal name, type and content. Where the zone has
// several such records, one of ours goes first.
func (d *differ) matchKeys() {
	byKey := make(map[dns.Key]int, len(d.seen))
	for i, r := range d.seen {
		if first, ok := byKey[r.Key()]; !ok || d.standing(r) < d.standing(d.seen[first]) {
			byKey[r.Key()] = i
		}
	}
	for i, want := range d.desired {
		j, ok := byKey[want.Key()]
		if !ok || d.taken[j] {
			continue
		}
		d.met[i], d.taken[j] = true, true
		d.compare(want, d.seen[j])
	}
}

// matchLeftovers pairs what is left of each name and type: a changed content.
// Which old value becomes which new one is a matter of taste; the rounds go
// from the likeliest pairs to any.
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
		if !d.taken[j] && d.standing(r) == ours && !d.ignored(r) {
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

// kind tells an SPF record from a site verification: the text up to the first
// separator. Other types have one kind.
func kind(r dns.Record) string {
	if r.Type != dns.TXT {
		return ""
	}
	if i := strings.IndexAny(r.Content, " ;:"); i > 0 {
		return r.Content[:i]
	}
	k, _, _ := strings.Cut(r.Content, "=")
	return k
}

// manner is all that a record says besides its content.
func manner(r dns.Record) string {
	return fmt.Sprint(r.Priority, r.TTL, r.Proxied, r.Comment, r.Tags, r.Settings, r.PrivateRouting)
}
