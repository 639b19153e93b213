package nameserver

import (
	"slices"
	"strconv"

	"github.com/cfplan/cfplan/internal/dns"
)

// servedTTL is the TTL that Cloudflare serves for an automatic TTL, in seconds.
const servedTTL = 300

// pair adds the seen records of one name to the view. Each takes the attributes that DNS does not show from
// the declared record that equals it or that will replace it. The owner of the remaining seen records is not
// known.
func (v *viewer) pair(declared, seen []dns.Record, a Answer) {
	if a.Delegated && len(seen) == 0 {
		v.asDeclared(declared, &v.counts.delegated)
		return
	}

	seen = slices.Clone(seen)
	rest := slices.DeleteFunc(slices.Clone(declared), func(d dns.Record) bool {
		i := slices.IndexFunc(seen, func(s dns.Record) bool { return s.Key() == d.Key() })
		if i >= 0 {
			v.add(like(seen[i], d), d.Declared)
			seen = slices.Delete(seen, i, i+1)
		}
		return i >= 0
	})

	slices.SortFunc(rest, dns.Compare)
	slices.SortFunc(seen, dns.Compare)
	for _, s := range seen {
		// All declared records together replace a record of another type.
		i := slices.IndexFunc(rest, func(d dns.Record) bool { return d.Type == s.Type })
		switch {
		case i >= 0:
			v.add(like(s, rest[i]), rest[i].Declared)
			rest = slices.Delete(rest, i, i+1)
		case len(rest) > 0 && !slices.ContainsFunc(declared, func(d dns.Record) bool { return d.Type == s.Type }):
			v.add(s, &dns.Declaration{})
		default:
			v.add(s, nil)
		}
	}
}

// like returns the seen record with the declared values of the attributes that DNS does not show.
func like(seen, declared dns.Record) dns.Record {
	seen.Comment, seen.Tags, seen.Settings = declared.Comment, declared.Tags, declared.Settings
	seen.PrivateRouting = declared.PrivateRouting
	if declared.TTL == dns.AutoTTL && !declared.Proxied && seen.TTL == servedTTL {
		seen.TTL = dns.AutoTTL
	}
	return seen
}

// asDeclared adds records as they are declared, because DNS shows nothing about them. It adds their number to
// count.
func (v *viewer) asDeclared(declared []dns.Record, count *int) {
	*count += len(declared)
	for _, d := range declared {
		v.add(d, d.Declared)
	}
}

// undeclared adds the seen records for a question about records that cfplan owns and that are no longer
// declared.
func (v *viewer) undeclared(q Question, known []Known) {
	a := v.answers[q]
	seen := v.own(q.Name, q.Type, a, nil)
	if cloudflares(seen) {
		// The proxy answers with several addresses for one record.
		seen = seen[:min(len(seen), len(known))]
	}

	for i, s := range seen {
		s.Proxied = cloudflares([]dns.Record{s})
		if s.Proxied {
			s.TTL = dns.AutoTTL
		}
		v.add(s, &dns.Declaration{Address: known[min(i, len(known)-1)].Address})
	}
}

// add adds a record to the view. by is the declaration that the record belongs to, or nil if its owner is not
// known.
func (v *viewer) add(r dns.Record, by *dns.Declaration) {
	r.ID, r.Declared = "dns-"+strconv.Itoa(len(v.out.Records)+1), nil
	v.out.Records = append(v.out.Records, r)
	if by != nil {
		v.out.Owned[r.ID] = by.Address
	}
}
