package render

import "slices"

const (
	// leastRoom is the minimum number of columns in which a difference is readable.
	leastRoom = 24
	// leastRun is how many columns of a further difference must fit for it to be shown.
	leastRun = 16
	// marksRoom is the number of columns that the marks around a difference take.
	marksRoom = 4
)

// around returns as much of a difference as fits into a number of columns on each side: the whole values, or else the
// first difference with its surroundings, further differences as long as there is room, and an ellipsis for each part
// that is left out. more is the number of differences that did not fit.
func (d difference) around(room int) (shown []part, more int) {
	room = max(room, leastRoom)
	if d.columns() <= room {
		return d.whole(), 0
	}

	v := view{left: room, context: min(room/8, 16)}
	for i, h := range d {
		if i+1 < len(d) {
			v.after = min(v.context, columnsOf(d[i+1].same))
		}
		switch {
		case !h.differs():
			v.end(h.same)
		case i == 0:
			following := d.columns() - columnsOf(h.same)
			v.first(h, min(max(room-following, room/3), room/2))
		case v.hasRoom(h):
			v.next(h)
		default:
			v.stop(h.same)
			return v.out, d[i:].count()
		}
	}

	return v.out, 0
}

// columns returns the width of the whole difference. Of each hunk, the wider side counts.
func (d difference) columns() int {
	n := 0
	for _, h := range d {
		n += columnsOf(h.same) + h.columns()
	}
	return n
}

// count returns the number of differences.
func (d difference) count() int {
	n := len(d)
	if n > 0 && !d[n-1].differs() {
		n--
	}
	return n
}

// columns returns the width of a hunk on its wider side, with its marks, but without the common part.
func (h hunk) columns() int {
	if !h.differs() {
		return 0
	}
	return max(columnsOf(h.removed), columnsOf(h.added)) + marksRoom
}

// view is the part of a difference that is shown.
type view struct {
	out parts
	// left is the number of free columns. context is the maximum number of columns of common text before and after a
	// difference. after is the number of columns that are reserved for common text after the current difference.
	left, context, after int
}

// first shows the first difference. before is the number of columns for the common text in front of it.
func (v *view) first(h hunk, before int) {
	h = h.distinct(v.left - min(columnsOf(h.same), before) - v.after)
	lead := lastUnits(h.same, before)
	if len(lead) < len(h.same) {
		v.out.cut(same)
	}
	v.show(lead)
	v.change(h)
}

// hasRoom reports whether another difference would be readable.
func (v *view) hasRoom(h hunk) bool {
	return v.gap(h)+min(h.columns(), leastRun)+v.after <= v.left
}

// gap returns the width of the common text in front of a difference.
func (v *view) gap(h hunk) int { return min(columnsOf(h.same), 2*v.context+1) }

// next shows a difference after another one.
func (v *view) next(h hunk) {
	h = h.distinct(v.left - v.gap(h) - v.after)
	if columnsOf(h.same) <= 2*v.context+1 {
		v.show(h.same)
	} else {
		v.show(firstUnits(h.same, v.context))
		v.out.cut(same)
		v.show(lastUnits(h.same, v.context))
	}
	v.change(h)
}

// stop ends the view before a difference that does not fit.
func (v *view) stop(between []string) {
	v.show(firstUnits(between, min(v.left, v.context)))
	v.out.cut(same)
}

// end shows the common text at the end.
func (v *view) end(rest []string) {
	shown := firstUnits(rest, v.left)
	v.show(shown)
	if len(shown) < len(rest) {
		v.out.cut(same)
	}
}

// change shows both sides of a difference, as far as they fit.
func (v *view) change(h hunk) {
	most := max(v.left-v.after-marksRoom, 1)
	before, after := someUnits(h.removed, most), someUnits(h.added, most)
	v.left -= max(columnsOf(before), columnsOf(after)) + marksRoom

	v.out.add(removed, before)
	if len(before) < len(h.removed) {
		v.out.cut(removed)
	}

	v.out.add(added, after)
	if len(after) < len(h.added) {
		v.out.cut(added)
	}
}

// show adds text that is the same on both sides.
func (v *view) show(units []string) {
	v.out.add(same, units)
	v.left -= columnsOf(units)
}

// distinct moves the common beginning of two changed words to the common text, if one of the words may be cut.
// Otherwise the cut could hide where they differ.
func (h hunk) distinct(most int) hunk {
	if h.columns() <= most {
		return h
	}
	n := commonStart(h.removed, h.added)
	return hunk{joined(h.same, h.removed[:n]), h.removed[n:], h.added[n:]}
}

func columnsOf(units []string) int {
	n := 0
	for _, u := range units {
		n += columnsOfUnit(u)
	}
	return n
}

// columnsOfUnit returns the width of a unit. It is at least 1, even for an accent without a letter, because a text
// may have any number of those.
func columnsOfUnit(u string) int {
	if len(u) == 1 {
		return 1
	}
	return max(1, columns(clusters([]byte(u))))
}

// firstUnits returns the longest beginning of a list that fits into room columns.
func firstUnits(list []string, room int) []string {
	for i, u := range list {
		if room -= columnsOfUnit(u); room < 0 {
			return list[:i]
		}
	}
	return list
}

// inColumns returns an escaped text, or as much of its beginning as fits into room columns, with an ellipsis.
func inColumns(text string, room int) string {
	fits := 0
	for at := 0; at < len(text); {
		unit := text[at : at+unitLength(text[at:])]
		if room -= columnsOfUnit(unit); room < 0 {
			return text[:fits] + ellipsis
		}
		at += len(unit)
		if room > 0 {
			fits = at
		}
	}

	return text
}

// someUnits is firstUnits, but returns at least one unit if there is one.
func someUnits(list []string, room int) []string {
	if first := firstUnits(list, room); len(first) > 0 {
		return first
	}
	return list[:min(1, len(list))]
}

// lastUnits returns the longest end of a list that fits into room columns.
func lastUnits(list []string, room int) []string {
	for i, u := range slices.Backward(list) {
		if room -= columnsOfUnit(u); room < 0 {
			return list[i+1:]
		}
	}
	return list
}
