package importer

import (
	"cmp"
	"math"
	"regexp"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// cloudflareID matches Cloudflare's IDs.
var cloudflareID = regexp.MustCompile(`^[0-9a-f]{32}$`)

// id returns the Cloudflare ID of the record, or "" if the instance has no valid ID.
func (a terraformAttributes) id() string {
	text, _ := looseText(a.ID)
	if text = strings.ToLower(text); !cloudflareID.MatchString(text) {
		return ""
	}
	return text
}

// terraformReading is the result of reading one instance: a record, or problems. A record may have a reason
// to leave it out.
type terraformReading struct {
	record dns.Record
	silent []dns.Attribute
	// reason is a clause that says why to leave the record out, or "" to import it.
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

// silent returns the attributes on which the state is silent, because the provider's version does not have
// them. Provider 5 has all attributes, and those that the configuration does not set are null.
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

// name returns the full name of a record if the state has it, otherwise the name as the configuration spells
// it. inside is false if the name is not in the zone.
func (f *terraformFields) name(a terraformAttributes, zone string) (name string, inside bool) {
	full, written := f.text("hostname", a.Hostname), f.text(dns.AttrName, a.Name)
	if full == "" && strings.HasSuffix(written, ".") {
		full = written
	}
	if full == "" {
		return written, true // a relative name, or in provider 5 perhaps a full one
	}
	canonical, p := dns.CanonicalName(full)
	if p != nil {
		f.problems = append(f.problems, p)
		return full, true
	}
	return canonical, dns.Inside(canonical, zone)
}

// content returns the value as text. Old versions of the provider have it as value.
func (f *terraformFields) content(a terraformAttributes) string {
	return cmp.Or(f.text(dns.AttrContent, a.Content), f.text("value", a.Value))
}

// fromData returns the record with its value from the structured data, or if they give no valid value from
// the content. unsaid lists the parts of the value that the state leaves open.
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
		s.content = dns.ParseLive(typ, s.content, nil, nil).Content // read the content as if it came from Cloudflare
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

// withoutPriority returns the spelling with priority 0 if the state has no priority, because the migration
// from provider 4 to 5 turns 0 into null. ok is false if the spelling has a priority or needs none.
func (s spelling) withoutPriority() (out spelling, ok bool) {
	typ := dns.Type(s.typ)
	if s.priority != nil || s.content == "" || typ != dns.MX && !dns.PriorityApart(typ) {
		return s, false
	}
	s.priority = new(uint16)
	return s, true
}

// dataObject returns the structured data, which is an object in provider 5 and a list with one object in
// provider 4.
func dataObject(v any) map[string]any {
	if list, ok := v.([]any); ok && len(list) > 0 {
		v = list[0]
	}
	object, _ := v.(map[string]any)
	return object
}

// dataFields returns the type's fields of the structured data, or nil if the data have none of them. A state
// of provider 4 has the fields of all types, with 0 for unset numbers and "" for unset texts. The migration
// to provider 5 turns these values into null. So a null number may be 0 or the live number; unsaid lists the
// fields with such a null.
func dataFields(typ dns.Type, v any, priority *uint16) (fields map[string]any, unsaid []dns.Attribute) {
	object := dataObject(v)
	said := false
	fields = map[string]any{}
	for _, field := range dns.Fields(typ) {
		value := dynamicValue(object[field.Name])
		said = said || value != nil
		switch {
		case field.Name == string(dns.AttrPriority) && priority != nil && (value == nil || typ == dns.URI):
			value = int(*priority) // the priority of a URI is only beside the data
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
		fields["value"] = textOr(content) // some states of provider 3 have the value under this name
	}
	return fields, unsaid
}

// textOr returns a number as text and any other value unchanged. The flags of a NAPTR, for example, may be a
// number.
func textOr(v any) any {
	if text, ok := looseText(v); ok {
		return text
	}
	return v
}

// spelled returns the record as the state spells it, as far as it can be read, for the list of records left
// out.
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
