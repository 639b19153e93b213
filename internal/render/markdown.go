package render

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
)

const (
	// CommentSize is the most bytes of a page that becomes a comment: it stays below the 65,536
	// characters that GitHub takes, with room for what a job adds around it.
	CommentSize = 60_000
	// JobSummarySize is the most bytes of a page that becomes the summary of a step in GitHub
	// Actions: it stays below the 1 MiB at which GitHub drops all of it.
	JobSummarySize = 1_000_000
)

// MarkdownOptions say what a page is for.
type MarkdownOptions struct {
	// Most is how many bytes the page may have; 0 stands for CommentSize.
	Most int
	// Path turns a file of the configuration into one of the repository; nil keeps it.
	Path func(file string) string
	// Link returns the address of a line of a file of the configuration, or "" if it has none;
	// nil stands for a page without links.
	Link func(file string, line int) string
	// ShowAll is the command that shows the whole plan, if it is saved.
	ShowAll string
	// InLog: the log of the job that the page is made for has the whole plan.
	InLog bool
}

// Markdown writes the plan for a pull request. The verdict, the counts, the destroys, the risks
// and why a plan is read-only come first, each within its share of the page. The rest of the page
// is filled with changes, the most important ones first: see choice. What is left out is counted
// by zone, action and type, and the page says how to see it.
func Markdown(w io.Writer, p *plan.Plan, o MarkdownOptions) error {
	if o.Most == 0 {
		o.Most = CommentSize
	}
	if o.Path == nil {
		o.Path = asItIs
	}

	m := &md{plan: p.Masked(), MarkdownOptions: o}
	_, err := w.Write(m.cut(m.page()))
	return err
}

// md is a page in the making.
type md struct {
	MarkdownOptions
	plan *plan.Plan
}

func (m *md) page() []byte {
	changes := newChoice(m)
	title, head, foot := m.title(), m.head(changes), m.foot()
	total := len(changes.ranked)
	room := m.Most - len(title) - len(head) - len(foot)

	tables, shown := changes.fill(room - len(m.leftOut(total, total)))
	note, diff := "", ""
	if shown < total {
		note = m.leftOut(shown, total)
	} else {
		diff = m.diff(changes, room-len(tables))
	}

	return []byte(title + note + head + tables + diff + foot)
}

// leftOut says loudly that the page does not show all changes, and what does.
func (m *md) leftOut(shown, total int) string {
	return fmt.Sprintf("> [!IMPORTANT]\n> **This page shows %d of %s**, the most important first. %s\n\n",
		shown, english.Count(total, "change"), m.seeAll())
}

// seeAll says what shows the whole plan.
func (m *md) seeAll() string {
	switch {
	case m.ShowAll != "" && m.InLog:
		return "The log of the job has the whole plan, and " + code(m.ShowAll) + " prints it."
	case m.InLog:
		return "The log of the job has the whole plan."
	case m.ShowAll != "":
		return code(m.ShowAll) + " prints the whole plan."
	default:
		return "`cfplan show FILE` prints the whole plan, if `plan -out=FILE` has saved it."
	}
}

// head is what always stands on the page, between the title and the changes. Errors, which keep the
// plan from being applied, come before what would be destroyed; mere warnings come after it.
func (m *md) head(changes *choice) string {
	urgent := []string{m.destroys(changes), m.diagnostics()}
	if m.plan.HasErrors() {
		slices.Reverse(urgent)
	}

	parts := []string{
		m.verdict(),
		m.replacement(),
		urgent[0],
		urgent[1],
		m.risks(),
		m.comparisons(),
		m.adoption(),
		m.notRefreshed(),
		m.drift(),
		m.moved(),
	}

	return strings.Join(parts, "")
}

// The most that parts of the head take of the page, as the divisor of its size. Together they
// leave more than a third of it to the changes, whatever the plan says.
const (
	shareOfRisks       = 4
	shareOfVerdict     = 8
	shareOfDestroys    = 8
	shareOfDiagnostics = 16
	shareOfComparisons = 32
	shareOfDrift       = 32
	shareOfMoved       = 64
)

// list writes as many items as it may and as the room holds, and how many more there are. Only
// the items that are written are made.
func list(room, most, n int, item func(i int) string, more func(left int) string) string {
	var b strings.Builder
	for i := range n {
		if i == most {
			return b.String() + more(n-i)
		}

		next := item(i)
		reserve := 0
		if i+1 < n {
			reserve = len(more(n))
		}
		if b.Len()+len(next)+reserve > room {
			return b.String() + more(n-i)
		}

		b.WriteString(next)
	}

	return b.String()
}

// cut is the last resort, for a page too small for what always stands on it. The verdict and the
// counts come first in it; what is lost is said.
func (m *md) cut(out []byte) []byte {
	if len(out) <= m.Most {
		return out
	}
	note := "\n**This page is cut off here.** " + m.seeAll() + "\n"
	out = out[:max(0, m.Most-len(note))]
	return append(out[:bytes.LastIndexByte(out, '\n')+1:len(out)], note...)
}
