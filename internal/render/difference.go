package render

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"github.com/sergi/go-diff/diffmatchpatch"
)

// This file compares the two values of an attribute. All renderers show the difference from the same parts, each
// in its own way:
//
//   - row.difference compares the two values of a row, and compare does the same for two texts. The
//     texts must be escaped, as attributes returns them. The parts in the result are escaped, too,
//     but still have to be escaped for Markdown or HTML, part by part.
//   - difference.whole returns all of both values, for a page with enough room. difference.around
//     returns the part that fits into some columns: the first difference, then further ones, with …
//     at each cut, and the number of differences that did not fit.
//   - side selects the parts of one side, to show before and after on lines or in cells of their
//     own. Both sides are cut at the same places, and never look the same.
//   - withMarks writes parts as plain text, with marks: `v=spf1 [-include:a-]{+include:b+} -all`.
//
// In HTML, a part is a <del>, an <ins> or plain text. In Markdown, a part is a code span, which is struck through
// if it is removed and bold if it is added (markedParts); the diff shows both sides without marks. Annotations use
// withMarks with little room.
//
// Words are compared as wholes. Only if both sides of a difference have a long word, such as a key, are their
// characters compared. A part never ends inside of a character as a reader sees it, nor inside of an escape such
// as \u{200b}. Characters that look like the characters in their place on the other side (a Cyrillic а for a Latin
// a) are written as escapes.

// part is a piece of a compared value.
type part struct {
	kind partKind
	text string
	// cut is true for an ellipsis, which stands for text that is left out.
	cut bool
}

type partKind int

const (
	// same is a part that both sides have.
	same partKind = iota
	// removed is a part that only the side before has.
	removed
	// added is a part that only the side after has.
	added
)

// difference is a comparison of two values, from left to right.
type difference []hunk

// hunk is one difference, as lists of units: the common text in front of it, the text that only the side before
// has, and the text that only the side after has. The last hunk of a difference may have only common text.
type hunk struct{ same, removed, added []string }

func (h hunk) differs() bool { return len(h.removed)+len(h.added) > 0 }

const (
	// longWord is the number of characters from which a word is compared character by character.
	longWord = 32
	// fewestSame is the minimum number of equal characters between two differences in a long word. Fewer
	// characters are equal by chance.
	fewestSame = 4
	// manyUnits is the number of characters from which related checks whether two sides have anything in common.
	manyUnits = 64
	// longestUnit bounds the size of a character in bytes, because a character may have any number of accents.
	longestUnit = 16
	// mostUnits limits the comparison, because its time grows with the square of the differing length. A longer
	// differing text counts as one difference.
	mostUnits = 2048
)

// compare finds the differences of two escaped values.
func compare(before, after string) difference {
	var out difference
	for _, h := range align(words(before), words(after), betweenWords) {
		for _, fine := range h.refined() {
			fine.removed, fine.added = spelled(fine.removed, fine.added)
			out = out.with(fine)
		}
	}
	return out
}

// with appends a hunk. If the last hunk has only common text, with puts that text in front of the new hunk.
func (d difference) with(h hunk) difference {
	if n := len(d); n > 0 && !d[n-1].differs() {
		h.same = joined(d[n-1].same, h.same)
		d = d[:n-1]
	}
	return append(d, h)
}

// units splits an escaped text into characters and escapes.
func units(text string) []string {
	out := make([]string, 0, len(text))
	for len(text) > 0 {
		n := unitLength(text)
		out = append(out, text[:n])
		text = text[n:]
	}
	return out
}

func unitLength(text string) int {
	switch n := escapeLength(text); {
	case n > 0:
		return n
	case len(text) == 1, isASCII(text[0]) && isASCII(text[1]):
		return 1
	}

	first, _ := ansi.FirstGraphemeCluster(text, ansi.GraphemeWidth)
	n := len(first)
	if n > longestUnit {
		for n = longestUnit; !utf8.RuneStart(text[n]); n-- {
		}
	}

	return max(1, n)
}

func isASCII(c byte) bool { return c < 0x80 }

// escapeLength returns the length of the escape at the beginning of a text, or 0. It knows the escapes of
// Escape and of HCL, and \DDD of a TXT.
func escapeLength(text string) int {
	if text[0] != '\\' || len(text) == 1 || !isASCII(text[1]) {
		return 0
	}
	if strings.HasPrefix(text, `\u{`) {
		return max(2, strings.IndexByte(text[:min(len(text), len(`\u{10ffff}`))], '}')+1)
	}

	digits, of := 3, "0123456789"
	end := 1
	if text[1] == 'x' {
		digits, of, end = 2, "0123456789abcdef", 2
	}
	if len(text) >= end+digits && strings.Trim(text[end:end+digits], of) == "" {
		return end + digits
	}

	return 2
}

// words splits an escaped text into words and the separators between them. A separator is an element of its own,
// so that an additional space is a difference, but the semicolon after a changed tag is not.
func words(text string) []string {
	var out []string
	start, at := 0, 0
	for _, u := range units(text) {
		if separates(u) {
			if start < at {
				out = append(out, text[start:at])
			}
			out = append(out, u)
			start = at + len(u)
		}
		at += len(u)
	}

	if start < at {
		out = append(out, text[start:])
	}

	return out
}

func separates(unit string) bool {
	switch unit {
	case " ", ";", ",", `"`, `\"`:
		return true
	}
	return false
}

// betweenWords reports whether units are only separators. If only separators are between two changed words, the
// two words are one difference.
func betweenWords(units []string) bool {
	for _, u := range units {
		if !separates(u) {
			return false
		}
	}
	return true
}

// align compares two lists. It joins two differences if noise reports true for the common part between them.
func align(before, after []string, noise func(units []string) bool) difference {
	outer, a, b := ends(before, after)
	if len(a) == 0 || len(b) == 0 || len(a)+len(b) > mostUnits {
		return outer
	}
	d := denoised(append(difference{{same: outer[0].same}}, shortest(a, b)...), noise)
	return append(d, outer[1])
}

// ends finds the common beginning and the common end of two lists. a and b are the parts of the two lists in between.
func ends(before, after []string) (d difference, a, b []string) {
	head := commonStart(before, after)
	a, b = before[head:], after[head:]
	tail := commonEnd(a, b)
	end := a[len(a)-tail:]
	a, b = a[:len(a)-tail], b[:len(b)-tail]
	return difference{{before[:head], a, b}, {same: end}}, a, b
}

func commonStart(a, b []string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func commonEnd(a, b []string) int {
	n := 0
	for n < len(a) && n < len(b) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}

// shortest returns the shortest edit from one list to the other, by the algorithm of Myers. It maps each
// unit to a rune, because go-diff compares runes.
func shortest(a, b []string) difference {
	runes := make(map[string]rune, len(a)+len(b))
	coded := func(list []string) []rune {
		out := make([]rune, len(list))
		for i, u := range list {
			if _, known := runes[u]; !known {
				runes[u] = rune(len(runes) + 1)
			}
			out[i] = runes[u]
		}
		return out
	}

	d := diffmatchpatch.New()
	d.DiffTimeout = 0 // with a deadline, the result would depend on the machine
	var out difference
	for _, e := range d.DiffMainRunes(coded(a), coded(b), false) {
		n := len([]rune(e.Text))
		if e.Type == diffmatchpatch.DiffEqual || len(out) == 0 {
			out = append(out, hunk{})
		}

		h := &out[len(out)-1]
		switch e.Type {
		case diffmatchpatch.DiffEqual:
			h.same, a, b = a[:n], a[n:], b[n:]
		case diffmatchpatch.DiffDelete:
			h.removed, a = a[:n], a[n:]
		case diffmatchpatch.DiffInsert:
			h.added, b = b[:n], b[n:]
		}
	}

	return out
}

// denoised joins differences that are separated only by noise.
func denoised(d difference, noise func([]string) bool) difference {
	var out difference
	for _, h := range d {
		joins := len(out) > 0 && out[len(out)-1].differs() && h.differs() && noise(h.same)
		if len(out) > 0 && (joins || !out[len(out)-1].differs() && len(h.same) == 0) {
			last := &out[len(out)-1]
			last.removed = joined(last.removed, h.same, h.removed)
			last.added = joined(last.added, h.same, h.added)
			continue
		}
		out = append(out, h)
	}

	return out
}

// joined returns a new list with the elements of all lists. It does not append to list in place, because list may
// share its memory with another list.
func joined(list []string, more ...[]string) []string {
	list = list[:len(list):len(list)]
	for _, m := range more {
		list = append(list, m...)
	}
	return list
}

// refined compares the characters of a difference in which both sides have a long word.
func (h hunk) refined() difference {
	if !hasLongWord(h.removed) || !hasLongWord(h.added) {
		return difference{{h.same, characters(h.removed), characters(h.added)}}
	}

	before, after := characters(h.removed), characters(h.added)
	fine, a, b := ends(before, after)
	if related(a, b) {
		fine = align(before, after, func(units []string) bool { return len(units) < fewestSame })
	}
	fine[0].same = joined(characters(h.same), fine[0].same)
	return fine
}

// related reports whether two lists have enough in common for a search beyond their first difference. Some
// characters of two unrelated keys are in the same order by chance, and finding those would take long.
func related(a, b []string) bool {
	switch {
	case len(a)+len(b) > mostUnits:
		return false
	case len(a) < manyUnits || len(b) < manyUnits:
		return true
	}

	known := map[string]bool{}
	for i := range len(a) - fewestSame + 1 {
		known[strings.Join(a[i:i+fewestSame], "")] = true
	}

	shared := 0
	for i := range len(b) - fewestSame + 1 {
		if known[strings.Join(b[i:i+fewestSame], "")] {
			shared++
		}
	}

	return 3*shared >= min(len(a), len(b))
}

func hasLongWord(words []string) bool {
	for _, w := range words {
		if len(w) >= longWord && len(units(w)) >= longWord {
			return true
		}
	}
	return false
}

func characters(words []string) []string { return units(strings.Join(words, "")) }

// whole returns all parts of a difference.
func (d difference) whole() []part {
	var out parts
	for _, h := range d {
		out.add(same, h.same)
		out.add(removed, h.removed)
		out.add(added, h.added)
	}
	return out
}

// side returns the parts of one side: removed means the value before, added the value after.
func side(list []part, kind partKind) []part {
	var out []part
	for _, p := range list {
		if p.kind == same || p.kind == kind {
			out = append(out, p)
		}
	}
	return out
}

// textOf returns the parts as plain text.
func textOf(list []part) string {
	var b strings.Builder
	for _, p := range list {
		b.WriteString(p.text)
	}
	return b.String()
}

// withMarks returns the parts as plain text, with the marks of a word diff.
func withMarks(list []part) string { return textOf(markedRuns(list)) }

// markedRuns joins neighboring parts of one kind, and puts marks around the parts that only one side has. If the
// text in front of a mark ends in ##, markedRuns escapes it, because ##[ begins a command to GitHub's runner.
func markedRuns(list []part) []part {
	var out []part
	for len(list) > 0 {
		n := 1
		for n < len(list) && list[n].kind == list[0].kind {
			n++
		}
		open, shut := list[0].kind.marks()
		if last := len(out) - 1; open == "[-" && last >= 0 && strings.HasSuffix(out[last].text, "##") {
			out[last].text = strings.TrimSuffix(out[last].text, "#") + `\u{23}`
		}
		out = append(out, part{kind: list[0].kind, text: open + textOf(list[:n]) + shut})
		list = list[n:]
	}

	return out
}

func (k partKind) marks() (open, shut string) {
	switch k {
	case removed:
		return "[-", "-]"
	case added:
		return "{+", "+}"
	default:
		return "", ""
	}
}

type parts []part

func (p *parts) add(kind partKind, units []string) {
	if len(units) > 0 {
		*p = append(*p, part{kind: kind, text: strings.Join(units, "")})
	}
}

// cut adds an ellipsis.
func (p *parts) cut(kind partKind) { *p = append(*p, part{kind, ellipsis, true}) }
