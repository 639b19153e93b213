package risk

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/lint"
	"github.com/cfplan/cfplan/internal/plan"
)

// strictness says how strictly an SPF record treats senders that it does not list. A larger value is less strict.
type strictness int

const (
	failing  strictness = iota // -all
	softFail                   // ~all
	neutral                    // ?all
	passing                    // +all
)

// strictnessOf returns how strict an SPF record is. A record without the mechanism all is
// neutral (RFC 7208, section 4.7). A record with a redirect counts as failing: the record that the redirect names
// decides, and this package does not know that record.
func strictnessOf(record string) strictness {
	for _, t := range lint.ParseSPF(record) {
		switch {
		case t.Modifier && t.Name == "redirect":
			return failing
		case everyAddress(t):
			return passing
		case t.Modifier || t.Name != "all":
			continue
		}

		switch t.Qualifier {
		case '-':
			return failing
		case '~':
			return softFail
		case '?':
			return neutral
		default:
			return passing
		}
	}
	return neutral
}

// everyAddress reports whether the term lets every address of a family pass.
func everyAddress(t lint.SPFTerm) bool {
	passes := !t.Modifier && (t.Qualifier == 0 || t.Qualifier == '+')
	if !passes || t.Name != "ip4" && t.Name != "ip6" {
		return false
	}
	n := network(t.Domain)
	return n.IsValid() && n.Bits() == 0
}

func removedSPF(s *scene, c plan.Change) string {
	if !lint.IsSPF(text(c.Type, c.Before)) || !s.removes(c) || s.answering(c.Name).spf != "" {
		return ""
	}
	return fmt.Sprintf("Receivers can no longer tell who may send mail for %s: no SPF record is left.", c.Name)
}

func openSPF(_ *scene, c plan.Change) string {
	before, after := text(c.Type, c.Before), text(c.Type, c.After)
	if !lint.IsSPF(after) || strictnessOf(after) != passing || lint.IsSPF(before) && strictnessOf(before) == passing {
		return ""
	}
	return fmt.Sprintf("Anyone may send mail in the name of %s: the SPF record lets every address pass.", c.Name)
}

// spfChange returns the SPF record that a change removes or changes, and the SPF record that the name has afterwards.
// ok is false unless both exist.
func spfChange(s *scene, c plan.Change) (before, after string, ok bool) {
	if !lint.IsSPF(text(c.Type, c.Before)) || !s.removes(c) {
		return "", "", false
	}
	before, after = text(c.Type, c.Before), s.after.at(c.Name).spf
	return before, after, after != ""
}

func weakerSPF(s *scene, c plan.Change) string {
	before, after, ok := spfChange(s, c)
	if !ok || strictnessOf(after) <= strictnessOf(before) || strictnessOf(after) == passing {
		return ""
	}
	return fmt.Sprintf("Receivers treat mail from unlisted senders in the name of %s less strictly.", c.Name)
}

func lostSender(s *scene, c plan.Change) string {
	before, after, ok := spfChange(s, c)
	if !ok || strictnessOf(after) == passing {
		return ""
	}

	kept := senders(after, c.Name)
	var lost []string
	for _, sender := range senders(before, c.Name) {
		if !covered(sender, kept) {
			lost = append(lost, sender)
		}
	}
	if len(lost) == 0 {
		return ""
	}
	return fmt.Sprintf("Mail from %s sent through %s may be rejected or marked as spam.", c.Name, listed(lost))
}

// senders returns the mechanisms of a name's SPF record that allow senders, without qualifiers. It returns a redirect
// as an include, because both allow the same servers.
func senders(record, name string) []string {
	var out []string
	for _, t := range lint.ParseSPF(record) {
		if t.Modifier && t.Name == "redirect" {
			t.Modifier, t.Name = false, "include"
		}
		if t.Modifier || t.Name == "all" || t.Qualifier == '-' {
			continue
		}

		// Without a domain, the mechanisms a and mx mean the name itself.
		sender := t.Name
		if t.Domain != "" && !strings.EqualFold(t.Domain, name) {
			sender += ":" + strings.ToLower(t.Domain)
		}
		out = append(out, sender+t.CIDR)
	}
	return out
}

// covered reports whether the mechanisms in by together allow everything that sender allows. For example, several
// networks together can cover a larger one.
func covered(sender string, by []string) bool {
	if slices.Contains(by, sender) {
		return true
	}

	family, text, _ := strings.Cut(sender, ":")
	if family != "ip4" && family != "ip6" {
		return false
	}

	var networks []netip.Prefix
	for _, m := range by {
		if rest, ok := strings.CutPrefix(m, family+":"); ok {
			networks = append(networks, network(rest))
		}
	}
	return coveredBy(network(text), networks)
}

// coveredBy reports whether every address of n is in one of the other networks.
func coveredBy(n netip.Prefix, others []netip.Prefix) bool {
	inside := false
	for _, o := range others {
		switch {
		case !n.IsValid() || !o.IsValid() || !n.Overlaps(o):
		case o.Bits() <= n.Bits():
			return true
		default:
			inside = true
		}
	}
	if !inside {
		return false
	}

	low, high := halves(n)
	return coveredBy(low, others) && coveredBy(high, others)
}

// halves cuts a network of more than one address in two.
func halves(n netip.Prefix) (low, high netip.Prefix) {
	bits := n.Bits() + 1
	upper := n.Addr().AsSlice()
	upper[n.Bits()/8] |= 0x80 >> (n.Bits() % 8)
	second, _ := netip.AddrFromSlice(upper) // ok: the length is unchanged
	return netip.PrefixFrom(n.Addr(), bits), netip.PrefixFrom(second, bits)
}

// network parses an address or a prefix. It returns an invalid prefix for any other text.
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
