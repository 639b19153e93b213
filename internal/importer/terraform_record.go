package importer

import (
	"cmp"
	"math"
	"regexp"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// cloudflareID is the form of Cloudflare's IDs.
var cloudflareID = regexp.MustCompile(`^[0-9a-f]{32}$`)

// id returns Cloudflare's ID of the record, or "" if the instance has none that is one.
func (a terraformAttributes) id() string {
	text, _ := looseText(a.ID)
	if text = strings.ToLower(text); !cloudflareID.MatchString(text) {
		return ""
	}
	return text
}

// terraformReading is what comes of one instance: a record, the reason to leave it out, or problems.
type terraformReading struct {
	record dns.Record
	silent []dns.Attribute
	// reason is a clause, or "" if the record can be taken along.
	reason   string
	problems []*dns.Problem
}

// record reads an instance as a record of the zone.
func (i *terraformInstance) record(zone string) terraformReading {
	var f terraformFields
	a := i.attributes
	s := spelling{
		typ:            strings.ToUpper(strings.TrimSpace(f.text(dns.AttrType, a.Type))),
		ttl:            dns.AutoTTL,
		proxied:        f.flag(dns.AttrProxied, a.Proxied),
		comment:        f.text(dns.AttrComment, a.Comment.value),
		tags:           f.texts(dns.AttrTags, a.Tags.value),
		settings:       f.settings(a.Settings),
		privateRouting: f.flag(dns.AttrPrivateRouting, a.PrivateRouting),
	}
	if ttl, ok := f.number(dns.AttrTTL, a.TTL, math.MaxInt32); ok {
		s.ttl = ttl
	}
	name, inside := f.name(a, zone)
	s.name = name
	s.content = f.content(a)
	if n, ok := f.number(dns.AttrPriority, a.Priority, math.MaxUint16); ok {
		priority := uint16(n)
		s.priority = &priority
	}

	switch {
	case len(f.problems) > 0:
		return terraformReading{problems: f.problems}
	case s.typ == "":
		return terraformReading{problems: []*dns.Problem{noType()}}
	case !inside:
		return terraformReading{record: i.spelled(), reason: "its name is outside of the zone"}
	case !dns.Type(s.typ).Writable():
		return terraformReading{record: i.spelled(), reason: "Cloudflare has no record type " + dns.Show(s.typ)}
	}
	record, problems, unsaid := s.fromData(a.Data, zone)
	record.ID = a.id()
	return terraformReading{record: record, problems: problems, silent: append(a.silent(), unsaid...)}
}

func noType() *dns.Problem {
	return &dns.Problem{
		Severity: dns.Error,
		Rule:     "type",
		Attr:     dns.AttrType,
		Summary:  "Missing type",
		Detail:   "The instance has no record type: the state may be damaged. Write it again with terraform state pull.",
	}
}

// silent lists the attributes that the provider's version does not have. Provider 5 has all of them, and leaves null
// what the configuration does not say.
func (a terraformAttributes) silent() []dns.Attribute {
	var out []dns.Attribute
	if !a.Comment.said {
		out = append(out, dns.AttrComment)
	}
	if !a.Tags.said {
		out = append(out, dns.AttrTags)
	}
	if !saysSettings(a.Settings) {
		out = append(out, dns.AttrSettings)
	}
	if a.PrivateRouting == nil {
		out = append(out, dns.AttrPrivateRouting)
	}
	return out
}

func saysSettings(v any) bool {
	m, _ := v.(map[string]any)
	for _, attr := range []dns.Attribute{dns.AttrFlattenCNAME, dns.AttrIPv4Only, dns.AttrIPv6Only} {
		if m[string(attr)] != nil {
			return true
		}
	}
	return false
}

func (f *terraformFields) settings(v any) dns.Settings {
	m, ok := v.(map[string]any)
	if !ok && v != nil {
		f.wrong(dns.AttrSettings, v, "an object")
	}
	return dns.Settings{
		FlattenCNAME: f.flag(dns.AttrFlattenCNAME, m[string(dns.AttrFlattenCNAME)]),
		IPv4Only:     f.flag(dns.AttrIPv4Only, m[string(dns.AttrIPv4Only)]),
		IPv6Only:     f.flag(dns.AttrIPv6Only, m[string(dns.AttrIPv6Only)]),
	}
}

// name returns the name of a record: in full if the state says it, otherwise as it was written. inside is false if it is
// not in the zone.
func (f *terraformFields) name(a terraformAttributes, zone string) (name string, inside bool) {
	full, written := f.text("hostname", a.Hostname), f.text(dns.AttrName, a.Name)
	if full == "" && strings.HasSuffix(written, ".") {
		full = written
	}
	if full == "" {
		return written, true // relative, or the full name in provider 5
	}
	canonical, p := dns.CanonicalName(full)
	if p != nil {
		f.problems = append(f.problems, p)
		return full, true
	}
	return canonical, dns.Inside(canonical, zone)
}

// content returns the value as text. Old versions of the provider have it under another name.
func (f *terraformFields) content(a terraformAttributes) string {
	return cmp.Or(f.text(dns.AttrContent, a.Content), f.text("value", a.Value))
}

// fromData makes the record with the first of several readings of its value that is one: the structured data, then the
// content. unsaid lists the parts of the value that the state leaves open.
func (s spelling) fromData(data any, zone string) (r dns.Record, problems []*dns.Problem, unsaid []dns.Attribute) {
	typ := dns.Type(s.typ)
	fields, unsaid := dataFields(typ, data, s.priority)
	if fields != nil {
		r, problems = s.with(fields).record(zone)
	}
	if fields != nil && (len(problems) == 0 || s.content == "") {
		return r, problems, unsaid
	}

	if typ == dns.MX && s.content == "" {
		s.content, _ = looseText(dataObject(data)["target"])
	}
	r, wrong := s.record(zone)
	if len(wrong) == 0 {
		return r, nil, nil
	}
	if guess, ok := s.withoutPriority(); ok {
		if r, wrong := guess.record(zone); len(wrong) == 0 {
			return r, nil, []dns.Attribute{dns.AttrPriority}
		}
	}
	if typ == dns.TXT && s.content != "" {
		s.content = dns.ParseLive(typ, s.content, nil, nil).Content // as it is read from Cloudflare
		if r, wrong := s.record(zone); len(wrong) == 0 {
			return r, nil, nil
		}
	}
	if problems == nil {
		problems = wrong
	}
	return dns.Record{}, problems, nil
}

func (s spelling) with(data map[string]any) spelling {
	s.data = data
	return s
}

// withoutPriority returns the spelling with the priority 0 if the state does not say one: the migration from provider
// 4 to 5 turns 0 into null.
func (s spelling) withoutPriority() (spelling, bool) {
	typ := dns.Type(s.typ)
	if s.priority != nil || s.content == "" || typ != dns.MX && !dns.PriorityApart(typ) {
		return s, false
	}
	s.priority = new(uint16)
	return s, true
}

// dataObject returns the structured data: an object in provider 5, a list of one in provider 4.
func dataObject(v any) map[string]any {
	if list, ok := v.([]any); ok && len(list) > 0 {
		v = list[0]
	}
	object, _ := v.(map[string]any)
	return object
}

// dataFields returns the fields of the type among the structured data, or nil if it has none. A state of provider 4 has
// all fields of all types, unset numbers as 0 and unset texts as "". The migration to provider 5 turns these into null,
// so that null means 0, or what is live: unsaid lists such numbers.
func dataFields(typ dns.Type, v any, priority *uint16) (fields map[string]any, unsaid []dns.Attribute) {
	object := dataObject(v)
	said := false
	fields = map[string]any{}
	for _, field := range dns.Fields(typ) {
		value := dynamicValue(object[field.Name])
		said = said || value != nil
		switch {
		case field.Name == string(dns.AttrPriority) && priority != nil && (value == nil || typ == dns.URI):
			value = int(*priority) // a URI's stands beside the data alone
		case value == nil && field.Number:
			value = 0
			unsaid = append(unsaid, dns.Attribute(field.Name))
		case value == nil:
			value = ""
		case value == "" && field.Number:
			value = 0
		case !field.Number:
			value = textOr(value)
		}
		fields[field.Name] = value
	}
	if !said {
		return nil, nil
	}
	if content := object["content"]; typ == dns.CAA && fields["value"] == "" && content != nil {
		fields["value"] = textOr(content) // some states of provider 3 have it so
	}
	return fields, unsaid
}

// textOr writes a number as text, as the flags of NAPTR may be one, and leaves everything else.
func textOr(v any) any {
	if text, ok := looseText(v); ok {
		return text
	}
	return v
}

// spelled returns a record as the state spells it, as far as it can be read: that of one that is left out.
func (i *terraformInstance) spelled() dns.Record {
	var f terraformFields
	a := i.attributes
	return dns.Record{
		ID:      a.id(),
		Name:    cmp.Or(f.text("hostname", a.Hostname), f.text(dns.AttrName, a.Name)),
		Type:    dns.Type(strings.ToUpper(f.text(dns.AttrType, a.Type))),
		Content: f.content(a),
	}
}
