package lint

import (
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/cfplan/cfplan/internal/dns"
)

// caaTags lists the CAA properties in IANA's registry.
var caaTags = []string{"issue", "issuewild", "iodef", "contactemail", "contactphone", "issuevmc", "issuemail"}

func (c *checker) checkCAA(data map[string]any) {
	tag, value := data["tag"].(string), data["value"].(string)
	if flags := number(data, "flags"); flags != 0 && flags != 128 {
		c.caution("caa-flags", "flags", "Unusual CAA flags",
			"%d has bits set that have no meaning. Write 0, or 128 for critical.", flags)
	}

	if strings.HasPrefix(value, `"`) && strings.HasSuffix(value, `"`) {
		c.fault("caa-value", "value", "Quotation marks in a CAA value",
			"The quotation marks in %s would be part of the value. Remove them.", dns.Show(value))
		return
	}

	switch {
	case !slices.Contains(caaTags, tag):
		c.caution("caa-tag", "tag", "Unknown CAA tag",
			"%s is not a property that certificate authorities know.%s", dns.Show(tag), dns.DidYouMean(tag, caaTags))
	case tag == "iodef" && !reportURL(value):
		c.caution("caa-iodef", "value", "CAA iodef is not a URL",
			"%s is not a URL that an authority could report to. Write mailto: and an address, or an https URL.",
			dns.Show(value))
	case strings.HasPrefix(tag, "issue"):
		if why := issuerFault(value); why != "" {
			c.caution("caa-issuer", "value", "CAA issuer is not a domain",
				"%s names no certificate authority: %s. A value that cannot be parsed allows no one to issue.",
				dns.Show(value), why)
		}
	}
}

func reportURL(s string) bool {
	u, err := url.Parse(s)
	if err != nil {
		return false
	}
	switch u.Scheme {
	case "mailto":
		return strings.Contains(u.Opaque, "@")
	case "http", "https":
		return u.Host != ""
	}
	return false
}

// issuerFault says what is wrong with the value of an issue property, or returns "". A valid value
// (RFC 8659, section 4.2) is a domain, which may be missing, and parameters after semicolons.
func issuerFault(value string) string {
	domain, parameters, _ := strings.Cut(value, ";")
	domain = strings.Trim(domain, " \t")
	if why := dns.HostFault(domain); why != "" && domain != "" {
		return why
	}
	if strings.ContainsFunc(domain, func(r rune) bool { return r > unicode.MaxASCII }) {
		return "write a domain in another script in punycode"
	}

	for part := range strings.SplitSeq(parameters, ";") {
		part = strings.Trim(part, " \t")
		if part == "" {
			continue
		}
		if name, _, ok := strings.Cut(part, "="); !ok || name == "" || strings.ContainsAny(part, " \t") {
			return "the parameter " + dns.Show(part) + " does not have the form NAME=VALUE"
		}
	}
	return ""
}
