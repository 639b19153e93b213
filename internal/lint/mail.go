package lint

import (
	"slices"
	"strconv"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// checkMail checks a text that mail servers read: a text that begins with a known version, or that is
// at a name that mail servers look up.
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
			"Receivers ignore %s: a DMARC record must begin with v=DMARC1.", dns.Show(text))
	}
}

// malformed reports a malformed text. why says what is wrong; if it is empty, malformed reports
// nothing.
func (c *checker) malformed(rule, what, why string) {
	if why != "" {
		c.caution(rule, dns.AttrContent, "Malformed "+what,
			"The text of %s is not a valid %s. %s", dns.Show(c.Name), what, why)
	}
}

// checkMTASTS checks the record of MTA-STS (RFC 8461, section 3.1).
func (c *checker) checkMTASTS(text string) {
	if !begins(text, "v=") {
		return // senders ignore other texts at this name
	}

	tags, why := parseTags(text)
	if why == "" {
		why = wrongVersion(tags, "STSv1")
	}

	const longest = 32
	if id, ok := find(tags, "id"); why == "" && (!ok || len(id) > longest || !alphanumeric(id)) {
		why = "It needs the tag id with up to 32 letters and digits, such as id=20260101T000000."
	}
	c.malformed("mta-sts", "MTA-STS record", why)
}

// checkTLSRPT checks the record of TLS reporting (RFC 8460, section 3).
func (c *checker) checkTLSRPT(text string) {
	if !begins(text, "v=") {
		return // senders ignore other texts at this name
	}

	tags, why := parseTags(text)
	if why == "" {
		why = wrongVersion(tags, "TLSRPTv1")
	}

	rua, ok := find(tags, "rua")
	switch {
	case why == "" && !ok:
		why = "It has no address for reports: add rua=mailto:ADDRESS."
	case why == "":
		why = reportFault(tag{"rua", rua}, "mailto:", "https://")
	}
	c.malformed("tls-rpt", "TLS reporting record", why)
}

// reportFault says what is wrong with the addresses for reports in a tag, or returns "". The addresses are
// URIs of the given schemes, separated by commas. A ! and a size may follow each address.
func reportFault(t tag, schemes ...string) string {
	for part := range strings.SplitSeq(t.value, ",") {
		part = strings.TrimSpace(part)
		known := func(scheme string) bool { return begins(part, scheme) && len(part) > len(scheme) }
		switch {
		case !slices.ContainsFunc(schemes, known):
			return "The tag " + t.name + " has " + dns.Show(part) + ", but its addresses must begin with " +
				strings.Join(schemes, " or ") + "."
		case begins(part, "mailto:") && !strings.Contains(part, "@"):
			return "The tag " + t.name + " has " + dns.Show(part) + ", which is not a mail address."
		}
	}
	return ""
}

// numeral reports whether a text is a whole number from 0 to most.
func numeral(s string, most uint64) bool {
	n, err := strconv.ParseUint(s, 10, 64)
	return err == nil && n <= most
}

// listOf reports whether each part of a list is one of the choices, without regard to case.
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
