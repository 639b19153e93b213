package lang

import (
	"bytes"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// sourceKind says whether a source is a file, an expression or a template.
type sourceKind int

const (
	ofSource sourceKind = iota
	ofExpression
	ofTemplate
)

// scanner finds the tokens of a source that nesting needs. It is faster than hcl's own scanner, which
// takes half the time of parsing. If it cannot be certain that hcl finds the same tokens, it sets unsure.
// TestScannerAgreesWithHCL compares the two scanners.
type scanner struct {
	nesting
	src  []byte
	pos  int
	kind sourceKind
	// modes is the stack of enclosing modes. The last one is the current mode.
	modes []mode
	// braces counts the open braces in code. returns has the counts at which a closing brace ends a
	// template sequence.
	braces  int
	returns []int
	// keyword is set after %{.
	keyword bool
	// unsure is set if hcl might find other tokens than this scanner.
	unsure bool
}

// mode says what encloses the current position: code, a text or a template.
type mode struct {
	in modeKind
	// marker is the word that ends a heredoc.
	marker []byte
	// fresh is set at the beginning of a line in a heredoc.
	fresh bool
}

type modeKind int

const (
	inCode modeKind = iota
	inQuotes
	inHeredoc
	inTemplate
)

func newScanner(src []byte, k sourceKind) *scanner {
	s := &scanner{src: src, kind: k, modes: []mode{{in: inCode}}, nesting: newNesting(hclsyntax.TokenOBrace)}
	switch k {
	case ofExpression:
		s.nesting = newNesting(hclsyntax.TokenOParen)
	case ofTemplate:
		s.nesting = newNesting(hclsyntax.TokenOQuote)
		s.modes[0].in = inTemplate
	}
	return s
}

// check returns an error if the source exceeds a bound.
func (s *scanner) check() error {
	for s.pos < len(s.src) && !s.unsure {
		what := s.token()
		if what == "" {
			what = s.complaint()
		}
		if what != "" {
			return depthError{1 + bytes.Count(s.src[:s.pos], []byte{'\n'}), what}
		}
	}
	if s.unsure {
		return s.checkExactly()
	}
	return nil
}

// checkExactly is check with the tokens of hcl's own scanner.
func (s *scanner) checkExactly() error {
	again := newScanner(nil, s.kind)
	return again.follow(s.exact())
}

func (s *scanner) exact() hclsyntax.Tokens {
	lex := hclsyntax.LexConfig
	switch s.kind {
	case ofExpression:
		lex = hclsyntax.LexExpression
	case ofTemplate:
		lex = hclsyntax.LexTemplate
	}
	tokens, _ := lex(s.src, "", hcl.InitialPos) // the parser reports invalid tokens later
	return tokens
}

// token reads one token or a part of a text, and returns what is wrong with it or "".
func (s *scanner) token() string {
	switch s.modes[len(s.modes)-1].in {
	case inQuotes:
		s.quoted()
	case inHeredoc:
		s.heredoc()
	case inTemplate:
		s.template()
	default:
		return s.code()
	}
	return ""
}

func (s *scanner) at(i int) byte {
	if i < len(s.src) {
		return s.src[i]
	}
	return 0
}

// code reads one token of code.
func (s *scanner) code() string {
	c := s.src[s.pos]
	switch {
	case c == ' ', c == '\t':
		s.pos++
		return ""
	case isLetter(c):
		s.name()
		return ""
	}

	s.keyword = false
	switch {
	case c >= 0x80:
		s.unsure = true
		return ""
	case c == '\n':
		s.newline()
		s.pos++
		return ""
	case c == '\r' && s.at(s.pos+1) == '\n':
		s.pos++
		return ""
	case c == '#', c == '/' && s.at(s.pos+1) == '/':
		s.lineComment()
		return ""
	case c == '/' && s.at(s.pos+1) == '*':
		return s.comment()
	}

	if c == '}' && !s.closesSequence() {
		s.next(hclsyntax.TokenCBrace)
		s.closeBrace(1)
		s.lineStart = false
		return ""
	}
	header := s.next(hclsyntax.TokenNil)
	what := s.sign(c, header)
	s.lineStart = false
	return what
}

// sign reads a token that is neither a name nor the end of a line.
func (s *scanner) sign(c byte, header bool) string {
	switch {
	case isDigit(c):
		return s.number()
	case c == '"':
		s.enter(hclsyntax.TokenOQuote, mode{in: inQuotes}, 1)
	case c == '{':
		s.brace(header)
		s.braces++
		s.pos++
	case c == '}':
		s.closeBrace(1)
	case c == '~' && s.at(s.pos+1) == '}':
		s.closeBrace(2)
	case c == '<' && s.at(s.pos+1) == '<' && s.beginHeredoc():
	default:
		s.symbol(c)
	}
	return ""
}

// closesSequence reports whether the closing brace at the current position ends a template sequence.
func (s *scanner) closesSequence() bool {
	last := len(s.returns) - 1
	return last >= 0 && s.returns[last] == s.braces
}

// name reads an identifier, which may contain dashes.
func (s *scanner) name() {
	from := s.pos
	for s.pos < len(s.src) && (isLetter(s.src[s.pos]) || isDigit(s.src[s.pos]) || s.src[s.pos] == '-') {
		s.pos++
	}
	if s.at(s.pos) >= 0x80 {
		s.unsure = true
	}
	s.next(hclsyntax.TokenIdent)
	if s.keyword {
		s.directive(s.src[from:s.pos])
	}
	s.keyword, s.lineStart = false, false
}

// number reads a number. A dot after the number is not part of it.
func (s *scanner) number() string {
	from, end := s.pos, s.pos+1
	for i := end; i < len(s.src); {
		c := s.src[i]
		switch {
		case isDigit(c):
			i++
			end = i
		case c == '.':
			i++
		case c|0x20 == 'e' && isDigit(s.at(i+1)):
			i += 2
			end = i
		case c|0x20 == 'e' && (s.at(i+1) == '+' || s.at(i+1) == '-') && isDigit(s.at(i+2)):
			i += 3
			end = i
		default:
			i = len(s.src)
		}
	}

	s.pos = end
	if end-from > maxDigits {
		return tooManyDigits
	}
	return ""
}

func (s *scanner) lineComment() {
	end := bytes.IndexByte(s.src[s.pos:], '\n')
	if end < 0 {
		s.pos = len(s.src)
		return
	}
	s.pos += end + 1
	s.newline()
}

// comment skips /* … */. It refuses a comment without an end, because hcl would then search the rest of
// the source again at each such comment.
func (s *scanner) comment() string {
	end := bytes.Index(s.src[s.pos+2:], []byte("*/"))
	if end < 0 {
		return openComment
	}
	s.pos += 2 + end + 2
	return ""
}

// symbol reads any other token.
func (s *scanner) symbol(c byte) {
	next := s.at(s.pos + 1)
	width := 1
	switch c {
	case '[':
		s.operator()
		s.open(hclsyntax.TokenOBrack)
	case ']':
		s.close(hclsyntax.TokenOBrack)
	case '(':
		s.open(hclsyntax.TokenOParen)
	case ')':
		s.close(hclsyntax.TokenOParen)
	case ',':
		s.separate()
	case '.':
		if next == '.' && s.at(s.pos+2) == '.' {
			width = 3
		} else {
			s.operator()
		}
	case '=':
		if next == '=' {
			s.operator()
		}
		if next == '=' || next == '>' {
			width = 2
		}
	case '!', '<', '>':
		s.operator()
		if next == '=' {
			width = 2
		}
	case '&', '|':
		if next == c {
			s.operator()
			width = 2
		}
	case '+', '-', '*', '/', '%', '?':
		s.operator()
	}
	s.pos += width
}

// enter begins a text.
func (s *scanner) enter(k kind, m mode, width int) {
	s.open(k)
	s.modes = append(s.modes, m)
	s.pos += width
}

// leave ends the innermost text, or the code inside a text.
func (s *scanner) leave() { s.modes = s.modes[:len(s.modes)-1] }

func (s *scanner) closeBrace(width int) {
	switch {
	case s.closesSequence():
		s.returns = s.returns[:len(s.returns)-1]
		s.close(hclsyntax.TokenTemplateInterp)
		s.leave()
	case width == 2:
		s.close(hclsyntax.TokenTemplateInterp)
	default:
		s.close(hclsyntax.TokenOBrace)
	}
	s.braces--
	s.pos += width
}

// sequence begins the template sequence (${ or %{) at the current position, if there is one. It reports
// whether there is.
func (s *scanner) sequence() bool {
	c := s.src[s.pos]
	if c != '$' && c != '%' || s.at(s.pos+1) != '{' {
		return false
	}
	width := 2
	if s.at(s.pos+2) == '~' {
		width = 3
	}
	s.modes[len(s.modes)-1].fresh = false
	s.next(hclsyntax.TokenTemplateInterp)
	s.enter(hclsyntax.TokenTemplateInterp, mode{in: inCode}, width)
	s.braces++
	s.returns = append(s.returns, s.braces)
	s.keyword, s.lineStart = c == '%', false
	return true
}

// escaped skips $${ or %%{, or a $ or % that stands for itself.
func (s *scanner) escaped() {
	c := s.src[s.pos]
	if s.at(s.pos+1) == c && s.at(s.pos+2) == '{' {
		s.pos += 2
	}
	s.pos++
}

// quoted reads a part of a text in quotation marks.
func (s *scanner) quoted() {
	switch c := s.src[s.pos]; {
	case c == '"':
		s.next(hclsyntax.TokenCQuote)
		s.close(hclsyntax.TokenOQuote)
		s.leave()
		s.pos++
		s.lineStart = false
	case c == '\\' && s.at(s.pos+1) != '\n' && s.at(s.pos+1) != '\r':
		s.pos += 2
	case c == '$', c == '%':
		if !s.sequence() {
			s.escaped()
		}
	default:
		s.pos++
		for s.pos < len(s.src) && !isSpecial(s.src[s.pos]) {
			s.pos++
		}
	}
}

func isSpecial(c byte) bool { return c == '"' || c == '\\' || c == '$' || c == '%' }

// template reads a part of a template that is a source by itself.
func (s *scanner) template() {
	switch s.src[s.pos] {
	case '$', '%':
		if !s.sequence() {
			s.escaped()
		}
	default:
		for s.pos < len(s.src) && s.src[s.pos] != '$' && s.src[s.pos] != '%' {
			s.unsure = s.unsure || s.src[s.pos] == '\r' && s.at(s.pos+1) != '\n'
			s.pos++
		}
	}
}

// beginHeredoc reads << and the marker of a heredoc. It reports whether a heredoc begins here.
func (s *scanner) beginHeredoc() bool {
	from := s.pos + 2
	if s.at(from) == '-' {
		from++
	}
	end := from
	for isLetter(s.at(end)) || end > from && (isDigit(s.at(end)) || s.at(end) == '-') {
		end++
	}
	if s.at(end) >= 0x80 {
		s.unsure = true
		return true
	}

	after := end
	if s.at(after) == '\r' {
		after++
	}
	if end == from || s.at(after) != '\n' {
		return false
	}
	marker := s.src[from:end]
	s.enter(hclsyntax.TokenOHeredoc, mode{in: inHeredoc, marker: marker, fresh: true}, after+1-s.pos)
	return true
}

// heredoc reads up to the end of a line or up to a template sequence, whichever comes first.
func (s *scanner) heredoc() {
	m := &s.modes[len(s.modes)-1]
	c := s.src[s.pos]
	if c == '$' || c == '%' {
		if s.sequence() {
			return
		}
		m.fresh = false
		s.unsure = s.pos+1 >= len(s.src) || s.at(s.pos+1) == '\n' || s.at(s.pos+1) == '\r'
		s.escaped()
		return
	}

	from := s.pos
	for s.pos < len(s.src) {
		switch s.src[s.pos] {
		case '$', '%':
			s.unsure = s.unsure || !utf8.Valid(s.src[from:s.pos])
			m.fresh = false
			return
		case '\r':
			s.unsure = s.unsure || s.at(s.pos+1) != '\n'
		case '\n':
			s.pos++
			s.unsure = s.unsure || !utf8.Valid(s.src[from:s.pos]) // hcl treats the position after such bytes as the start of a line
			if m.fresh && bytes.Equal(bytes.TrimSpace(s.src[from:s.pos]), m.marker) {
				s.next(hclsyntax.TokenCHeredoc)
				s.close(hclsyntax.TokenOHeredoc)
				s.leave()
				s.newline()
				return
			}
			m.fresh = true
			return
		}
		s.pos++
	}
}
