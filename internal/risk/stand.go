package risk

import (
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/lint"
)

// side maps the names of a zone to their records, either before or after the changes.
type side map[string]*stand

// stand has the records of one name. The rules look at it once for each change, and a name may have thousands of
// records and of changes. Therefore add computes in advance what the rules need.
type stand struct {
	sets []set
	// proxied reports whether any record is proxied.
	proxied bool
	// hidden counts the proxied addresses, and bare counts the others.
	hidden, bare int
	// mailHosts counts the MX records that accept mail: a null MX (RFC 7505) accepts none.
	mailHosts int
	// spf is the first SPF record, and spfs is the number of SPF records.
	spf  string
	spfs int
	// dmarc is the first DMARC record, and dmarcs is the number of DMARC records.
	dmarc  lint.DMARC
	dmarcs int
	// servers has the hosts of the NS records.
	servers map[string]bool
	// caa caches the issuers by tag.
	caa map[string]issuers
	// values has the value of each record. holds fills it on first use.
	values map[value]bool
}

// set is the records of one type.
type set struct {
	typ     dns.Type
	records []dns.Record
}

// at returns the records of a name, or an empty stand if it has none.
func (s side) at(name string) *stand {
	if there, ok := s[name]; ok {
		return there
	}
	return &stand{}
}

func (s side) add(r dns.Record) {
	there, ok := s[r.Name]
	if !ok {
		there = &stand{}
		s[r.Name] = there
	}
	there.add(r)
}

func (s *stand) add(r dns.Record) {
	of := s.set(r.Type)
	of.records = append(of.records, r)
	s.proxied = s.proxied || r.Proxied

	switch {
	case (r.Type == dns.A || r.Type == dns.AAAA) && r.Proxied:
		s.hidden++
	case r.Type == dns.A || r.Type == dns.AAAA:
		s.bare++
	case r.Type == dns.MX && r.Content != ".":
		s.mailHosts++
	case r.Type == dns.TXT:
		s.addText(r.Name, dns.TXTValue(r.Content))
	case r.Type == dns.NS:
		if s.servers == nil {
			s.servers = map[string]bool{}
		}
		s.servers[r.Content] = true
	}
}

func (s *stand) addText(name, text string) {
	if lint.IsSPF(text) {
		if s.spfs == 0 {
			s.spf = text
		}
		s.spfs++
	}

	if !strings.HasPrefix(name, "_dmarc.") {
		return
	}
	if record, is := lint.ParseDMARC(text); is {
		if s.dmarcs == 0 {
			s.dmarc = record
		}
		s.dmarcs++
	}
}

// set returns the set of a type, so that records can be added to it.
func (s *stand) set(t dns.Type) *set {
	for i := range s.sets {
		if s.sets[i].typ == t {
			return &s.sets[i]
		}
	}
	s.sets = append(s.sets, set{typ: t})
	return &s.sets[len(s.sets)-1]
}

// of returns the records of a type.
func (s *stand) of(t dns.Type) []dns.Record {
	for _, one := range s.sets {
		if one.typ == t {
			return one.records
		}
	}
	return nil
}

// has reports whether there is a record of one of the types.
func (s *stand) has(types ...dns.Type) bool {
	for _, t := range types {
		if len(s.of(t)) > 0 {
			return true
		}
	}
	return false
}

// leads reports whether the name has an address or an alias.
func (s *stand) leads() bool { return s.has(dns.A, dns.AAAA, dns.CNAME) }

// value is the part of a record that resolvers get.
type value struct {
	typ     dns.Type
	content string
}

// holds reports whether there is a record of that type and content.
func (s *stand) holds(t dns.Type, content string) bool {
	if s.values == nil {
		s.values = map[value]bool{}
		for _, one := range s.sets {
			for _, r := range one.records {
				s.values[value{r.Type, r.Content}] = true
			}
		}
	}
	return s.values[value{t, content}]
}

// answers returns the records that resolvers get if they ask for a type. For CNAME, it returns all records, because a
// CNAME answers queries for every type.
func (s *stand) answers(t dns.Type) []dns.Record {
	if t != dns.CNAME {
		return slices.Concat(s.of(t), s.of(dns.CNAME))
	}

	var out []dns.Record
	for _, one := range s.sets {
		out = append(out, one.records...)
	}
	return out
}
