package lang

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// globPattern translates a pattern with *, **, ?, [class] and {one,other} into a regular
// expression.
func globPattern(pattern string) (*regexp.Regexp, error) {
	var b strings.Builder
	depth := 0
	for rest := pattern; rest != ""; {
		piece, expr := globPiece(rest, &depth)
		b.WriteString(expr)
		rest = rest[len(piece):]
	}

	re, err := regexp.Compile(`^(?:` + b.String() + `)$`)
	if err != nil {
		return nil, fmt.Errorf("%q is not a valid pattern", pattern)
	}
	return re, nil
}

// globPiece returns the first piece of a pattern and the regular expression for it. depth counts open
// braces.
func globPiece(rest string, depth *int) (piece, expr string) {
	fixed := []struct{ piece, expr string }{{"**/", `(?:[^/]+/)*`}, {"**", `.*`}, {"*", `[^/]*`}, {"?", `[^/]`}}
	for _, f := range fixed {
		if strings.HasPrefix(rest, f.piece) {
			return f.piece, f.expr
		}
	}

	switch c := rest[0]; {
	case c == '{':
		*depth++
		return "{", "(?:"
	case c == '}' && *depth > 0:
		*depth--
		return "}", ")"
	case c == ',' && *depth > 0:
		return ",", "|"
	case c == '[' && strings.Contains(rest, "]"):
		return globClass(rest[:strings.IndexByte(rest, ']')+1])
	}
	_, size := utf8.DecodeRuneInString(rest)
	return rest[:size], regexp.QuoteMeta(rest[:size])
}

// globClass translates a class in brackets; a leading ! negates it.
func globClass(class string) (piece, expr string) {
	inner := strings.ReplaceAll(class[1:], `\`, `\\`)
	if rest, ok := strings.CutPrefix(inner, "!"); ok {
		return class, "[^" + rest
	}
	return class, "[" + inner
}
