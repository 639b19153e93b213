package dns

import (
	"fmt"
	"strings"
)

// read parses a value in presentation form and returns the canonical text of each member.
func (f form) read(t Type, content string) ([]string, *Problem) {
	raw, why := f.split(t, content)
	if why != "" {
		return nil, f.malformed(t, content, why)
	}

	texts := make([]string, len(raw))
	for i, m := range f.members {
		s, p := m.canonical(raw[i])
		if p != nil {
			p.Attr = AttrContent
			return nil, p
		}
		texts[i] = s
	}
	return texts, nil
}

// parse parses a value and returns it in canonical form.
func (f form) parse(t Type, content string) (Value, *Problem) {
	parts, p := f.read(t, content)
	if p != nil {
		return Value{}, p
	}
	for i, m := range f.members {
		parts[i] = m.present(parts[i])
	}
	return Value{Content: joinWords(parts)}, nil
}

// split returns the text of each member as the input has it, without quotation marks and escapes.
func (f form) split(t Type, content string) ([]string, string) {
	l := &lexer{rest: content}
	if t == LOC {
		return splitLOC(l)
	}

	out := make([]string, 0, len(f.members))
	for _, m := range f.members {
		if m.takesRest() {
			s, why := m.rest(l)
			return append(out, s), why
		}

		w, ok, why := l.next()
		if why != "" {
			return nil, why
		}
		if !ok {
			return nil, "The field " + m.Name + " is missing."
		}
		out = append(out, w.text)
	}

	if strings.Trim(l.rest, blanks) != "" {
		return nil, "There is more text after the last field. A text with spaces in it needs quotation marks."
	}
	return out, ""
}

// rest returns all remaining text, for the last member of a form.
func (m member) rest(l *lexer) (s, why string) {
	if m.kind == kindParameters {
		return strings.Trim(l.rest, blanks), ""
	}

	words, why := l.words()
	if why != "" {
		return "", why
	}
	if len(words) == 0 {
		return "", "The field " + m.Name + " is missing."
	}

	var b strings.Builder
	for _, w := range words {
		b.WriteString(w.text)
	}
	return b.String(), ""
}

func (f form) malformed(t Type, content, why string) *Problem {
	return fault("presentation", AttrContent, fmt.Sprintf("Invalid %s record", t),
		"%s is not the value of a %s record. %s Write %s, such as %s.", Show(content), t, why, f.layout(), f.example)
}
