package render

import (
	"bytes"
	"fmt"
	"io"

	"github.com/cfplan/cfplan/internal/plan"
)

const (
	// maxMarkdown keeps a comment below the 65,536 characters that GitHub takes,
	// with room for what a job adds around it.
	maxMarkdown = 60_000
	// maxJobSummary keeps a job's summary below the 1 MiB at which GitHub drops all
	// of it.
	maxJobSummary = 1_000_000
)

// Markdown writes the plan for a pull request, in at most 60,000 bytes. A plan
// that is too large is shown in steps: with the full diff, with a table of all
// changes, with the adds counted, with a count for each zone. The verdict, the
// counts and the destroys stand in all of them; what was left out is said.
func Markdown(w io.Writer, p *plan.Plan) error { return markdownWithin(w, p, maxMarkdown) }

// JobSummary is Markdown for the summary of a GitHub Actions job, in at most
// 1,000,000 bytes.
func JobSummary(w io.Writer, p *plan.Plan) error { return markdownWithin(w, p, maxJobSummary) }

func markdownWithin(w io.Writer, p *plan.Plan, most int) error {
	p = p.Masked()
	var out []byte
	for _, detail := range []detail{fullDiff, allRows, countedAdds, countsOnly} {
		if out = markdown(p, detail, most); len(out) <= most {
			break
		}
	}
	_, err := w.Write(cut(out, most))
	return err
}

// cut is the last resort, for a plan of which even the counts do not fit. The
// verdict and the counts come first in it; what is lost is said.
func cut(out []byte, most int) []byte {
	const note = "\n\n**This page is cut off here.** `cfplan show` prints all of it from the saved plan.\n"
	if len(out) <= most {
		return out
	}
	out = out[:most-len(note)]
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

func markdown(p *plan.Plan, d detail, most int) []byte {
	m := &md{plan: p, detail: d, roomy: most > maxMarkdown}
	if p.Hash != "" {
		m.line("<!-- cfplan:v1 plan=%s -->", mdText(p.Hash))
	}
	m.title()
	m.verdict()
	m.destroys()
	m.diagnostics()
	m.readOnly()
	m.adoption()
	m.notRefreshed()
	m.risks()
	m.drift()
	m.moved()
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
	// roomy: the page has room for lists of any length.
	roomy bool
	out   bytes.Buffer
}

func (m *md) line(format string, args ...any) {
	fmt.Fprintf(&m.out, format, args...)
	m.out.WriteByte('\n')
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
