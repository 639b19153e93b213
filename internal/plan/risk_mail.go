package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
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

func removedSPF(s *scene, c Change) string {
	if !isSPF(text(c.Type, c.Before)) || !c.removes() || spfOf(s.after[c.Name]) != "" {
		return ""
	}
	return fmt.Sprintf("Receivers can no longer tell who may send mail for %s: no SPF record is left.", c.Name)
}

// spfEnd is the qualifier of the mechanism that matches everybody else: the weaker,
// the larger. A record without one ends neutral (RFC 7208, section 4.7); one with
// a redirect is judged elsewhere.
func spfEnd(record string) int {
	for _, word := range strings.Fields(strings.ToLower(record)) {
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

func openSPF(_ *scene, c Change) string {
	after := text(c.Type, c.After)
	if !isSPF(after) || spfEnd(after) != 3 || isSPF(text(c.Type, c.Before)) && spfEnd(text(c.Type, c.Before)) == 3 {
		return ""
	}
	return fmt.Sprintf("Everybody may send mail in the name of %s: the SPF record ends in +all.", c.Name)
}

// spfChange returns the SPF record before and after, where a change has both, be
// it one record that is changed or one that takes the place of another.
func spfChange(s *scene, c Change) (before, after string, ok bool) {
	if c.Type != dns.TXT || !isSPF(text(c.Type, c.Before)) || !c.removes() {
		return "", "", false
	}
	before, after = text(c.Type, c.Before), spfOf(s.after[c.Name])
	return before, after, after != ""
}

func weakerSPF(s *scene, c Change) string {
	before, after, ok := spfChange(s, c)
	if !ok || spfEnd(after) <= spfEnd(before) || spfEnd(after) == 3 {
		return ""
	}
	return fmt.Sprintf("Mail that anybody else sends in the name of %s is judged less strictly.", c.Name)
}

func lostSender(s *scene, c Change) string {
	before, after, ok := spfChange(s, c)
	if !ok {
		return ""
	}
	kept := strings.Fields(strings.ToLower(after))
	var lost []string
	for _, word := range strings.Fields(strings.ToLower(before))[1:] {
		sender := strings.TrimLeft(word, "+")
		if strings.HasSuffix(word, "all") || strings.HasPrefix(word, "-") || slices.Contains(kept, sender) || slices.Contains(kept, "+"+sender) {
			continue
		}
		lost = append(lost, sender)
	}
	if len(lost) == 0 {
		return ""
	}
	return fmt.Sprintf("Mail of %s through %s may be refused or junked.", c.Name, strings.Join(lost, ", "))
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

func dmarcOf(records []dns.Record) map[string]string {
	for _, r := range of(records, dns.TXT) {
		if tags := dmarcTags(dns.TXTValue(r.Content)); tags != nil {
			return tags
		}
	}
	return nil
}

func isDMARC(c Change) bool {
	return strings.HasPrefix(c.Name, "_dmarc.") && dmarcTags(text(c.Type, c.Before)) != nil && c.removes()
}

func removedDMARC(s *scene, c Change) string {
	if !isDMARC(c) || dmarcOf(s.after[c.Name]) != nil || len(of(s.after[c.Name], dns.CNAME)) > 0 {
		return ""
	}
	return fmt.Sprintf("Receivers have no word any more on forged mail of %s: no DMARC record is left.", strings.TrimPrefix(c.Name, "_dmarc."))
}

func weakerDMARC(s *scene, c Change) string {
	after := dmarcOf(s.after[c.Name])
	if !isDMARC(c) || after == nil {
		return ""
	}
	before := dmarcTags(text(c.Type, c.Before))
	order := []string{"none", "quarantine", "reject"}
	weaker := func(tag, was, is string) string {
		return fmt.Sprintf("Forged mail of %s is treated less strictly: %s=%s becomes %s=%s.", strings.TrimPrefix(c.Name, "_dmarc."), tag, was, tag, is)
	}
	for _, tag := range []string{"p", "sp"} {
		was, is := policyOf(before, tag), policyOf(after, tag)
		if slices.Index(order, is) < slices.Index(order, was) {
			return weaker(tag, was, is)
		}
	}
	if was, is := percentage(before), percentage(after); is < was {
		return weaker("pct", strconv.Itoa(was), strconv.Itoa(is))
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

func removedDKIM(s *scene, c Change) string {
	revoked := c.After != nil && emptyKey(text(c.Type, c.After))
	gone := c.Action == Destroy && len(of(s.after[c.Name], dns.TXT, dns.CNAME)) == 0
	if !selector(c.Name) || c.Type != dns.TXT && c.Type != dns.CNAME || !gone && !revoked {
		return ""
	}
	return fmt.Sprintf("Signatures with the key %s are valid no more.", c.Name)
}

// emptyKey: a key without a value is revoked.
func emptyKey(record string) bool {
	for _, part := range strings.Split(record, ";") {
		if name, value, ok := strings.Cut(part, "="); ok && strings.TrimSpace(name) == "p" {
			return strings.TrimSpace(value) == ""
		}
	}
	return false
}

func otherDKIM(s *scene, c Change) string {
	if !selector(c.Name) || c.Type != dns.TXT && c.Type != dns.CNAME || !c.removes() || removedDKIM(s, c) != "" {
		return ""
	}
	return fmt.Sprintf("Signatures with the present key of %s are valid no more.", c.Name)
}
