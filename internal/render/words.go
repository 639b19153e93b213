package render

import (
	"strings"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// edit is a run of words that were kept, taken out or put in.
type edit struct {
	kind diffmatchpatch.Operation
	text string
}

// wordEdits compares two values word by word. A word ends at a space or a semicolon,
// so that SPF is compared mechanism by mechanism and DMARC and DKIM tag by tag.
func wordEdits(before, after string) []edit {
	d := diffmatchpatch.New()
	d.DiffTimeout = 0 // a deadline would make the outcome depend on the machine
	a, b, list := d.DiffLinesToRunes(split(before), split(after))
	var out []edit
	for _, e := range d.DiffCharsToLines(d.DiffMainRunes(a, b, false), list) {
		out = append(out, edit{e.Type, strings.ReplaceAll(e.Text, "\n", "")})
	}
	return out
}

// split puts each word, with what ends it, on a line of its own, as go-diff
// compares lines. Values have no line breaks left: they are escaped by now.
func split(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		b.WriteByte(s[i])
		if end := s[i] == ' ' || s[i] == ';'; end && i+1 < len(s) && s[i+1] != ' ' && s[i+1] != ';' {
			b.WriteByte('\n')
		}
	}
	b.WriteByte('\n')
	return b.String()
}

// changedWords lists the words that were taken out and those that were put in.
func changedWords(before, after string) (out, in []string) {
	for _, e := range wordEdits(bare(before), bare(after)) {
		switch e.kind {
		case diffmatchpatch.DiffDelete:
			out = append(out, strings.Fields(e.text)...)
		case diffmatchpatch.DiffInsert:
			in = append(in, strings.Fields(e.text)...)
		}
	}
	return out, in
}

// bare takes the quotation marks off a literal, which are no part of its words.
func bare(literal string) string {
	return strings.TrimSuffix(strings.TrimPrefix(literal, `"`), `"`)
}
