package lang

import "errors"

// The parsers of hcl call themselves for each level of nesting. If the stack overflows,
// the process ends, and nothing can recover from that. About 50,000 open brackets or
// 500,000 operators in a row are enough. A file from a stranger must not be able to end
// the process.
const (
	maxNesting   = 10_000
	maxOperators = 100_000
)

var errTooDeep = errors.New("the file is nested too deeply: " +
	"more than 10,000 brackets stand open, or 100,000 operators follow each other")

// CheckDepth refuses source that could exhaust the stack of the parser. Callers check
// all source before they parse it. It also counts the brackets in strings and comments;
// the bounds are far above what people write.
func CheckDepth(src []byte) error {
	open, unary, ternary := 0, 0, 0
	for _, c := range src {
		switch c {
		case '[', '{', '(':
			open++
		case ']', '}', ')':
			open = max(open-1, 0)
		case '?':
			ternary++
		}

		switch c {
		case '!', '-':
			unary++
		case ' ', '\t', '\r', '\n':
		default:
			unary = 0
		}

		if open > maxNesting || unary > maxOperators || ternary > maxOperators {
			return errTooDeep
		}
	}
	return nil
}
