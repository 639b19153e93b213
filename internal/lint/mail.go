package lint

import (
	"slices"
	"strconv"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// checkMail checks the texts that mail servers read: those that say what they are, and
// those at names where mail servers look for them.
func (c *checker) checkMail(text string) {
	labels := strings.SplitN(c.Name, ".", 3)
	switch {
	case meantAsSPF(text):
		c.checkSPF(text)
	case begins(text, "v=dmarc"):
		c.checkDMARC(text, labels)
	case begins(text, "v=dkim") || c.keyPlace():
		c.checkDKIM(text)
	case labels[0] == "_mta-sts":
		c.checkMTASTS(text)
	case labels[0] == "_smtp" && len(labels) > 1 && labels[1] == "_tls":
		c.checkTLSRPT(text)
	case labels[0] == "_dmarc" && begins(strings.ReplaceAll(text, " ", ""), "p="):
		c.caution("dmarc", dns.AttrContent, "Malformed DMARC record",
			"%s is not taken as a DMARC record: it must begin with v=DMARC1.", dns.Show(text))
	}
}

// malformed reports a text that is not what it was meant to be. An empty reason means
// that nothing is wrong.
func (c *checker) malformed(rule, what, why string) {
	if why != "" {
		c.caution(rule, dns.AttrContent, "Malformed "+what,
			"The text of %s is not a sound %s. %s", dns.Show(c.Name), what, why)
	}
}

// checkMTASTS checks the record of MTA-STS (RFC 8461, section 3.1).
func (c *checker) checkMTASTS(text string) {
	if !begins(text, "v=") {
		return // some other text at the same name, which senders ignore
	}
	tags, why := parseTags(text)
	if why == "" {
		why = wrongVersion(tags, "STSv1")
	}

	const longest = 32
	if id, ok := find(tags, "id"); why == "" && (!ok || len(id) > longest || !alphanumeric(id)) {
		why = "It needs a tag id of up to 32 letters and digits, such as id=20260101T000000."
	}
	c.malformed("mta-sts", "MTA-STS record", why)
}

// checkTLSRPT checks the record of TLS reporting (RFC 8460, section 3).
func (c *checker) checkTLSRPT(text string) {
	if !begins(text, "v=") {
		return // some other text at the same name, which senders ignore
	}
	tags, why := parseTags(text)
	if why == "" {
		why = wrongVersion(tags, "TLSRPTv1")
	}

	rua, ok := find(tags, "rua")
	switch {
	case why == "" && !ok:
		why = "It has no address for the reports: add rua=mailto: and an address."
	case why == "":
		why = reportFault(tag{"rua", rua}, "mailto:", "https://")
	}
	c.malformed("tls-rpt", "TLS reporting record", why)
}

// reportFault says what is wrong with the addresses that reports go to, or "". They are
// URIs of the given schemes with commas between them; a ! and a size may follow each.
func reportFault(t tag, schemes ...string) string {
	for part := range strings.SplitSeq(t.value, ",") {
		part = strings.TrimSpace(part)
		known := func(scheme string) bool { return begins(part, scheme) && len(part) > len(scheme) }
		switch {
		case !slices.ContainsFunc(schemes, known):
			return "The tag " + t.name + " has " + dns.Show(part) + " where an address belongs that begins with " +
				strings.Join(schemes, " or ") + "."
		case begins(part, "mailto:") && !strings.Contains(part, "@"):
			return "The tag " + t.name + " has " + dns.Show(part) + ", which is not a mail address."
		}
	}
	return ""
}

// numeral reports whether a text is a whole number of at most most.
func numeral(s string, most uint64) bool {
	n, err := strconv.ParseUint(s, 10, 64)
	return err == nil && n <= most
}

// listOf reports whether each part of a list is one of the choices, in any case.
func listOf(s, separator string, choices ...string) bool {
	for part := range strings.SplitSeq(s, separator) {
		if !slices.Contains(choices, strings.ToLower(strings.TrimSpace(part))) {
			return false
		}
	}
	return true
}

func alphanumeric(s string) bool {
	return s != "" && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}
