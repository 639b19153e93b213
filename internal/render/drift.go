package render

import (
	"fmt"
	"strings"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
)

const driftTitle = "changed outside of cfplan since it last wrote:"

// driftLine says in one line what others did to a record: what cfplan wrote, and what
// is there now. It has none of the symbols of planned changes.
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

// mostDrift is how many records are named on a page; more are counted.
const mostDrift = 50

// drift lists what others did, zone by zone.
func (m *md) drift() string {
	var all []plan.Change
	for _, z := range m.plan.Zones {
		all = append(all, z.Drift...)
	}
	if len(all) == 0 {
		return ""
	}
	lines := list(m.Most/shareOfDrift, mostDrift, len(all),
		func(i int) string { return "- " + code(shorten(driftLine(all[i]), 2*cellValue)) + "\n" },
		func(left int) string { return fmt.Sprintf("- and %d more\n", left) })
	return fmt.Sprintf("<details><summary>%s changed outside of cfplan since it last wrote</summary>\n\n%s\n</details>\n\n",
		english.Count(len(all), "record"), lines)
}
