package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/plan"
)

// found is all that one rule found in a plan.
type found struct {
	plan.Risk
	// texts say it of each change.
	texts []foundText
}

// foundText is not escaped; at is nil for what no place in the configuration says.
type foundText struct {
	text string
	at   *plan.Position
}

// markdown is the text with its place.
func (t foundText) markdown() string {
	if t.at == nil {
		return mdText(t.text)
	}
	return mdText(t.text) + " (" + code(place(*t.at)) + ")"
}

// foundRisks groups the risks of a plan by rule, the worst first, otherwise in
// the order of the changes.
func foundRisks(p *plan.Plan) []found {
	var out []found
	index := map[plan.Risk]int{}
	add := func(r plan.Risk, at *plan.Position) {
		key := plan.Risk{Level: r.Level, Rule: r.Rule, Check: r.Check}
		i, ok := index[key]
		if !ok {
			i = len(out)
			index[key] = i
			out = append(out, found{Risk: key})
		}
		out[i].texts = append(out[i].texts, foundText{r.Text, at})
	}
	for _, z := range p.Zones {
		for _, r := range z.Risks {
			add(r, nil)
		}
		for _, c := range z.Changes {
			for _, r := range c.Risks {
				add(r, c.DeclaredAt)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b found) int {
		return slices.Index(plan.RiskLevels(), a.Level) - slices.Index(plan.RiskLevels(), b.Level)
	})
	return out
}

func place(p plan.Position) string { return fmt.Sprintf("%s:%d", p.File, p.Line) }

// risks lists what could go wrong: what is high or medium openly, what is low
// behind a click.
func (m *md) risks() {
	all := foundRisks(m.plan)
	open := slices.IndexFunc(all, func(f found) bool { return !f.Level.Reaches(plan.MediumRisk) })
	if open < 0 {
		open = len(all)
	}
	if len(all) == 0 {
		return
	}
	m.line("**Risks: %s**\n", riskCounts(all))
	for _, f := range all[:open] {
		m.risk(f)
	}
	if m.detail < countedAdds && open < len(all) {
		if open > 0 {
			m.line("")
		}
		m.line("<details><summary>Risks of level low</summary>\n")
		for _, f := range all[open:] {
			m.risk(f)
		}
		m.line("\n</details>")
	}
	m.line("")
}

func riskCounts(all []found) string {
	var parts []string
	for _, level := range plan.RiskLevels() {
		n := 0
		for _, f := range all {
			if f.Level == level {
				n += len(f.texts)
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, level))
		}
	}
	return strings.Join(parts, ", ")
}

// risk is one rule's finding. The page's detail decides how many are spelled out.
func (m *md) risk(f found) {
	most := map[detail]int{fullDiff: 10, allRows: 5, countedAdds: 2, countsOnly: 1}[m.detail]
	if m.roomy && m.detail < countedAdds {
		most = 1000
	}
	m.line("- %s **%s**: %s", riskMark(f.Level), mdText(string(f.Level)), f.texts[0].markdown())
	for _, t := range f.texts[1:min(most, len(f.texts))] {
		m.line("  <br>%s", t.markdown())
	}
	if rest := len(f.texts) - most; rest > 0 {
		m.line("  <br>and %d more of this kind", rest)
	}
	if f.Check != "" && m.detail != countsOnly {
		m.line("  <br>_%s_", mdText(f.Check))
	}
}

func riskMark(l plan.RiskLevel) string {
	switch l {
	case plan.HighRisk:
		return "🔴"
	case plan.MediumRisk:
		return "🟠"
	default:
		return "🔵"
	}
}
