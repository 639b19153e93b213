package dns

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// ParseLive parses a value from an API answer: the content, the structured data if the type has it,
// and the priority. MX and URI have the priority beside the data; SRV has it in both places.
//
// ParseLive never fails, because a live record exists even if it breaks the rules. It ignores
// unknown members, and keeps content that it cannot parse as it is, also for unknown types.
func ParseLive(t Type, content string, data map[string]any, priority *float64) Value {
	if f, ok := formOf(t); ok {
		return f.live(t, content, data, priority)
	}
	if t == TXT {
		return Value{Content: liveTXT(content)}
	}

	if target, ok := data["target"].(string); ok && t == MX && content == "" {
		content = target
	}
	v, p := ParseContent(t, content)
	if p != nil {
		v = Value{Content: verbatim(content, data)}
	}
	if t != MX {
		return v
	}

	if priority == nil { // newer answers give the priority only in the data
		priority = priorityIn(data)
	}
	if n, ok := wholePriority(priority); ok {
		v.Priority, v.HasPriority = n, true
	}
	return v
}

// priorityIn returns the priority from the data, where it may be a number or a string of decimal
// digits. It returns nil if the data has no priority.
func priorityIn(data map[string]any) *float64 {
	digits, ok := decimal(data[string(AttrPriority)])
	if !ok {
		return nil
	}
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil {
		return nil
	}
	return &n
}

func wholePriority(f *float64) (uint16, bool) {
	if f == nil || *f != math.Trunc(*f) || *f < 0 || *f > math.MaxUint16 {
		return 0, false
	}
	return uint16(*f), true
}

// live parses a live value of a type with structured data. It prefers the data, because the API has
// changed the form of the content over time.
func (f form) live(t Type, content string, data map[string]any, priority *float64) Value {
	if v, problems := ParseData(t, f.known(data, priority)); len(problems) == 0 {
		return v
	}

	n, ok := wholePriority(priority)
	if ok && f.members[0].Name == "priority" {
		if v, p := ParseContent(t, strconv.Itoa(int(n))+" "+content); p == nil {
			return v
		}
	}
	if v, p := ParseContent(t, content); p == nil {
		return v
	}
	return Value{Content: verbatim(content, data)}
}

// known returns a copy of the data that has only the fields of the type, and the priority if it is
// given apart.
func (f form) known(data map[string]any, priority *float64) map[string]any {
	out := make(map[string]any, len(f.members))
	for _, m := range f.members {
		if v, ok := data[m.Name]; ok {
			out[m.Name] = v
		}
	}
	if _, ok := data["priority"]; !ok && priority != nil && f.members[0].Name == "priority" {
		out["priority"] = *priority
	}
	return out
}

// verbatim returns the content of a record that cannot be parsed. If it is empty, verbatim returns
// the data as JSON, so that several such records at one name do not look the same.
func verbatim(content string, data map[string]any) string {
	if strings.TrimSpace(content) != "" || len(data) == 0 {
		return content
	}
	b, err := json.Marshal(data)
	if err != nil {
		return content
	}
	return string(b)
}
