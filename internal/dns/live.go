package dns

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// ParseLive reads a value from an answer of the API: the content, the structured
// data where the type has such, and the priority, which stands beside them for
// MX and URI (an SRV's stands in both places).
//
// It never fails. What is live exists, whatever the rules say: unknown members
// are passed over, and what cannot be read is kept as it is, also for types that
// are not known here.
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
	if priority == nil { // newer answers have it among the data alone
		priority = priorityIn(data)
	}
	if n, ok := wholePriority(priority); ok {
		v.Priority, v.HasPriority = n, true
	}
	return v
}

// priorityIn returns the priority among the data, which may be a number or text in decimal digits; nil if there is none.
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

// live prefers the data: how the API writes the content has changed over time.
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

// known copies the members that the type has.
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

// verbatim keeps apart what would otherwise be several records without content
// at one name.
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
