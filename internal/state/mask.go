package state

import (
	"maps"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
)

// Masked returns the state for display: sensitive attributes of records are replaced by
// [dns.SensitiveValue]. A masked state must not be stored.
func (s *State) Masked() *State {
	out := *s
	out.Zones = make(map[string]*Zone, len(s.Zones))
	for name, z := range s.Zones {
		out.Zones[name] = z.masked()
	}
	return &out
}

func (z *Zone) masked() *Zone {
	out := *z
	out.Owned = maps.Clone(z.Owned)
	for id, o := range out.Owned {
		out.Owned[id] = o.masked()
	}

	if z.Journal != nil {
		journal := *z.Journal
		journal.Operations = slices.Clone(journal.Operations)
		for i := range journal.Operations {
			o := &journal.Operations[i]
			if len(o.Sensitive) > 0 {
				o.Record, o.Digest = o.Record.Mask(o.Sensitive), "" // a digest would confirm guesses
			}
		}
		out.Journal = &journal
	}

	return &out
}

func (o Owned) masked() Owned {
	if len(o.Sensitive) == 0 {
		return o
	}
	o.Name = dns.Record{Name: o.Name}.Mask(o.Sensitive).Name
	if last, ok := o.Last.Record(); ok {
		o.Last = Remember(last.Mask(o.Sensitive))
	}
	return o
}

// Masked returns the record for display.
func (r OwnedRecord) Masked() OwnedRecord {
	o := Owned{Name: r.Name, Last: r.Last, Sensitive: r.Sensitive}.masked()
	r.Name, r.Last = o.Name, o.Last
	return r
}

// Hidden returns the sensitive texts in the state. A message that may quote one of them must hide it.
func (s *State) Hidden() dns.Hidden {
	var out dns.Hidden
	for name, z := range s.Zones {
		for _, o := range z.Owned {
			if len(o.Sensitive) == 0 {
				continue
			}
			out.Add(dns.Record{Name: o.Name}, name, o.Sensitive)
			if last, ok := o.Last.Record(); ok {
				out.Add(last, name, o.Sensitive)
			}
		}
	}

	return out
}
