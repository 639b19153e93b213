package render

import (
	"fmt"
	"strings"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
)

const driftTitle = "changed outside of cfplan since it last wrote:"

// driftLine is what somebody did to one record, in one line: what cfplan wrote,
// and what is there. It has none of the symbols of what is planned.
func driftLine(c plan.Change) string {
	record := Escape(string(c.Type)) + " " + Escape(c.Name)
	switch {
	case c.Before == nil:
		return "added: " + record + " " + Escape(value(c.Type, c.After))
	case c.After == nil:
		return "removed: " + record + " " + Escape(value(c.Type, c.Before))
	}
	var parts []string
	for _, r := range pair(attributes(c.Before), attributes(c.After)) {
		if r.changed() {
			parts = append(parts, fmt.Sprintf("%s %s -> %s", r.name, r.before, r.after))
		}
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
