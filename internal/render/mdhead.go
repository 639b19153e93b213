package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
)

// title returns the heading of the page: the kind of the plan and its counts. If the plan has a hash, the first
// line is an HTML comment from which programs read it.
func (m *md) title() string {
	id := ""
	if m.plan.Hash != "" {
		id = fmt.Sprintf("<!-- cfplan:v1 plan=%s -->\n", inComment(m.plan.Hash))
	}

	verdict := "live"
	switch {
	case m.plan.Mode != plan.Live:
		verdict = "READ-ONLY"
	case m.plan.HasErrors():
		verdict = "WITH ERRORS, cannot be applied"
	}

	zones := ""
	if len(m.plan.Zones) > 0 {
		zones = code(shorten(zoneList(zoneNames(m.plan)), mostZoneNames)) + "\n\n"
	}

	return fmt.Sprintf("%s### cfplan (%s): %s\n\n%s", id, verdict, bareSummary(m.plan), zones)
}

// mostZoneNames limits the zone names below the title, in bytes. DNS allows 253 bytes for each name.
const mostZoneNames = 600

// inComment keeps only the characters that a hash can have, so that a forged one does not end the HTML comment.
func inComment(hash string) string {
	return strings.Map(func(r rune) rune {
		if r == ':' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' {
			return r
		}
		return -1
	}, shorten(hash, len("sha256:")+64))
}

// foot returns the last line of the page: the hash of the plan, and when and by which version it was made.
func (m *md) foot() string {
	made := english.Minute(m.plan.CreatedAt) + " by cfplan " + mdText(shorten(m.plan.CfplanVersion, cellValue))
	if m.plan.Hash == "" {
		return fmt.Sprintf("<sub>Plan of %s</sub>\n", made)
	}
	return fmt.Sprintf("<sub>Plan %s of %s</sub>\n", code(inComment(m.plan.Hash)), made)
}

const (
	// mostRefusals is how many different refusals are shown in full, because hundreds of zones, each refused with its
	// own message, must not keep the changes off the page.
	mostRefusals = 5
	// mostSteps is how many steps of guidance are shown with a refusal.
	mostSteps = 20
	// sentence limits a sentence of a plan, which may be forged, in bytes.
	sentence = 1000
)

// verdict says that the plan cannot be applied, why, and what to do about it.
func (m *md) verdict() string {
	switch {
	case m.plan.Mode == plan.Live && m.plan.HasErrors():
		return fmt.Sprintf("> [!CAUTION]\n> **%s**\n\n", withErrors)
	case m.plan.Mode == plan.Live:
		return ""
	}

	all := refusals(m.plan.Degraded)
	reasons := list(m.Most/shareOfVerdict, mostRefusals, len(all),
		func(i int) string { return m.refusal(all[i]) },
		func(left int) string {
			return fmt.Sprintf(">\n> and %d more refusals of other kinds. %s\n", left, m.seeAll())
		})

	return fmt.Sprintf("> [!CAUTION]\n> **%s**\n%s\n", mdText(shorten(headline(m.plan), sentence)), reasons)
}

func (m *md) refusal(r refusal) string {
	var b strings.Builder
	fmt.Fprintf(&b, ">\n> %s: %s\n>\n> Cause: %s\n>\n", mdText(shorten(zoneList(r.zones), mostZoneNames)),
		mdText(shorten(Refusal(r.Degradation), sentence)), mdText(shorten(r.Cause, sentence)))
	for i, step := range r.Guidance[:min(len(r.Guidance), mostSteps)] {
		fmt.Fprintf(&b, "> %d. %s\n", i+1, mdText(shorten(step, sentence)))
	}
	return b.String()
}

// mostDiagnostics is how many diagnostics are shown. Usually there are few, but a forged plan can have any number.
const mostDiagnostics = 20

// diagnostics shows errors first, because they prevent an apply.
func (m *md) diagnostics() string {
	if len(m.plan.Diagnostics) == 0 {
		return ""
	}

	bySeverity := func(a, b plan.Diagnostic) int { return strings.Compare(string(a.Severity), string(b.Severity)) }
	all := grouped(slices.SortedStableFunc(slices.Values(m.plan.Diagnostics), bySeverity), ofPlan)
	after := make([]int, len(all)+1) // for each entry, the number of diagnostics in it and in the entries after it
	for i := len(all) - 1; i >= 0; i-- {
		after[i] = after[i+1] + max(1, len(all[i].rest))
	}

	return list(m.Most/shareOfDiagnostics, mostDiagnostics, len(all),
		func(i int) string { return m.diagnostic(all[i]) },
		func(left int) string { return fmt.Sprintf("- and %d more\n", after[len(all)-left]) }) + "\n"
}

func (m *md) diagnostic(e entry[plan.Diagnostic]) string {
	d := e.first
	summary := fmt.Sprintf("**%s: %s**", mdText(string(d.Severity)), mdText(shorten(d.Summary, cellValue)))
	if e.rest != nil {
		return fmt.Sprintf("- %s (%d more)<br>%s\n", summary, len(e.rest), mdText(restOf(e.rest, m.Path)))
	}
	if d.Position != nil {
		summary += " (" + m.where(*d.Position, code, true) + ")"
	}

	prose, block := declarationsIn(d.Detail)
	text := fmt.Sprintf("- %s<br>%s\n", summary, mdLines(shorten(prose, sentence)))
	if block != "" {
		text += m.block(shorten(block, mostBlock))
	}

	return text
}

// mostBlock bounds the declarations of a diagnostic, in bytes.
const mostBlock = 16 * cellValue

// block returns lines verbatim, in a code fence that is a part of a list item.
func (m *md) block(text string) string {
	fence := strings.Repeat("`", max(3, longestRun(text, '`')+1))
	var b strings.Builder
	fmt.Fprintf(&b, "\n  %s\n", fence)
	for line := range strings.Lines(text) {
		line = strings.TrimPrefix(strings.TrimSuffix(line, "\n"), "  ")
		fmt.Fprintf(&b, "  %s\n", defuse(Escape(line)))
	}
	fmt.Fprintf(&b, "  %s\n", fence)
	return b.String()
}

// mostComparisons limits the list of sources with which the zones were compared.
const mostComparisons = 20

// comparisons says how far to trust a read-only plan.
func (m *md) comparisons() string {
	all := comparisons(m.plan)
	if m.plan.Mode == plan.Live || len(all) == 0 {
		return ""
	}
	lines := list(m.Most/shareOfComparisons, mostComparisons, len(all),
		func(i int) string { return comparison(all[i]) },
		func(int) string { return "- and other zones with other snapshots\n" })
	return "**How far to trust this plan**\n\n" + lines + "\n"
}

func comparison(c compared) string {
	text := fmt.Sprintf("- %s %s %s.\n", mdText(shorten(zoneList(c.zones), mostZoneNames)), c.verb(),
		mdText(shorten(c.words, sentence)))
	for _, note := range c.notes {
		text += fmt.Sprintf("  <br>%s\n", mdText(shorten(note, sentence)))
	}
	return text
}

// replacement warns that unmanaged records are replaced.
func (m *md) replacement() string {
	text := replacement(m.plan)
	if text == "" {
		return ""
	}
	return fmt.Sprintf("> [!WARNING]\n> **%s**\n\n", mdText(text))
}

// adoption says which records are adopted, and which of them are changed.
func (m *md) adoption() string { return paragraph(adoption(m.plan)) }

// notRefreshed says which zones were not read.
func (m *md) notRefreshed() string { return paragraph(shorten(notRefreshed(m.plan), 2*sentence)) }

func paragraph(text string) string {
	if text == "" {
		return ""
	}
	return mdText(text) + "\n\n"
}

// mostDestroys is how many destroys are named above the changes. The other destroys come first among the changes.
const mostDestroys = 10

// destroys lists the records that will be destroyed, in the order of choice: the worst first, and the zones in turns.
func (m *md) destroys(changes *choice) string {
	n := m.plan.Summary.Destroy
	if n == 0 {
		return ""
	}

	will := "will"
	if m.plan.Mode != plan.Live || m.plan.HasErrors() {
		will = "would"
	}

	first := changes.destroys(mostDestroys)
	lines := list(m.Most/shareOfDestroys, mostDestroys, n,
		func(i int) string {
			if i >= len(first) { // a forged count
				return ""
			}
			c := first[i]
			return fmt.Sprintf("> - %s %s %s\n", mdText(shorten(string(c.Type), 40)), brief(c.Name, code),
				brief(value(c.Type, theSide(c)), code))
		},
		func(left int) string { return fmt.Sprintf("> - **and %d more**, which come first below\n", left) })

	return fmt.Sprintf("> [!WARNING]\n> **%s %s be destroyed:**\n>\n%s\n", english.Count(n, "record"), will, lines)
}
