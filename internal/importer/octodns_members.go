package importer

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cfplan/cfplan/internal/dns"
)

// octoMember is a field of a type whose values are mappings.
type octoMember struct {
	// name is Cloudflare's name of the field. keys are octoDNS's names, the current one first.
	name string
	keys []string
	kind octoKind
	// standard is the default value, or "" if the field is required.
	standard string
}

type octoKind int

const (
	octoNumber octoKind = iota
	octoString
	octoHost
	octoParams
)

func number(name string) octoMember { return octoMember{name: name, keys: []string{name}} }

func member(kind octoKind, name string, keys ...string) octoMember {
	if len(keys) == 0 {
		keys = []string{name}
	}
	return octoMember{name: name, keys: keys, kind: kind}
}

var octoService = []octoMember{
	member(octoNumber, "priority", "svcpriority"),
	member(octoHost, "target", "targetname"),
	member(octoParams, "value", "svcparams"),
}

// octoMembers are the fields of the types whose values are mappings.
var octoMembers = map[dns.Type][]octoMember{
	dns.MX: {
		member(octoNumber, "priority", "preference", "priority"),
		member(octoHost, "exchange", "exchange", "value"),
	},
	dns.SRV: {number("priority"), number("weight"), number("port"), member(octoHost, "target")},
	dns.CAA: {
		{name: "flags", keys: []string{"flags"}, standard: "0"},
		member(octoString, "tag"),
		member(octoString, "value"),
	},
	dns.SSHFP: {number("algorithm"), member(octoNumber, "type", "fingerprint_type"), member(octoString, "fingerprint")},
	dns.TLSA: {
		member(octoNumber, "usage", "certificate_usage"),
		number("selector"),
		number("matching_type"),
		member(octoString, "certificate", "certificate_association_data"),
	},
	dns.DS: {number("key_tag"), number("algorithm"), number("digest_type"), member(octoString, "digest")},
	dns.NAPTR: {
		number("order"),
		number("preference"),
		member(octoString, "flags"),
		member(octoString, "service"),
		member(octoString, "regex", "regexp"),
		member(octoHost, "replacement"),
	},
	dns.LOC: {
		number("lat_degrees"), number("lat_minutes"), number("lat_seconds"), member(octoString, "lat_direction"),
		number("long_degrees"), number("long_minutes"), number("long_seconds"), member(octoString, "long_direction"),
		number("altitude"), number("size"), number("precision_horz"), number("precision_vert"),
	},
	dns.HTTPS: octoService,
	dns.SVCB:  octoService,
	dns.URI:   {number("priority"), number("weight"), member(octoString, "target")},
}

// oldDS are the fields of DS in old releases of octoDNS, which had wrong names.
var oldDS = []octoMember{
	member(octoNumber, "key_tag", "flags"),
	member(octoNumber, "algorithm", "protocol"),
	member(octoNumber, "digest_type", "algorithm"),
	member(octoString, "digest", "public_key"),
}

// members reads a value that is a mapping.
func (o octoReader) members(s *spelling, r octoRecord, v yamlValue, members []octoMember) bool {
	if v.kind() != yaml.MappingNode {
		o.fail(v, "Not a mapping", "A value of %s must be a mapping, such as %s.", lowerThe(r.title()), octoExample(members))
		return false
	}
	fields := map[string]yamlValue{}
	for _, p := range o.pairs(v) {
		fields[p.key] = p.value
	}
	if _, old := fields["public_key"]; s.typ == string(dns.DS) && (old || fields["flags"].Node != nil) {
		members = oldDS
	}

	data, ok := map[string]any{}, true
	for _, m := range members {
		text, fine := o.member(r, v, m, fields)
		data[m.name] = text
		ok = ok && fine
	}
	if s.typ == string(dns.MX) {
		s.content = fmt.Sprint(data["priority"], " ", data["exchange"])
		return ok
	}
	s.data = data
	return ok
}

// member reads one field of a mapping. It returns the value in zone-file form.
func (o octoReader) member(r octoRecord, v yamlValue, m octoMember, fields map[string]yamlValue) (string, bool) {
	var field yamlValue
	for _, key := range m.keys {
		if field = fields[key]; field.Node != nil {
			break
		}
	}
	if field.Node == nil {
		if m.standard == "" && m.kind != octoParams {
			o.fail(v, "Missing field", "%s has a value without %s.", r.title(), m.keys[0])
			return "", false
		}
		return m.standard, true
	}

	field, ok := o.resolve(field)
	switch {
	case !ok:
		return "", false
	case m.kind == octoNumber:
		return o.digits(field)
	case m.kind == octoParams:
		return o.params(r, field)
	}
	text, ok := o.text(field)
	if ok && m.kind == octoHost {
		ok = o.checkHost(r, field, text)
	}
	return text, ok
}

// params returns the parameters of an HTTPS or SVCB record in zone-file form. A list becomes values separated
// by commas; a null becomes a parameter without a value.
func (o octoReader) params(r octoRecord, v yamlValue) (string, bool) {
	var out []string
	for _, p := range o.mapping(r, yamlPair{key: "svcparams", value: v}) {
		value, ok := o.resolve(p.value)
		if !ok {
			return "", false
		}
		if isNull(value) {
			out = append(out, p.key)
			continue
		}
		before := len(o.diags)
		values := o.texts(value)
		if len(o.diags) > before {
			return "", false
		}
		out = append(out, p.key+`="`+octoQuotes(strings.Join(values, ","))+`"`)
	}
	return strings.Join(out, " "), true
}

// octoExample returns an example of a value, with the names of its fields.
func octoExample(members []octoMember) string {
	parts := make([]string, len(members))
	for i, m := range members {
		parts[i] = m.keys[0] + ": …"
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func lowerThe(title string) string { return "the" + strings.TrimPrefix(title, "The") }
