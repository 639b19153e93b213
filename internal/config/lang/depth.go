package lang

import "errors"

// The parsers of hcl call themselves for each level of nesting, and a stack
// that overflows ends the process: nothing can recover from it. It takes about
// 50,000 brackets or 500,000 operators in a row. A file from someone else must
// not be able to do that.
const (
	maxNesting   = 10_000
	maxOperators = 100_000
)

var errTooDeep = errors.New("the file is nested too deeply: more than 10,000 brackets stand open, or 100,000 operators follow each other")

// CheckDepth refuses source that could exhaust the stack. It knows nothing of
// strings and comments, which can only make it count too much: the bounds are
// far above what anyone writes.
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
