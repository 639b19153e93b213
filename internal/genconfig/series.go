package genconfig

import (
	"fmt"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/lint"
)

// The smallest number of names for which a block with for_each is easier to read: few if the names evidently
// belong together, more if they only look alike.
const (
	manyRelated = 4
	manyAlike   = 10
)

// series is a group of records that differ only in their names, and perhaps in their contents. Each name has
// one record of the type.
type series struct {
	label string
	// same reports whether the contents are the same too.
	same    bool
	members []int // indices of their sets
}

// findSeries returns, for each set, the series that it belongs to, or nil.
func findSeries(sets []set) []*series {
	of := make([]*series, len(sets))
	for _, kind := range []struct {
		least int
		trait func(set) (key, label string)
		same  bool
	}{
		{manyRelated, sameValue, true},
		{manyRelated, numbered, false},
		{manyAlike, hosts, false},
	} {
		found := map[string]*series{}
		for i, s := range sets {
			key, label := kind.trait(s)
			if of[i] != nil || key == "" || !eligible(s) {
				continue
			}
			key = fmt.Sprintf("%s %s %s", s.typ, manner(s.records[0].Record), key)
			if found[key] == nil {
				found[key] = &series{label: label, same: kind.same}
			}
			found[key].members = append(found[key].members, i)
		}
		for _, f := range found {
			if len(f.members) >= kind.least {
				for _, i := range f.members {
					of[i] = f
				}
			}
		}
	}
	return of
}

// eligible reports whether a set can be part of a series: it has one record, which is not at the apex, and no
// suggested label.
func eligible(s set) bool {
	return s.label == "" && len(s.records) == 1 && s.name != "@" && len(uncarried(s.records[0].Record)) == 0
}

func sameValue(s set) (key, label string) {
	r := s.records[0].Record
	text := ""
	if s.typ == dns.TXT {
		text = dns.TXTValue(r.Content)
	}

	switch _, dmarc := lint.ParseDMARC(text); {
	case s.typ == dns.CNAME:
		label = "aliases"
	case s.typ == dns.A || s.typ == dns.AAAA:
		label = "hosts"
	case s.typ == dns.MX:
		label = "mail"
	case lint.IsSPF(text):
		label = "spf"
	case dmarc:
		label = "dmarc"
	default:
		label = strings.ToLower(string(s.typ))
	}
	return r.Content, label
}

// numbered groups names that differ only in numbers (host-1, host-2), and the selectors of DKIM.
func numbered(s set) (key, label string) {
	if selector, rest, ok := strings.Cut(s.name, "._domainkey"); ok && !strings.Contains(selector, ".") {
		return "dkim" + rest, "dkim"
	}
	var pattern strings.Builder
	number := false
	for _, c := range s.name {
		digit := c >= '0' && c <= '9'
		switch {
		case !digit:
			pattern.WriteRune(c)
		case !number:
			pattern.WriteByte('#')
		}
		number = digit
	}
	key = pattern.String()
	if !strings.Contains(key, "#") {
		return "", ""
	}
	label, _, _ = strings.Cut(key, "#")
	if label = strings.Trim(label, "-._*"); label == "" {
		label = "numbered"
	}
	return key, label
}

// hosts groups the addresses of names that have no other types.
func hosts(s set) (key, label string) {
	if !s.alone || s.typ != dns.A && s.typ != dns.AAAA || strings.HasPrefix(s.name, "*") {
		return "", ""
	}
	return "hosts", "hosts"
}

// series returns the block of a series.
func (n *names) series(f *series, sets []set) block {
	s := sets[f.members[0]]
	b := block{typ: s.typ, label: n.free(s.typ, f.label), each: each{set: f.same, refs: references{dns.AttrName: eachKey}}}
	if !f.same {
		b.each.refs[dns.AttrContent] = eachValue
	}
	for _, i := range f.members {
		r := sets[i].records[0]
		b.records = append(b.records, r)
		b.each.entries = append(b.each.entries, entry{key: sets[i].name, value: content(r.Record)})
	}
	return b
}
