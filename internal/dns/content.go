package dns

import (
	"fmt"
	"strconv"
	"strings"
)

// Value is the value of a record: its canonical content and, for an MX, its preference.
type Value struct {
	Content string
	// Priority is the preference of an MX. HasPriority reports whether the input contains it, as in
	// `10 mail.example.com`.
	Priority    uint16
	HasPriority bool
}

// maxContent is the length of the longest content that is parsed, in bytes. A DNS message cannot
// hold more.
const maxContent = 64 << 10

// ParseContent parses a value in the presentation form of its type and returns it in canonical
// form. A TXT may be quoted, in chunks, or bare; bare text is used byte for byte. Host names are
// full names, with or without a final dot.
func ParseContent(t Type, content string) (Value, *Problem) {
	if len(content) > maxContent {
		return Value{}, tooLong(content)
	}
	if t == TXT {
		return parseTXT(content)
	}

	content = strings.TrimSpace(content)
	switch t {
	case A:
		return plainValue(canonicalIPv4(content))
	case AAAA:
		return plainValue(canonicalIPv6(content))
	case CNAME, NS, PTR:
		return plainValue(canonicalTarget(content, AttrContent))
	case MX:
		return parseMX(content)
	case OPENPGPKEY:
		return plainValue(canonicalPGP(content))
	}

	f, ok := formOf(t)
	if !ok {
		return Value{}, unknownType(t)
	}
	if p := lineFault(t, content); p != nil {
		return Value{}, p
	}
	return f.parse(t, content)
}

// parseTXT parses a text and also bounds the length of its canonical form. Escapes can make that
// form four times as long as the input, and ParseContent must accept its own output.
func parseTXT(content string) (Value, *Problem) {
	canonical, p := canonicalTXT(content)
	switch {
	case p != nil:
		return Value{}, p
	case len(canonical) > maxContent:
		return Value{}, tooLong(content)
	}
	return Value{Content: canonical}, nil
}

func tooLong(content string) *Problem {
	return fault("size", AttrContent, "Value too long", "%s is longer than a record may be.", Show(content))
}

func plainValue(content string, p *Problem) (Value, *Problem) {
	return Value{Content: content}, p
}

// parseMX parses the exchange, with or without a preference before it.
func parseMX(content string) (Value, *Problem) {
	first, exchange, two := cutBlank(content)
	if !two || !allDigits(first) {
		return plainValue(canonicalRooted(content, AttrContent))
	}

	n, why := word16("priority").canonicalNumber(first)
	if why != "" {
		return Value{}, fault("data", AttrContent, "Invalid priority",
			"%s begins with a priority that is out of range: %s.", Show(content), why)
	}
	host, p := canonicalRooted(exchange, AttrContent)
	if p != nil {
		return Value{}, p
	}
	return Value{Content: host, Priority: priorityOf(n), HasPriority: true}, nil
}

// PriorityApart reports whether Cloudflare's API gives the priority of a type apart from the content, although the
// presentation form includes it.
func PriorityApart(t Type) bool { return t == SRV || t == URI }

// ParseContentBeside is like [ParseContent] for an MX, SRV or URI whose priority is given beside the
// content. The content may repeat the priority, but a different one is a problem. The result has the
// priority where ParseContent puts it: in its own field for an MX, in the content for the others.
func ParseContentBeside(t Type, content string, priority uint16) (Value, *Problem) {
	if !PriorityApart(t) {
		v, p := ParseContent(t, content)
		if p == nil && v.HasPriority && v.Priority != priority {
			p = contradiction(content, priority)
		}
		v.Priority, v.HasPriority = priority, p == nil
		return v, p
	}

	front := strconv.Itoa(int(priority)) + " "
	apart, p := ParseContent(t, front+content)
	if p == nil {
		return apart, nil
	}

	whole, wholeProblem := ParseContent(t, content)
	switch {
	case wholeProblem == nil && strings.HasPrefix(whole.Content, front):
		return whole, nil
	case wholeProblem == nil:
		return Value{}, contradiction(content, priority)
	}
	return Value{}, p
}

func contradiction(content string, priority uint16) *Problem {
	return fault("data", AttrContent, "Priority given twice",
		"%s begins with a priority, but the attribute priority is %d. Write the priority in one place only.", Show(content), priority)
}

func priorityOf(canonical string) (n uint16) {
	for i := range len(canonical) {
		n = n*10 + uint16(canonical[i]-'0')
	}
	return n
}

// cutBlank cuts at the first run of blanks.
func cutBlank(s string) (first, rest string, ok bool) {
	i := strings.IndexAny(s, blanks)
	if i < 0 {
		return s, "", false
	}
	return s[:i], strings.TrimLeft(s[i:], blanks), true
}

// lineFault refuses control characters in a presentation form. Line breaks are the most dangerous,
// because the text after one would be another record in a zone file.
func lineFault(t Type, content string) *Problem {
	if !strings.ContainsFunc(content, control) {
		return nil
	}
	return fault("presentation", AttrContent, fmt.Sprintf("Invalid %s record", t),
		"%s has line breaks or control characters in it. Write the value of a %s record on one line.", Show(content), t)
}

func unknownType(t Type) *Problem {
	names := make([]string, 0, len(Types()))
	for _, known := range Types() {
		names = append(names, string(known))
	}
	return fault("type", AttrType, "Unknown record type",
		"Cloudflare's API cannot write records of the type %s.%s The types are %s.",
		Show(string(t)), DidYouMean(strings.ToUpper(string(t)), names), strings.Join(names, ", "))
}

// NeedsPriority reports whether records of the type have a priority beside their content. Only MX
// does: in other types the priority is one of the fields.
func NeedsPriority(t Type) bool { return t == MX }

// SendContent returns the content in the form to send to the API: a TXT in quoted chunks of at
// most 255 bytes, other types unchanged.
func (r Record) SendContent() string {
	if r.Type == TXT {
		return chunks(r.Content)
	}
	return r.Content
}
