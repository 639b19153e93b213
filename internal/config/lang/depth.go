package lang

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// The parsers of hcl call themselves for each level of nesting, and evaluation calls itself
// for each operator of a chain. If the stack overflows, the process ends, and nothing can
// recover from that. So a file from a stranger is checked before it is parsed. The bounds
// are far above what people and generators write.
const (
	// maxNesting bounds the brackets, texts and blocks that stand open at one place.
	maxNesting = 1_000
	// maxChain bounds the operators, conditions, indexes and directives that depend on each
	// other at one place.
	maxChain = 5_000
	// maxBlocks bounds the blocks of a file. After a syntax error the parser may take any
	// block for one inside of the last.
	maxBlocks = 250_000
	// maxDigits bounds the length of a number, because reading one takes its square.
	maxDigits = 10_000
)

// CheckSource refuses a file in HCL that could exhaust the stack of the parser or of
// evaluation. Callers check all source before they parse it.
func CheckSource(src []byte) error { return newScanner(src, ofSource).check() }

// CheckExpression is CheckSource for a single expression.
func CheckExpression(src []byte) error { return newScanner(src, ofExpression).check() }

// CheckTemplate is CheckSource for a template.
func CheckTemplate(src []byte) error { return newScanner(src, ofTemplate).check() }

// depthError says what is nested too deeply, and where.
type depthError struct {
	line int
	what string
}

func (e depthError) Error() string { return fmt.Sprintf("line %d: %s", e.line, e.what) }

var (
	tooDeep = fmt.Sprintf("the file is nested too deeply: more than %s brackets stand open", thousands(maxNesting))
	tooLong = fmt.Sprintf("the file is nested too deeply: more than %s operators of one expression depend on each other",
		thousands(maxChain))
	tooManyBlocks = fmt.Sprintf("the file has more than %s blocks; divide it", thousands(maxBlocks))
	tooManyDigits = fmt.Sprintf("a number has more than %s digits", thousands(maxDigits))
	openComment   = "a comment that begins with /* has no end"
)

// kind is what opens a level: the token of its bracket.
type kind = hclsyntax.TokenType

// level is a bracket that stands open. chain counts its operators since the last separator.
type level struct {
	kind  kind
	chain int
}

// nesting follows the tokens of a source and knows how deep the tree of what stands there
// can be. It never closes more than the parser does: a bracket that does not fit to the
// last open one closes nothing.
type nesting struct {
	levels []level
	// chain is the sum of those of all levels.
	chain  int
	blocks int
}

// newNesting returns the nesting at the beginning of a source. base is what the source is
// the inside of: a brace if lines end expressions.
func newNesting(base kind) nesting { return nesting{levels: []level{{kind: base}}} }

func (n *nesting) top() *level { return &n.levels[len(n.levels)-1] }

func (n *nesting) open(k kind) { n.levels = append(n.levels, level{kind: k}) }

func (n *nesting) close(k kind) {
	if len(n.levels) == 1 || n.top().kind != k {
		return
	}
	n.separate()
	n.levels = n.levels[:len(n.levels)-1]
}

// operator counts one more thing that depends on what is before it.
func (n *nesting) operator() { n.count(n.top(), 1) }

func (n *nesting) count(l *level, by int) {
	if l.chain+by >= 0 {
		l.chain += by
		n.chain += by
	}
}

// separate begins a new expression.
func (n *nesting) separate() { n.count(n.top(), -n.top().chain) }

// newline ends an expression, unless it is in brackets.
func (n *nesting) newline() {
	if n.top().kind == hclsyntax.TokenOBrace {
		n.separate()
	}
}

// directive follows the keyword of a %{ … }, the level on top. What it begins or ends is
// inside of the text around it.
func (n *nesting) directive(keyword []byte) {
	around := &n.levels[len(n.levels)-2]
	switch string(keyword) {
	case "if", "for":
		n.count(around, 1)
	case "endif", "endfor":
		n.count(around, -1)
	}
}

// complaint says which bound is exceeded, or is empty.
func (n *nesting) complaint() string {
	switch {
	case len(n.levels) > maxNesting:
		return tooDeep
	case n.chain > maxChain:
		return tooLong
	case n.blocks > maxBlocks:
		return tooManyBlocks
	}
	return ""
}

// thousands writes a number with commas.
func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}

// follow feeds the tokens that hcl itself finds. It is slow, and used if the scanner is not
// certain of its own.
func (n *nesting) follow(tokens hclsyntax.Tokens) error {
	var last kind
	for i, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenOBrace:
			if last == hclsyntax.TokenIdent || last == hclsyntax.TokenCQuote {
				n.blocks++
			}
			n.open(t.Type)
		case hclsyntax.TokenOParen, hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc, hclsyntax.TokenTemplateInterp:
			n.open(t.Type)
		case hclsyntax.TokenTemplateControl:
			n.open(hclsyntax.TokenTemplateInterp)
			if i+1 < len(tokens) && tokens[i+1].Type == hclsyntax.TokenIdent {
				n.directive(tokens[i+1].Bytes)
			}
		case hclsyntax.TokenOBrack:
			n.operator()
			n.open(t.Type)
		case hclsyntax.TokenNumberLit:
			if len(t.Bytes) > maxDigits {
				return depthError{t.Range.Start.Line, tooManyDigits}
			}
		case hclsyntax.TokenComma:
			n.separate()
		case hclsyntax.TokenNewline:
			n.newline()
		case hclsyntax.TokenComment:
			if t.Bytes[len(t.Bytes)-1] == '\n' {
				n.newline()
			}
		default:
			if opener, ok := openers[t.Type]; ok {
				n.close(opener)
			} else if slices.Contains(operators, t.Type) {
				n.operator()
			}
		}

		last = t.Type
		if what := n.complaint(); what != "" {
			return depthError{t.Range.Start.Line, what}
		}
	}
	return nil
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
