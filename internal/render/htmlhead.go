package render

import (
	"fmt"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
)

// pageHeading names the kind of the plan and its zones. If any zones have changes, it names only these.
func pageHeading(p *plan.Plan) string {
	const mostNames = 2

	kind := "Plan for "
	switch {
	case p.RefreshOnly:
		kind = "Drift of "
	case p.Destroy:
		kind = "Destroy plan for "
	case p.Rollback > 0:
		kind = "Rollback plan for "
	}

	zones := slices.DeleteFunc(slices.Clone(p.Zones), func(z plan.Zone) bool { return len(z.Changes) == 0 })
	if len(zones) == 0 {
		zones = p.Zones
	}
	if len(zones) == 0 || len(zones) > mostNames {
		return kind + english.Count(len(zones), "zone")
	}

	names := make([]string, len(zones))
	for i, z := range zones {
		names[i] = Escape(z.Name)
	}

	return kind + english.List(names, "and")
}

// pageVerdict says whether the plan can be applied. Link is the anchor of the section that explains more. Cause,
// Link and LinkText are empty if there is nothing to explain. Tone is the CSS class of the sentence.
type pageVerdict struct {
	Class, Word, Made     string
	Tone, Sentence, Cause string
	Link, LinkText        string
}

func newPageVerdict(p *plan.Plan) pageVerdict {
	out := pageVerdict{Class: "live", Word: "live"}
	if !p.CreatedAt.IsZero() {
		out.Made = english.Minute(p.CreatedAt)
	}

	switch {
	case p.Mode != plan.Live:
		out.Class, out.Word = "read-only", "read-only"
		out.Tone, out.Sentence = "bad", headline(p)
		out.Link, out.LinkText = "read-only", "Details"
		if len(p.Degraded) > 0 {
			out.Cause, out.LinkText = Escape(p.Degraded[0].Cause), "Why, and what to do"
		}
	case p.HasErrors():
		out.Class, out.Word = "errors", "has errors"
		out.Tone, out.Sentence = "bad", withErrors
	case p.RefreshOnly && p.Drifted() > 0:
		out.Tone, out.Sentence = "drifted", Summary(p)
	case !p.HasChanges():
		out.Tone, out.Sentence = "good", Summary(p)
	}

	return out
}

// pageCount is a tile with the number of changes of one action. First is the anchor of the first such change, or
// empty.
type pageCount struct {
	N                  int
	What, Class, First string
}

func pageCounts(p *plan.Plan) []pageCount {
	s := p.Summary
	all := []pageCount{
		{N: s.Add, What: "to add", Class: string(plan.Add)},
		{N: s.Change, What: "to change", Class: string(plan.Update)},
		{N: s.Destroy, What: "to destroy", Class: string(plan.Destroy)},
		{N: s.Adopt, What: "to adopt", Class: string(plan.Adopt)},
		{N: s.Forget, What: "to forget", Class: string(plan.Forget)},
	}

	rare := func(c pageCount) bool {
		return c.N == 0 && (c.Class == string(plan.Adopt) || c.Class == string(plan.Forget))
	}

	all = slices.DeleteFunc(all, rare)
	for i := range all {
		all[i].First = firstOfAction(p, plan.Action(all[i].Class))
	}

	return all
}

// firstOfAction returns the anchor of the first change with an action, or "". If there is no change in place, an
// adoption that changes its record counts as one.
func firstOfAction(p *plan.Plan, action plan.Action) string {
	adopted := ""
	for i, z := range p.Zones {
		for j, c := range z.Changes {
			if c.Action == action {
				return changeAnchor(i, j)
			}
			if adopted == "" && action == plan.Update && c.Action == plan.Adopt && c.Writes() {
				adopted = changeAnchor(i, j)
			}
		}
	}

	return adopted
}

// pageNotes returns the sentences below the counts.
func pageNotes(p *plan.Plan) []string {
	var out []string
	if rest := others(p.Summary, p.Zones...); rest != "" {
		out = append(out, "Not touched: "+rest+".")
	}
	for _, sentence := range []string{adoption(p), notRefreshed(p)} {
		if sentence != "" {
			out = append(out, sentence)
		}
	}
	return out
}

// pageDiagnostics has the diagnostics of one severity.
type pageDiagnostics struct {
	Title string
	List  []pageDiagnostic
}

// pageDiagnostic is a diagnostic. If Open is true, it is shown in full. Block has the declarations that a user can
// copy.
type pageDiagnostic struct {
	Summary, Where, Detail, Block string
	Open                          bool
}

// pageErrors shows the first error in full, and only the summaries of the others. A reader must see the errors,
// because they prevent an apply, but also the risks below them.
func pageErrors(p *plan.Plan) *pageDiagnostics {
	isError := func(d plan.Diagnostic) bool { return d.Severity == dns.Error }
	return newPageDiagnostics(p, "error", 1, isError)
}

func pageWarnings(p *plan.Plan) *pageDiagnostics {
	const mostWhole = 3
	isWarning := func(d plan.Diagnostic) bool { return d.Severity != dns.Error }
	return newPageDiagnostics(p, "warning", mostWhole, isWarning)
}

func newPageDiagnostics(p *plan.Plan, noun string, open int, has func(plan.Diagnostic) bool) *pageDiagnostics {
	list := slices.DeleteFunc(slices.Clone(p.Diagnostics), func(d plan.Diagnostic) bool { return !has(d) })
	if len(list) == 0 {
		return nil
	}
	out := &pageDiagnostics{Title: english.Count(len(list), noun)}
	for i, e := range grouped(list, ofPlan) {
		d := newPageDiagnostic(e)
		d.Open = i < open
		out.List = append(out.List, d)
	}
	return out
}

func newPageDiagnostic(e entry[plan.Diagnostic]) pageDiagnostic {
	d := e.first
	out := pageDiagnostic{Summary: Escape(d.Summary), Where: where(d.Position)}
	out.Detail, out.Block = declarationsIn(EscapeText(d.Detail))
	if e.rest != nil {
		out.Summary += fmt.Sprintf(" (%d more)", len(e.rest))
		out.Detail, out.Block, out.Where = restOf(e.rest, asItIs), "", ""
	}
	return out
}

func where(p *plan.Position) string {
	if p == nil {
		return ""
	}
	return Escape(place(*p))
}

// pageReadOnly explains why a plan is read-only.
type pageReadOnly struct {
	Refusals []pageRefusal
	Sources  []pageSource
}

type pageRefusal struct {
	Zones, Said, Cause string
	Steps              []string
}

type pageSource struct {
	Zones, Words string
	Notes        []string
}

func newPageReadOnly(p *plan.Plan) *pageReadOnly {
	if p.Mode == plan.Live {
		return nil
	}

	out := &pageReadOnly{}
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

	return out
}

func escaped(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = Escape(s)
	}
	return out
}

// pageLists has a list of lines for each zone.
type pageLists struct {
	Title string
	Zones []pageList
}

// pageList shows the first lines of a list and folds the rest.
type pageList struct {
	Zone, More  string
	Lines, Rest []string
}

func (l *pageLists) add(zone string, lines []string) {
	const mostLines = 10

	if len(lines) == 0 {
		return
	}
	list := pageList{Zone: Escape(zone), Lines: lines}
	if len(lines) > mostLines {
		list.Lines, list.Rest = lines[:mostLines], lines[mostLines:]
		list.More = fmt.Sprintf("%d more", len(list.Rest))
	}
	l.Zones = append(l.Zones, list)
}

// orNil returns nil if the lists have no line.
func (l *pageLists) orNil() *pageLists {
	if len(l.Zones) == 0 {
		return nil
	}
	return l
}

func pageDrift(p *plan.Plan) *pageLists {
	out := &pageLists{Title: "Changed outside of cfplan since it last wrote"}
	for _, z := range p.Zones {
		lines := make([]string, len(z.Drift))
		for i, c := range z.Drift {
			lines[i] = driftLine(c)
		}
		out.add(z.Name, lines)
	}
	return out.orNil()
}

func pageMoved(p *plan.Plan) *pageLists {
	out := &pageLists{Title: "Records with another address, because the block was renamed"}
	for _, z := range p.Zones {
		out.add(z.Name, movedLines(z))
	}
	return out.orNil()
}
