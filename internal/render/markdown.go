package render

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/plan"
)

// maxMarkdown keeps a comment below the 65,536 characters that GitHub takes, with
// room for what a job adds around it.
const maxMarkdown = 60_000

// Markdown writes the plan for a pull request, in at most 60,000 bytes. A plan
// that is too large is shown in steps: with the full diff, with a table of all
// changes, with the adds counted, with a count for each zone. The verdict, the
// counts and the destroys stand in all of them; what was left out is said.
func Markdown(w io.Writer, p *plan.Plan) error {
	var out []byte
	for _, detail := range []detail{fullDiff, allRows, countedAdds, countsOnly} {
		if out = markdown(p, detail); len(out) <= maxMarkdown {
			break
		}
	}
	_, err := w.Write(cut(out))
	return err
}

// cut is the last resort, for a plan of which even the counts do not fit. The
// verdict and the counts come first in it; what is lost is said.
func cut(out []byte) []byte {
	const note = "\n\n**This page is cut off here.** `cfplan show` prints all of it from the saved plan.\n"
	if len(out) <= maxMarkdown {
		return out
	}
	out = out[:maxMarkdown-len(note)]
	return append(out[:bytes.LastIndexByte(out, '\n')+1:len(out)], note...)
}

// detail is how much of a plan is shown.
type detail int

const (
	fullDiff detail = iota
	allRows
	countedAdds
	countsOnly
)

func markdown(p *plan.Plan, d detail) []byte {
	m := &md{plan: p, detail: d}
	if p.Hash != "" {
		m.line("<!-- cfplan:v1 plan=%s -->", mdText(p.Hash))
	}
	m.title()
	m.readOnly()
	m.destroys()
	for _, z := range p.Zones {
		m.zone(z)
	}
	if d == fullDiff {
		m.diff()
	}
	m.leftOut()
	return m.out.Bytes()
}

type md struct {
	plan   *plan.Plan
	detail detail
	out    bytes.Buffer
}

func (m *md) line(format string, args ...any) {
	fmt.Fprintf(&m.out, format, args...)
	m.out.WriteByte('\n')
}

func (m *md) title() {
	verdict := "live"
	if m.plan.Mode != plan.Live {
		verdict = "READ-ONLY"
	}
	names := make([]string, len(m.plan.Zones))
	for i, z := range m.plan.Zones {
		names[i] = z.Name
	}
	m.line("### cfplan (%s): %s\n\n%s\n", verdict, strings.TrimSuffix(strings.TrimPrefix(Summary(m.plan), "Plan: "), "."), code(zoneList(names)))
}

func (m *md) readOnly() {
	if m.plan.Mode == plan.Live {
		return
	}
	m.line("> [!CAUTION]\n> **%s**", mdText(headline(m.plan)))
	for _, r := range refusals(m.plan.Degraded) {
		m.line(">\n> %s: %s\n>\n> Cause: %s", mdText(zoneList(r.zones)), mdText(Refusal(r.Degradation)), mdText(r.Cause))
		m.line(">")
		for i, step := range r.Guidance {
			m.line("> %d. %s", i+1, mdText(step))
		}
	}
	for i, c := range comparisons(m.plan) {
		if i == mostZones {
			m.line(">\n> and other zones with other snapshots")
			break
		}
		m.line(">\n> %s %s %s.", code(zoneList(c.zones)), c.verb(), mdText(c.words))
		if len(c.notes) > 0 {
			m.line(">")
		}
		for _, note := range c.notes {
			m.line("> - %s", mdText(note))
		}
	}
	m.line("")
}

const (
	// mostZones bounds the lists of zones; a table row takes some 100 bytes.
	mostZones = 100
	// mostDestroys are named in the warning; more are counted there.
	mostDestroys = 100
)

func (m *md) destroys() {
	if m.plan.Summary.Destroy == 0 {
		return
	}
	m.line("> [!WARNING]\n> **%s will be destroyed:**", plural(m.plan.Summary.Destroy, "record"))
	n := 0
	for _, z := range m.plan.Zones {
		for _, c := range z.Changes {
			if c.Action != plan.Destroy {
				continue
			}
			if n++; n <= mostDestroys {
				m.line("> - %s", code(shorten(strings.TrimPrefix(Line(c), "- "), 120)))
			}
		}
	}
	if n > mostDestroys {
		m.line("> - **and %d more**", n-mostDestroys)
	}
	m.line("")
}

func (m *md) zone(z plan.Zone) {
	if len(z.Changes) == 0 {
		return
	}
	if m.detail == countsOnly {
		s := z.Summary
		m.line("- %s: %d to adopt, %d to add, %d to change, %d to destroy", code(z.Name), s.Adopt, s.Add, s.Change, s.Destroy)
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
		m.line("| + | | | and %s to add | |", plural(z.Summary.Add, "record"))
	}
	m.line("")
}

// ordered puts first what a reviewer must see.
func ordered(changes []plan.Change) []plan.Change {
	order := []plan.Action{plan.Destroy, plan.Update, plan.Adopt, plan.Add}
	return slices.SortedStableFunc(slices.Values(changes), func(a, b plan.Change) int {
		return slices.Index(order, a.Action) - slices.Index(order, b.Action)
	})
}

func (m *md) row(c plan.Change, sample bool) {
	where := ""
	if c.DeclaredAt != nil {
		where = code(fmt.Sprintf("%s:%d", c.DeclaredAt.File, c.DeclaredAt.Line))
	}
	if sample {
		where += " (sample)"
	}
	m.line("| %s | %s | %s | %s | %s |", icon(c.Action), mdText(string(c.Type)), code(c.Name), what(c), where)
	for _, r := range c.Risks {
		m.line("| ⚠️ | | | %s | |", mdText(string(r.Level)+": "+r.Text))
	}
}

func icon(a plan.Action) string {
	switch a {
	case plan.Add:
		return "➕"
	case plan.Update:
		return "✏️"
	case plan.Destroy:
		return "➖"
	default:
		return "🟰"
	}
}

const cellValue = 120 // bytes of a value in a table; the diff has all of it

func what(c plan.Change) string {
	switch {
	case c.Before == nil:
		return code(shorten(value(c.Type, c.After), cellValue))
	case c.After == nil:
		return code(shorten(value(c.Type, c.Before), cellValue))
	}
	var parts []string
	for _, r := range pair(attributes(c.Before), attributes(c.After)) {
		if r.changed() {
			parts = append(parts, fmt.Sprintf("%s %s → %s", r.name, code(shorten(r.before, cellValue)), code(shorten(r.after, cellValue))))
		}
	}
	if len(parts) == 0 {
		return code(shorten(value(c.Type, c.After), cellValue)) + " as it is"
	}
	return strings.Join(parts, ", ")
}

func shorten(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// diff is the whole plan in a fence that no value can close.
func (m *md) diff() {
	if !m.plan.HasChanges() {
		return
	}
	var body bytes.Buffer
	for _, z := range m.plan.Zones {
		if len(z.Changes) > 0 {
			fmt.Fprintf(&body, "@@ %s @@\n", Escape(z.Name))
		}
		for _, c := range z.Changes {
			start := body.Len()
			writeDiff(&body, c)
			if z.Source.Kind == plan.SourceSample {
				markSample(&body, start)
			}
		}
	}
	fence := strings.Repeat("`", max(3, longestRun(body.String(), '`')+1))
	m.line("<details><summary>Full diff</summary>\n\n%sdiff\n%s%s\n\n</details>\n", fence, body.String(), fence)
}

// markSample marks every line behind start, leaving the first column to the sign.
func markSample(b *bytes.Buffer, start int) {
	marked := strings.ReplaceAll(string(b.Bytes()[start:]), "\n", "   (sample)\n")
	b.Truncate(start)
	b.WriteString(marked)
}

// writeDiff puts the sign into the first column, where GitHub colours by it.
func writeDiff(b *bytes.Buffer, c plan.Change) {
	sign := map[plan.Action]string{plan.Add: "+", plan.Destroy: "-", plan.Update: "!", plan.Adopt: "="}[c.Action]
	fmt.Fprintf(b, "%s %s %s\n", sign, Escape(string(c.Type)), Escape(c.Name))
	if c.Before == nil || c.After == nil {
		values := c.After
		if values == nil {
			values = c.Before
		}
		for _, a := range attributes(values) {
			fmt.Fprintf(b, "%s   %s = %s\n", sign, a.name, a.text)
		}
		return
	}
	for _, r := range pair(attributes(c.Before), attributes(c.After)) {
		switch {
		case r.changed():
			fmt.Fprintf(b, "-   %s = %s\n+   %s = %s\n", r.name, r.before, r.name, r.after)
		case r.name == "content":
			fmt.Fprintf(b, "    %s = %s\n", r.name, r.after)
		}
	}
}

func (m *md) leftOut() {
	switch m.detail {
	case allRows:
		m.line("**The full diff is too large for this page.** `cfplan show` prints it from the saved plan.")
	case countedAdds:
		m.line("**The adds are too many for this page and are counted only.** `cfplan show` prints them from the saved plan.")
	case countsOnly:
		m.line("**The changes are too many for this page and are counted only.** `cfplan show` prints them from the saved plan.")
	}
}
