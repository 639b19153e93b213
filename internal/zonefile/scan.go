package zonefile

import (
	"fmt"
	"strings"
)

// maxLine bounds what belongs to one record, in bytes. A missing parenthesis
// would otherwise make one of the rest of the file.
const maxLine = 128 << 10

// maxAgain bounds how many bytes are read a second time after parentheses that are not
// closed. Without it, a file of open parentheses would be read over and over.
const maxAgain = 64 << 20

// revived begins a comment that is a record for cfplan alone, because other
// programs would refuse it: see [Write].
const revived = ";cfplan-record: "

// line is a record or a directive: one line, or several within parentheses.
type line struct {
	// number is that of the line on which it begins, from 1.
	number int
	// owner tells that it begins in the first column.
	owner bool
	// words stand as they are written, with quotation marks and escapes.
	words []string
	// note is the comment behind the last word, without its semicolon.
	note string
	// fault says what is wrong with quotation marks or parentheses, as
	// sentences; words are then not to be used.
	fault string
}

// scanner splits a zone file into lines. What one of them has wrong does not
// reach into the next.
type scanner struct {
	src    string
	pos    int
	number int
	// again counts the bytes that are read a second time.
	again int
}

func newScanner(src string) *scanner {
	return &scanner{src: strings.TrimPrefix(src, "\ufeff"), number: 1}
}

// next returns the next line that is not empty; ok is false at the end.
func (s *scanner) next() (l line, ok bool) {
	for s.pos < len(s.src) {
		if l := s.scan(); len(l.words) > 0 || l.fault != "" {
			return l, true
		}
	}
	return line{}, false
}

// scan reads up to the end of a line that is outside of parentheses.
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
				return s.skipLine(l, "There is a closing parenthesis without an opening one.")
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

// comment takes what stands behind a semicolon off the line.
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

// word takes a word off the line. Quotation marks may stand anywhere in it, as
// in alpn="h2".
func (s *scanner) word() (word, why string) {
	start, quoted := s.pos, false
	for s.pos < len(s.src) && s.pos-start <= maxLine {
		switch c := s.src[s.pos]; {
		case c == '\n' && quoted:
			return "", "The closing quotation mark is missing. A text ends on the line on which it begins; a line break inside it is written \\010."
		case c == '\\':
			s.pos++
			if s.pos == len(s.src) || s.src[s.pos] == '\n' {
				return "", "The line ends with a backslash, which begins an escape. Lines are joined with parentheses."
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

// skipLine passes over the rest of a line that has something wrong. It is the
// line being read that is at fault, which within parentheses is not the first.
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

// giveUp is for parentheses that are not closed. It goes on with the next line
// that looks like the beginning of a record.
func (s *scanner) giveUp(l line, start, depth int) line {
	l.fault = fmt.Sprintf("The record that begins here is longer than %d KiB.", maxLine>>10)
	if depth > 0 {
		l.fault = "The parenthesis that opens here is not closed. Every line up to the closing one belongs to the same record."
	}

	if s.again += s.pos - start; s.again > maxAgain {
		l.fault += " So many parentheses are not closed that the rest was not read."
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
