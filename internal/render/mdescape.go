package render

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// A text of a plan gets into a Markdown page in one of two ways. A value becomes a code span, in which neither
// Markdown nor the forges interpret anything. A sentence becomes prose, in which each word that could be markup, a
// link or a reference is a code span, too. Neither way adds or removes a character of a value, so that users can
// copy it from the page.

// mdText makes a sentence safe as Markdown, outside of tables. Words of letters, plain numbers, dates and times
// stay as they are. All other words become code spans: names and addresses, and everything that GitHub or GitLab
// would turn into a link, a mention, a reference, a formula or an emoji. Neighboring words share a span, except
// for web addresses, which are easier to copy alone. Web addresses do not become links, because a plan file may be
// forged.
func mdText(s string) string { return prose(s, code) }

// cellText is mdText for a cell of a table.
func cellText(s string) string { return prose(s, cellCode) }

func prose(s string, code func(string) string) string {
	var out strings.Builder
	var span []string // words that share a code span
	closeSpan := func(after string) {
		if len(span) > 0 {
			out.WriteString(code(strings.Join(span, " ")))
			span = nil
		}
		out.WriteString(after)
	}

	for i, word := range strings.Split(strings.Trim(Escape(s), " "), " ") {
		before, core, after := punctuation(word)
		asItIs := plain(core) || core == "%" && strings.Trim(after, ",.;)") == "" // %"…" is a milestone of GitLab's
		joins := len(span) > 0 && before == "" && !asItIs && !strings.Contains(span[len(span)-1]+core, "://")
		if i > 0 && !joins {
			closeSpan(" ")
		}

		switch {
		case !asItIs:
			out.WriteString(before)
			span = append(span, core)
			if after != "" {
				closeSpan(after)
			}
		case i == 0 && numbersList(word):
			out.WriteString(core + `\` + after)
		default:
			out.WriteString(word)
		}
	}

	closeSpan("")
	return out.String()
}

// mdLines is mdText for text of several lines.
func mdLines(s string) string {
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, mdText(line))
		}
	}
	return strings.Join(lines, "<br>")
}

// punctuation separates a word from the punctuation marks around it, which Markdown does not interpret there.
func punctuation(word string) (before, core, after string) {
	rest := strings.TrimLeft(word, `("'“‘`)
	core = strings.TrimRight(rest, `).,;:!?"'”’…`)
	return word[:len(word)-len(rest)], core, rest[len(core):]
}

// numbersList reports whether a word at the beginning of a line would begin a numbered list.
func numbersList(word string) bool {
	digits := strings.TrimRight(word, ".)")
	return len(digits) == len(word)-1 && strings.Trim(digits, "0123456789") == ""
}

// plainWord matches words that no forge interprets: letters, possibly followed by digits, in parts with a slash, a
// hyphen or an apostrophe between them; numbers; dates and times. It does not match a hyphen before a digit,
// because a repository may link "ABC-1" to its tickets.
var plainWord = regexp.MustCompile(
	`^(?:[\p{L}\p{M}]+\d*(?:['’/-][\p{L}\p{M}]+\d*)*|\d{1,6}%?|\d{4}-\d\d-\d\d|\d\d:\d\d|[→…–—−·])$`)

// reference matches text that GitHub and GitLab may take for a commit, or for a security advisory.
var reference = regexp.MustCompile(`(?i)\b[0-9a-f]{7,}\b|\bGHSA-`)

func plain(core string) bool {
	return core == "" || plainWord.MatchString(core) && !reference.MatchString(core)
}

// code shows a value verbatim, between so many backticks that the value cannot close the span. It is for text
// outside of tables; inside of tables, use cellCode.
func code(s string) string {
	s = Escape(s)
	if s == "" {
		s = `""` // a span cannot be empty, and an empty value would be overlooked
	}
	fence := strings.Repeat("`", longestRun(s, '`')+1)
	padded := strings.HasPrefix(s, " ") && strings.HasSuffix(s, " ") && strings.Trim(s, " ") != ""
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || padded {
		s = " " + s + " "
	}
	return fence + s + fence
}

// cellCode is code for a cell of a table. A pipe ends a cell even in a code span, unless there is a backslash
// before it, which GitHub removes again. If the value itself has a backslash before a pipe, ours would not work,
// so such a value is written as HTML.
func cellCode(s string) string {
	switch {
	case !strings.Contains(s, "|"):
		return code(s)
	case strings.Contains(s, `\|`):
		return "<code>" + references(Escape(s)) + "</code>"
	default:
		return strings.ReplaceAll(code(s), "|", `\|`)
	}
}

// references writes every character except letters, digits and spaces as a character reference. GitHub looks for
// mentions after it has decoded character references, but only within a piece of text, so an @ is in an element of
// its own.
func references(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '@':
			b.WriteString("<span>@</span>")
		case r == ' ' || unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "&#%d;", r)
		}
	}

	return b.String()
}

func longestRun(s string, c byte) int {
	longest, run := 0, 0
	for i := 0; i < len(s); i++ {
		if s[i] != c {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}
