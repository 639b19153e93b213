package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
)

func (m *md) title() {
	verdict := "live"
	switch {
	case m.plan.Mode != plan.Live:
		verdict = "READ-ONLY"
	case m.plan.HasErrors():
		verdict = "WITH ERRORS, cannot be applied"
	}
	m.line("### cfplan (%s): %s\n\n%s\n", verdict, bareSummary(m.plan), code(zoneList(zoneNames(m.plan))))
}

// verdict says first of all that the plan is for reading only.
func (m *md) verdict() {
	if m.plan.Mode != plan.Live {
		m.line("> [!CAUTION]\n> **%s**\n", mdText(headline(m.plan)))
	}
}

// mostRefusals of different kinds are told whole; hundreds of zones that are each
// refused in their own words must not keep the changes off the page.
const mostRefusals = 5

// mostDiagnostics are shown; they are few, but a forged plan can have any number.
const mostDiagnostics = 20

// diagnostics are errors first: a plan with one is not applied.
func (m *md) diagnostics() {
	bySeverity := func(a, b plan.Diagnostic) int { return strings.Compare(string(a.Severity), string(b.Severity)) }
	list := slices.SortedStableFunc(slices.Values(m.plan.Diagnostics), bySeverity)
	all := grouped(list, ofPlan)
	for _, e := range all[:min(len(all), mostDiagnostics)] {
		m.diagnostic(e)
		list = list[max(1, len(e.rest)):]
	}
	if len(list) > 0 {
		m.line("- and %d more", len(list))
	}
	if len(all) > 0 {
		m.line("")
	}
}

func (m *md) diagnostic(e entry[plan.Diagnostic]) {
	d := e.first
	summary := fmt.Sprintf("**%s: %s**", mdText(string(d.Severity)), mdText(shorten(d.Summary, cellValue)))
	if e.rest != nil {
		m.line("- %s (%d more)<br>%s", summary, len(e.rest), mdText(restOf(e.rest, asItIs)))
		return
	}
	if d.Position != nil {
		summary += " (" + code(place(*d.Position)) + ")"
	}
	prose, block := declarationsIn(d.Detail)
	m.line("- %s<br>%s", summary, mdText(shorten(prose, 4*cellValue)))
	if block != "" && m.detail <= allRows {
		m.block(shorten(block, mostBlock))
	}
}

// mostBlock bounds the declarations of a diagnostic, in bytes.
const mostBlock = 16 * cellValue

// block writes lines verbatim, as a part of a list item.
func (m *md) block(text string) {
	fence := strings.Repeat("`", max(3, longestRun(text, '`')+1))
	m.line("\n  %s", fence)
	for line := range strings.Lines(text) {
		line = strings.TrimPrefix(strings.TrimSuffix(line, "\n"), "  ")
		m.line("  %s", defuse(Escape(line)))
	}
	m.line("  %s", fence)
}

// readOnly says why the plan is for reading only, and how far to trust it.
func (m *md) readOnly() {
	if m.plan.Mode == plan.Live {
		return
	}
	m.line("> **Why, and what to do**")
	all := refusals(m.plan.Degraded)
	for i, r := range all {
		if i == mostRefusals {
			m.line(">\n> and %d more refusals of other kinds; `cfplan show` has them all", len(all)-i)
			break
		}
		m.line(">\n> %s: %s\n>\n> Cause: %s", mdText(zoneList(r.zones)), mdText(Refusal(r.Degradation)), mdText(r.Cause))
		m.line(">")
		for i, step := range r.Guidance {
			m.line("> %d. %s", i+1, mdStep(step))
		}
	}
	for i, c := range comparisons(m.plan) {
		if i == mostComparisons {
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

// adoption says what is adopted, and what of it is changed.
func (m *md) adoption() {
	if sentence := adoption(m.plan); sentence != "" {
		m.line("%s\n", mdText(sentence))
	}
}

// notRefreshed says which zones were not read.
func (m *md) notRefreshed() {
	if sentence := notRefreshed(m.plan); sentence != "" {
		m.line("%s\n", mdText(sentence))
	}
}

const (
	// mostComparisons bounds the list of what zones were compared with.
	mostComparisons = 20
	// mostDestroys are named in the warning; more are counted there.
	mostDestroys = 100
)

func (m *md) destroys() {
	if m.plan.Summary.Destroy == 0 {
		return
	}
	m.line("> [!WARNING]\n> **%s will be destroyed:**", english.Count(m.plan.Summary.Destroy, "record"))
	n := 0
	for _, z := range m.plan.Zones {
		for _, c := range z.Changes {
			if c.Action != plan.Destroy {
				continue
			}
			if n++; n <= mostDestroys {
				m.line("> - %s", brief(strings.TrimPrefix(Line(c), "- ")))
			}
		}
	}
	if n > mostDestroys {
		m.line("> - **and %d more**", n-mostDestroys)
	}
	m.line("")
}
