package importer

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// terraformAttributes are the attributes of a record or zone that cfplan reads. Their JSON types depend on
// the provider's version.
type terraformAttributes struct {
	ID             any          `json:"id"`
	ZoneID         any          `json:"zone_id"`
	Name           any          `json:"name"`
	Hostname       any          `json:"hostname"`
	Domain         any          `json:"domain"` // the zone, in provider 1
	Type           any          `json:"type"`
	Content        any          `json:"content"`
	Value          any          `json:"value"`
	Priority       any          `json:"priority"`
	TTL            any          `json:"ttl"`
	Proxied        any          `json:"proxied"`
	Data           any          `json:"data"`
	Settings       any          `json:"settings"`
	PrivateRouting any          `json:"private_routing"`
	Comment        saidOrAbsent `json:"comment"`
	Tags           saidOrAbsent `json:"tags"`

	// Zone is the name of a cloudflare_zone of provider 4. Zones and Result are the zones that a
	// cloudflare_zones look-up found.
	Zone   any `json:"zone"`
	Zones  any `json:"zones"`
	Result any `json:"result"`
}

// saidOrAbsent is an attribute that records whether it is present, because not every version of the provider
// has it.
type saidOrAbsent struct {
	said  bool
	value any
}

// UnmarshalJSON reads any value. A null counts as present.
func (s *saidOrAbsent) UnmarshalJSON(text []byte) error {
	s.said = true
	return json.Unmarshal(text, &s.value)
}

// flatAttributes converts the attributes of Terraform 0.11, which are texts under names with dots, such as
// data.0.port.
func flatAttributes(flat map[string]any) terraformAttributes {
	a := terraformAttributes{
		ID:       flat["id"],
		ZoneID:   flat["zone_id"],
		Name:     flat["name"],
		Hostname: flat["hostname"],
		Domain:   flat["domain"],
		Type:     flat["type"],
		Content:  flat["content"],
		Value:    flat["value"],
		Priority: flat["priority"],
		TTL:      flat["ttl"],
		Proxied:  flat["proxied"],
		Zone:     flat["zone"],
	}
	a.Comment.value, a.Comment.said = flat["comment"]

	data := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(flat)) {
		if field, ok := strings.CutPrefix(name, "data."); ok && field != "#" && field != "%" {
			data[strings.TrimPrefix(field, "0.")] = flat[name]
		}
		if element, ok := strings.CutPrefix(name, "tags."); ok {
			tags, _ := a.Tags.value.([]any)
			if a.Tags.said = true; element != "#" && element != "%" {
				a.Tags.value = append(tags, flat[name])
			}
		}
	}
	if len(data) > 0 {
		a.Data = data
	}
	return a
}

// terraformFields reads attributes and collects their problems.
type terraformFields struct{ problems []*dns.Problem }

func (f *terraformFields) wrong(attr dns.Attribute, v any, want string) {
	f.problems = append(f.problems, &dns.Problem{
		Severity: dns.Error,
		Rule:     "data",
		Attr:     attr,
		Summary:  "Invalid " + string(attr),
		Detail:   "The attribute " + string(attr) + " is " + spellJSON(v) + ", which is not " + want + ".",
	})
}

// spellJSON returns a JSON value in words for a message.
func spellJSON(v any) string {
	text, err := json.Marshal(v)
	if s, ok := v.(string); ok || err != nil {
		return dns.Show(s)
	}
	if len(text) > 0 && (text[0] == '{' || text[0] == '[') {
		return map[byte]string{'{': "an object", '[': "a list"}[text[0]]
	}
	return string(text)
}

// text reads a text. A null gives "".
func (f *terraformFields) text(attr dns.Attribute, v any) string {
	s, ok := looseText(v)
	if !ok {
		f.wrong(attr, v, "a text")
	}
	return s
}

// number reads a whole number from 0 to most. ok is false for null, and for an empty text, which flat
// attributes can have. Provider 5 writes numbers as floats.
func (f *terraformFields) number(attr dns.Attribute, v any, most int) (n int, ok bool) {
	s, isText := looseText(v)
	if isText && s == "" {
		return 0, false
	}
	x, err := strconv.ParseFloat(s, 64)
	if !isText || err != nil || x != math.Trunc(x) || x < 0 || x > float64(most) {
		f.wrong(attr, v, "a whole number from 0 to "+strconv.Itoa(most))
		return 0, false
	}
	return int(x), true
}

// flag reads a boolean. A null gives false.
func (f *terraformFields) flag(attr dns.Attribute, v any) bool {
	switch v {
	case nil, false, "", "false", "0":
		return false
	case true, "true", "1":
		return true
	}
	f.wrong(attr, v, "true or false")
	return false
}

// texts reads a list of texts.
func (f *terraformFields) texts(attr dns.Attribute, v any) []string {
	list, ok := v.([]any)
	if !ok && v != nil {
		f.wrong(attr, v, "a list")
	}
	var out []string
	for _, e := range list {
		out = append(out, f.text(attr, e))
	}
	return out
}

// looseText reads a text or a number. Either may be a dynamic value.
func looseText(v any) (text string, ok bool) {
	switch v := dynamicValue(v).(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case json.Number:
		return string(v), true
	}
	return "", false
}

// dynamicValue returns the value of an attribute whose type the provider leaves open. A state has such a
// value with its type: {"value": "0", "type": "string"}.
func dynamicValue(v any) any {
	m, ok := v.(map[string]any)
	value, hasValue := m["value"]
	_, hasType := m["type"]
	if ok && len(m) == 2 && hasValue && hasType {
		return value
	}
	return v
}
