package render

import (
	"regexp"
	"strings"
)

// mdText makes a text safe as Markdown: nothing of it is markup, a link, HTML or
// a mention. A backslash does for punctuation (CommonMark, section 2.4); an @ and
// a # would still name people and issues on GitHub, so that a zero-width entity
// parts them from what follows.
func mdText(s string) string {
	var b strings.Builder
	for _, r := range Escape(s) {
		switch {
		case r == '@' || r == '#':
			b.WriteRune(r)
			b.WriteString("&#8203;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case r == '|':
			b.WriteString("&#124;") // a backslash before it would not survive one in front
		case strings.ContainsRune("\\`*_{}[]()+!~$", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return linkless.Replace(b.String())
}

// linkless parts what GitHub and GitLab would make links of without any markup.
var linkless = strings.NewReplacer("://", ":&#8203;//", "www.", "www&#8203;.", "WWW.", "WWW&#8203;.", "GH-", "GH&#8203;-")

// webAddress matches an address as far as it can be copied in one piece.
var webAddress = regexp.MustCompile(`https://[^\s"()<>|` + "`" + `]*[^\s"()<>|` + "`" + `.,;:]`)

// mdStep is mdText for a step of guidance, with its addresses verbatim, so that they can be copied. They are no
// links: a plan file may be forged.
func mdStep(s string) string {
	var b strings.Builder
	end := 0
	for _, at := range webAddress.FindAllStringIndex(s, -1) {
		b.WriteString(mdText(s[end:at[0]]) + code(s[at[0]:at[1]]))
		end = at[1]
	}
	return b.String() + mdText(s[end:])
}

// code shows a value verbatim, inside as many backticks as none of it can close.
// A pipe ends a table's cell even there, and an entity means nothing there, so a
// value with a pipe is put between tags instead.
func code(s string) string {
	s = Escape(s)
	switch {
	case s == "":
		return ""
	case strings.Contains(s, "|"):
		return "<code>" + mdText(s) + "</code>"
	}
	fence := strings.Repeat("`", longestRun(s, '`')+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || strings.HasPrefix(s, " ") && strings.HasSuffix(s, " ") {
		s = " " + s + " "
	}
	return fence + s + fence
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
