package render

import (
	"fmt"

	"github.com/cfplan/cfplan/internal/english"
)

const (
	// differenceRoom is how many columns of a changed value are shown in the text of a plan.
	differenceRoom = 160
	// differenceIndent is the width of the text in front of a changed value.
	differenceIndent = 12
)

// difference compares the values of both sides. If one side does not have the attribute, the values differ as a
// whole.
func (r row) difference() difference {
	if r.onBothSides() {
		return compare(r.before, r.after)
	}
	return difference{{removed: units(r.before), added: units(r.after)}}
}

// inRoom shows an attribute and its change on one line: both values if they are short, or else their difference,
// cut to about the given number of columns.
func (r row) inRoom(room int) string {
	return string(r.name) + " " + inRoom(r.difference(), r.isLong(), room)
}

func inRoom(d difference, long bool, room int) string {
	parts, more := d.around(room)
	text := textOf(side(parts, removed)) + " -> " + textOf(side(parts, added))
	if long && d.related() {
		text = withMarks(parts)
	}
	if more > 0 {
		text += " (" + english.Count(more, "more difference") + ")"
	}
	return text
}

// related reports whether the two sides have a word in common.
func (d difference) related() bool {
	for _, h := range d {
		if !betweenWords(h.same) {
			return true
		}
	}
	return false
}

// changedLine shows an attribute that changes: short values side by side, and the differences of long values with one
// side below the other.
func (t *text) changedLine(r row, pad int) []string {
	sign, d := t.paint("~", yellow), r.difference()
	if !r.isLong() {
		parts := d.whole()
		before, after := textOf(side(parts, removed)), textOf(side(parts, added))
		return []string{fmt.Sprintf("      %s %-*s = %s -> %s", sign, pad, r.name, before, after)}
	}

	parts, more := d.around(t.differenceRoom(d))
	lines := []string{
		fmt.Sprintf("      %s %-*s =", sign, pad, r.name),
		"          " + t.side("- ", side(parts, removed), d.related(), red),
		"          " + t.side("+ ", side(parts, added), d.related(), green),
	}

	if more > 0 {
		note := fmt.Sprintf("# (%s not shown: -json has both values)", english.Count(more, "more difference"))
		lines = append(lines, "          "+t.paint(note, grey))
	}

	return lines
}

// differenceRoom returns the number of columns for a changed value. A value that must be cut is cut to the width
// of the terminal, so that each side takes one line and the two are aligned.
func (t *text) differenceRoom(d difference) int {
	if t.width < narrowest || d.columns() <= differenceRoom {
		return differenceRoom
	}
	return min(t.width-differenceIndent-marksRoom, differenceRoom)
}

// side shows one side of a difference. If marks is true, the differing parts are marked and bold. It is false if the
// sides have nothing in common.
func (t *text) side(sign string, parts []part, marks bool, color string) string {
	if !marks {
		return t.paint(sign+textOf(parts), color)
	}

	out := t.paint(sign, color)
	for _, p := range markedRuns(parts) {
		if p.kind == same {
			out += t.paint(p.text, color)
		} else {
			out += t.paint(p.text, bold, color)
		}
	}

	return out
}
