package render

import (
	"fmt"
	"strings"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
)

const driftTitle = "changed outside of cfplan since it last wrote:"

// driftLine shows in one line how a record was changed elsewhere: what cfplan wrote, and what is there now.
// It uses none of the symbols of planned changes.
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

// mostDrift is how many records are named on a page that also has planned changes.
const mostDrift = 50

// drift lists the changes made elsewhere, zone by zone. On a page without other content the list is not
// folded and has as much room as it needs.
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
