package dns

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// ParseData reads a value given as structured data. Numbers may be any Go
// number, json.Number or text in decimal digits; strings are taken as text, not
// as the presentation form of a zone file. All problems are returned.
func ParseData(t Type, data map[string]any) (Value, []*Problem) {
	f, ok := formOf(t)
	if !ok {
		return Value{}, []*Problem{fault("data", "", "No structured data",
			"A record of the type %s has no fields of its own: write its value as content.", Show(string(t)))}
	}
	var problems []*Problem
	parts := make([]string, 0, len(f.members))
	for _, m := range f.members {
		s, p := m.fromData(t, data[m.Name])
		if p != nil {
			problems = append(problems, p)
			continue
		}
		parts = append(parts, m.present(s))
	}
	problems = append(problems, f.unknown(t, data)...)
	if len(problems) > 0 {
		return Value{}, problems
	}
	return Value{Content: joinWords(parts)}, nil
}

// joinWords leaves no blank behind where the last member is empty.
func joinWords(parts []string) string { return strings.TrimRight(strings.Join(parts, " "), " ") }

func (f form) unknown(t Type, data map[string]any) []*Problem {
	var out []*Problem
	for _, name := range slices.Sorted(maps.Keys(data)) {
		if slices.Contains(f.names(), name) {
			continue
		}
		out = append(out, fault("data-unknown", Attribute(name), "Unknown field",
			"A record of the type %s has no field %s.%s Its fields are %s.",
			t, Show(name), DidYouMean(name, f.names()), strings.Join(f.names(), ", ")))
	}
	return out
}

// fromData puts one value of structured data into canonical form. A null counts
// as left out.
func (m member) fromData(t Type, v any) (string, *Problem) {
	if v == nil {
		return m.missing(t)
	}
	if m.Number {
		s, ok := decimal(v)
		if !ok {
			return "", m.invalid(spell(v), "it must be a number"+m.known())
		}
		return m.canonical(s)
	}
	s, ok := v.(string)
	if !ok {
		return "", m.invalid(spell(v), "it must be a text")
	}
	if len(s) > maxContent {
		return "", m.invalid(s, "it is longer than a record may be")
	}
	return m.canonical(s)
}

func (m member) missing(t Type) (string, *Problem) {
	switch {
	case !m.Optional:
		return "", fault("data-missing", Attribute(m.Name), "Missing field",
			"A record of the type %s needs the field %s.", t, m.Name)
	case m.Number:
		return m.canonical("0")
	}
	return "", nil
}

// spell writes a value of the wrong type for a message; JSON does not tell the
// Go names of types.
func spell(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(bytes.TrimSpace(b))
}

// Data returns the structured data of a canonical record by Cloudflare's field
// names, numbers as int (LOC's as float64), nil for types without and for
// content that does not parse. A URI's priority and an SRV's are among them.
func (r Record) Data() map[string]any {
	f, ok := formOf(r.Type)
	if !ok {
		return nil
	}
	texts, p := f.read(r.Type, r.Content)
	if p != nil {
		return nil
	}
	out := make(map[string]any, len(texts))
	for i, m := range f.members {
		out[m.Name] = m.value(r.Type, texts[i])
	}
	return out
}

func (m member) value(t Type, s string) any {
	switch {
	case !m.Number:
		return s
	case t == LOC:
		f, _ := strconv.ParseFloat(s, 64) // it is canonical
		return f
	}
	n, _ := strconv.Atoi(s) // it is canonical
	return n
}
