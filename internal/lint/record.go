package lint

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/cfplan/cfplan/internal/dns"
)

// Record reports what is wrong with one canonical record of the named zone. It does not check the
// limits of Cloudflare's plans; see [Tier]. It cannot check whether an MX has a priority; see
// [dns.NeedsPriority].
//
// unread lists the attributes that could not be read, for example because they have the wrong type.
// Record skips the checks that depend on them, so that each mistake is reported only once.
func Record(r dns.Record, zone string, unread ...dns.Attribute) []*dns.Problem {
	c := checker{Record: r, zone: zone}
	read := func(attributes ...dns.Attribute) bool {
		return !slices.ContainsFunc(attributes, func(a dns.Attribute) bool { return slices.Contains(unread, a) })
	}

	if read(dns.AttrName) {
		c.checkName()
	}
	if read(dns.AttrName, dns.AttrContent) {
		c.checkValue()
	}
	if read(dns.AttrTTL, dns.AttrProxied) { // Cloudflare chooses the TTL of a proxied record
		c.checkTTL()
	}

	c.checkProxied()
	if read(dns.AttrProxied) {
		c.checkWithoutEffect()
		c.checkPrivateRouting()
	}

	c.checkComment()
	c.checkTags()
	c.checkSettings()
	return c.problems
}

// checker collects the problems of one record.
type checker struct {
	dns.Record
	zone     string
	problems []*dns.Problem
}

func (c *checker) fault(rule string, attr dns.Attribute, summary, format string, args ...any) {
	c.problems = append(c.problems, fault(rule, attr, summary, format, args...))
}

func (c *checker) caution(rule string, attr dns.Attribute, summary, format string, args ...any) {
	c.problems = append(c.problems, caution(rule, attr, summary, format, args...))
}

func (c *checker) checkName() {
	if _, p := dns.CanonicalName(c.Name); p != nil {
		c.problems = append(c.problems, p)
	} else if !dns.Inside(c.Name, c.zone) {
		c.fault("name-outside-zone", dns.AttrName, "Name outside the zone",
			"%s is not in the zone %s.", dns.Show(c.Name), dns.Show(c.zone))
	} else if c.doubled(c.Name) {
		c.caution("name-doubled", dns.AttrName, "Name with the zone's name twice",
			"%s ends in the name of the zone twice. Did you mean %s? "+
				"In a zone file, the final dot of a name or of the $ORIGIN may be missing.",
			dns.Show(c.Name), dns.Show(strings.TrimSuffix(c.Name, "."+c.zone)))
	}
}

// checkValue checks the value according to the record's type. It stops if the value cannot be parsed.
func (c *checker) checkValue() {
	if _, p := dns.ParseContent(c.Type, c.Content); p != nil {
		c.problems = append(c.problems, p)
		return
	}
	if size := c.WireSize(); size > dns.MaxWire {
		c.fault("size", dns.AttrContent, "Record too large",
			"This record takes %d bytes in a DNS message. Cloudflare accepts at most %d.", size, dns.MaxWire)
	}

	c.checkType()
	c.checkOwner()
}

// minEnterpriseTTL is the shortest TTL in Enterprise zones, in seconds (Cloudflare's API
// reference).
const minEnterpriseTTL = 30

func (c *checker) checkTTL() {
	switch ttl := c.TTL; {
	case ttl == dns.AutoTTL || ttl >= dns.MinTTL && ttl <= dns.MaxTTL:
	case ttl >= minEnterpriseTTL && ttl < dns.MinTTL:
		c.caution("ttl-short", dns.AttrTTL, "Very short TTL",
			"Only Enterprise zones accept a TTL below %d seconds; this one is %d.", dns.MinTTL, ttl)
	default:
		c.fault("ttl", dns.AttrTTL, "Invalid TTL",
			"%d is not a valid TTL. Write %d to %d seconds, or \"auto\".", ttl, dns.MinTTL, dns.MaxTTL)
	}
}

func (c *checker) checkProxied() {
	if c.Proxied && !c.Type.Proxiable() {
		c.fault("proxied", dns.AttrProxied, "Record cannot be proxied",
			"Cloudflare proxies A, AAAA and CNAME records, not %s. Remove proxied, or set it to false.",
			c.Type)
	}
}

// checkWithoutEffect warns of settings that have no effect: flatten_cname on a proxied record, and
// ipv4_only and ipv6_only on a record that is not proxied.
func (c *checker) checkWithoutEffect() {
	s := c.Settings
	if s.FlattenCNAME && c.Proxied && c.Type == dns.CNAME {
		c.caution("settings-idle", dns.AttrFlattenCNAME, "flatten_cname of a proxied record",
			"Cloudflare answers for a proxied CNAME with its own addresses, so flatten_cname has no effect, "+
				"and Cloudflare drops it. Leave it out.")
	}

	if c.Proxied || !c.Type.Proxiable() {
		return
	}
	if s.IPv4Only {
		c.idle(dns.AttrIPv4Only)
	}
	if s.IPv6Only {
		c.idle(dns.AttrIPv6Only)
	}
}

// idle warns of a setting that chooses among Cloudflare's addresses, on a record that is not proxied.
func (c *checker) idle(attr dns.Attribute) {
	c.caution("settings-idle", attr, string(attr)+" of a record that is not proxied",
		"%s chooses among Cloudflare's own addresses, so it has no effect on a record that is not proxied. "+
			"Set proxied = true, or leave it out.", attr)
}

func (c *checker) checkPrivateRouting() {
	if c.PrivateRouting && (!c.Proxied || c.Type != dns.A && c.Type != dns.AAAA) {
		c.fault("private-routing", dns.AttrPrivateRouting, "private_routing of a record that is not proxied",
			"private_routing is for proxied A and AAAA records. Set proxied = true, or leave it out.")
	}
}

// maxComment is the limit of Cloudflare's paid plans, in characters. Free zones accept only 100.
const maxComment = 500

func (c *checker) checkComment() {
	if n := utf8.RuneCountInString(c.Comment); n > maxComment {
		c.fault("comment", dns.AttrComment, "Comment too long",
			"This comment has %d characters. Cloudflare accepts %d, and 100 in Free zones.", n, maxComment)
	}

	if strings.ContainsAny(c.Comment, "\r\n") {
		c.fault("comment", dns.AttrComment, "Line break in a comment",
			"%s has a line break in it. A comment is one line.", dns.Show(c.Comment))
	}
}

func (c *checker) checkSettings() {
	s := c.Settings
	if s.FlattenCNAME && c.Type != dns.CNAME {
		c.fault("settings", dns.AttrFlattenCNAME, "Setting of another type",
			"flatten_cname is for CNAME records, not %s.", c.Type)
	}

	if s.IPv4Only && s.IPv6Only {
		c.fault("settings", dns.AttrIPv6Only, "Settings exclude each other",
			"ipv4_only and ipv6_only together would leave no address. Keep one of them.")
	}

	if (s.IPv4Only || s.IPv6Only) && !c.Type.Proxiable() {
		attr := dns.AttrIPv4Only
		if !s.IPv4Only {
			attr = dns.AttrIPv6Only
		}
		c.fault("settings", attr, "Setting of another type",
			"%s is for proxied A, AAAA and CNAME records, not %s.", attr, c.Type)
	}
}

// Limits of tags. Cloudflare's current documents do not mention them, so exceeding them is only a
// warning. Lengths are in characters.
const (
	maxTags     = 20
	maxTagName  = 32
	maxTagValue = 100
)

func (c *checker) checkTags() {
	if len(c.Tags) > maxTags {
		c.caution("tags-limit", dns.AttrTags, "Many tags",
			"This record has %d tags. Cloudflare accepts %d.", len(c.Tags), maxTags)
	}
	for _, tag := range c.Tags {
		c.checkTag(tag)
	}
}

func (c *checker) checkTag(tag string) {
	name, value, _ := strings.Cut(tag, ":")
	switch {
	case !tagName(name):
		c.fault("tags", dns.AttrTags, "Invalid tag",
			"%s is not a tag. Write a name, or a name and a value as in \"team:web\"; "+
				"a name has letters, digits, hyphens and underscores.", dns.Show(tag))
	case strings.HasPrefix(strings.ToLower(name), "cf-"):
		c.fault("tags", dns.AttrTags, "Reserved tag",
			"%s begins with cf-, which Cloudflare reserves.", dns.Show(tag))
	case strings.ContainsFunc(value, control) || !utf8.ValidString(value):
		c.fault("tags", dns.AttrTags, "Invalid tag", "%s has control characters in its value.", dns.Show(tag))
	case len(name) > maxTagName || utf8.RuneCountInString(value) > maxTagValue:
		c.caution("tags-limit", dns.AttrTags, "Long tag",
			"%s is longer than Cloudflare accepts: a name has up to %d characters, a value up to %d.",
			dns.Show(tag), maxTagName, maxTagValue)
	}
}

// control reports whether r is a control character that Cloudflare refuses in a tag.
func control(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

func tagName(s string) bool {
	return s != "" && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}

// number returns a field of structured data as a whole number.
func number(data map[string]any, name string) int {
	n, _ := data[name].(int)
	return n
}

func list(choices []int) string {
	words := make([]string, len(choices))
	for i, n := range choices {
		words[i] = fmt.Sprint(n)
	}
	return strings.Join(words, ", ")
}
