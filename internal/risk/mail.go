package risk

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

func isSPF(s string) bool {
	lower := strings.ToLower(s)
	return lower == "v=spf1" || strings.HasPrefix(lower, "v=spf1 ")
}

// spfOf is the SPF record of a name; "" where there is none.
func spfOf(records []dns.Record) string {
	for _, r := range of(records, dns.TXT) {
		if s := dns.TXTValue(r.Content); isSPF(s) {
			return s
		}
	}
	return ""
}

func removedSPF(s *scene, c plan.Change) string {
	if !isSPF(text(c.Type, c.Before)) || !removes(c) || spfOf(s.after[c.Name]) != "" {
		return ""
	}
	return fmt.Sprintf("Receivers can no longer tell who may send mail for %s: no SPF record is left.", c.Name)
}

// spfEnd is the qualifier of the mechanism that matches everybody else: the weaker,
// the larger. A record without one ends neutral (RFC 7208, section 4.7); one with
// a redirect is judged elsewhere.
func spfEnd(record string) int {
	for _, word := range strings.Fields(strings.ToLower(record)) {
		if word == "ip4:0.0.0.0/0" || word == "+ip4:0.0.0.0/0" || word == "ip6:::/0" {
			return 3 // everybody, in other words
		}
		switch word {
		case "-all":
			return 0
		case "~all":
			return 1
		case "?all":
			return 2
		case "all", "+all":
			return 3
		}
		if strings.HasPrefix(word, "redirect=") {
			return 0
		}
	}
	return 2
}

func openSPF(_ *scene, c plan.Change) string {
	after := text(c.Type, c.After)
	if !isSPF(after) || spfEnd(after) != 3 || isSPF(text(c.Type, c.Before)) && spfEnd(text(c.Type, c.Before)) == 3 {
		return ""
	}
	return fmt.Sprintf("Everybody may send mail in the name of %s: the SPF record ends in +all.", c.Name)
}

// spfChange returns the SPF record before and after, where a change has both, be
// it one record that is changed or one that takes the place of another.
func spfChange(s *scene, c plan.Change) (before, after string, ok bool) {
	if c.Type != dns.TXT || !isSPF(text(c.Type, c.Before)) || !removes(c) {
		return "", "", false
	}
	before, after = text(c.Type, c.Before), spfOf(s.after[c.Name])
	return before, after, after != ""
}

func weakerSPF(s *scene, c plan.Change) string {
	before, after, ok := spfChange(s, c)
	if !ok || spfEnd(after) <= spfEnd(before) || spfEnd(after) == 3 {
		return ""
	}
	return fmt.Sprintf("Mail that anybody else sends in the name of %s is judged less strictly.", c.Name)
}

func lostSender(s *scene, c plan.Change) string {
	before, after, ok := spfChange(s, c)
	if !ok {
		return ""
	}
	kept := senders(after)
	var lost []string
	for _, sender := range senders(before) {
		if !slices.ContainsFunc(kept, func(k string) bool { return covers(k, sender) }) {
			lost = append(lost, sender)
		}
	}
	if len(lost) == 0 {
		return ""
	}
	return fmt.Sprintf("Mail of %s through %s may be refused or junked.", c.Name, strings.Join(lost, ", "))
}

// senders are what an SPF record lets send, without qualifiers; what it forbids by
// name is none. A redirect lets the same send as an include of that name.
func senders(record string) []string {
	var out []string
	for _, word := range strings.Fields(strings.ToLower(record))[1:] {
		word = strings.TrimLeft(word, "+?~")
		if host, ok := strings.CutPrefix(word, "redirect="); ok {
			word = "include:" + host
		}
		modifier := strings.Contains(word, "=") // exp= and those that nobody knows
		if word != "all" && !modifier && !strings.HasPrefix(word, "-") {
			out = append(out, word)
		}
	}
	return out
}

// covers reports whether one mechanism lets at least those send that another does.
func covers(wide, narrow string) bool {
	if wide == narrow {
		return true
	}
	for _, family := range []string{"ip4:", "ip6:"} {
		w, okWide := strings.CutPrefix(wide, family)
		n, okNarrow := strings.CutPrefix(narrow, family)
		if okWide && okNarrow {
			big, small := network(w), network(n)
			return big.IsValid() && small.IsValid() && big.Bits() <= small.Bits() && big.Contains(small.Addr())
		}
	}
	return false
}

func network(s string) netip.Prefix {
	if p, err := netip.ParsePrefix(s); err == nil {
		return p.Masked()
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Prefix{}
	}
	return netip.PrefixFrom(a, a.BitLen())
}

// dmarcTags reads a DMARC record; nil where the text is none (RFC 7489, section 6.3).
func dmarcTags(s string) map[string]string {
	tags := map[string]string{}
	for i, part := range strings.Split(s, ";") {
		name, value, _ := strings.Cut(part, "=")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
		if i == 0 && (name != "v" || !strings.EqualFold(value, "DMARC1")) {
			return nil
		}
		tags[name] = value
	}
	return tags
}

// dmarc is what receivers are asked to do with forged mail of a domain, and of the
// names below it.
type dmarc struct {
	policy, below string
	pct           int
	// own: a record of the domain itself says so, and not that of the organisation
	// above it. alias: somebody else's does.
	own, alias bool
}

// dmarcAt is the policy that receivers find for a domain: its own record's, or that of
// the organisational domain (RFC 7489, section 6.6.3), for which the zone stands.
func (s *scene) dmarcAt(records map[string][]dns.Record, domain string) (dmarc, bool) {
	if set := records["_dmarc."+domain]; len(of(set, dns.CNAME)) > 0 {
		return dmarc{own: true, alias: true}, true
	} else if tags := dmarcOf(set); tags != nil {
		return dmarc{policyOf(tags, "p"), policyOf(tags, "sp"), percentage(tags), true, false}, true
	}
	if domain == s.zone || !strings.HasSuffix(domain, "."+s.zone) {
		return dmarc{}, false
	}
	above := dmarcOf(records["_dmarc."+s.zone])
	if above == nil {
		return dmarc{}, false
	}
	below := policyOf(above, "sp")
	return dmarc{policy: below, below: below, pct: percentage(above)}, true
}

// dmarcOf reads the only DMARC record of a set; with several there is none (RFC 7489,
// section 6.6.3).
func dmarcOf(records []dns.Record) map[string]string {
	var found map[string]string
	for _, r := range of(records, dns.TXT) {
		if tags := dmarcTags(dns.TXTValue(r.Content)); tags != nil {
			if found != nil {
				return nil
			}
			found = tags
		}
	}
	return found
}

// dmarcDomain is the domain that a change of a DMARC record is about; empty for any
// other change.
func dmarcDomain(c plan.Change) string {
	domain, ok := strings.CutPrefix(c.Name, "_dmarc.")
	if !ok || !moves(c) || c.Type != dns.TXT && c.Type != dns.CNAME {
		return ""
	}
	return domain
}

func removedDMARC(s *scene, c plan.Change) string {
	domain := dmarcDomain(c)
	if domain == "" || c.Before == nil {
		return ""
	}
	_, before := s.dmarcAt(s.before, domain)
	_, after := s.dmarcAt(s.after, domain)
	if !before || after {
		return ""
	}
	return fmt.Sprintf("Receivers have no word any more on forged mail of %s: no DMARC record is left that counts.", domain)
}

func weakerDMARC(s *scene, c plan.Change) string {
	domain := dmarcDomain(c)
	if domain == "" {
		return ""
	}
	was, before := s.dmarcAt(s.before, domain)
	is, after := s.dmarcAt(s.after, domain)
	if !before || !after || was.alias || is.alias {
		return ""
	}
	order := []string{"none", "quarantine", "reject"}
	weaker := func(a, b string) bool { return slices.Index(order, b) < slices.Index(order, a) }
	text := func(what, a, b string) string {
		return fmt.Sprintf("Forged mail of %s is treated less strictly: %s %s becomes %s.", domain, what, a, b)
	}
	switch {
	case weaker(was.policy, is.policy):
		return text("the policy", was.policy, is.policy)
	case weaker(was.below, is.below):
		return text("the policy for names below", was.below, is.below)
	case was.policy == is.policy && was.below == is.below && is.pct < was.pct:
		return text("the share of mail", fmt.Sprintf("%d %%", was.pct), fmt.Sprintf("%d %%", is.pct))
	}
	return ""
}

// several finds a name with more than one record of a kind of which only one may be:
// receivers then take none of them.
func several(s *scene, c plan.Change) string {
	if c.Type != dns.TXT || c.After == nil || !moves(c) {
		return ""
	}
	count := func(is func(string) bool) int {
		n := 0
		for _, r := range of(s.after[c.Name], dns.TXT) {
			if is(dns.TXTValue(r.Content)) {
				n++
			}
		}
		return n
	}
	after := text(c.Type, c.After)
	isDMARC := func(v string) bool { return strings.HasPrefix(c.Name, "_dmarc.") && dmarcTags(v) != nil }
	switch {
	case isSPF(after) && count(isSPF) > 1:
		return fmt.Sprintf("%s has several SPF records: receivers treat that as an error, as if there were none.", c.Name)
	case isDMARC(after) && count(isDMARC) > 1:
		return fmt.Sprintf("%s has several DMARC records: receivers take none of them.", c.Name)
	}
	return ""
}

// policyOf is what a DMARC record asks for; names below are treated as the domain
// itself where it says nothing of them.
func policyOf(tags map[string]string, tag string) string {
	return strings.ToLower(cmp.Or(tags[tag], tags["p"]))
}

// percentage is the share of mail that the policy is for.
func percentage(tags map[string]string) int {
	n, err := strconv.Atoi(tags["pct"])
	if err != nil {
		return 100
	}
	return n
}

// selector reports whether a name is that of a DKIM key (RFC 6376, section 3.6.2).
func selector(name string) bool { return strings.Contains(name, "._domainkey.") }

func isDKIM(c plan.Change) bool {
	return selector(c.Name) && (c.Type == dns.TXT || c.Type == dns.CNAME) && moves(c)
}

func removedDKIM(s *scene, c plan.Change) string {
	had := c.Before != nil && !emptyKey(text(c.Type, c.Before))
	gone := c.Action == plan.Destroy && len(of(s.after[c.Name], dns.TXT, dns.CNAME)) == 0
	revoked := c.After != nil && emptyKey(text(c.Type, c.After))
	if !isDKIM(c) || !had || !gone && !revoked {
		return ""
	}
	return fmt.Sprintf("Signatures with the key %s are valid no more.", c.Name)
}

// emptyKey: a key without a value is revoked.
func emptyKey(record string) bool {
	key, ok := dkimTag(record, "p")
	return ok && key == ""
}

// dkimTag is the value of a tag, without the spaces that may stand in it.
func dkimTag(record, tag string) (string, bool) {
	for _, part := range strings.Split(record, ";") {
		if name, value, ok := strings.Cut(part, "="); ok && strings.TrimSpace(name) == tag {
			return strings.Join(strings.Fields(value), ""), true
		}
	}
	return "", false
}

func otherDKIM(s *scene, c plan.Change) string {
	if !isDKIM(c) || !removes(c) || removedDKIM(s, c) != "" || emptyKey(text(c.Type, c.Before)) {
		return ""
	}
	if c.After != nil && c.Type == dns.TXT {
		before, _ := dkimTag(text(c.Type, c.Before), "p")
		if after, ok := dkimTag(text(c.Type, c.After), "p"); ok && after == before {
			return "" // the same key with other words around it
		}
	}
	return fmt.Sprintf("Signatures with the present key of %s are valid no more.", c.Name)
}
