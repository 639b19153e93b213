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

// command begins a command of GitHub's runner, at any place in a line of the log.
const command = "##["

// literal returns a text as a quoted string of HCL. HCL must be able to hold the text: see carried. It
// escapes characters that a terminal or the log of a CI job would interpret.
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

// writeIntroducer doubles the first character of ${ or %{, which would begin a template. Behind the same
// character, doubling would have another meaning, so it escapes the character.
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

// tooManyBrackets reports whether a text has many unclosed brackets. A reader that limits the nesting of a
// file may count them as nesting, so literal escapes them.
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

// carried reports whether HCL holds a text without a change. HCL strings are UTF-8 and in Unicode's normal
// form C.
func carried(s string) bool {
	return utf8.ValidString(s) && cty.StringVal(s).AsString() == s
}

// object returns the entries of a for_each as an object. It quotes all keys if one needs it. The comments of
// an entry are above it.
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

// bareKey reports whether a key needs no quotation marks: it is an identifier without a special meaning in an
// object.
func bareKey(s string) bool {
	switch s {
	case "for", "true", "false", "null":
		return false
	}
	return VisibleIdentifier(s)
}

// VisibleIdentifier reports whether HCL takes a text as a name without quotation marks, and all of it can be seen. HCL
// also takes names with invisible characters, such as U+200C.
func VisibleIdentifier(s string) bool {
	invisible := func(r rune) bool { return !unicode.IsPrint(r) }
	return hclsyntax.ValidIdentifier(s) && !strings.ContainsFunc(s, invisible)
}

// maxLine is the largest length of a list on one line, in bytes.
const maxLine = 80

// list returns a list. It has one line if it is short and its elements have no comments, else a line for each
// element.
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

// writeComments writes the comments of an element, if comments is not empty.
func writeComments(b *strings.Builder, comments [][]string, i int) {
	if len(comments) == 0 {
		return
	}
	for _, line := range comments[i] {
		b.WriteString("# " + line + "\n")
	}
}

// maxShown is the largest length of a value in a comment, in bytes.
const maxShown = 100

// shown returns a value in a form that is safe in a comment. The value may contain anything, such as a line
// break, which would end the comment.
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

// shorten cuts a text between two characters, so that it has no more than most bytes.
func shorten(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}
