package lint

import (
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// checkMail checks the texts that mail servers read: those that say what they
// are, and those that stand where one is looked for.
func (c *checker) checkMail(text string) {
	labels := strings.SplitN(c.Name, ".", 3)
	switch {
	case meantAsSPF(text):
		c.checkSPF(text)
	case begins(text, "v=dmarc"):
		c.checkDMARC(text, labels)
	case begins(text, "v=dkim") || c.selector():
		c.checkDKIM(text)
	case labels[0] == "_mta-sts":
		c.checkMTASTS(text)
	case labels[0] == "_smtp" && len(labels) > 1 && labels[1] == "_tls":
		c.checkTLSRPT(text)
	case labels[0] == "_dmarc" && begins(strings.ReplaceAll(text, " ", ""), "p="):
		c.caution("dmarc", "content", "Malformed DMARC record", "%s is not taken as a DMARC record: it must begin with v=DMARC1.", dns.Show(text))
	}
}

// selector reports a name where DKIM keys are looked for. ADSP (RFC 5617) and
// DomainKeys had policies below _domainkey.
func (c *checker) selector() bool {
	i := strings.Index(c.Name, "._domainkey.")
	return i > 0 && !strings.HasPrefix(c.Name, "_") && c.Type == dns.TXT
}

// dmarcTags are those of RFC 7489, section 6.3, and of its successor.
var dmarcTags = []string{"v", "p", "sp", "np", "pct", "rua", "ruf", "rf", "ri", "fo", "adkim", "aspf", "psd", "t"}

// dmarcValues are the tags with few values, in lower case.
var dmarcValues = map[string][]string{
	"p": {"none", "quarantine", "reject"}, "sp": {"none", "quarantine", "reject"}, "np": {"none", "quarantine", "reject"},
	"adkim": {"r", "s"}, "aspf": {"r", "s"}, "psd": {"y", "n", "u"}, "t": {"y", "n"}, "rf": {"afrf", "iodef"},
}

func (c *checker) checkDMARC(text string, labels []string) {
	// Such a name permits another domain's reports, and has no policy.
	permits := strings.Contains(c.Name, "._report._dmarc.")
	// A policy that other domains point at with CNAMEs may stand anywhere, and
	// usually says so in its name; dmarc without the underscore is a slip.
	shared := strings.Contains(c.Name, "dmarc") && labels[0] != "dmarc"
	if !shared && !permits {
		c.caution("dmarc-name", "name", "DMARC record out of place", "Nobody looks for a DMARC record at %s. Its place is _dmarc below the mail domain, here %s.", dns.Show(c.Name), dns.Show("_dmarc."+c.Name))
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

// malformed reports a text that is not what it was to be, and why.
func (c *checker) malformed(rule, what, why string) {
	if why != "" {
		c.caution(rule, "content", "Malformed "+what, "The text of %s is not a sound %s. %s", dns.Show(c.Name), what, why)
	}
}

func dmarcFault(t tag) string {
	choices, few := dmarcValues[t.name]
	switch {
	case few && !slices.Contains(choices, strings.ToLower(t.value)):
		return "The tag " + t.name + " is " + strings.Join(choices, ", ") + ", not " + dns.Show(t.value) + "."
	case t.name == "pct" && !numeral(t.value, 100):
		return "The tag pct is a number from 0 to 100, not " + dns.Show(t.value) + "."
	case t.name == "ri" && !numeral(t.value, 1<<32-1):
		return "The tag ri is a number of seconds, not " + dns.Show(t.value) + "."
	case t.name == "fo" && !listOf(t.value, ":", "0", "1", "d", "s"):
		return "The tag fo is one or more of 0, 1, d and s with colons between them, not " + dns.Show(t.value) + "."
	case t.name == "rua" || t.name == "ruf":
		return reportFault(t, "mailto:")
	case !slices.Contains(dmarcTags, t.name):
		return "There is no tag " + dns.Show(t.name) + "." + dns.DidYouMean(t.name, dmarcTags)
	}
	return ""
}

func numeral(s string, most uint64) bool {
	n, err := strconv.ParseUint(s, 10, 64)
	return err == nil && n <= most
}

func listOf(s, separator string, choices ...string) bool {
	for part := range strings.SplitSeq(s, separator) {
		if !slices.Contains(choices, strings.ToLower(strings.TrimSpace(part))) {
			return false
		}
	}
	return true
}

// reportFault checks addresses that reports go to: URIs with commas between
// them, of the given schemes. A ! and a limit of size may follow.
func reportFault(t tag, schemes ...string) string {
	for part := range strings.SplitSeq(t.value, ",") {
		part = strings.TrimSpace(part)
		known := func(scheme string) bool { return begins(part, scheme) && len(part) > len(scheme) }
		switch {
		case !slices.ContainsFunc(schemes, known):
			return "The tag " + t.name + " has " + dns.Show(part) + " where an address belongs that begins with " + strings.Join(schemes, " or ") + "."
		case begins(part, "mailto:") && !strings.Contains(part, "@"):
			return "The tag " + t.name + " has " + dns.Show(part) + ", which is not a mail address."
		}
	}
	return ""
}

func (c *checker) checkDKIM(text string) {
	// A key that other domains point at with CNAMEs usually says so in its name.
	if !c.selector() && !strings.Contains(c.Name, "dkim") {
		c.caution("dkim-name", "name", "DKIM key out of place", "Nobody looks for a DKIM key at %s. Its place is SELECTOR._domainkey below the signing domain.", dns.Show(c.Name))
	}
	tags, why := parseTags(text)
	if _, ok := find(tags, "v"); why == "" && ok {
		why = wrongVersion(tags, "DKIM1")
	}
	if why == "" {
		why = dkimFault(tags)
	}
	if why == "" {
		why = c.checkKey(tags)
	}
	c.malformed("dkim", "DKIM key", why)
}

// dkimFault: RFC 6376, section 3.6.1. Unknown tags are passed over there.
func dkimFault(tags []tag) string {
	for _, t := range tags {
		switch {
		case t.name == "k" && t.value != "rsa" && t.value != "ed25519":
			return "The tag k is rsa or ed25519, not " + dns.Show(t.value) + "."
		case t.name == "h" && !listOf(t.value, ":", "sha1", "sha256"):
			return "The tag h is sha256 or sha1, not " + dns.Show(t.value) + "."
		case t.name == "s" && !listOf(t.value, ":", "*", "email"):
			return "The tag s is email or *, not " + dns.Show(t.value) + "."
		}
	}
	return ""
}

// minRSA is the shortest RSA key that verifiers may accept, in bits (RFC 8301).
const minRSA = 1024

// checkKey looks at the key itself. An empty one is a key that was revoked.
func (c *checker) checkKey(tags []tag) string {
	p, ok := find(tags, "p")
	if !ok {
		return "It has no key: add p= and the key in base64, or p= alone for a key that is revoked."
	}
	key, err := base64.StdEncoding.DecodeString(withoutBlanks.Replace(p))
	if err != nil {
		return "The tag p is not base64: write the key alone, without the lines BEGIN and END."
	}
	kind, _ := find(tags, "k")
	if kind == "ed25519" && len(key) != 0 && len(key) != ed25519.PublicKeySize {
		return "A key of the kind ed25519 has " + strconv.Itoa(ed25519.PublicKeySize) + " bytes, and this one " + strconv.Itoa(len(key)) + "."
	}
	if rsaKey, ok := readRSA(key); ok && kind != "ed25519" && rsaKey.N.BitLen() < minRSA {
		c.caution("dkim-weak", "content", "Short DKIM key", "The key of %s has %d bits. Verifiers must not accept RSA keys below %d.", dns.Show(c.Name), rsaKey.N.BitLen(), minRSA)
	}
	return ""
}

// withoutBlanks removes the white space that long keys are broken with.
var withoutBlanks = strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "")

// readRSA reads what common tools write: the key in its envelope, as openssl
// does, or bare.
func readRSA(der []byte) (*rsa.PublicKey, bool) {
	if key, err := x509.ParsePKIXPublicKey(der); err == nil {
		out, ok := key.(*rsa.PublicKey)
		return out, ok
	}
	out, err := x509.ParsePKCS1PublicKey(der)
	return out, err == nil
}

func (c *checker) checkMTASTS(text string) {
	if !begins(text, "v=") {
		return // some other text at the same name, which senders pass over
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

func alphanumeric(s string) bool {
	for _, c := range []byte(strings.ToLower(s)) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

func (c *checker) checkTLSRPT(text string) {
	if !begins(text, "v=") {
		return // as above
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

// isURI reports a scheme and something behind it (RFC 3986, section 3).
func isURI(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme != "" && len(s) > len(u.Scheme)+1
}
