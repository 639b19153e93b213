package risk

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/lint"
	"github.com/cfplan/cfplan/internal/plan"
)

// spfOf returns the SPF record of a name, or "".
func spfOf(records []dns.Record) string {
	for _, r := range of(records, dns.TXT) {
		if s := dns.TXTValue(r.Content); lint.IsSPF(s) {
			return s
		}
	}
	return ""
}

// strictness is what an SPF record says about senders that it does not list; the
// weaker, the larger.
type strictness int

const (
	failing  strictness = iota // -all
	softFail                   // ~all
	neutral                    // ?all
	passing                    // +all
)

// strictnessOf returns how strict an SPF record is. A record without the mechanism all
// is neutral (RFC 7208, section 4.7). One with a redirect counts as strict: the record
// that it names decides, and is not known here.
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

// everyAddress reports whether the term lets all addresses of a family pass.
func everyAddress(t lint.SPFTerm) bool {
	passes := !t.Modifier && (t.Qualifier == 0 || t.Qualifier == '+')
	if !passes || t.Name != "ip4" && t.Name != "ip6" {
		return false
	}
	n := network(t.Domain)
	return n.IsValid() && n.Bits() == 0
}

func removedSPF(s *scene, c plan.Change) string {
	if !lint.IsSPF(text(c.Type, c.Before)) || !removes(c) || spfOf(s.after[c.Name]) != "" {
		return ""
	}
	return fmt.Sprintf("Receivers can no longer tell who may send mail for %s: no SPF record is left.", c.Name)
}

func openSPF(_ *scene, c plan.Change) string {
	before, after := text(c.Type, c.Before), text(c.Type, c.After)
	if !lint.IsSPF(after) || strictnessOf(after) != passing || lint.IsSPF(before) && strictnessOf(before) == passing {
		return ""
	}
	return fmt.Sprintf("Everybody may send mail in the name of %s: the SPF record ends in +all.", c.Name)
}

// spfChange returns the SPF record before and after a change, if there are both: one
// record that is changed, or one that takes the place of another.
func spfChange(s *scene, c plan.Change) (before, after string, ok bool) {
	if !lint.IsSPF(text(c.Type, c.Before)) || !removes(c) {
		return "", "", false
	}
	before, after = text(c.Type, c.Before), spfOf(s.after[c.Name])
	return before, after, after != ""
}

func weakerSPF(s *scene, c plan.Change) string {
	before, after, ok := spfChange(s, c)
	if !ok || strictnessOf(after) <= strictnessOf(before) || strictnessOf(after) == passing {
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

// senders returns the mechanisms by which an SPF record lets others send, without
// qualifiers. A redirect lets the same servers send as an include of that name.
func senders(record string) []string {
	var out []string
	for _, t := range lint.ParseSPF(record) {
		if t.Modifier && t.Name == "redirect" {
			t.Modifier, t.Name = false, "include"
		}
		if t.Modifier || t.Name == "all" || t.Qualifier == '-' {
			continue
		}

		sender := t.Name
		if t.Domain != "" {
			sender += ":" + strings.ToLower(t.Domain)
		}
		out = append(out, sender+t.CIDR)
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

// network reads an address or a prefix. It is not valid for anything else.
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
