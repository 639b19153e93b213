package lint

import (
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// maxLookups is how many look-ups an SPF record may take (RFC 7208, section
// 4.6.4).
const maxLookups = 10

// lookups counts the look-ups of a zone's SPF records.
type lookups struct {
	// texts are the SPF records of each name.
	texts map[string]string
	// counted has the names that were looked at. One that is being looked at
	// counts as too many: it leads back to itself.
	counted map[string]int
}

// checkLookups counts what can be seen in the zone: an include of a name outside is one
// look-up, whatever it includes itself.
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
			c.add(caution("spf-lookups", dns.AttrContent, "SPF with too many look-ups",
				"The SPF record of %s takes at least %d look-ups, counting those that it includes from this zone. Receivers give up after %d, and SPF then fails for good.",
				dns.Show(name), n, maxLookups), []int{i})
		}
	}
}

// count returns the look-ups of a name's SPF record, 0 if the zone has none for it.
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
	final := slices.ContainsFunc(terms, func(t SPFTerm) bool { return t.Name == "all" && !t.Modifier })
	for _, t := range terms {
		if !t.looksUp() || t.Modifier && final { // all leaves nothing to redirect
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
