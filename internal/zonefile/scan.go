package zonefile

import (
	"fmt"
	"strings"
)

// maxLine is the greatest length of one record, in bytes. Without this limit, a missing parenthesis
// would turn the rest of the file into one record.
const maxLine = 128 << 10

// maxAgain is the greatest number of bytes that the scanner reads a second time, because a parenthesis
// is not closed. Without this limit, it would read a file of open parentheses again and again.
const maxAgain = 64 << 20

// revived begins a comment that cfplan reads as a record and other programs ignore, because they would
// refuse the record. See [Write].
const revived = ";cfplan-record: "

// line is a record or a directive. Parentheses can spread it over several lines of the file.
type line struct {
	// number is the number of the first line, from 1.
	number int
	// owner reports whether the line begins in the first column.
	owner bool
	// words are spelled as in the file, with quotation marks and escapes.
	words []string
	// note is the comment after the last word, without its semicolon.
	note string
	// fault says in sentences what is wrong with quotation marks or parentheses. If it is not
	// empty, words is incomplete and must not be used.
	fault string
}

// scanner splits a zone file into lines. A mistake in one line does not affect the next.
type scanner struct {
	src    string
	pos    int
	number int
	// again counts the bytes that were read a second time.
	again int
}

func newScanner(src string) *scanner {
	return &scanner{src: strings.TrimPrefix(src, "\ufeff"), number: 1}
}

// next returns the next line that is not empty. ok is false at the end.
func (s *scanner) next() (l line, ok bool) {
	for s.pos < len(s.src) {
		if l := s.scan(); len(l.words) > 0 || l.fault != "" {
			return l, true
		}
	}
	return line{}, false
}

// scan reads up to the next line break outside parentheses.
func (s *scanner) scan() line {
	if strings.HasPrefix(s.src[s.pos:], revived) {
		s.pos += len(revived)
	}

	start := s.pos
	l := line{number: s.number, owner: start < len(s.src) && strings.IndexByte(" \t\r\n;", s.src[start]) < 0}
	depth := 0

	for s.pos < len(s.src) {
		if s.pos-start > maxLine {
			return s.giveUp(l, start, depth)
		}

		switch c := s.src[s.pos]; c {
		case '\n':
			s.pos++
			s.number++
			if depth == 0 {
				return l
			}
			l.note = ""
		case ' ', '\t', '\r':
			s.pos++
		case ';':
			l.note = s.comment()
		case '(':
			s.pos++
			depth++
		case ')':
			s.pos++
			if depth--; depth < 0 {
				return s.skipLine(l, "The line has a closing parenthesis without an opening one.")
			}
		default:
			word, why := s.word()
			if why != "" {
				return s.skipLine(l, why)
			}
			l.words = append(l.words, word)
		}
	}

	if depth > 0 {
		return s.giveUp(l, start, depth)
	}
	return l
}

// comment reads the text after a semicolon up to the end of the line.
func (s *scanner) comment() string {
	s.pos++
	end := strings.IndexByte(s.src[s.pos:], '\n')
	if end < 0 {
		end = len(s.src) - s.pos
	}
	text := s.src[s.pos : s.pos+end]
	s.pos += end
	return strings.TrimSuffix(text, "\r")
}

// word reads one word. Quotation marks may be anywhere in a word, as in alpn="h2".
func (s *scanner) word() (word, why string) {
	start, quoted := s.pos, false
	for s.pos < len(s.src) && s.pos-start <= maxLine {
		switch c := s.src[s.pos]; {
		case c == '\n' && quoted:
			return "", "The closing quotation mark is missing. A text must end on the line on which it begins; " +
				"write a line break inside it as \\010."
		case c == '\\':
			s.pos++
			if s.pos == len(s.src) || s.src[s.pos] == '\n' {
				return "", "The line ends with a backslash, which begins an escape. Use parentheses to join lines."
			}
		case c == '"':
			quoted = !quoted
		case !quoted && strings.IndexByte(" \t\r\n;()", c) >= 0:
			return s.src[start:s.pos], ""
		}
		s.pos++
	}

	if quoted {
		return "", "The closing quotation mark is missing."
	}
	return s.src[start:s.pos], ""
}

// skipLine skips the rest of a line with a mistake. It gives l the number of the current line: inside
// parentheses, that need not be the first line of the record.
func (s *scanner) skipLine(l line, why string) line {
	l.number, l.fault = s.number, why
	end := strings.IndexByte(s.src[s.pos:], '\n')
	if end < 0 {
		s.pos = len(s.src)
		return l
	}
	s.pos += end + 1
	s.number++
	return l
}

// giveUp reports a record that is too long or whose parentheses are not closed. It moves the scanner to
// the next line that looks like the beginning of a record.
func (s *scanner) giveUp(l line, start, depth int) line {
	l.fault = fmt.Sprintf("The record that begins here is longer than %d KiB.", maxLine>>10)
	if depth > 0 {
		l.fault = "The parenthesis that opens here is not closed. " +
			"All lines up to the closing parenthesis belong to one record."
	}

	if s.again += s.pos - start; s.again > maxAgain {
		l.fault += " So many parentheses are not closed that cfplan did not read the rest."
		s.pos = len(s.src)
		return l
	}

	s.pos, s.number = start, l.number
	for {
		end := strings.IndexByte(s.src[s.pos:], '\n')
		if end < 0 {
			s.pos = len(s.src)
			return l
		}
		s.pos += end + 1
		s.number++
		if s.pos == len(s.src) || strings.IndexByte(" \t\r\n;)", s.src[s.pos]) < 0 {
			return l
		}
	}
}
