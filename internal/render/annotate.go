package render

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// GitHubNotices writes a workflow command of GitHub Actions for each reason why the plan is read-only. For
// a live plan it writes nothing.
func GitHubNotices(w io.Writer, p *plan.Plan) error { return workflowCommands(w, notices(p)) }

// GitHubErrors writes a workflow command for each diagnostic, at its place if it has one, up to the number that
// GitHub shows. Many diagnostics with the same summary are grouped.
func GitHubErrors(w io.Writer, diags []plan.Diagnostic) error {
	return workflowCommands(w, atMost(diagnosticNotices("error", diags, asItIs)))
}

func asItIs(file string) string { return file }

// diagnosticNotices returns the annotations of diagnostics. path turns the path of a file of the configuration
// into its path in the repository.
func diagnosticNotices(level string, diags []plan.Diagnostic, path func(file string) string) []notice {
	var out []notice
	for _, e := range grouped(diags, ofPlan) {
		d := e.first
		n := notice{
			level: level,
			title: "cfplan: " + Escape(d.Summary),
			text:  strings.ReplaceAll(EscapeText(d.Detail), "\t", " "),
			where: at(d.Position, path),
		}

		if e.rest != nil {
			n.title += fmt.Sprintf(" (%d more)", len(e.rest))
			n.text = restOf(e.rest, path)
		}

		out = append(out, n)
	}

	return out
}

// GitHubAnnotations writes the workflow commands of GitHubNotices, and one for each warning of the plan and for
// each risk of level high (as a warning) or medium (as a notice), at its line of the configuration. Many warnings
// with the same summary are grouped. path turns the path of a file of the configuration into its path in the
// repository.
func GitHubAnnotations(w io.Writer, p *plan.Plan, path func(file string) string) error {
	p = p.Masked()
	isError := func(d plan.Diagnostic) bool { return d.Severity == dns.Error } // GitHubErrors writes those
	warnings := slices.DeleteFunc(slices.Clone(p.Diagnostics), isError)
	list := slices.Concat(notices(p), diagnosticNotices("warning", warnings, path), riskNotices(p, path))
	return workflowCommands(w, atMost(list))
}

// ReadOnlyNotices returns the annotations about a read-only plan, each as a title and a text. It returns none for
// a live plan.
func ReadOnlyNotices(p *plan.Plan) [][2]string {
	var out [][2]string
	for _, n := range notices(p) {
		out = append(out, [2]string{n.title, n.text})
	}
	return out
}

// notice is an annotation. where is nil if the annotation is not about a file.
type notice struct {
	level, title, text string
	where              *plan.Position
}

func notices(p *plan.Plan) []notice {
	switch {
	case p.Mode == plan.Live:
		return nil
	case len(p.Degraded) == 0:
		return []notice{{"notice", "cfplan: read-only plan", headline(p), nil}}
	}

	var out []notice
	for _, r := range refusals(p.Degraded) {
		text := fmt.Sprintf("%s: %s\nCause: %s", Escape(zoneList(r.zones)), Escape(Refusal(r.Degradation)),
			Escape(r.Cause))
		for i, step := range r.Guidance {
			text += fmt.Sprintf("\n%d. %s", i+1, Escape(step))
		}
		out = append(out, notice{"warning", "cfplan: read-only plan, it cannot be applied", text, nil})
	}

	return out
}

func at(p *plan.Position, path func(string) string) *plan.Position {
	if p == nil {
		return nil
	}
	return &plan.Position{File: path(p.File), Line: p.Line}
}

func riskNotices(p *plan.Plan, path func(string) string) []notice {
	var out []notice
	for _, level := range []struct {
		plan.RiskLevel
		kind string
	}{{plan.HighRisk, "warning"}, {plan.MediumRisk, "notice"}} {
		for _, z := range p.Zones {
			for _, c := range z.Changes {
				for _, r := range c.Risks {
					if r.Level == level.RiskLevel {
						out = append(out, notice{
							level: level.kind,
							title: "cfplan: " + Line(c),
							text:  Escape(r.Text) + "\n" + Escape(r.Check),
							where: at(c.DeclaredAt, path),
						})
					}
				}
			}
		}
	}

	return out
}

// mostAnnotations is how many annotations of one level GitHub shows for a step.
const mostAnnotations = 10

// atMost keeps as many annotations of each level as GitHub shows. If there are more, the last of them counts the
// rest, which GitHub would silently drop.
func atMost(list []notice) []notice {
	total := map[string]int{}
	for _, n := range list {
		total[n.level]++
	}

	var out []notice
	seen := map[string]int{}
	for _, n := range list {
		seen[n.level]++
		more := total[n.level] - mostAnnotations + 1
		switch {
		case total[n.level] <= mostAnnotations || seen[n.level] < mostAnnotations:
			out = append(out, n)
		case seen[n.level] == mostAnnotations:
			text := fmt.Sprintf("and %d more of this level: see the job's summary", more)
			out = append(out, notice{level: n.level, title: "cfplan", text: text})
		}
	}

	return out
}

// GitHub folds an annotation after a few lines. The job's summary has the full text.
const (
	longestTitle  = 250
	longestNotice = 2000
	// longestPath is the maximum length of a path in Linux. A longer path cannot be a file.
	longestPath = 4096
)

func workflowCommands(w io.Writer, list []notice) error {
	var b bytes.Buffer
	for _, n := range list {
		fmt.Fprintf(&b, "::%s ", n.level)
		if n.where != nil && len(n.where.File) <= longestPath {
			fmt.Fprintf(&b, "file=%s,line=%d,", commandValue(Escape(n.where.File), true), n.where.Line)
		}
		title, text := inColumns(n.title, longestTitle), inColumns(n.text, longestNotice)
		fmt.Fprintf(&b, "title=%s::%s\n", commandValue(title, true), commandValue(text, false))
	}
	_, err := w.Write(b.Bytes())
	return err
}

// commandValue escapes a text for a workflow command. GitHub's runner splits a command at line ends, and a
// property also at colons and commas.
func commandValue(s string, property bool) string {
	pairs := []string{"%", "%25", "\r", "%0D", "\n", "%0A"}
	if property {
		pairs = append(pairs, ":", "%3A", ",", "%2C")
	}
	return strings.NewReplacer(pairs...).Replace(s)
}
