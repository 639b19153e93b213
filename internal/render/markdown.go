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
	// CommentSize is the largest size of a page that becomes a comment, in bytes. It is below the 65,536
	// characters that GitHub accepts, and leaves room for what a job adds around the page.
	CommentSize = 60_000
	// JobSummarySize is the largest size of a page that becomes the summary of a step in GitHub Actions, in
	// bytes. It is below 1 MiB, from which on GitHub drops the whole summary.
	JobSummarySize = 1_000_000
)

// MarkdownOptions says what a page is for.
type MarkdownOptions struct {
	// Most is the largest size of the page in bytes; 0 means CommentSize.
	Most int
	// Path turns the path of a file of the configuration into its path in the repository; nil keeps the path.
	Path func(file string) string
	// Link returns the web address of a line of a file of the configuration, or "" if it has none. Nil means a page
	// without links.
	Link func(file string, line int) string
	// ShowAll is the command that shows the whole plan; empty if the plan is not saved.
	ShowAll string
	// InLog is true if the log of the job that makes the page has the whole plan.
	InLog bool
}

// Markdown writes the plan for a pull request. The verdict, the counts, the destroys, the risks and the reasons
// for a read-only plan come first, each within its share of the page. Changes fill the rest of the page, the most
// important first; see choice. The page counts the changes that it leaves out by zone, action and type, and says
// how to see them.
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

// md is a page that is being written.
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

// leftOut says prominently that the page does not show all changes, and how to see them.
func (m *md) leftOut(shown, total int) string {
	return fmt.Sprintf("> [!IMPORTANT]\n> **This page shows %d of %s**, the most important first. %s\n\n",
		shown, english.Count(total, "change"), m.seeAll())
}

// seeAll says where the whole plan is.
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

// head returns the part of the page between the title and the changes. Errors, which prevent an apply, come
// before the destroys; warnings come after them.
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

// These limit the parts of the head: each part may take the size of the page divided by its number. Together they
// leave more than a third of the page to the changes, whatever the plan contains.
const (
	shareOfRisks       = 4
	shareOfVerdict     = 8
	shareOfDestroys    = 8
	shareOfDiagnostics = 16
	shareOfComparisons = 32
	shareOfDrift       = 32
	shareOfMoved       = 64
)

// list returns the first of n items, as many as most allows and as fit into room bytes, and counts the rest with
// more. It calls item only for the items that it tries.
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

// cut cuts off the end of a page whose fixed parts alone are too large. It keeps the beginning, with the verdict
// and the counts, and says that the page is cut.
func (m *md) cut(out []byte) []byte {
	if len(out) <= m.Most {
		return out
	}
	note := "\n**This page is cut off here.** " + m.seeAll() + "\n"
	out = out[:max(0, m.Most-len(note))]
	return append(out[:bytes.LastIndexByte(out, '\n')+1:len(out)], note...)
}
