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

// ParseData parses a value that is given as structured data. A number may have any numeric Go type, or be a
// json.Number or a string of decimal digits. Strings are plain text, not in the presentation form of a zone
// file. ParseData returns all problems at once.
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

// joinWords joins parts with blanks. It leaves no blank at the end if the last part is empty.
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

// fromData returns the member's value in canonical form. A nil counts as missing.
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
		return "", m.invalid(spell(v), "it must be text")
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

// spell writes a value of the wrong type for a message. It writes JSON, which shows no Go type names.
func spell(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(bytes.TrimSpace(b))
}

// Data returns the structured data of a canonical record by Cloudflare's field names. Numbers are int, or
// float64 if the field may have a fraction. The priority of an SRV or URI is among the fields. Data returns
// nil for types without structured data and for content that cannot be parsed.
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
