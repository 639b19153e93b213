package dns

import (
	"net/netip"
	"slices"
	"strings"
	"unicode/utf8"
)

// checkType checks what only one type, or a few, can have wrong. The content is
// known to be readable.
func (c *checker) checkType() {
	switch c.Type {
	case A, AAAA:
		c.checkAddress()
	case CNAME, MX, NS, PTR, SRV:
		c.checkTarget()
	case TXT:
		c.checkTXT()
	case CAA:
		c.checkCAA(c.Data())
	case HTTPS, SVCB:
		c.checkService(c.Data())
	case TLSA, SMIMEA, DS, SSHFP, DNSKEY:
		c.checkCrypto(c.Data())
	case LOC:
		c.checkLOC(c.Data())
	case NAPTR:
		c.checkNAPTR(c.Data())
	case URI:
		c.checkURI(c.Data())
	}
}

func (c *checker) checkAddress() {
	a, err := netip.ParseAddr(c.Content)
	if err == nil && c.Proxied && !publicAddress(a) {
		c.caution("proxied-private", "content", "Private address of a proxied record",
			"Cloudflare cannot reach %s from the internet and will refuse to proxy it. Use a public address, or proxied = false.", c.Content)
	}
}

func (c *checker) checkTarget() {
	host := c.Content[strings.LastIndexByte(c.Content, ' ')+1:] // an SRV's stands last
	switch {
	case host == ".":
		c.checkNull()
	case c.Type == CNAME && host == c.Name:
		c.fault("cname-self", "content", "CNAME to itself", "%s points at itself, so that it would never resolve.", show(c.Name))
	case !strings.Contains(host, "."):
		c.caution("target-single", c.targetAttr(), "Target is not a full name",
			"Targets are full names here, and %s is a name at the top of the DNS. Inside this zone it would be %s.", show(host), show(host+"."+c.zone))
	}
	if c.Type == NS && c.Name == c.zone {
		c.caution("ns-apex", "name", "Name server of the zone itself",
			"Cloudflare answers for the name servers of a zone by itself. NS records at its top are for zones with several DNS providers, and Cloudflare's own names are refused.")
	}
}

func (c *checker) targetAttr() string {
	if c.Type == SRV {
		return "target"
	}
	return "content"
}

// checkNull: a null MX stands alone with the priority 0 (RFC 7505, section 3).
func (c *checker) checkNull() {
	if c.Type == MX && c.Priority != 0 {
		c.caution("mx-null", "priority", "Priority of a null MX", "A null MX says that the name takes no mail, and has the priority 0.")
	}
}

// longText is what Cloudflare's older documents allow for one TXT, in bytes.
const longText = 2048

func (c *checker) checkTXT() {
	text := TXTValue(c.Content)
	if len(text) >= longText {
		c.caution("txt-long", "content", "Very long text", "This text has %d bytes. Many resolvers and mail servers give up on texts this long.", len(text))
	}
	if strings.ContainsAny(text, "\r\n") {
		c.caution("txt-line", "content", "Line break in a text", "%s has a line break in it, which is sent as it is. The functions chomp and trimspace take one off the end.", show(text))
	}
	if !utf8.ValidString(text) {
		c.caution("txt-bytes", "content", "Text is not UTF-8", "%s has bytes in it that are not UTF-8.", show(text))
	}
}

// caaTags are those in IANA's registry of CAA properties.
var caaTags = []string{"issue", "issuewild", "iodef", "contactemail", "contactphone", "issuevmc", "issuemail"}

func (c *checker) checkCAA(data map[string]any) {
	tag, value := data["tag"].(string), data["value"].(string)
	if !slices.Contains(caaTags, tag) {
		c.caution("caa-tag", "tag", "Unknown CAA tag", "%s is not a property that certificate authorities know.%s", show(tag), didYouMean(tag, caaTags))
	}
	if flags := number(data, "flags"); flags != 0 && flags != 128 {
		c.caution("caa-flags", "flags", "Unusual CAA flags", "%d has bits in it that mean nothing. Write 0, or 128 for critical.", flags)
	}
	if strings.HasPrefix(value, `"`) && strings.HasSuffix(value, `"`) {
		c.fault("caa-value", "value", "Quotation marks in a CAA value", "%s has quotation marks as part of the value. Write it without.", show(value))
	}
}

// checkService: RFC 9460, section 2.4.2, has parameters ignored in alias mode.
func (c *checker) checkService(data map[string]any) {
	if number(data, "priority") == 0 && data["value"] != "" {
		c.caution("svcb-alias", "value", "Parameters of an alias", "A priority of 0 makes this record an alias, and resolvers ignore its parameters. Use a priority of 1 or more, or leave the parameters out.")
	}
}

func (c *checker) checkLOC(data map[string]any) {
	c.checkAngle(data, "lat", 90)
	c.checkAngle(data, "long", 180)
}

func (c *checker) checkAngle(data map[string]any, name string, most float64) {
	beyond := data[name+"_minutes"] != 0.0 || data[name+"_seconds"] != 0.0
	if data[name+"_degrees"] == most && beyond {
		c.fault("loc", name+"_degrees", "Invalid position", "An angle of %v degrees is the largest there is and has no minutes or seconds.", most)
	}
}

func (c *checker) checkNAPTR(data map[string]any) {
	for _, name := range []string{"flags", "service", "regex"} {
		if n := len(data[name].(string)); n > maxString {
			c.fault("naptr", name, "Text too long", "The field %s has %d bytes. It may have %d.", name, n, maxString)
		}
	}
}

func (c *checker) checkURI(data map[string]any) {
	if data["target"] == "" {
		c.fault("uri", "target", "Empty target", "A URI record needs a target, such as \"https://www.example.com/\".")
	}
}
