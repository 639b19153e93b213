package risk

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	// mostListed bounds how many issuers or senders a sentence names.
	mostListed = 5
	// longestValue bounds one value in a sentence, in characters. The plan shows the whole value with the change.
	longestValue = 60
)

// listed names the first few values and counts the others.
func listed(values []string) string {
	var out []string
	for _, v := range values[:min(len(values), mostListed)] {
		out = append(out, short(v))
	}
	text := strings.Join(out, ", ")
	if others := len(values) - mostListed; others > 0 {
		text += fmt.Sprintf(" and %d others", others)
	}
	return text
}

// short cuts a value after longestValue characters.
func short(value string) string {
	if utf8.RuneCountInString(value) <= longestValue {
		return value
	}
	return string([]rune(value)[:longestValue-1]) + "…"
}
