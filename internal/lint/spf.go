package lint

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// SPFTerm is one word of an SPF record after the version (RFC 7208, section 12): a
// mechanism such as `-include:example.com`, or a modifier such as
// `redirect=example.com`.
type SPFTerm struct {
	// Qualifier is +, -, ~ or ?. It is 0 for a modifier and for a mechanism without a
	// qualifier.
	Qualifier byte
	// Name is in lower case.
	Name string
	// Modifier reports whether the term is a modifier: an equals sign follows its name.
	Modifier bool
	// Domain is the part after the colon or the equals sign. CIDR is the prefix length after the
	// domain, with its slash.
	Domain, CIDR string
}

// mechanisms lists the mechanisms of RFC 7208, section 5.
var mechanisms = []string{"all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"}

// IsSPF reports whether receivers treat a text as an SPF record (RFC 7208, section 4.5).
func IsSPF(text string) bool {
	return begins(text, spfVersion) && (len(text) == len(spfVersion) || text[len(spfVersion)] == ' ')
}

const spfVersion = "v=spf1"

// meantAsSPF reports whether the author of a text probably meant an SPF record, even if receivers do
// not treat it as one. A text with another version, such as v=spf10, is not meant as SPF.
func meantAsSPF(text string) bool {
	text = strings.TrimLeft(text, " \t\"")
	if !begins(text, spfVersion) {
		return false
	}
	rest := text[len(spfVersion):]
	return rest == "" || strings.Trim(rest[:1], "0123456789") != ""
}

// ParseSPF splits an SPF record into terms without validating them. It returns nil if the text is not
// an SPF record.
func ParseSPF(text string) []SPFTerm {
	if !IsSPF(text) {
		return nil
	}

	var out []SPFTerm
	for word := range strings.SplitSeq(text[len(spfVersion):], " ") {
		if word != "" {
			out = append(out, parseTerm(word))
		}
	}
	return out
}

func parseTerm(word string) SPFTerm {
	var t SPFTerm
	end := strings.IndexAny(word, ":/=")
	if end >= 0 && word[end] == '=' {
		return SPFTerm{Name: strings.ToLower(word[:end]), Modifier: true, Domain: word[end+1:]}
	}

	if word != "" && strings.IndexByte("+-~?", word[0]) >= 0 {
		t.Qualifier, word = word[0], word[1:]
		end--
	}
	if end < 0 {
		t.Name = strings.ToLower(word)
		return t
	}

	t.Name = strings.ToLower(word[:end])
	if word[end] == '/' {
		t.CIDR = word[end:]
		return t
	}

	t.Domain = word[end+1:]
	if slash := cidrStart(t.Name, t.Domain); slash >= 0 {
		t.Domain, t.CIDR = t.Domain[:slash], t.Domain[slash:]
	}
	return t
}

// cidrStart returns the index of the prefix length in the domain, or -1 if there is none. A
// macro may contain a slash, so the search begins after the last macro.
func cidrStart(name, domain string) int {
	from := strings.LastIndexByte(domain, '}') + 1
	if name != "a" && name != "mx" {
		return -1
	}
	if i := strings.IndexByte(domain[from:], '/'); i >= 0 {
		return from + i
	}
	return -1
}

// looksUp reports whether the term counts toward the ten lookups.
func (t SPFTerm) looksUp() bool {
	if t.Modifier {
		return t.Name == "redirect"
	}
	return slices.Contains([]string{"include", "a", "mx", "ptr", "exists"}, t.Name)
}

// goesOn reports whether receivers continue with another SPF record because of the term.
func (t SPFTerm) goesOn() bool {
	return t.Name == "include" && !t.Modifier || t.Name == "redirect" && t.Modifier
}

// maxSPF is the length of the longest SPF record that fits into a plain DNS answer, in bytes (RFC 7208,
// section 3.4).
const maxSPF = 450

func (c *checker) checkSPF(text string) {
	if !IsSPF(text) {
		c.malformed("spf", "SPF record",
			"Receivers ignore it: it must begin with v=spf1 and a space, with nothing before that.")
		return
	}

	if len(text) > maxSPF {
		c.caution("spf-length", dns.AttrContent, "Long SPF record",
			"This SPF record has %d bytes. If it has more than %d, the answer may not fit into a plain DNS message.",
			len(text), maxSPF)
	}

	terms := ParseSPF(text)
	why := repeatedModifier(terms)
	for _, t := range terms {
		if why == "" {
			why = t.fault()
		}
	}
	c.malformed("spf", "SPF record", why)
	c.checkSPFUse(terms)
}

// checkSPFUse warns of terms that are valid but probably not what the author wants.
func (c *checker) checkSPFUse(terms []SPFTerm) {
	is := func(name string, modifier bool) func(SPFTerm) bool {
		return func(t SPFTerm) bool { return t.Name == name && t.Modifier == modifier }
	}

	if slices.ContainsFunc(terms, is("ptr", false)) {
		c.caution("spf-ptr", dns.AttrContent, "SPF with ptr",
			"The mechanism ptr is slow and unreliable, and should not be used. Use a, mx, ip4 or ip6.")
	}

	all := slices.IndexFunc(terms, is("all", false))
	if all < 0 {
		return
	}
	if q := terms[all].Qualifier; q == 0 || q == '+' {
		c.caution("spf-all", dns.AttrContent, "SPF lets everyone send",
			"The mechanism all without - or ~ before it lets every server on the internet send mail for %s.",
			dns.Show(c.Name))
	}

	behind := slices.ContainsFunc(terms[all+1:], func(t SPFTerm) bool { return !t.Modifier })
	if behind || slices.ContainsFunc(terms, is("redirect", true)) {
		c.caution("spf-unreachable", dns.AttrContent, "SPF terms that are ignored",
			"Receivers ignore the terms after the mechanism all, and a redirect beside it.")
	}
}

func repeatedModifier(terms []SPFTerm) string {
	for _, name := range []string{"redirect", "exp"} {
		n := 0
		for _, t := range terms {
			if t.Modifier && t.Name == name {
				n++
			}
		}
		if n > 1 {
			return "It has the modifier " + name + " " + strconv.Itoa(n) + " times, but only one is allowed."
		}
	}
	return ""
}

// fault says what is wrong with the term, or returns "". An unknown modifier is not a fault, because
// receivers ignore it (RFC 7208, section 6). The name of a mechanism with an equals sign is a mistake.
func (t SPFTerm) fault() string {
	if t.Modifier {
		return t.modifierFault()
	}

	switch t.Name {
	case "all":
		if t.Domain != "" || t.CIDR != "" {
			return "Nothing may follow the mechanism all."
		}
	case "include", "exists":
		return t.domainFault(true)
	case "a", "mx", "ptr":
		if why := t.domainFault(false); why != "" {
			return why
		}
		return t.cidrFault()
	case "ip4", "ip6":
		return t.networkFault()
	default:
		return "SPF has no mechanism " + dns.Show(t.Name) + "." + spfAdvice(t.Name)
	}
	return ""
}

func spfAdvice(name string) string {
	if name == "redirect" || name == "exp" {
		return " Write " + name + "= with an equals sign."
	}
	if strings.HasPrefix(name, "\u2013") || strings.HasPrefix(name, "\u2014") || strings.HasPrefix(name, "\u2212") {
		return " It begins with a dash that is not a hyphen: write -."
	}
	return dns.DidYouMean(name, mechanisms)
}

func (t SPFTerm) modifierFault() string {
	switch {
	case slices.Contains(mechanisms, strings.TrimLeft(t.Name, "+-~?")):
		return "Write " + strings.TrimLeft(t.Name, "+-~?") + ": with a colon, not with an equals sign."
	case t.Name == "redirect" || t.Name == "exp":
		return t.domainFault(true)
	case !modifierName(t.Name):
		return dns.Show(t.Name) + " is neither a mechanism nor a modifier."
	}
	return ""
}

func modifierName(s string) bool {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == ""
}

func (t SPFTerm) domainFault(needed bool) string {
	host := strings.TrimSuffix(t.Domain, ".")
	switch {
	case t.Domain == "" && needed:
		return "The term " + t.Name + " needs a domain, such as " + t.Name + ":_spf.example.com."
	case t.Domain == "":
		return ""
	case strings.Contains(host, "%"):
		return "" // only a receiver can expand the macro
	case !strings.Contains(host, "."):
		return dns.Show(t.Domain) + " is not a full domain."
	}

	if why := dns.HostFault(host); why != "" {
		return dns.Show(t.Domain) + " is not a domain: " + why + "."
	}
	return ""
}

// cidrFault says what is wrong with a prefix length, or returns "". Valid forms are `/24`, `//64`
// and `/24//64`.
func (t SPFTerm) cidrFault() string {
	if t.CIDR == "" {
		return ""
	}

	four, six, both := strings.Cut(t.CIDR, "//")
	ok := four == "" || numeral(strings.TrimPrefix(four, "/"), 32) && four[0] == '/'
	if ok && (!both || numeral(six, 128)) && t.Name != "ptr" {
		return ""
	}
	return dns.Show(t.CIDR) + " is not a prefix length: write /24 for IPv4, //64 for IPv6, or both."
}

func (t SPFTerm) networkFault() string {
	text := t.Domain
	switch {
	case text == "" && t.Name == "ip4":
		return "The mechanism ip4 needs an address, such as ip4:192.0.2.0/24."
	case text == "":
		return "The mechanism ip6 needs an address, such as ip6:2001:db8::/32."
	}

	address, err := netip.ParseAddr(text)
	if prefix, err2 := netip.ParsePrefix(text); err2 == nil {
		address, err = prefix.Addr(), nil
	}

	switch {
	case err == nil && address.Is4() && t.Name == "ip6":
		return dns.Show(text) + " is an IPv4 address: write ip4."
	case err == nil && !address.Is4() && t.Name == "ip4":
		return dns.Show(text) + " is an IPv6 address: write ip6."
	case err != nil || address.Zone() != "":
		return dns.Show(text) + " is not an address or a network for " + t.Name + "."
	}
	return ""
}
