package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
)

// mostTables is up to how many zones have a table of their own. If there are more, all zones share one table, because
// headings would take the room of the changes.
const mostTables = 20

const tableHead = "| | Record | Change | Where |\n|-|-|-|-|\n"

// tableRoom fills the room for tables with rows.
type tableRoom struct {
	*choice
	links bool
	room  int
	shown int
	// full is true after the first change that did not fit.
	full bool
}

func (t *tableRoom) shared() bool { return len(t.zones) > mostTables }

// leastShare is how much of the room each rank may take in the first round at least, in bytes. It is enough for
// about ten rows.
const leastShare = 1000

func (t *tableRoom) choose() {
	t.room -= len(t.before()) + len(t.notOpened(t.zones))
	var next [ranks]int
	copy(next[:], t.from[:ranks])
	for r := worstDestroy; r < anyOther; r++ {
		next[r] = t.take(next[r], t.from[r+1], max(leastShare, t.room/2))
	}
	for r := worstDestroy; r <= anyOther; r++ {
		t.take(next[r], t.from[r+1], t.room)
	}
}

// take chooses changes between two positions in the order of choice, until their rows have used up a share of the
// room. It returns the position of the first change that it did not choose. After a change that does not fit into
// the whole room, it chooses no other change, because that would look like the more important one.
func (t *tableRoom) take(from, to, share int) int {
	for i := from; i < to && !t.full; i++ {
		r := t.ranked[i]
		row := t.row(r)
		cost, reserved := t.cost(r.zone, row)
		t.full = cost > t.room
		if t.full || cost > share {
			return i
		}
		share -= cost
		t.room -= cost
		t.add(r, row, reserved)
	}
	return to
}

// cost returns how much room a row takes, including the heading of its zone and the row that counts the changes of
// the zone that are left out. reserved is the size of that last row.
func (t *tableRoom) cost(z *zoneChoice, row string) (cost, reserved int) {
	reserved = z.reserved
	cost = len(row)
	if !z.open {
		reserved = len(moreRow(z))
		cost += len(t.zoneHead(z)) + len(t.zoneEnd()) + reserved
	}
	if z.left.total == 1 { // this is the last change of the zone
		cost -= reserved
		reserved = 0
	}
	return cost, reserved
}

func (t *tableRoom) add(r ranked, row string, reserved int) {
	z := r.zone
	if z.rows == nil {
		z.rows = make([]string, len(z.order))
	}
	z.open, z.reserved, z.rows[r.at] = true, reserved, row
	z.left.remove(r.change())
	t.shown++
}

// write returns the tables with the chosen rows. In each table, the changes that a reviewer must see come first.
func (t *tableRoom) write() string {
	var b strings.Builder
	b.WriteString(t.before())
	if t.shared() {
		for _, z := range t.zones {
			b.WriteString(strings.Join(z.rows[:min(z.urgent, len(z.rows))], ""))
		}
	}

	var closed []*zoneChoice
	for _, z := range t.zones {
		if !z.open {
			closed = append(closed, z)
			continue
		}

		rows := z.rows
		if t.shared() {
			rows = rows[z.urgent:]
		}

		b.WriteString(t.zoneHead(z) + strings.Join(rows, ""))
		if z.left.total > 0 {
			b.WriteString(moreRow(z))
		}

		b.WriteString(t.zoneEnd())
	}

	b.WriteString(t.notOpened(closed))
	return b.String()
}

// before returns the text in front of a table that all zones share.
func (t *tableRoom) before() string {
	if !t.shared() {
		return ""
	}
	rest := ""
	if line := others(t.md.plan.Summary, t.md.plan.Zones...); line != "" {
		rest = mdText(line) + "\n\n"
	}
	return fmt.Sprintf("#### Changes in %d zones\n\n%s%s", len(t.zones), rest, tableHead)
}

func (t *tableRoom) zoneHead(z *zoneChoice) string {
	if t.shared() {
		return ""
	}
	rest := ""
	if line := others(z.zone.Summary, *z.zone); line != "" {
		rest = mdText(line) + "\n\n"
	}
	return fmt.Sprintf("#### %s\n\n%s%s", code(shorten(z.zone.Name, 2*cellValue)), rest, tableHead)
}

func (t *tableRoom) zoneEnd() string {
	if t.shared() {
		return ""
	}
	return "\n"
}

// moreRow returns a row that counts the changes of a zone that are not shown.
func moreRow(z *zoneChoice) string {
	return fmt.Sprintf("| … | %s | **and %d more:** %s | |\n", brief(z.zone.Name, cellCode), z.left.total, z.left)
}

// notOpened counts the zones without a shown change.
func (t *tableRoom) notOpened(zones []*zoneChoice) string {
	end := ""
	if t.shared() {
		end = "\n"
	}
	if len(zones) == 0 {
		return end
	}

	var s plan.Summary
	for _, z := range zones {
		s.Add += z.zone.Summary.Add
		s.Change += z.zone.Summary.Change
		s.Destroy += z.zone.Summary.Destroy
		s.Adopt += z.zone.Summary.Adopt
		s.Forget += z.zone.Summary.Forget
	}

	return fmt.Sprintf("%s**And in %s:** %s\n\n", end, english.Count(len(zones), "more zone"), toDo(s))
}

// row returns a change as a row of a table.
func (t *tableRoom) row(r ranked) string {
	c := r.change()
	where := ""
	switch {
	case c.DeclaredAt != nil:
		where = t.md.where(*c.DeclaredAt, cellCode, t.links)
	case c.Reason != "":
		where = cellText(shorten(c.Reason, cellValue))
	}

	if text := asides(c); text != "" {
		where += " " + cellText(strings.TrimSpace(text))
	}
	if c.Pending {
		where += " (pending before)"
	}
	if r.zone.zone.Source.Kind == plan.SourceSample {
		where += " (sample)"
	}

	return fmt.Sprintf("| %s | %s %s | %s | %s |\n",
		icon(c), cellText(shorten(string(c.Type), 40)), brief(c.Name, cellCode), what(c), strings.TrimSpace(where))
}

// icon shows the action, and whether the change has a high or medium risk. The list of risks above explains it.
func icon(c plan.Change) string {
	sign := actionIcon(c.Action)
	if slices.ContainsFunc(c.Risks, func(r plan.Risk) bool { return r.Level.Reaches(plan.MediumRisk) }) {
		sign += " ⚠️"
	}
	return sign
}

func actionIcon(a plan.Action) string {
	return map[plan.Action]string{
		plan.Add: "➕", plan.Update: "✏️", plan.Destroy: "➖", plan.Adopt: "🟰", plan.Forget: "▫️",
	}[a]
}

// cellValue is how many bytes of a value a table shows. The diff has the full value.
const cellValue = 120

func what(c plan.Change) string {
	switch {
	case c.Before == nil:
		return brief(value(c.Type, c.After), cellCode)
	case c.After == nil:
		return brief(value(c.Type, c.Before), cellCode)
	}

	var parts []string
	for _, r := range changedRows(c) {
		parts = append(parts, string(r.name)+" "+changedCell(r))
	}

	if len(parts) == 0 {
		return brief(value(c.Type, c.After), cellCode) + " as it is"
	}

	return strings.Join(parts, ", ")
}

// cellColumns is how many columns of a long changed value a table shows. A key has no place to break a line, so a
// longer part would push the rest of the table off the screen.
const cellColumns = 60

// changedCell shows an attribute that changes: both values, or the marked differences of long ones.
func changedCell(r row) string {
	d := r.difference()
	if !r.onBothSides() || len(r.before) < long && len(r.after) < long || d.count() == 0 {
		before, after := sides(d)
		return brief(before, cellCode) + " → " + brief(after, cellCode)
	}
	shown, more := d.around(cellColumns)
	cell := markedParts(shown)
	if more > 0 {
		cell += " and " + english.Count(more, "more difference")
	}
	return cell
}

// markedParts returns parts of a value as code: removed parts struck through, added parts in bold. The spaces
// between the parts do not belong to the value, but without them some renderers do not recognize all marks.
func markedParts(list []part) string {
	var out []string
	for len(list) > 0 {
		n := slices.IndexFunc(list, func(p part) bool { return p.kind != list[0].kind })
		if n < 0 {
			n = len(list)
		}

		text := cellCode(plainText(list[:n]))
		switch list[0].kind {
		case removed:
			text = "~~" + text + "~~"
		case added:
			text = "**" + text + "**"
		}

		out = append(out, text)
		list = list[n:]
	}

	return strings.Join(out, " ")
}

// sides returns both values of a difference. Values that differ never look the same.
func sides(d difference) (before, after string) {
	all := d.whole()
	return plainText(side(all, removed)), plainText(side(all, added))
}

func plainText(list []part) string {
	var b strings.Builder
	for _, p := range list {
		b.WriteString(p.text)
	}
	return b.String()
}

// brief shows a value as code, shortened to about cellValue bytes. It shortens a value with escapes further,
// because an escape takes up to six times the size of its character.
func brief(s string, code func(string) string) string {
	c := code(shorten(s, cellValue))
	for n := cellValue; len(c) > 2*cellValue && n > 10; n /= 2 {
		c = code(shorten(s, n/2))
	}
	return c
}

func shorten(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
