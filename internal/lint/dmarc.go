package lint

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// DMARC says what a DMARC record asks receivers to do with forged mail.
type DMARC struct {
	// Policy applies to mail from the domain itself, Subdomains to mail from names below it. Both
	// are in lower case. ParseDMARC does not validate them, but the check dmarc does.
	Policy, Subdomains string
	// Percent is the percentage of mail that the policy applies to.
	Percent int
}

// ParseDMARC parses a DMARC record (RFC 7489, section 6.3). It parses as much of a malformed record
// as it can. ok is false if the text does not begin with the version.
func ParseDMARC(text string) (record DMARC, ok bool) {
	tags, _ := parseTags(text)
	values := map[string]string{}
	for i, t := range tags {
		name := strings.ToLower(t.name)
		if i == 0 && (name != "v" || !strings.EqualFold(t.value, "DMARC1")) {
			return DMARC{}, false
		}
		values[name] = t.value
	}
	if len(tags) == 0 {
		return DMARC{}, false
	}

	percent, err := strconv.Atoi(values["pct"])
	if err != nil {
		percent = 100
	}
	return DMARC{
		Policy:     strings.ToLower(values["p"]),
		Subdomains: strings.ToLower(cmp.Or(values["sp"], values["p"])),
		Percent:    percent,
	}, true
}

// dmarcTags lists the tags of RFC 7489, section 6.3, and of its successor.
var dmarcTags = []string{
	"v", "p", "sp", "np", "pct", "rua", "ruf", "rf", "ri", "fo", "adkim", "aspf", "psd", "t",
}

// dmarcValues maps each tag that has a fixed set of values to this set, in lower case.
var dmarcValues = map[string][]string{
	"p":     {"none", "quarantine", "reject"},
	"sp":    {"none", "quarantine", "reject"},
	"np":    {"none", "quarantine", "reject"},
	"adkim": {"r", "s"},
	"aspf":  {"r", "s"},
	"psd":   {"y", "n", "u"},
	"t":     {"y", "n"},
	"rf":    {"afrf", "iodef"},
}

func (c *checker) checkDMARC(text string, labels []string) {
	// A record at a name such as a.com._report._dmarc.b.com allows reports about another domain. It has no policy.
	permits := strings.Contains(c.Name, "._report._dmarc.")
	// A policy may be at any name if other domains point at it with CNAMEs. Such a name usually contains
	// dmarc. If its first label is dmarc without the underscore, it is a mistake.
	shared := strings.Contains(c.Name, "dmarc") && labels[0] != "dmarc"
	if !shared && !permits {
		c.caution("dmarc-name", dns.AttrName, "DMARC record out of place",
			"Receivers do not look for a DMARC record at %s. Its place is _dmarc below the mail domain, here %s.",
			dns.Show(c.Name), dns.Show("_dmarc."+c.Name))
	}

	tags, why := parseTags(text)
	if why == "" {
		why = wrongVersion(tags, "DMARC1")
	}
	if _, ok := find(tags, "p"); why == "" && !ok && !permits {
		why = "It has no policy: add p=none, p=quarantine or p=reject."
	}
	for _, t := range tags {
		if why == "" {
			why = dmarcFault(t)
		}
	}
	c.malformed("dmarc", "DMARC record", why)
}

// dmarcFault says what is wrong with a tag of a DMARC record, or returns "".
func dmarcFault(t tag) string {
	choices, few := dmarcValues[t.name]
	switch {
	case few && !slices.Contains(choices, strings.ToLower(t.value)):
		return "The tag " + t.name + " must be one of " + strings.Join(choices, ", ") + ", not " + dns.Show(t.value) + "."
	case t.name == "pct" && !numeral(t.value, 100):
		return "The tag pct must be a number from 0 to 100, not " + dns.Show(t.value) + "."
	case t.name == "ri" && !numeral(t.value, 1<<32-1):
		return "The tag ri must be a number of seconds, not " + dns.Show(t.value) + "."
	case t.name == "fo" && !listOf(t.value, ":", "0", "1", "d", "s"):
		return "The tag fo must be one or more of 0, 1, d and s with colons between them, not " + dns.Show(t.value) + "."
	case t.name == "rua" || t.name == "ruf":
		return reportFault(t, "mailto:")
	case !slices.Contains(dmarcTags, t.name):
		return "DMARC has no tag " + dns.Show(t.name) + "." + dns.DidYouMean(t.name, dmarcTags)
	default:
		return ""
	}
}
