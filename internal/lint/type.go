package lint

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/cfplan/cfplan/internal/dns"
)

// checkType does the checks that are specific to one type or a few. The content must be valid for the
// type.
func (c *checker) checkType() {
	switch c.Type {
	case dns.A, dns.AAAA:
		c.checkAddress()
	case dns.CNAME, dns.MX, dns.NS, dns.PTR, dns.SRV:
		c.checkTarget()
	case dns.TXT:
		c.checkTXT()
	case dns.CAA:
		c.checkCAA(c.Data())
	case dns.HTTPS, dns.SVCB:
		c.checkService(c.Data())
	case dns.TLSA, dns.SMIMEA, dns.DS, dns.SSHFP, dns.DNSKEY, dns.CERT:
		c.checkCrypto(c.Data())
	case dns.NAPTR:
		c.checkNAPTR(c.Data())
	case dns.URI:
		c.checkURI(c.Data())
	}
	c.problems = append(c.problems, dns.CheckParts(c.Record)...)
}

func (c *checker) checkAddress() {
	a, err := netip.ParseAddr(c.Content)
	switch {
	case err != nil || publicAddress(a):
	case c.Proxied && c.PrivateRouting && dns.PrivatelyRouted(c.Content):
	case c.Proxied && dns.PrivatelyRouted(c.Content):
		c.caution("proxied-private", dns.AttrContent, "Private address of a proxied record",
			"Cloudflare refuses to proxy %s unless the account has private routing. If it does, write private_routing = true. "+
				"Otherwise use a public address, or proxied = false.", dns.Show(c.Content))
	case c.Proxied:
		c.caution("proxied-private", dns.AttrContent, "Private address of a proxied record",
			"Cloudflare cannot reach %s from the internet and will refuse to proxy it. "+
				"Use a public address, or proxied = false.", dns.Show(c.Content))
	default:
		c.caution("private-address", dns.AttrContent, "Private address in public DNS",
			"%s cannot be reached from the internet, and everyone can read it here. Use a public address.",
			dns.Show(c.Content))
	}
}

func (c *checker) checkTarget() {
	host := c.Target()
	switch {
	case host == ".":
		c.checkNull()
	case c.Type == dns.CNAME && host == c.Name:
		c.fault("cname-self", dns.AttrContent, "CNAME to itself",
			"%s points at itself, so it would never resolve.", dns.Show(c.Name))
	case !strings.Contains(host, "."):
		c.caution("target-single", targetAttr(c.Type), "Target is not a full name",
			"Targets are full names here, and %s is a top-level name. Inside this zone it would be %s.",
			dns.Show(host), dns.Show(host+"."+c.zone))
	case c.doubled(host):
		c.caution("target-doubled", targetAttr(c.Type), "Target with the zone's name twice",
			"Targets are full names here, and %s ends in the name of the zone twice. Did you mean %s?",
			dns.Show(host), dns.Show(strings.TrimSuffix(host, "."+c.zone)))
	}

	if c.Type == dns.CNAME && c.Proxied && unproxiableTarget(host) {
		c.caution("proxied-target", dns.AttrContent, "Target cannot be proxied",
			"Cloudflare does not proxy %s, which is for verification or mail. Set proxied = false.", dns.Show(host))
	}

	if c.Type == dns.NS && c.Name == c.zone {
		c.caution("ns-apex", dns.AttrName, "Name server of the zone itself",
			"Cloudflare adds its own name servers to the answers for a zone, and refuses records with their names. "+
				"Declare NS records at the zone's own name only if several DNS providers serve the zone.")
	}
}

// targetAttr returns the attribute that names the host of records of the type.
func targetAttr(t dns.Type) dns.Attribute {
	switch t {
	case dns.SRV, dns.HTTPS, dns.SVCB:
		return "target"
	default:
		return dns.AttrContent
	}
}

// Targets that Cloudflare does not proxy (developers.cloudflare.com/dns/proxy-status,
// limitations): these hosts, and all names below these parents.
var (
	unproxiableHosts = []string{
		"dkim2.mcsv.net", "dkim3.mcsv.net", "zmverify.zoho.com", "dkim.infusionmail.com", "dkim.amazonses.com",
	}
	unproxiableParents = []string{".dkim.amazonses.com", ".onmicrosoft.com", ".dkim.intercom.io", ".acm-validations.aws"}
)

func unproxiableTarget(host string) bool {
	below := func(parent string) bool { return strings.HasSuffix(host, parent) }
	return slices.Contains(unproxiableHosts, host) || slices.ContainsFunc(unproxiableParents, below)
}

// doubled reports whether a name ends in the zone's name twice, such as www.example.com.example.com.
// This happens if an editor of zone files adds the zone's name to a full name. doubled returns false in
// a zone whose name is one label, because many valid names end in the same label twice.
func (c *checker) doubled(host string) bool {
	rest, ok := strings.CutSuffix(host, "."+c.zone)
	return ok && strings.Contains(c.zone, ".") && dns.Inside(rest, c.zone)
}

// checkNull warns of a null MX with a priority, which must be 0 (RFC 7505, section 3).
func (c *checker) checkNull() {
	if c.Type == dns.MX && c.Priority != 0 {
		c.caution("mx-null", dns.AttrPriority, "Priority of a null MX",
			"A null MX says that the name accepts no mail. Its priority must be 0.")
	}
}

// longText is the greatest length of a TXT according to Cloudflare's older documents, in bytes.
const longText = 2048

func (c *checker) checkTXT() {
	text := dns.TXTValue(c.Content)
	if len(text) >= longText {
		c.caution("txt-long", dns.AttrContent, "Very long text",
			"This text has %d bytes. Many resolvers and mail servers give up on texts this long.", len(text))
	}

	if strings.ContainsAny(text, "\r\n") {
		c.caution("txt-line", dns.AttrContent, "Line break in a text",
			"%s has a line break in it, which cfplan sends as it is. "+
				"The functions chomp and trimspace remove it from the end.", dns.Show(text))
	}

	if oddQuotes(text) {
		c.caution("txt-quotes", dns.AttrContent, "Quotation marks in a text",
			"The quotation marks in %s become part of the text. Remove them, or put the whole text in one pair.",
			dns.Show(text))
	}

	if !utf8.ValidString(text) {
		c.caution("txt-bytes", dns.AttrContent, "Text is not UTF-8",
			"%s has bytes in it that are not UTF-8.", dns.Show(text))
	}

	c.checkMail(text)
}

// oddQuotes reports whether quotation marks look like leftovers from a zone file: a single mark
// at the end, or the seam between two chunks.
func oddQuotes(text string) bool {
	switch strings.Count(text, `"`) {
	case 0:
		return false
	case 1:
		return len(text) > 1 && strings.HasSuffix(text, `"`)
	default:
		return seam.MatchString(text)
	}
}

var seam = regexp.MustCompile(`^[^"]*"[ \t]+"[^"]*$`)
