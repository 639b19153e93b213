package lint

import (
	"net/url"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// checkService checks an HTTPS or SVCB record. A record with the priority 0 is an alias, and resolvers
// ignore its parameters (RFC 9460, section 2.4.2).
func (c *checker) checkService(data map[string]any) {
	value, _ := data["value"].(string)
	if _, list, ok := strings.Cut(value, `alpn="`); ok {
		if list, _, _ = strings.Cut(list, `"`); strings.Contains(list, `\ `) {
			c.caution("svcb-alpn", "value", "Blank in a list of protocols",
				"The alpn %s has a blank in it, which becomes part of a protocol's name. Separate protocols with commas only.",
				dns.Show(list))
		}
	}

	if number(data, "priority") != 0 {
		return
	}
	if data["value"] != "" {
		c.caution("svcb-alias", "value", "Parameters of an alias",
			"A priority of 0 makes this record an alias, and resolvers ignore its parameters. "+
				"Use a priority of 1 or more, or leave the parameters out.")
	}
	if data["target"] == c.Name {
		c.caution("svcb-self", "target", "Alias to itself",
			"A priority of 0 makes this record an alias, and %s points at itself. "+
				"Use a priority of 1 or more with the target \".\", or another target.",
			dns.Show(c.Name))
	}
}

func (c *checker) checkNAPTR(data map[string]any) {
	regex, replacement := data["regex"].(string), data["replacement"].(string)
	switch why := substitutionFault(regex); {
	case regex != "" && replacement != ".":
		c.caution("naptr-regex", "regex", "NAPTR with two results",
			"A NAPTR has either a regular expression or a replacement, but this one has both. "+
				"Set replacement = \".\", or leave the expression empty.")
	case regex == "" && replacement == ".":
		c.caution("naptr-regex", "regex", "NAPTR without a result",
			"A NAPTR needs a regular expression or a replacement, but this one has neither.")
	case why != "":
		c.caution("naptr-regex", "regex", "Unusable NAPTR expression",
			"%s is not a substitution: %s. Write !pattern!replacement!, with any delimiter.",
			dns.Show(regex), why)
	}
}

// substitutionFault says what is wrong with the outer form of a substitution, or returns "". The form
// is a delimiter, the pattern, the delimiter, the replacement, the delimiter and flags (RFC 3402,
// section 3.2). A backslash escapes the delimiter.
func substitutionFault(s string) string {
	if s == "" {
		return ""
	}
	delimiter := s[0]
	if delimiter >= '1' && delimiter <= '9' || delimiter == '\\' || delimiter == 'i' {
		return "it cannot begin with a digit from 1 to 9, a backslash or an i"
	}

	parts := 0
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case delimiter:
			parts++
			if flags := s[i+1:]; parts == 2 && flags != "" && flags != "i" {
				return "only the flag i may follow the last delimiter"
			} else if parts == 2 {
				return ""
			}
		}
	}
	return "a delimiter is missing"
}

func (c *checker) checkURI(data map[string]any) {
	if uri := data["target"].(string); uri != "" && !isURI(uri) {
		c.caution("uri-target", "target", "Target is not a URI",
			"%s is not a URI: a URI begins with a scheme, as in \"https://www.example.com/\".", dns.Show(uri))
	}
}

// checkOwner warns of a name at which clients do not look for records of the type. A wildcard in the
// name may stand for the labels that clients look for.
func (c *checker) checkOwner() {
	first, rest, _ := strings.Cut(c.Name, ".")
	second, _, _ := strings.Cut(rest, ".")
	switch c.Type {
	case dns.SRV:
		if !underscored(first) || first != "*" && !underscored(second) {
			c.caution("srv-name", dns.AttrName, "SRV at an unusual name",
				"Clients do not look for an SRV record at %s: its name must begin with the service and the protocol, "+
					"such as _sip._tcp.",
				dns.Show(c.Name))
		}
	case dns.TLSA:
		if !portLabel(first) || first != "*" && !underscored(second) {
			c.caution("tlsa-name", dns.AttrName, "TLSA at an unusual name",
				"Clients do not look for a TLSA record at %s: its name must begin with the port and the protocol, "+
					"such as _443._tcp.",
				dns.Show(c.Name))
		}
	case dns.OPENPGPKEY:
		c.checkMailbox(first, second, "_openpgpkey")
	case dns.SMIMEA:
		c.checkMailbox(first, second, "_smimecert")
	}

	if c.Proxied && (strings.HasPrefix(c.Name, "_") || strings.Contains(c.Name, "._")) {
		c.caution("proxied-underscore", dns.AttrProxied, "Proxied name with an underscore",
			"Clients look up texts or keys at %s. If it is proxied, they get Cloudflare's addresses instead. "+
				"Set proxied = false.",
			dns.Show(c.Name))
	}
}

// isURI reports whether a text begins with a scheme and has something after it (RFC 3986, section 3).
func isURI(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme != "" && len(s) > len(u.Scheme)+1
}

func underscored(label string) bool { return label == "*" || strings.HasPrefix(label, "_") }

func portLabel(label string) bool {
	return label == "*" || len(label) > 1 && label[0] == '_' && numeral(label[1:], 65535)
}

// mailboxHash is the length of the label that identifies a mailbox, in characters: a SHA2-256
// hash cut to 28 bytes (RFC 7929, RFC 8162).
const mailboxHash = 56

func (c *checker) checkMailbox(first, second, want string) {
	hash := len(first) == mailboxHash && strings.Trim(first, "0123456789abcdef") == ""
	if (hash && second == want) || first == "*" {
		return
	}
	c.caution("mail-key-name", dns.AttrName, "Mail key at an unusual name",
		"Clients do not look for this key at %s: its name must begin with the %d hexadecimal digits of the mailbox's hash "+
			"and %s.", dns.Show(c.Name), mailboxHash, want)
}
