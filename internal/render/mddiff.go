package render

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
)

// mostMisses is how many changes in a row may be too long for the remaining room before the diff ends. It is not 1,
// because a single long value must not keep all later changes off the page.
const mostMisses = 20

// diff returns as much of the plan as fits, as a diff in a code fence that no value can close. It chooses the
// changes in the order of choice, shows them in the order of the plan, and says how many are missing.
func (m *md) diff(changes *choice, room int) string {
	total := len(changes.ranked)
	if total == 0 {
		return ""
	}

	texts := map[*zoneChoice][]string{}
	shown, misses, run := 0, 0, 0
	const numbers = 20 // bytes by which the numbers in the fence may grow
	room -= len(m.fence("\n", total-1, total, run)) + numbers

	for _, r := range changes.ranked {
		text := diffOf(r)
		grown := max(run, longestRun(text, '`'))
		cost := len(text) + 2*(grown-run)
		if texts[r.zone] == nil {
			cost += len(diffHead(r.zone))
		}

		if cost > room {
			if misses++; misses == mostMisses {
				break
			}
			continue
		}

		if texts[r.zone] == nil {
			texts[r.zone] = make([]string, len(r.zone.order))
		}

		room, run, misses = room-cost, grown, 0
		texts[r.zone][r.zone.order[r.at]] = text
		shown++
	}

	var body strings.Builder
	for _, z := range changes.zones {
		if texts[z] != nil {
			body.WriteString(diffHead(z) + strings.Join(texts[z], ""))
		}
	}

	return m.fence(body.String(), shown, total, run)
}

// fence puts a diff into a fold. run is the length of the longest run of backticks in the diff.
func (m *md) fence(body string, shown, total, run int) string {
	title, after := "Full diff", ""
	if shown < total {
		title = fmt.Sprintf("Diff of %d of %s", shown, english.Count(total, "change"))
		after = fmt.Sprintf("**The diff of %s has no room on this page.** %s\n\n",
			english.Count(total-shown, "change"), m.seeAll())
	}
	if body == "" {
		return after
	}
	fence := strings.Repeat("`", max(3, run+1))
	return fmt.Sprintf("<details><summary>%s</summary>\n\n%sdiff\n%s%s\n\n</details>\n\n%s", title, fence, body,
		fence, after)
}

func diffHead(z *zoneChoice) string { return fmt.Sprintf("@@ %s @@\n", Escape(z.zone.Name)) }

func diffOf(r ranked) string {
	var b bytes.Buffer
	writeDiff(&b, r.change())
	if r.zone.zone.Source.Kind == plan.SourceSample {
		return strings.ReplaceAll(b.String(), "\n", "   (sample)\n")
	}
	return b.String()
}

// writeDiff writes a change with its sign in the first column, from which GitHub takes the color of a line.
func writeDiff(b *bytes.Buffer, c plan.Change) {
	sign := symbol(c.Action)
	if c.Action == plan.Update {
		sign = "!" // GitHub has no color for "~"
	}

	after := asides(c)
	fmt.Fprintf(b, "%s %s %s%s\n", sign, Escape(string(c.Type)), Escape(c.Name), after)
	if c.Before == nil || c.After == nil {
		for _, a := range attributes(theSide(c), c.Sensitive) {
			fmt.Fprintf(b, "%s   %s = %s\n", sign, a.name, a.text)
		}
		return
	}

	for _, r := range rowsOf(c) {
		switch {
		case r.changed():
			before, after := sides(r.difference())
			fmt.Fprintf(b, "-   %s = %s\n+   %s = %s\n", r.name, before, r.name, after)
		case r.name == dns.AttrContent:
			fmt.Fprintf(b, "    %s = %s\n", r.name, r.after)
		}
	}
}
