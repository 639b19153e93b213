package lang

import (
	"regexp"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

var (
	startsWithFunc   = predicate(strings.HasPrefix, "str", "prefix")
	endsWithFunc     = predicate(strings.HasSuffix, "str", "suffix")
	containsTextFunc = predicate(strings.Contains, "str", "substr")
)

func predicate(f func(a, b string) bool, names ...string) fn {
	return ofTexts(cty.Bool, func(args ...string) (cty.Value, error) {
		return cty.BoolVal(f(args[0], args[1])), nil
	}, names...)
}

// replaceFunc treats a search text between slashes as a regular expression.
var replaceFunc = textual(func(args ...string) (string, error) {
	text, search, by := args[0], args[1], args[2]
	pattern, ok := asPattern(search)
	if !ok {
		return strings.ReplaceAll(text, search, by), nil
	}

	re, err := regexp.Compile(pattern)
	if err != nil {
		return "", err
	}
	return re.ReplaceAllString(text, by), nil
}, "str", "search", "replacement")

// asPattern returns the regular expression in a search text between slashes. ok is false for any other
// search text.
func asPattern(search string) (pattern string, ok bool) {
	if len(search) < 2 || !strings.HasPrefix(search, "/") || !strings.HasSuffix(search, "/") {
		return "", false
	}
	return search[1 : len(search)-1], true
}
