package render

import (
	"strings"

	"github.com/cfplan/cfplan/internal/plan"
)

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
