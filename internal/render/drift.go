package render

import (
	"fmt"
	"strings"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
)

const driftTitle = "changed outside of cfplan since it last wrote:"

// driftLine shows in one line how others changed a record: the values that cfplan wrote, and the live values. It does
// not use the symbols of planned changes, so that it is not mistaken for one.
func driftLine(c plan.Change) string {
	record := Escape(string(c.Type)) + " " + Escape(c.Name)
	switch {
	case c.Before == nil:
		return "added: " + record + " " + shortValue(c.Type, c.After)
	case c.After == nil:
		return "removed: " + record + " " + shortValue(c.Type, c.Before)
	}

	var parts []string
	for _, r := range changedRows(c) {
		parts = append(parts, r.inRoom(lineRoom))
	}

	return "changed: " + record + ": " + strings.Join(parts, ", ")
}

// mostDrift is how many changed records a page names if it also has planned changes. The others are counted.
const mostDrift = 50

// drift lists the changes made elsewhere, zone by zone. On a page that shows only drift, the list is not folded
// and may take half of the page.
func (m *md) drift() string {
	var all []plan.Change
	for _, z := range m.plan.Zones {
		all = append(all, z.Drift...)
	}

	if len(all) == 0 {
		return ""
	}

	title := english.Count(len(all), "record") + " changed outside of cfplan since it last wrote"
	begin, end := "<details><summary>"+title+"</summary>\n\n", "\n</details>\n\n"
	room, most := m.Most/shareOfDrift, mostDrift
	if m.plan.RefreshOnly {
		begin, end = "**"+title+"**\n\n", "\n"
		room, most = m.Most/2, len(all)
	}

	return begin + list(room, most, len(all),
		func(i int) string { return "- " + code(shorten(driftLine(all[i]), 2*cellValue)) + "\n" },
		func(left int) string { return fmt.Sprintf("- **and %d more.** %s\n", left, m.seeAll()) }) + end
}
