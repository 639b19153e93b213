package render

import (
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
)

func (m *md) zone(z plan.Zone) {
	if len(z.Changes) == 0 {
		return
	}
	if m.detail == countsOnly {
		m.line("- %s: %s", code(z.Name), toDo(z.Summary))
		return
	}
	m.line("#### %s", code(z.Name))
	if rest := others(z.Summary, z); rest != "" {
		m.line("\n%s", mdText(rest))
	}
	m.line("\n| | Type | Name | Change | Where |\n|-|-|-|-|-|")
	for _, c := range ordered(z.Changes) {
		if m.detail == countedAdds && c.Action == plan.Add {
			continue
		}
		m.row(c, z.Source.Kind == plan.SourceSample)
	}
	if m.detail == countedAdds && z.Summary.Add > 0 {
		m.line("| + | | | and %s to add | |", english.Count(z.Summary.Add, "record"))
	}
	m.line("")
}

// ordered puts first what a reviewer must see.
func ordered(changes []plan.Change) []plan.Change {
	order := []plan.Action{plan.Destroy, plan.Update, plan.Adopt, plan.Forget, plan.Add}
	return slices.SortedStableFunc(slices.Values(changes), func(a, b plan.Change) int {
		return slices.Index(order, a.Action) - slices.Index(order, b.Action)
	})
}

func (m *md) row(c plan.Change, sample bool) {
	where := ""
	if c.DeclaredAt != nil {
		where = code(place(*c.DeclaredAt))
	}
	if c.DeclaredAt == nil && c.Reason != "" {
		where = mdText(shorten(c.Reason, cellValue))
	}
	if c.Forget {
		where += mdText(givenUp)
	}
	if c.Pending {
		where += " (pending before)"
	}
	if sample {
		where += " (sample)"
	}
	m.line("| %s | %s | %s | %s | %s |", icon(c), mdText(string(c.Type)), code(c.Name), what(c), where)
}

// icon shows what is done, and whether there is a risk of more than the lowest
// level, which the list above spells out.
func icon(c plan.Change) string {
	sign := map[plan.Action]string{
		plan.Add: "➕", plan.Update: "✏️", plan.Destroy: "➖", plan.Adopt: "🟰", plan.Forget: "▫️",
	}[c.Action]
	if slices.ContainsFunc(c.Risks, func(r plan.Risk) bool { return r.Level.Reaches(plan.MediumRisk) }) {
		sign += " ⚠️"
	}
	return sign
}

const cellValue = 120 // bytes of a value in a table; the diff has all of it

func what(c plan.Change) string {
	switch {
	case c.Before == nil:
		return brief(value(c.Type, c.After))
	case c.After == nil:
		return brief(value(c.Type, c.Before))
	}
	var parts []string
	for _, r := range changedRows(c) {
		parts = append(parts, string(r.name)+" "+changedCell(r))
	}
	if len(parts) == 0 {
		return brief(value(c.Type, c.After)) + " as it is"
	}
	return strings.Join(parts, ", ")
}

// changedCell is an attribute that changes: both values, or of long ones the words
// that differ.
func changedCell(r row) string {
	if r.onBothSides() && (len(r.before) >= long || len(r.after) >= long) {
		if out, in := changedWords(r.before, r.after); len(out)+len(in) > 0 {
			return strings.Join(append(wordCells("− ", out), wordCells("+ ", in)...), " ")
		}
	}
	return brief(r.before) + " → " + brief(r.after)
}

// mostWords bounds the words of one side in a cell.
const mostWords = 12

func wordCells(sign string, words []string) []string {
	if len(words) == 0 {
		return nil
	}
	shown := shorten(strings.Join(words[:min(len(words), mostWords)], " "), 2*cellValue)
	if len(words) > mostWords {
		shown += " …"
	}
	return []string{sign + code(shown)}
}

// brief is a value as code that is not much longer than it may be: what is written
// out takes up to six times its room.
func brief(s string) string {
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
