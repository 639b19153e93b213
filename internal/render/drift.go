package render

import (
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
		return "added: " + record + " " + Escape(value(c.Type, c.After))
	case c.After == nil:
		return "removed: " + record + " " + Escape(value(c.Type, c.Before))
	}
	var parts []string
	for _, r := range changedRows(c) {
		parts = append(parts, r.oneLine())
	}
	return "changed: " + record + ": " + strings.Join(parts, ", ")
}

// mostDrift of a zone is named on a page; more is counted.
const mostDrift = 50

// drift lists what others did, zone by zone.
func (m *md) drift() {
	n := m.plan.Drifted()
	if n == 0 {
		return
	}
	if m.detail == countsOnly {
		m.line("**%s changed outside of cfplan since it last wrote.**\n", english.Count(n, "record"))
		return
	}
	m.line("<details><summary>%s changed outside of cfplan since it last wrote</summary>\n", english.Count(n, "record"))
	for _, z := range m.plan.Zones {
		for i, c := range z.Drift {
			if i == mostDrift {
				m.line("- and %d more in %s", len(z.Drift)-i, code(z.Name))
				break
			}
			m.line("- %s", code(shorten(driftLine(c), 2*cellValue)))
		}
	}
	m.line("\n</details>\n")
}
