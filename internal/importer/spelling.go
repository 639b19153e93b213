package importer

import (
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// spelling is a record as a source spells it.
type spelling struct {
	// name may be relative, full, `@` or "" for the zone itself. See record for names that end in the zone's
	// name.
	name string
	typ  string
	// content is used if data is nil.
	content string
	// data are the fields of the value under Cloudflare's names, as dns.ParseData takes them.
	data map[string]any
	// priority is the priority of an MX, SRV or URI if the source gives it beside the content, otherwise nil.
	priority *uint16
	// ttl is in seconds, or dns.AutoTTL.
	ttl            int
	proxied        bool
	comment        string
	tags           []string
	settings       dns.Settings
	privateRouting bool
}

// record returns the canonical record, or all problems. A name without a final dot is relative to the zone;
// dns.AbsoluteName says what that means for a name that ends in the zone's name.
func (s spelling) record(zone string) (dns.Record, []*dns.Problem) {
	var problems []*dns.Problem
	if s.name == "" {
		s.name = "@"
	}
	name, p := dns.AbsoluteName(s.name, zone)
	if p != nil {
		problems = append(problems, p)
	}
	typ := dns.Type(strings.ToUpper(strings.TrimSpace(s.typ)))
	if !typ.Writable() {
		return dns.Record{}, append(problems, unknownType(s.typ))
	}
	value, wrong := s.value(typ)
	problems = append(problems, wrong...)

	r := dns.Record{
		Name:           name,
		Type:           typ,
		Content:        value.Content,
		Priority:       value.Priority,
		TTL:            s.ttl,
		Proxied:        s.proxied,
		Comment:        s.comment,
		Tags:           dns.CanonicalTags(s.tags),
		Settings:       s.settings,
		PrivateRouting: s.privateRouting,
	}
	if r.Proxied {
		r.TTL = dns.AutoTTL
	}
	return r, problems
}

func (s spelling) value(typ dns.Type) (dns.Value, []*dns.Problem) {
	if s.data != nil {
		return dns.ParseData(typ, s.data)
	}
	var v dns.Value
	var p *dns.Problem
	if s.priority != nil && (typ == dns.MX || dns.PriorityApart(typ)) {
		v, p = dns.ParseContentBeside(typ, s.content, *s.priority)
	} else {
		v, p = dns.ParseContent(typ, s.content)
	}
	if p != nil {
		return v, []*dns.Problem{p}
	}
	if typ == dns.MX && !v.HasPriority {
		return v, []*dns.Problem{{
			Severity: dns.Error,
			Rule:     "data",
			Attr:     dns.AttrPriority,
			Summary:  "Missing priority",
			Detail:   "An MX needs a priority, from 0 to 65535.",
		}}
	}
	return v, nil
}

func unknownType(typ string) *dns.Problem {
	return &dns.Problem{
		Severity: dns.Error,
		Rule:     "type",
		Attr:     dns.AttrType,
		Summary:  "Unknown record type",
		Detail:   "Cloudflare has no record type " + dns.Show(strings.ToUpper(typ)) + ".",
	}
}
