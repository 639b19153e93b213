package render

import (
	"fmt"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
)

// movedLine reports, in Terraform's words, a record that another block now declares.
func movedLine(m plan.Move) string { return Escape(m.From) + " has moved to " + Escape(m.To) }

func movedLines(z plan.Zone) []string {
	out := make([]string, len(z.Moved))
	for i, m := range z.Moved {
		out[i] = movedLine(m)
	}
	return out
}

// moved lists the records whose block now has another address. The records themselves do not change.
func (t *text) moved(z plan.Zone) {
	for _, line := range movedLines(z) {
		t.line("  # %s", line)
	}
	if len(z.Moved) > 0 {
		t.line("")
	}
}

// mostMoved is how many moved records a page names. The others are counted.
const mostMoved = 10

func (m *md) moved() string {
	var all []plan.Move
	for _, z := range m.plan.Zones {
		all = append(all, z.Moved...)
	}

	if len(all) == 0 {
		return ""
	}

	lines := list(m.Most/shareOfMoved, mostMoved, len(all),
		func(i int) string { return "- " + code(shorten(movedLine(all[i]), 2*cellValue)) + "\n" },
		func(left int) string { return fmt.Sprintf("- and %d more\n", left) })

	return fmt.Sprintf("<details><summary>%s with another address, because the block was "+
		"renamed</summary>\n\n%s\n</details>\n\n",
		english.Count(len(all), "record"), lines)
}
