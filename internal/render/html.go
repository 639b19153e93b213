package render

import (
	"bufio"
	"crypto/sha256"
	_ "embed" // the page's template, style and script
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/sergi/go-diff/diffmatchpatch"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

var (
	//go:embed page/page.gohtml
	pageTemplate string
	//go:embed page/style.css
	pageStyle string
	//go:embed page/script.js
	pageScript string
)

var pageHTML = template.Must(template.New("page").Parse(pageTemplate))

// HTML writes the plan as one page that needs nothing else: no network, no other
// file. Its policy lets no script and no style run but the page's own, which it
// knows by their hashes; without scripts all of it can still be read.
func HTML(w io.Writer, p *plan.Plan) error {
	out := bufio.NewWriter(w)
	if err := pageHTML.Execute(out, newPage(p.Masked())); err != nil {
		return err
	}
	return out.Flush()
}

// page is what the template shows. All texts are escaped as for a terminal, so
// that nothing invisible is in them; the template escapes them for HTML.
type page struct {
	Policy, Title, Verdict, Headline, Zones, Summary, Hash, None string
	Style                                                        template.CSS
	Script                                                       template.JS
	Counts                                                       []pageCount
	ReadOnly, Adoption, NotRefreshed                             string
	Refusals                                                     []pageRefusal
	Sources                                                      []pageSource
	Diagnostics                                                  []pageDiagnostic
	RiskCounts                                                   string
	Drift                                                        []pageDrift
	Moved                                                        []string
	Risks                                                        []pageRisks
	ZoneNames, Types, Actions                                    []string
	Parts                                                        []pageZone
}

type pageCount struct {
	N           int
	What, Class string
}

type pageRefusal struct {
	Zones, Said, Cause string
	Steps              []string
}

type pageSource struct {
	Zones, Words string
	Notes        []string
}

type pageDiagnostic struct{ Severity, Summary, Detail, Where string }

type pageRisks struct {
	Level, Check string
	Texts        []pageText
	More         int
}

type pageText struct{ Text, Where string }

type pageDrift struct {
	Zone  string
	Lines []string
}

type pageZone struct {
	Name, Rest string
	Changes    []pageChange
}

type pageChange struct {
	Action, Sign, Type, Name, Where, Reason, Risk string
	Sample, Both                                  bool
	Rows                                          []pageRow
	Risks                                         []pageRisk
}

type pageRisk struct{ Level, Text string }

// pageRow is one attribute; Same is set where it is shown for orientation alone.
type pageRow struct {
	Name                      string
	Same, HasBefore, HasAfter bool
	After                     string
	Before, Afters            []pageWord
}

type pageWord struct {
	Text   string
	Marked bool
}

func newPage(p *plan.Plan) *page {
	out := &page{
		Policy:   policy(),
		Style:    template.CSS(pageStyle), //nolint:gosec // our own file
		Script:   template.JS(pageScript), //nolint:gosec // our own file
		Verdict:  "live",
		Headline: bareSummary(p),
		Title:    "cfplan: " + bareSummary(p),
		Summary:  Summary(p),
		Hash:     Escape(p.Hash),
		Zones:    Escape(zoneList(zoneNames(p))),
		Counts:   pageCounts(p.Summary),

		Adoption:     adoption(p),
		NotRefreshed: notRefreshed(p),
	}
	if p.Mode != plan.Live {
		out.Verdict, out.Title = "read-only", "READ-ONLY "+out.Title
		out.readOnly(p)
	}

	for _, e := range grouped(p.Diagnostics, ofPlan) {
		out.Diagnostics = append(out.Diagnostics, newPageDiagnostic(e))
	}
	out.risks(p)
	for _, z := range p.Zones {
		d := pageDrift{Zone: Escape(z.Name)}
		for _, c := range z.Drift {
			d.Lines = append(d.Lines, driftLine(c))
		}
		if len(d.Lines) > 0 {
			out.Drift = append(out.Drift, d)
		}
		out.Moved = append(out.Moved, movedLines(z)...)
	}
	if !p.HasChanges() {
		out.None = Summary(p)
	}
	out.changes(p)
	return out
}

// policy names the page's own style and script by their hashes (CSP level 3).
func policy() string {
	hash := func(s string) string {
		sum := sha256.Sum256([]byte(s))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	return "default-src 'none'; style-src " + hash(pageStyle) + "; script-src " + hash(pageScript) +
		"; base-uri 'none'; form-action 'none'"
}

func pageCounts(s plan.Summary) []pageCount {
	out := []pageCount{{s.Add, "to add", "add"}, {s.Change, "to change", "change"}, {s.Destroy, "to destroy", "destroy"}}
	if s.Adopt > 0 {
		out = append(out, pageCount{s.Adopt, "to adopt", "adopt"})
	}
	if s.Forget > 0 {
		out = append(out, pageCount{s.Forget, "to forget", "rest"})
	}
	return append(out, pageCount{s.Unchanged, "unchanged", "rest"}, pageCount{s.Unmanaged, "unmanaged", "rest"})
}

func where(p *plan.Position) string {
	if p == nil {
		return ""
	}
	return Escape(place(*p))
}

func newPageDiagnostic(e entry[plan.Diagnostic]) pageDiagnostic {
	d := e.first
	out := pageDiagnostic{
		Severity: Escape(string(d.Severity)),
		Summary:  Escape(d.Summary),
		Detail:   EscapeText(d.Detail),
		Where:    where(d.Position),
	}
	if e.rest != nil {
		out.Summary += fmt.Sprintf(" (%d more)", len(e.rest))
		out.Detail, out.Where = restOf(e.rest, asItIs), ""
	}
	return out
}

func (out *page) readOnly(p *plan.Plan) {
	out.ReadOnly = headline(p)
	for _, r := range refusals(p.Degraded) {
		out.Refusals = append(out.Refusals, pageRefusal{
			Zones: Escape(zoneList(r.zones)),
			Said:  Escape(Refusal(r.Degradation)),
			Cause: Escape(r.Cause),
			Steps: escaped(r.Guidance),
		})
	}
	for _, c := range comparisons(p) {
		out.Sources = append(out.Sources, pageSource{
			Zones: Escape(zoneList(c.zones)),
			Words: c.verb() + " " + Escape(c.words) + ".",
			Notes: escaped(c.notes),
		})
	}
}

func escaped(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = Escape(s)
	}
	return out
}

// mostTexts of one rule stand on top of the page; each stands with its change.
const mostTexts = 5

func (out *page) risks(p *plan.Plan) {
	all := foundRisks(p)
	out.RiskCounts = Escape(riskCounts(all))
	for _, f := range all {
		r := pageRisks{Level: Escape(string(f.Level)), Check: Escape(f.Check), More: max(0, len(f.texts)-mostTexts)}
		for _, t := range f.texts[:min(mostTexts, len(f.texts))] {
			r.Texts = append(r.Texts, pageText{Escape(t.text), where(t.at)})
		}
		out.Risks = append(out.Risks, r)
	}
}

func (out *page) changes(p *plan.Plan) {
	types, actions := map[string]bool{}, map[string]bool{}
	for _, z := range p.Zones {
		if len(z.Changes) == 0 {
			continue
		}
		part := pageZone{Name: Escape(z.Name), Rest: others(z.Summary, z)}
		for _, c := range z.Changes {
			change := newPageChange(c)
			change.Sample = z.Source.Kind == plan.SourceSample
			types[change.Type], actions[change.Action] = true, true
			part.Changes = append(part.Changes, change)
		}
		out.ZoneNames, out.Parts = append(out.ZoneNames, part.Name), append(out.Parts, part)
	}
	for t := range types {
		out.Types = append(out.Types, t)
	}
	slices.Sort(out.Types)
	for _, a := range []plan.Action{plan.Add, plan.Update, plan.Destroy, plan.Adopt, plan.Forget} {
		if actions[string(a)] {
			out.Actions = append(out.Actions, string(a))
		}
	}
}

func newPageChange(c plan.Change) pageChange {
	out := pageChange{
		Action: Escape(string(c.Action)),
		Sign:   symbol(c.Action),
		Type:   Escape(string(c.Type)),
		Name:   Escape(c.Name),
		Where:  where(c.DeclaredAt),
		Reason: Escape(c.Reason),
		Both:   c.Before != nil && c.After != nil,
		Rows:   pageRows(c),
	}
	if c.Forget {
		out.Reason = strings.TrimPrefix(out.Reason+"; it is not cfplan's afterwards", "; ")
	}
	if c.Pending {
		out.Reason = strings.TrimPrefix(out.Reason+"; it was pending when the snapshot was taken", "; ")
	}
	for _, r := range c.Risks {
		if out.Risk == "" {
			out.Risk = Escape(string(r.Level)) // the worst comes first
		}
		out.Risks = append(out.Risks, pageRisk{Escape(string(r.Level)), Escape(r.Text)})
	}
	return out
}

func pageRows(c plan.Change) []pageRow {
	var rows []pageRow
	if c.Before == nil || c.After == nil {
		for _, a := range attributes(theSide(c), c.Sensitive) {
			cell := []pageWord{{Text: a.text}}
			rows = append(rows, pageRow{
				Name:      string(a.name),
				HasBefore: c.After == nil,
				HasAfter:  c.After != nil,
				Before:    cell,
				Afters:    cell,
			})
		}
		return rows
	}

	for _, r := range rowsOf(c) {
		switch {
		case r.changed():
			before, after := marked(r)
			rows = append(rows, pageRow{Name: string(r.name), HasBefore: true, HasAfter: true, Before: before, Afters: after})
		case r.name == dns.AttrContent:
			rows = append(rows, pageRow{Name: string(r.name), Same: true, After: r.after})
		}
	}
	return rows
}

// marked takes both sides of an attribute apart at the words that differ.
func marked(r row) (before, after []pageWord) {
	if !r.onBothSides() {
		return []pageWord{{Text: r.before}}, []pageWord{{Text: r.after}}
	}
	quote := ""
	if strings.HasPrefix(r.before, `"`) && strings.HasPrefix(r.after, `"`) {
		quote = `"`
	}
	before, after = []pageWord{{Text: quote}}, []pageWord{{Text: quote}}
	for _, e := range wordEdits(bare(r.before), bare(r.after)) {
		switch e.kind {
		case diffmatchpatch.DiffDelete:
			before = append(before, markedWord(e.text)...)
		case diffmatchpatch.DiffInsert:
			after = append(after, markedWord(e.text)...)
		default:
			before, after = append(before, pageWord{Text: e.text}), append(after, pageWord{Text: e.text})
		}
	}
	return append(before, pageWord{Text: quote}), append(after, pageWord{Text: quote})
}

// markedWord leaves the space behind a word unmarked.
func markedWord(text string) []pageWord {
	word := strings.TrimRight(text, " ")
	return []pageWord{{word, true}, {Text: text[len(word):]}}
}
