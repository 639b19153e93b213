package render

import (
	"github.com/cfplan/cfplan/internal/plan"
)

// movedLine is a record that another block declares by now, in Terraform's words.
func movedLine(m plan.Move) string { return Escape(m.From) + " has moved to " + Escape(m.To) }

// mostMoved of a zone are named; more are counted.
const mostMoved = 50

// movedLines are those of a zone, as far as they are named.
func movedLines(z plan.Zone) []string {
	var out []string
	for i, m := range z.Moved {
		if i == mostMoved {
			return append(out, "and "+plural(len(z.Moved)-i, "more record"))
		}
		out = append(out, movedLine(m))
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

func (m *md) moved() {
	n := 0
	for _, z := range m.plan.Zones {
		n += len(z.Moved)
	}
	if n == 0 {
		return
	}
	if m.detail == countsOnly {
		m.line("**%s with another address.**\n", plural(n, "record"))
		return
	}
	m.line("<details><summary>%s with another address, as the block was renamed</summary>\n", plural(n, "record"))
	for _, z := range m.plan.Zones {
		for _, line := range movedLines(z) {
			m.line("- %s", code(shorten(line, 2*cellValue)))
		}
	}
	m.line("\n</details>\n")
}
