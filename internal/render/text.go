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

// A plan on a terminal follows these rules:
//
//   - Whatever prevents an apply comes first, then the changes, then the one line that people
//     and scripts look for.
//   - The grammar is Terraform's: the same symbols, words and summary. Changes are grouped by zone,
//     in blocks that look like the declaration.
//   - Unchanged attributes are hidden and counted. The content is always shown, because it
//     distinguishes the records of a set.
//   - If a long value changes, its differences are shown, with marks around them.
//   - The first risk of a rule also says what to check. The last lines count the risks.
//   - A plan that cannot be applied says "would", not "will".
//   - Color repeats the meaning of the symbols and adds nothing.
//   - Lines that are too long for the terminal continue on the next line, indented.

// TextOptions describes the terminal.
type TextOptions struct {
	Color bool
	// Width is the number of columns. It is 0 if the output is not a terminal; lines are then not folded.
	Width int
}

// Text writes the plan for a terminal, without its diagnostics.
func Text(w io.Writer, p *plan.Plan, o TextOptions) error {
	p = p.Masked()
	t := &text{plan: p, color: o.Color, width: o.Width, checked: map[string]bool{}}
	switch {
	case p.Mode != plan.Live:
		t.readOnly()
	case p.HasErrors():
		t.line("%s\n", t.paint(withErrors, bold, red))
	}

	if p.HasChanges() {
		t.legend()
	}

	for _, z := range p.Zones {
		t.zone(z)
	}

	t.closing()
	_, err := io.WriteString(w, fold(t.out.String(), o.Width))
	return err
}

// withErrors is shown above a plan that has errors.
const withErrors = "This plan has errors and cannot be applied. It shows what would be done without them."

type text struct {
	plan  *plan.Plan
	color bool
	width int
	out   bytes.Buffer
	// checked has the rules whose check was already shown.
	checked map[string]bool
}

func (t *text) line(format string, args ...any) {
	for line := range strings.SplitSeq(fmt.Sprintf(format, args...), "\n") {
		t.out.WriteString(defuse(line) + "\n")
	}
}

// These are codes that every terminal understands.
const (
	bold   = "1"
	red    = "31"
	green  = "32"
	yellow = "33"
	cyan   = "36"
	grey   = "90"
)

func (t *text) paint(s string, codes ...string) string {
	if !t.color {
		return s
	}
	return "\x1b[" + strings.Join(codes, ";") + "m" + s + "\x1b[0m"
}

func actionColor(a plan.Action) string {
	switch a {
	case plan.Add:
		return green
	case plan.Update:
		return yellow
	case plan.Destroy:
		return red
	default:
		return cyan
	}
}

// readOnly says at the top that the plan is read-only, why, and what to do.
func (t *text) readOnly() {
	t.line("%s\n", t.paint(headline(t.plan), bold, red))
	for _, r := range refusals(t.plan.Degraded) {
		t.line("%s", t.paint(Escape(zoneList(r.zones)+": "+Refusal(r.Degradation)), bold))
		t.line("Cause: %s", Escape(r.Cause))
		for i, step := range r.Guidance {
			t.line("  %d. %s", i+1, Escape(step))
		}
		t.line("")
	}

	for _, c := range comparisons(t.plan) {
		t.line("%s %s %s.", Escape(zoneList(c.zones)), c.verb(), Escape(c.words))
		for _, note := range c.notes {
			t.line("  - %s", Escape(note))
		}
	}

	t.line("")
}

// legend explains the symbols and marks that the plan uses.
func (t *text) legend() {
	_, adoptedAndChanged := adoptions(t.plan)
	t.line("Record actions are indicated with the following symbols:")

	for _, a := range []struct {
		action plan.Action
		words  string
		count  int
	}{
		{plan.Add, "create", t.plan.Summary.Add},
		{plan.Update, "update in-place", t.plan.Summary.Change - adoptedAndChanged},
		{plan.Destroy, "destroy", t.plan.Summary.Destroy},
		{plan.Adopt, "adopt: take ownership of a record that exists", t.plan.Summary.Adopt},
		{plan.Forget, "forget: give up ownership of a record, which stays", t.plan.Summary.Forget},
	} {
		if a.count > 0 {
			t.line("  %s %s", t.paint(symbol(a.action), actionColor(a.action)), a.words)
		}
	}

	if t.marksDifferences() {
		t.line("Within long values: %s removed, %s added, %s left out.", t.paint("[-…-]", red),
			t.paint("{+…+}", green), ellipsis)
	}

	t.line("")
}

// marksDifferences reports whether a value is long enough for its differences to be marked.
func (t *text) marksDifferences() bool {
	for _, z := range t.plan.Zones {
		for _, c := range z.Changes {
			if c.Before != nil && c.After != nil && slices.ContainsFunc(changedRows(c), row.isLong) {
				return true
			}
		}
	}
	return false
}

func (t *text) zone(z plan.Zone) {
	t.drift(z)
	if len(z.Changes) == 0 {
		t.moved(z)
		return
	}

	header := t.paint(Escape(z.Name), bold)
	if rest := others(z.Summary, z); rest != "" {
		header += t.paint("  ("+rest+")", grey)
	}

	t.line("%s\n", header)
	if t.risks("  ", z.Risks); len(z.Risks) > 0 {
		t.line("")
	}

	start := t.out.Len()
	for _, c := range z.Changes {
		t.change(c)
	}

	if z.Source.Kind == plan.SourceSample {
		t.markSample(start)
	}

	t.moved(z)
}

// drift lists the changes made elsewhere, which come before the planned changes.
func (t *text) drift(z plan.Zone) {
	if len(z.Drift) == 0 {
		return
	}
	t.line("%s  %s\n", t.paint(Escape(z.Name), bold), driftTitle)
	for _, c := range z.Drift {
		t.line("  %s", t.paint(driftLine(c), yellow))
	}
	t.line("")
}

// markSample marks every line after start as a sample, so that no line can be quoted as real.
func (t *text) markSample(start int) {
	lines := strings.Split(strings.TrimSuffix(string(t.out.Bytes()[start:]), "\n\n"), "\n")
	t.out.Truncate(start)
	for _, l := range lines {
		t.line("%s", strings.TrimRight("sample | "+l, " "))
	}
	t.line("")
}

func (t *text) change(c plan.Change) {
	title := "# " + Escape(c.Address) + " " + t.fate(c)
	if c.DeclaredAt != nil {
		title += t.paint(fmt.Sprintf("   (%s:%d)", Escape(c.DeclaredAt.File), c.DeclaredAt.Line), grey)
	}

	t.line("  %s", t.paint(title, bold))
	if c.Reason != "" {
		t.line("  # (because %s)", Escape(c.Reason))
	}
	if c.Pending {
		t.line("  # (was pending when the snapshot was taken)")
	}

	t.line(`  %s record "%s" "%s" {`, t.paint(symbol(c.Action), actionColor(c.Action)), Escape(string(c.Type)),
		Escape(c.Name))
	for _, l := range t.attributes(c) {
		t.line("%s", l)
	}

	t.line("    }")
	t.risks("    ", c.Risks)
	t.line("")
}

func (t *text) risks(indent string, risks []plan.Risk) {
	for _, r := range risks {
		words := string(r.Level) + ": " + r.Text
		if !t.applies() && !strings.Contains(r.Text, " would ") {
			words += ifApplied
		}
		t.line("%s%s", indent, t.paint("! "+Escape(words), levelColor(r.Level)...))
		if r.Check != "" && !t.checked[r.Rule] {
			t.line("%s  %s", indent, t.paint(Escape(r.Check), grey))
		}
		t.checked[r.Rule] = true
	}
}

// ifApplied is added to the risks of a plan that cannot be applied.
const ifApplied = " (if it were applied)"

func levelColor(l plan.RiskLevel) []string {
	switch l {
	case plan.HighRisk:
		return []string{bold, red}
	case plan.MediumRisk:
		return []string{yellow}
	default:
		return []string{cyan}
	}
}

// applies reports whether the plan can be applied.
func (t *text) applies() bool { return t.plan.Mode == plan.Live && !t.plan.HasErrors() }

// fate says what will happen to a record, or what would happen if the plan could be applied.
func (t *text) fate(c plan.Change) string {
	will := "will "
	if !t.applies() {
		will = "would "
	}
	if c.Action == plan.Forget {
		return will + "no longer be managed by cfplan, but " + will + "not be destroyed"
	}
	if c.Forget {
		return will + "be " + whatHappens(c) + ", and not be managed by cfplan"
	}
	return will + "be " + whatHappens(c)
}

func whatHappens(c plan.Change) string {
	switch {
	case c.Action == plan.Add:
		return "created"
	case c.Action == plan.Update:
		return "updated in-place"
	case c.Action == plan.Destroy:
		return "destroyed"
	case c.Writes():
		return "adopted and updated in-place"
	default:
		return "adopted"
	}
}

func (t *text) closing() {
	if !t.plan.HasChanges() {
		t.line("%s", t.paint(Summary(t.plan), bold, green))
		if rest := others(t.plan.Summary, t.plan.Zones...); rest != "" {
			t.line("\n%s compared: %s.", english.Count(len(t.plan.Zones), "zone"), rest)
		}
		t.notRefreshed()
		return
	}

	head, rest, _ := strings.Cut(Summary(t.plan), ":")
	t.line("%s%s", t.paint(head+":", bold), rest)
	t.riskCounts()
	if sentence := replacement(t.plan); sentence != "" {
		t.line("\n%s", t.paint(sentence, bold, red))
	}
	if sentence := adoption(t.plan); sentence != "" {
		t.line("\n%s", sentence)
	}

	t.notRefreshed()
	switch {
	case t.plan.Mode != plan.Live:
		t.line("\n%s", t.paint("This plan is read-only and cannot be applied: see the top for why and what to do.",
			bold, red))
	case t.plan.HasErrors():
		t.line("\n%s", t.paint("This plan cannot be applied: correct the errors first.", bold, red))
	}
}

// riskCounts counts the risks by level.
func (t *text) riskCounts() {
	count := map[plan.RiskLevel]int{}
	for _, r := range t.plan.Risks() {
		count[r.Level]++
	}

	var parts []string
	for _, level := range plan.RiskLevels() {
		if n := count[level]; n > 0 {
			parts = append(parts, t.paint(fmt.Sprintf("%d %s", n, level), levelColor(level)...))
		}
	}

	if len(parts) == 0 {
		return
	}

	end := "."
	if !t.applies() {
		end = ifApplied + end
	}

	t.line("%s %s%s", t.paint("Risks:", bold), strings.Join(parts, ", "), end)
}

// notRefreshed says which zones were not read.
func (t *text) notRefreshed() {
	if sentence := notRefreshed(t.plan); sentence != "" {
		t.line("\n%s", sentence)
	}
}
