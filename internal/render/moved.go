package render

import (
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
)

// movedLine is a record that another block declares by now, in Terraform's words.
func movedLine(m plan.Move) string { return Escape(m.From) + " has moved to " + Escape(m.To) }

func movedLines(z plan.Zone) []string {
	out := make([]string, len(z.Moved))
	for i, m := range z.Moved {
		out[i] = movedLine(m)
	}
	return out
}

// moved says which records have got another address. Nothing happens to them.
func (t *text) moved(z plan.Zone) {
	for _, line := range movedLines(z) {
		t.line("  # %s", line)
	}
	if len(z.Moved) > 0 {
		t.line("")
	}
}

// mostMoved are named on a page that has changes to show, too.
const mostMoved = 10

func (m *md) moved() {
	var lines []string
	for _, z := range m.plan.Zones {
		lines = append(lines, movedLines(z)...)
	}
	switch {
	case len(lines) == 0:
	case m.detail != fullDiff:
		m.line("**%s with another address.**\n", english.Count(len(lines), "record"))
	default:
		m.line("<details><summary>%s with another address, as the block was renamed</summary>\n",
			english.Count(len(lines), "record"))
		for _, line := range lines[:min(mostMoved, len(lines))] {
			m.line("- %s", code(shorten(line, 2*cellValue)))
		}
		if more := len(lines) - mostMoved; more > 0 {
			m.line("- and %d more", more)
		}
		m.line("\n</details>\n")
	}
}
