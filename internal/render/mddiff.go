package render

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

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
	sign := symbol(c.Action)
	if c.Action == plan.Update {
		sign = "!" // GitHub gives a line no colour for "~"
	}
	after := ""
	if c.Forget {
		after = givenUp
	}
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
			fmt.Fprintf(b, "-   %s = %s\n+   %s = %s\n", r.name, r.before, r.name, r.after)
		case r.name == dns.AttrContent:
			fmt.Fprintf(b, "    %s = %s\n", r.name, r.after)
		}
	}
}
