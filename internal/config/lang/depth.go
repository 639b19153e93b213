package lang

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// The parsers of hcl recurse for each level of nesting, and evaluation recurses for each operator of a
// chain. A stack overflow ends the process and cannot be recovered from, so every source is checked
// against these bounds before it is parsed. The bounds are far above what people and generators write.
const (
	// maxNesting is how many brackets, texts and blocks may be open at one place.
	maxNesting = 1_000
	// maxChain is how many operators, conditions, indexes and directives may depend on each other
	// at one place.
	maxChain = 5_000
	// maxLoose is how many places a source may have at which the parser could miss the end of a
	// block after a syntax error. The parser then nests the next block in the last one. See
	// nesting.loose.
	maxLoose = 105_000
	// maxDigits is the greatest length of a number, because reading one takes quadratic time.
	maxDigits = 10_000
)

// CheckSource refuses a file in HCL that could exhaust the stack of the parser or of the evaluation.
// Callers must check every source before they parse it.
func CheckSource(src []byte) error { return newScanner(src, ofSource).check() }

// CheckExpression is CheckSource for a single expression.
func CheckExpression(src []byte) error { return newScanner(src, ofExpression).check() }

// CheckTemplate is CheckSource for a template, such as the text of a JSON string.
func CheckTemplate(src []byte) error { return newScanner(src, ofTemplate).check() }

// depthError says which bound a source exceeds, and in which line.
type depthError struct {
	line int
	what string
}

func (e depthError) Error() string { return fmt.Sprintf("line %d: %s", e.line, e.what) }

var (
	tooDeep = fmt.Sprintf("the file is nested too deeply: more than %s brackets stand open", thousands(maxNesting))
	tooLong = fmt.Sprintf(
		"the file is nested too deeply: more than %s operators of one expression depend on each other",
		thousands(maxChain))
	tooLoose = fmt.Sprintf("the file has more than %s blocks on one line each or brackets that do not match; "+
		"divide it into several files", thousands(maxLoose))
	tooManyDigits = fmt.Sprintf("a number has more than %s digits", thousands(maxDigits))
	openComment   = "a comment that begins with /* has no end"
)

// kind is the token that opens a level, such as a bracket.
type kind = hclsyntax.TokenType

// level is an open bracket. chain counts the operators inside it since the last separator. block is set
// for the braces of a block that has several lines.
type level struct {
	kind  kind
	chain int
	block bool
}

// nesting follows the tokens of a source and tracks how deep the syntax tree can be. It never closes more
// levels than the parser does: a bracket that does not match the last open one closes nothing.
type nesting struct {
	levels []level
	// chain is the sum of the chains of all levels.
	chain int
	// loose counts blocks on one line, closing braces of other blocks that do not begin a line, and
	// brackets that close nothing. Without these, the parser finds the end of each block even after
	// a mistake, because it then continues on the next line.
	loose int
	// lineStart is set if the line has no token yet. header is set after a name or a quoted text,
	// because a brace after it opens a block. opened is set after that brace.
	lineStart, header, opened bool
}

// newNesting returns the nesting at the beginning of a source. base is the bracket that encloses the
// source: a brace if an expression ends with its line.
func newNesting(base kind) nesting { return nesting{levels: []level{{kind: base}}, lineStart: true} }

func (n *nesting) top() *level { return &n.levels[len(n.levels)-1] }

func (n *nesting) open(k kind) { n.levels = append(n.levels, level{kind: k}) }

func (n *nesting) close(k kind) {
	if len(n.levels) == 1 || n.top().kind != k {
		n.loose++
		return
	}
	if n.top().block && !n.lineStart {
		n.loose++
	}
	n.separate()
	n.levels = n.levels[:len(n.levels)-1]
}

// operator counts one operation that depends on the operations before it.
func (n *nesting) operator() { n.count(n.top(), 1) }

func (n *nesting) count(l *level, by int) {
	if l.chain+by >= 0 {
		l.chain += by
		n.chain += by
	}
}

// separate begins a new expression, which does not depend on the operations before it.
func (n *nesting) separate() { n.count(n.top(), -n.top().chain) }

// next prepares for a token other than a newline, and reports whether it follows a name or a quoted
// text.
func (n *nesting) next(t kind) (header bool) {
	if n.opened && t != hclsyntax.TokenCBrace {
		n.loose++
	}
	header = n.header
	n.opened, n.header = false, t == hclsyntax.TokenIdent || t == hclsyntax.TokenCQuote
	return header
}

// brace opens a block or an object.
func (n *nesting) brace(header bool) {
	n.open(hclsyntax.TokenOBrace)
	n.opened = header
}

// newline ends an expression, unless it is in brackets.
func (n *nesting) newline() {
	if n.opened {
		n.top().block = true
	}
	n.opened, n.header, n.lineStart = false, false, true
	if n.top().kind == hclsyntax.TokenOBrace {
		n.separate()
	}
}

// directive follows the keyword of a %{ … }. The sequence itself is the innermost level; the loop or
// condition that it begins or ends belongs to the text around it.
func (n *nesting) directive(keyword []byte) {
	around := &n.levels[len(n.levels)-2]
	switch string(keyword) {
	case "if", "for":
		n.count(around, 1)
	case "endif", "endfor":
		n.count(around, -1)
	}
}

// complaint says which bound is exceeded, or returns "".
func (n *nesting) complaint() string {
	switch {
	case len(n.levels) > maxNesting:
		return tooDeep
	case n.chain > maxChain:
		return tooLong
	case n.loose > maxLoose:
		return tooLoose
	}
	return ""
}

// thousands formats a number with commas between thousands.
func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}

// follow processes the tokens of hcl's own scanner. It is slow, so it is used only if our scanner is not
// certain of its tokens.
func (n *nesting) follow(tokens hclsyntax.Tokens) error {
	for i, t := range tokens {
		what := n.token(t, i > 0 && tokens[i-1].Type == hclsyntax.TokenTemplateControl)
		if what == "" {
			what = n.complaint()
		}
		if what != "" {
			return depthError{t.Range.Start.Line, what}
		}
	}
	return nil
}

// token follows one token, and returns what is wrong with it or "". keyword is set for the word after %{.
func (n *nesting) token(t hclsyntax.Token, keyword bool) string {
	switch t.Type {
	case hclsyntax.TokenNewline:
		n.newline()
		return ""
	case hclsyntax.TokenComment:
		if t.Bytes[len(t.Bytes)-1] == '\n' {
			n.newline()
		}
		return ""
	case hclsyntax.TokenEOF, hclsyntax.TokenQuotedLit, hclsyntax.TokenStringLit, hclsyntax.TokenQuotedNewline:
		return ""
	}

	header := n.next(t.Type)
	switch t.Type {
	case hclsyntax.TokenOBrace:
		n.brace(header)
	case hclsyntax.TokenOParen, hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc, hclsyntax.TokenTemplateInterp:
		n.open(t.Type)
	case hclsyntax.TokenTemplateControl:
		n.open(hclsyntax.TokenTemplateInterp)
	case hclsyntax.TokenOBrack:
		n.operator()
		n.open(t.Type)
	case hclsyntax.TokenNumberLit:
		if len(t.Bytes) > maxDigits {
			return tooManyDigits
		}
	case hclsyntax.TokenIdent:
		if keyword {
			n.directive(t.Bytes)
		}
	case hclsyntax.TokenComma:
		n.separate()
	default:
		if opener, ok := openers[t.Type]; ok {
			n.close(opener)
		} else if slices.Contains(operators, t.Type) {
			n.operator()
		}
	}
	n.lineStart = false
	return ""
}

var openers = map[kind]kind{
	hclsyntax.TokenCBrace:         hclsyntax.TokenOBrace,
	hclsyntax.TokenCBrack:         hclsyntax.TokenOBrack,
	hclsyntax.TokenCParen:         hclsyntax.TokenOParen,
	hclsyntax.TokenCQuote:         hclsyntax.TokenOQuote,
	hclsyntax.TokenCHeredoc:       hclsyntax.TokenOHeredoc,
	hclsyntax.TokenTemplateSeqEnd: hclsyntax.TokenTemplateInterp,
}

var operators = []kind{
	hclsyntax.TokenOr, hclsyntax.TokenAnd, hclsyntax.TokenBang, hclsyntax.TokenQuestion, hclsyntax.TokenDot,
	hclsyntax.TokenEqualOp, hclsyntax.TokenNotEqual,
	hclsyntax.TokenGreaterThan, hclsyntax.TokenGreaterThanEq, hclsyntax.TokenLessThan, hclsyntax.TokenLessThanEq,
	hclsyntax.TokenPlus, hclsyntax.TokenMinus, hclsyntax.TokenStar, hclsyntax.TokenSlash, hclsyntax.TokenPercent,
}
