package dns

import "strings"

// lexer splits one value in presentation form into words. It is not a zone-file reader: it refuses
// comments, parentheses, directives and line breaks, so that one value cannot become several
// records.
type lexer struct {
	rest string
}

// word is one word of a presentation form. quoted reports whether the input has it in quotation
// marks.
type word struct {
	text   string
	quoted bool
}

const blanks = " \t"

// next returns the next word with its escapes resolved. ok is false at the end. why is a sentence
// that says what is wrong, or "" if nothing is.
func (l *lexer) next() (w word, ok bool, why string) {
	l.rest = strings.TrimLeft(l.rest, blanks)
	if l.rest == "" {
		return word{}, false, ""
	}

	var raw string
	if l.rest[0] == '"' {
		end := closing(l.rest)
		if end < 0 {
			return word{}, false, "The last quotation mark is missing."
		}
		raw, l.rest, w.quoted = l.rest[1:end], l.rest[end+1:], true
		if l.rest != "" && strings.IndexByte(blanks, l.rest[0]) < 0 {
			return word{}, false, "There is text directly after a closing quotation mark."
		}
	} else if raw, why = l.bare(); why != "" {
		return word{}, false, why
	}

	if w.text, ok = unescape(raw); !ok {
		return word{}, false, `A backslash begins an escape: write \\ for a backslash itself.`
	}
	return w, true, ""
}

// bare cuts a word without quotation marks off the remaining input.
func (l *lexer) bare() (raw, why string) {
	for i := 0; i < len(l.rest); i++ {
		switch c := l.rest[i]; c {
		case ' ', '\t':
			raw, l.rest = l.rest[:i], l.rest[i:]
			return raw, ""
		case '\\':
			i++
		case ';':
			return "", "A semicolon begins a comment in a zone file: put the value that contains it in quotation marks."
		case '(', ')':
			return "", "Parentheses, which join lines in a zone file, are not needed here: leave them out, " +
				"or put the value that contains them in quotation marks."
		case '"':
			return "", "A word has a quotation mark in it."
		}
	}
	raw, l.rest = l.rest, ""
	return raw, ""
}

// words returns all remaining words.
func (l *lexer) words() (out []word, why string) {
	for {
		w, ok, why := l.next()
		if why != "" {
			return nil, why
		}
		if !ok {
			return out, ""
		}
		out = append(out, w)
	}
}
