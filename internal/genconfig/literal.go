package genconfig

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// command begins the commands of GitHub's runner, wherever it stands in a line of the log.
const command = "##["

// literal writes a text as a quoted string of HCL. The text must be one that
// HCL can carry: see carried. What a terminal or the log of a CI job would obey is
// escaped.
func literal(s string) string {
	brackets := tooManyBrackets(s)
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteByte('"')
	for i, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case !unicode.IsPrint(r), strings.HasPrefix(s[i:], command), brackets && strings.ContainsRune("[{(?", r):
			writeRune(&b, r)
		case !brackets && (r == '$' || r == '%') && strings.HasPrefix(s[i+1:], "{"):
			writeIntroducer(&b, r, s[:i])
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// writeIntroducer doubles the first character of ${ or %{, which would begin a
// template. Behind another one of its kind that would be read differently.
func writeIntroducer(b *strings.Builder, r rune, before string) {
	if strings.HasSuffix(before, string(r)) {
		writeRune(b, r)
		return
	}
	b.WriteRune(r)
	b.WriteRune(r)
}

func writeRune(b *strings.Builder, r rune) {
	switch {
	case r == '\n':
		b.WriteString(`\n`)
	case r == '\t':
		b.WriteString(`\t`)
	case r > 0xffff:
		fmt.Fprintf(b, `\U%08x`, r)
	default:
		fmt.Fprintf(b, `\u%04x`, r)
	}
}

// tooManyBrackets tells a text full of opening brackets. A reader that bounds
// how deep a file is nested may take them for nesting, so they are escaped.
func tooManyBrackets(s string) bool {
	open := 0
	for _, c := range []byte(s) {
		switch c {
		case '[', '{', '(', '?':
			open++
		case ']', '}', ')':
			open--
		}
	}
	return open > 16
}

// carried reports whether a text comes back from HCL as it went in: HCL strings
// are UTF-8 and in Unicode's normal form C.
func carried(s string) bool {
	return utf8.ValidString(s) && cty.StringVal(s).AsString() == s
}

// object writes the keys and values of a for_each, quoting all keys where one
// needs it. Each entry may have comments, which stand above it.
func object(entries []entry, comments [][]string) string {
	quoted := false
	for _, e := range entries {
		quoted = quoted || !bareKey(e.key)
	}
	var b strings.Builder
	b.WriteString("{\n")
	for i, e := range entries {
		key := e.key
		if quoted {
			key = literal(key)
		}
		writeComments(&b, comments, i)
		b.WriteString(key + " = " + e.value + "\n")
	}
	b.WriteString("}")
	return b.String()
}

// bareKey: the words that mean something else in an object are not among them.
func bareKey(s string) bool {
	switch s {
	case "for", "true", "false", "null":
		return false
	}
	return hclsyntax.ValidIdentifier(s)
}

// maxLine is how long a list may be before it takes a line for each element.
const maxLine = 80

// list writes a list on one line if it is short and its elements have no comments.
func list(elements []string, comments [][]string) string {
	if one := "[" + strings.Join(elements, ", ") + "]"; len(one) <= maxLine && len(comments) == 0 {
		return one
	}
	var b strings.Builder
	b.WriteString("[\n")
	for i, e := range elements {
		writeComments(&b, comments, i)
		b.WriteString(e + ",\n")
	}
	b.WriteString("]")
	return b.String()
}

// writeComments writes the comments of an element. There are either none at all, or some for each element.
func writeComments(b *strings.Builder, comments [][]string, i int) {
	if len(comments) == 0 {
		return
	}
	for _, line := range comments[i] {
		b.WriteString("# " + line + "\n")
	}
}

// maxShown is how much of a value a comment repeats, in bytes.
const maxShown = 100

// shown makes a value fit for a comment: it may hold anything, such as a line
// break behind which the comment would be over.
func shown(s string) string { return shownUpTo(s, maxShown) }

func shownUpTo(s string, most int) string {
	if len(s) > most {
		s = shorten(s, most) + "…"
	}
	hidden := func(r rune) bool { return !unicode.IsPrint(r) || r == utf8.RuneError }
	if s != "" && !strings.ContainsFunc(s, hidden) && !strings.Contains(s, command) {
		return s
	}
	return strings.ReplaceAll(strconv.Quote(s), command, `\x23`+command[1:])
}

// shorten cuts a text at the last character that ends within some bytes.
func shorten(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}
