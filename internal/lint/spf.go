package lint

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// term is one word of an SPF record behind the version (RFC 7208, section 12):
// a mechanism such as `-include:example.com`, or a modifier such as
// `redirect=example.com`.
type term struct {
	// qualifier is +, -, ~ or ?; 0 for a modifier and where none is written.
	qualifier byte
	// name in lower case.
	name string
	// modifier tells the equals sign from the colon.
	modifier bool
	// domain is what stands behind the colon or the equals sign; cidr what
	// begins with a slash behind it.
	domain, cidr string
}

// mechanisms are those of RFC 7208, section 5; modifiers those of section 6.
var mechanisms = []string{"all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"}

// isSPF reports whether receivers take a text for an SPF record (RFC 7208,
// section 4.5).
func isSPF(text string) bool {
	return begins(text, "v=spf1") && (len(text) == len("v=spf1") || text[len("v=spf1")] == ' ')
}

// meantAsSPF also recognises what was to be an SPF record and is not taken for
// one. Another version is another thing.
func meantAsSPF(text string) bool {
	text = strings.TrimLeft(text, " \t\"")
	return begins(text, "v=spf1") && (len(text) == len("v=spf1") || strings.Trim(text[len("v=spf1"):][:1], "0123456789") != "")
}

// spfTerms takes an SPF record apart.
func spfTerms(text string) []term {
	var out []term
	for _, word := range strings.FieldsFunc(text[len("v=spf1"):], func(r rune) bool { return r == ' ' }) {
		out = append(out, spfTerm(word))
	}
	return out
}

func spfTerm(word string) term {
	var t term
	end := strings.IndexAny(word, ":/=")
	if end >= 0 && word[end] == '=' {
		return term{name: strings.ToLower(word[:end]), modifier: true, domain: word[end+1:]}
	}
	if word != "" && strings.IndexByte("+-~?", word[0]) >= 0 {
		t.qualifier, word = word[0], word[1:]
		end--
	}
	if end < 0 {
		t.name = strings.ToLower(word)
		return t
	}
	t.name = strings.ToLower(word[:end])
	if word[end] == '/' {
		t.cidr = word[end:]
		return t
	}
	t.domain = word[end+1:]
	if slash := cidrStart(t.name, t.domain); slash >= 0 {
		t.domain, t.cidr = t.domain[:slash], t.domain[slash:]
	}
	return t
}

// cidrStart returns where the prefix length begins; a macro may hold a slash.
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

// looksUp reports whether the term counts towards the ten look-ups.
func (t term) looksUp() bool {
	if t.modifier {
		return t.name == "redirect"
	}
	return slices.Contains([]string{"include", "a", "mx", "ptr", "exists"}, t.name)
}

// goesOn reports whether the term leads to another SPF record.
func (t term) goesOn() bool {
	return t.name == "include" && !t.modifier || t.name == "redirect" && t.modifier
}

// maxSPF is how long an SPF record may be, in bytes, to fit into a plain DNS
// answer together with the rest of it (RFC 7208, section 3.4).
const maxSPF = 450

func (c *checker) checkSPF(text string) {
	if !isSPF(text) {
		c.malformed("spf", "SPF record", "It is not taken for one: it must begin with v=spf1 and a space, and with nothing before that.")
		return
	}
	if len(text) > maxSPF {
		c.caution("spf-length", "content", "Long SPF record", "This SPF record has %d bytes. Above %d the answer may not fit into a plain DNS message.", len(text), maxSPF)
	}
	terms := spfTerms(text)
	why := repeatedModifier(terms)
	for _, t := range terms {
		if why == "" {
			why = t.fault()
		}
	}
	c.malformed("spf", "SPF record", why)
	c.checkSPFUse(terms)
}

// checkSPFUse warns of terms that can be read, but do not do what they should.
func (c *checker) checkSPFUse(terms []term) {
	is := func(name string, modifier bool) func(term) bool {
		return func(t term) bool { return t.name == name && t.modifier == modifier }
	}
	if slices.ContainsFunc(terms, is("ptr", false)) {
		c.caution("spf-ptr", "content", "SPF with ptr", "The mechanism ptr is slow and unreliable, and should not be used. Use a, mx, ip4 or ip6.")
	}
	all := slices.IndexFunc(terms, is("all", false))
	if all < 0 {
		return
	}
	if q := terms[all].qualifier; q == 0 || q == '+' {
		c.caution("spf-all", "content", "SPF for everybody", "The mechanism all without - or ~ before it lets every server of the internet send mail for %s.", dns.Show(c.Name))
	}
	behind := slices.ContainsFunc(terms[all+1:], func(t term) bool { return !t.modifier })
	if behind || slices.ContainsFunc(terms, is("redirect", true)) {
		c.caution("spf-unreachable", "content", "SPF terms that are ignored", "What stands behind the mechanism all is never looked at, and neither is a redirect beside it.")
	}
}

func repeatedModifier(terms []term) string {
	for _, name := range []string{"redirect", "exp"} {
		n := 0
		for _, t := range terms {
			if t.modifier && t.name == name {
				n++
			}
		}
		if n > 1 {
			return "The modifier " + name + " is there " + strconv.Itoa(n) + " times, and may be there once."
		}
	}
	return ""
}

// fault says what is wrong with the term, empty where nothing is. An unknown
// modifier is to be ignored (RFC 7208, section 6), but not one that is a
// mechanism with the wrong sign.
func (t term) fault() string {
	if t.modifier {
		return t.modifierFault()
	}
	switch t.name {
	case "all":
		if t.domain != "" || t.cidr != "" {
			return "The mechanism all takes nothing behind it."
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
		return "There is no mechanism " + dns.Show(t.name) + "." + spfAdvice(t.name)
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

func (t term) modifierFault() string {
	switch {
	case slices.Contains(mechanisms, strings.TrimLeft(t.name, "+-~?")):
		return "Write " + strings.TrimLeft(t.name, "+-~?") + ": with a colon, not with an equals sign."
	case t.name == "redirect" || t.name == "exp":
		return t.domainFault(true)
	case !modifierName(t.name):
		return dns.Show(t.name) + " is neither a mechanism nor a modifier."
	}
	return ""
}

func modifierName(s string) bool {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == ""
}

func (t term) domainFault(needed bool) string {
	host := strings.TrimSuffix(t.domain, ".")
	switch {
	case t.domain == "" && needed:
		return "The term " + t.name + " needs a domain, such as " + t.name + ":_spf.example.com."
	case t.domain == "":
		return ""
	case strings.Contains(host, "%"):
		return "" // a macro: what it becomes is not known here
	case !strings.Contains(host, "."):
		return dns.Show(t.domain) + " is not a full domain."
	}
	if why := dns.HostFault(host); why != "" {
		return dns.Show(t.domain) + " is not a domain: " + why + "."
	}
	return ""
}

// cidrFault checks `/24`, `//64` and `/24//64`.
func (t term) cidrFault() string {
	if t.cidr == "" {
		return ""
	}
	four, six, both := strings.Cut(t.cidr, "//")
	ok := four == "" || numeral(strings.TrimPrefix(four, "/"), 32) && four[0] == '/'
	if ok && (!both || numeral(six, 128)) && t.name != "ptr" {
		return ""
	}
	return dns.Show(t.cidr) + " is not a prefix length: write /24 for IPv4, //64 for IPv6, or both."
}

func (t term) networkFault() string {
	text := t.domain
	if t.domain == "" {
		return "The mechanism " + t.name + " needs an address, such as " + map[string]string{"ip4": "ip4:192.0.2.0/24.", "ip6": "ip6:2001:db8::/32."}[t.name]
	}
	address, err := netip.ParseAddr(text)
	if prefix, err2 := netip.ParsePrefix(text); err2 == nil {
		address, err = prefix.Addr(), nil
	}
	switch {
	case err == nil && address.Is4() && t.name == "ip6":
		return dns.Show(text) + " is an IPv4 address: write ip4."
	case err == nil && !address.Is4() && t.name == "ip4":
		return dns.Show(text) + " is an IPv6 address: write ip6."
	case err != nil || address.Zone() != "":
		return dns.Show(text) + " is not an address or a network of " + t.name + "."
	}
	return ""
}
