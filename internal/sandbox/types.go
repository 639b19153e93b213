package sandbox

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// kind is the kind of a member of structured data.
type kind int

const (
	whole    kind = iota // a whole number
	fraction             // a number
	text
	letter   // one of the letters in choices
	host     // without a final dot; "." means none
	dotted   // a host that keeps its final dot
	hexBytes // hexadecimal digits, at least one pair
	base64Bytes
)

// member describes one member of a type's data.
type member struct {
	name     string
	kind     kind
	min, max float64
	optional bool
	choices  string
	// empty reports whether a text may be empty.
	empty bool
}

func number(name string, max float64) member { return member{name: name, kind: whole, max: max} }

const byteMax, wordMax = 255, 65535

// members returns the members of a type's data in the order of its presentation form, or nil for the eight
// types that take a content. The priority is a member of the data of SRV but not of URI.
func members(typ string) []member {
	switch typ {
	case "CAA":
		return []member{number("flags", byteMax), {name: "tag", kind: text}, {name: "value", kind: text, empty: true}}
	case "CERT":
		return []member{number("type", wordMax), number("key_tag", wordMax), number("algorithm", byteMax),
			{name: "certificate", kind: base64Bytes}}
	case "DNSKEY":
		return []member{number("flags", wordMax), number("protocol", byteMax), number("algorithm", byteMax),
			{name: "public_key", kind: base64Bytes}}
	case "DS":
		return []member{number("key_tag", wordMax), number("algorithm", byteMax), number("digest_type", byteMax),
			{name: "digest", kind: hexBytes}}
	case "HTTPS", "SVCB":
		return []member{number("priority", wordMax), {name: "target", kind: dotted},
			{name: "value", kind: text, empty: true, optional: true}}
	case "LOC":
		return locMembers()
	case "NAPTR":
		return []member{number("order", wordMax), number("preference", wordMax), {name: "flags", kind: text, empty: true},
			{name: "service", kind: text, empty: true}, {name: "regex", kind: text, empty: true}, {name: "replacement", kind: dotted}}
	case "SMIMEA", "TLSA":
		return []member{number("usage", byteMax), number("selector", byteMax), number("matching_type", byteMax),
			{name: "certificate", kind: hexBytes}}
	case "SRV":
		return []member{number("priority", wordMax), number("weight", wordMax), number("port", wordMax),
			{name: "target", kind: host}}
	case "SSHFP":
		return []member{number("algorithm", byteMax), number("type", byteMax), {name: "fingerprint", kind: hexBytes}}
	case "URI":
		return []member{number("weight", wordMax), {name: "target", kind: text}}
	}

	return nil
}

// locMembers returns the members of RFC 1876, with the bounds of Cloudflare's specification.
func locMembers() []member {
	minutes := func(name string) member { return member{name: name, kind: whole, max: 59, optional: true} }
	secs := func(name string) member { return member{name: name, kind: fraction, max: 59.999, optional: true} }
	metres := func(name string) member { return member{name: name, kind: fraction, max: 90000000, optional: true} }
	return []member{
		number("lat_degrees", 90), minutes("lat_minutes"), secs("lat_seconds"),
		{name: "lat_direction", kind: letter, choices: "NS"},
		number("long_degrees", 180), minutes("long_minutes"), secs("long_seconds"),
		{name: "long_direction", kind: letter, choices: "EW"},
		{name: "altitude", kind: fraction, min: -100000, max: 42849672.95, optional: true},
		metres("size"), metres("precision_horz"), metres("precision_vert"),
	}
}

func takesData(typ string) bool { return members(typ) != nil }

// contentTypes are the types that take a content.
var contentTypes = []string{"A", "AAAA", "CNAME", "MX", "NS", "OPENPGPKEY", "PTR", "TXT"}

func knownType(typ string) bool { return slices.Contains(contentTypes, typ) || takesData(typ) }

// normalizeData checks structured data. It returns only the type's own members, because some clients send the
// members of all types.
func normalizeData(typ string, data map[string]any, zone string, q Quirks) (map[string]any, []apiError) {
	out := map[string]any{}
	var errs []apiError
	for _, m := range members(typ) {
		v, given := data[m.name]
		if !given || v == nil {
			if !m.optional {
				errs = append(errs, apiError{Code: codeMissingData, Message: m.name + " is a required data field."})
				continue
			}
			v = m.zero()
		}
		norm, err := m.normalize(v, zone, q)
		if err != nil {
			errs = append(errs, *err)
			continue
		}
		out[m.name] = norm
	}

	if len(errs) == 0 {
		errs = checkData(typ, out)
	}

	return out, errs
}

func (m member) zero() any {
	if m.kind == text {
		return ""
	}
	return 0.0
}

func (m member) normalize(v any, zone string, q Quirks) (any, *apiError) {
	if m.kind == whole || m.kind == fraction {
		return m.number(v)
	}
	s, ok := v.(string)
	if !ok {
		return nil, &apiError{Code: codeJSONType, Message: "Failed to parse. data." + m.name + " must be a string"}
	}
	norm, ok := m.text(s, zone, q)
	if !ok {
		return nil, &apiError{Code: codeDataValue, Message: "Invalid value for the data field " + m.name + "."}
	}
	return norm, nil
}

func (m member) number(v any) (any, *apiError) {
	f, ok := float(v)
	if !ok {
		return nil, &apiError{Code: codeJSONType, Message: "Failed to parse. data." + m.name + " must be a number"}
	}
	if f < m.min || f > m.max || m.kind == whole && f != math.Trunc(f) || math.IsNaN(f) {
		return nil, &apiError{
			Code:    codeDataValue,
			Message: fmt.Sprintf("The data field %s must be between %s and %s.", m.name, plain(m.min), plain(m.max)),
		}
	}
	return f, nil
}

// float accepts the numbers of decoded JSON and the ints of seeds written in Go.
func float(v any) (float64, bool) {
	switch n := v.(type) {
	case float64:
		return n, true
	case int:
		return float64(n), true
	}
	return 0, false
}

func plain(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func (m member) text(s, zone string, q Quirks) (string, bool) {
	if hasControl(s) {
		return "", false
	}

	switch m.kind {
	case letter:
		return s, len(s) == 1 && strings.Contains(m.choices, s)
	case host:
		return rootedHost(s, zone, q)
	case dotted:
		return dottedHost(s, zone, q)
	case hexBytes:
		_, err := hex.DecodeString(s)
		if q.LowerHex {
			s = strings.ToLower(s)
		}
		return s, err == nil && s != ""
	case base64Bytes:
		return s, validBase64(s)
	}

	return s, m.empty || s != ""
}

// validBase64 reports whether s is base64. It accepts the blanks that zone files have inside long keys.
func validBase64(s string) bool {
	b, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(s, " ", ""))
	return err == nil && len(b) > 0
}

func hasControl(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < 0x20 || r == 0x7f }) >= 0
}

// checkData checks rules that a single member's type cannot express, and normalizes service parameters.
func checkData(typ string, data map[string]any) []apiError {
	switch typ {
	case "CAA":
		if strings.IndexFunc(data["tag"].(string), notAlphanumeric) >= 0 {
			return []apiError{{Code: codeDataValue, Message: "Invalid value for the data field tag."}}
		}
	case "HTTPS", "SVCB":
		value, ok := serviceParameters(typ, data["value"].(string))
		if !ok || data["priority"] == 0.0 && value != "" {
			return []apiError{{Code: codeDataValue, Message: "Invalid value for the data field value."}}
		}
		data["value"] = value
	}
	return nil
}

func notAlphanumeric(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
}

// render returns the content that Cloudflare shows for structured data. The content of an SRV does not
// include its priority.
func render(typ string, data map[string]any, q Quirks) string {
	if typ == "LOC" {
		return renderLOC(data)
	}

	var parts []string
	for _, m := range members(typ) {
		if typ == "SRV" && m.name == "priority" {
			continue
		}
		parts = append(parts, renderMember(typ, m, data[m.name]))
	}

	separator := " "
	if typ == "SRV" && q.TabInSRV {
		separator = "\t"
	}
	return strings.TrimRight(strings.Join(parts, separator), " ")
}

func renderMember(typ string, m member, v any) string {
	if f, ok := v.(float64); ok {
		return plain(f)
	}
	s, _ := v.(string)
	quoted := typ == "NAPTR" && m.kind == text || typ == "CAA" && m.name == "value" || typ == "URI"
	if quoted {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
	}
	return s
}

func renderLOC(d map[string]any) string {
	n := func(name string, decimals int) string {
		f, _ := float(d[name])
		return strconv.FormatFloat(f, 'f', decimals, 64)
	}
	s := func(name string) string { v, _ := d[name].(string); return v }
	return strings.Join([]string{
		n("lat_degrees", 0), n("lat_minutes", 0), n("lat_seconds", 3), s("lat_direction"),
		n("long_degrees", 0), n("long_minutes", 0), n("long_seconds", 3), s("long_direction"),
		n("altitude", 2), n("size", 2), n("precision_horz", 2), n("precision_vert", 2)}, " ")
}
