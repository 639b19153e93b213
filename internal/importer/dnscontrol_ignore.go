package importer

import (
	"fmt"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// irPattern is an IGNORE(…). A part that is empty or "*" matches everything.
type irPattern struct {
	Label  string `json:"label_pattern"`
	Types  string `json:"rType_pattern"`
	Target string `json:"target_pattern"`
}

// ignored converts the IGNORE patterns of a domain to patterns of the zone. It names each pattern that cfplan
// cannot express in a remark.
func (r *irReader) ignored(z *Zone, d irDomain) {
	for _, p := range d.ignored {
		patterns, why := p.patterns()
		if why == "" && coversOne(patterns, z) {
			why = "it covers a record that is declared"
		}
		if why != "" {
			r.remark("%s of %s has no ignore block here: %s. Without an ignore block, cfplan leaves these records alone too: "+
				"it touches only records that it owns.", p, z.Name, why)
			continue
		}
		z.Ignore = append(z.Ignore, patterns...)
	}
}

// String returns the pattern as dnsconfig.js spells it.
func (p irPattern) String() string {
	return fmt.Sprintf("IGNORE(%s, %s, %s)", dns.Show(p.Label), dns.Show(p.Types), dns.Show(p.Target))
}

// coversOne reports whether the patterns cover a record of the zone; cfplan would refuse to declare that
// record. This can happen because cfplan also compares patterns with full names, and DNSControl does not.
func coversOne(patterns []dns.Pattern, z *Zone) bool {
	set := dns.NewPatterns(patterns, z.Name)
	for _, r := range z.Records {
		if set.Match(r.Record) {
			return true
		}
	}
	return false
}

// patterns returns the equivalent patterns of cfplan, or why cfplan cannot express the pattern.
func (p irPattern) patterns() (out []dns.Pattern, why string) {
	name, named := irGlob(p.Label)
	target, aimed := irGlob(p.Target)
	if !named || !aimed {
		return nil, "its pattern has brackets, braces or a backslash"
	}
	if name == "*" {
		name = ""
	}
	for text := range strings.SplitSeq(p.Types, ",") {
		typ := dns.Type(strings.ToUpper(strings.TrimSpace(text)))
		if typ == "*" {
			typ = ""
		}
		content, ok := irContent(typ, target)
		switch {
		case typ != "" && !typ.Registered():
			return nil, fmt.Sprintf("%s is not a type of DNS records", dns.Show(string(typ)))
		case !ok:
			return nil, "a pattern for the target needs one of the types A, AAAA, CNAME, MX, NS, PTR and TXT"
		}
		one := dns.Pattern{Name: name, Type: typ, Content: content}
		if one == (dns.Pattern{}) {
			one.Name = "*"
		}
		out = append(out, one)
	}
	return out, ""
}

// irGlob converts a glob to cfplan's notation. In both notations, an asterisk stands for any characters, also
// dots.
func irGlob(glob string) (string, bool) {
	for strings.Contains(glob, "**") {
		glob = strings.ReplaceAll(glob, "**", "*")
	}
	if glob == "" {
		glob = "*"
	}
	return glob, !strings.ContainsAny(glob, `[]{}\`)
}

// irContent converts a pattern for targets to a pattern for contents.
func irContent(typ dns.Type, target string) (string, bool) {
	if target == "*" {
		return "", true
	}
	switch typ {
	case dns.A, dns.AAAA:
		return target, true
	case dns.CNAME, dns.MX, dns.NS, dns.PTR:
		return strings.TrimSuffix(target, "."), true
	case dns.TXT:
		return `"` + target + `"`, !strings.Contains(target, `"`)
	}
	return "", false
}
