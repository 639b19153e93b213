package lint

import (
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// maxLookups is the number of lookups that an SPF record may take (RFC 7208, section 4.6.4).
const maxLookups = 10

// lookups counts the DNS lookups that a zone's SPF records cause.
type lookups struct {
	// texts maps each name to its SPF record.
	texts map[string]string
	// counted maps each name to the number of its lookups. While count runs for a name, the entry is
	// above the limit, so that a record that includes itself is over the limit too.
	counted map[string]int
}

// checkLookups counts the lookups that are visible in the zone. An include of a name outside the
// zone counts as one lookup, because cfplan does not see what that record includes in turn.
func (c *zoneChecker) checkLookups() {
	l := lookups{map[string]string{}, map[string]int{}}
	var at []int
	for i, r := range c.zone.Records {
		if r.Type != dns.TXT || !begins(r.Content, `"v=spf1`) {
			continue
		}
		if text := dns.TXTValue(r.Content); IsSPF(text) && l.texts[r.Name] == "" {
			l.texts[r.Name] = text
			at = append(at, i)
		}
	}

	for _, i := range at {
		name := c.zone.Records[i].Name
		if n := l.count(name); n > maxLookups {
			c.add(caution("spf-lookups", dns.AttrContent, "SPF with too many lookups",
				"The SPF record of %s takes at least %d lookups, including the lookups of records that it includes from this zone. "+
					"Receivers give up after %d, and SPF then fails permanently.",
				dns.Show(name), n, maxLookups), []int{i})
		}
	}
}

// count returns the lookups of a name's SPF record, or 0 if the zone has no SPF record for it.
func (l *lookups) count(name string) int {
	if n, ok := l.counted[name]; ok {
		return n
	}
	text, ok := l.texts[name]
	if !ok {
		return 0
	}

	l.counted[name] = maxLookups + 1
	terms, n := ParseSPF(text), 0
	// Receivers ignore a redirect if the record has the mechanism all.
	final := slices.ContainsFunc(terms, func(t SPFTerm) bool { return t.Name == "all" && !t.Modifier })
	for _, t := range terms {
		if !t.looksUp() || t.Modifier && final {
			continue
		}
		n++
		if t.goesOn() {
			n += l.count(strings.ToLower(strings.TrimSuffix(t.Domain, ".")))
		}
	}

	const enough = 1000
	l.counted[name] = min(n, enough)
	return l.counted[name]
}
