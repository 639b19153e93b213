package render

import (
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

const (
	// longestInline is up to which length, in bytes, values are shown without lines of their own.
	longestInline = 64
	// roomForValue is how many columns of a changed value are shown. If that is not all, a fold has the whole values.
	roomForValue = 240
	// roomForOne is how many columns of an added or destroyed value are shown.
	roomForOne = 640
)

// pageRow is one attribute of a change.
type pageRow struct {
	Name string
	// Both is true if the value changes. If it is false, only After is set, and Same is true if both sides have
	// that value.
	Both, Same bool
	// Long is true if the values need lines of their own.
	Long          bool
	Before, After []pagePart
	// Whole has the full values if Before and After are cut; otherwise it is nil.
	Whole *pageWhole
}

type pageWhole struct{ Before, After []pagePart }

// pagePart is a part of a value. Mark is "del", "ins" or empty.
type pagePart struct{ Text, Mark string }

func pageRows(c plan.Change) []pageRow {
	var rows []pageRow
	if c.Before == nil || c.After == nil {
		for _, a := range attributes(theSide(c), c.Sensitive) {
			if a.name == dns.AttrProxied && !c.Type.Proxiable() {
				continue // records of this type are never proxied
			}
			rows = append(rows, oneValue(a))
		}
		return rows
	}

	for _, r := range rowsOf(c) {
		switch {
		case r.changed():
			rows = append(rows, changedValue(r))
		case r.name == dns.AttrContent:
			same := oneValue(attribute{r.name, r.after})
			same.Same = true
			rows = append(rows, same)
		}
	}

	return rows
}

// oneValue shows a value, or the beginning of a long one.
func oneValue(a attribute) pageRow {
	out := pageRow{Name: string(a.name), After: []pagePart{{Text: a.text}}, Long: len(a.text) > longestInline}
	if len(a.text) <= roomForOne {
		return out
	}
	all := units(a.text)
	if shown := firstUnits(all, roomForOne); len(shown) < len(all) {
		out.Whole = &pageWhole{After: out.After}
		out.After = pageParts([]part{{same, strings.Join(shown, ""), false}, {same, ellipsis, true}})
	}
	return out
}

// changedValue shows both sides of an attribute, and marks the characters that differ.
func changedValue(r row) pageRow {
	if !r.onBothSides() {
		return unmarked(r)
	}

	d := narrowed(r.difference())
	shown, _ := d.around(roomForValue)
	out := pageRow{
		Name:   string(r.name),
		Both:   true,
		Before: pageParts(side(shown, removed)),
		After:  pageParts(side(shown, added)),
		Long:   len(r.before)+len(r.after) > longestInline,
	}

	if d.columns() > roomForValue {
		whole := d.whole()
		out.Whole = &pageWhole{pageParts(side(whole, removed)), pageParts(side(whole, added))}
	}

	return out
}

// unmarked shows an attribute that exists on only one side. It marks no differences.
func unmarked(r row) pageRow {
	return pageRow{
		Name:   string(r.name),
		Both:   true,
		Before: []pagePart{{Text: r.before}},
		After:  []pagePart{{Text: r.after}},
		Long:   len(r.before)+len(r.after) > longestInline,
	}
}

// narrowed reduces each changed word to the part that differs, such as the last number of an address. It does not
// split a run of letters and digits, so that a reader sees whole numbers and labels.
func narrowed(d difference) difference {
	out := make(difference, 0, len(d)+1)
	var tail []string
	for _, h := range d {
		h.same = joined(tail, h.same)
		h, tail = h.narrowed()
		out = append(out, h)
	}
	if len(tail) > 0 {
		out = append(out, hunk{same: tail})
	}
	return out
}

// narrowed moves the common beginning of both sides to the text in front of them, and returns their common end.
func (h hunk) narrowed() (narrow hunk, tail []string) {
	b, a := h.removed, h.added
	if slices.ContainsFunc(b, separates) || slices.ContainsFunc(a, separates) {
		return h, nil // several words
	}

	head := commonStart(b, a)
	for head > 0 && (within(b, head) || within(a, head)) {
		head--
	}

	b, a = b[head:], a[head:]
	n := commonEnd(b, a)
	for n > 0 && (within(b, len(b)-n) || within(a, len(a)-n)) {
		n--
	}

	return hunk{joined(h.same, h.removed[:head]), b[:len(b)-n], a[:len(a)-n]}, b[len(b)-n:]
}

// within reports whether a position in a word is between two letters or digits.
func within(word []string, at int) bool {
	return at > 0 && at < len(word) && isAlphanumeric(word[at-1]) && isAlphanumeric(word[at])
}

// isAlphanumeric reports whether a character is a letter or a digit. Every character that is not ASCII counts as a
// letter.
func isAlphanumeric(unit string) bool {
	c := unit[0]
	return c >= 0x80 || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

func pageParts(list []part) []pagePart {
	mark := map[partKind]string{removed: "del", added: "ins"}
	var out []pagePart
	for _, p := range list {
		m := mark[p.kind]
		if n := len(out); n > 0 && out[n-1].Mark == m {
			out[n-1].Text += p.text
			continue
		}
		out = append(out, pagePart{p.text, m})
	}
	return out
}
