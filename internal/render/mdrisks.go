package render

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/plan"
)

// found has the risks that one rule found in a plan.
type found struct {
	plan.Risk // without its text
	// texts has the text of each risk.
	texts []foundText
}

// foundText is the text of one risk, not escaped. at is nil if the risk has no place in the configuration.
type foundText struct {
	text string
	at   *plan.Position
	of   riskSubject
}

// riskSubject is the change that a risk is about, or a whole zone if change is -1. Both count from 0.
type riskSubject struct{ zone, change int }

// foundRisks groups the risks of a plan by rule. The worst rules come first; rules of the same level are in the
// order of the changes.
func foundRisks(p *plan.Plan) []found {
	var out []found
	index := map[plan.Risk]int{}
	add := func(r plan.Risk, at *plan.Position, of riskSubject) {
		key := plan.Risk{Level: r.Level, Rule: r.Rule, Check: r.Check}
		i, ok := index[key]
		if !ok {
			i = len(out)
			index[key] = i
			out = append(out, found{Risk: key})
		}
		out[i].texts = append(out[i].texts, foundText{r.Text, at, of})
	}

	for i, z := range p.Zones {
		for _, r := range z.Risks {
			add(r, nil, riskSubject{i, -1})
		}
		for j, c := range z.Changes {
			for _, r := range c.Risks {
				add(r, c.DeclaredAt, riskSubject{i, j})
			}
		}
	}

	slices.SortStableFunc(out, func(a, b found) int {
		return slices.Index(plan.RiskLevels(), a.Level) - slices.Index(plan.RiskLevels(), b.Level)
	})

	return out
}

func place(p plan.Position) string { return fmt.Sprintf("%s:%d", p.File, p.Line) }

// mostRiskTexts is how many texts of a rule a comment shows. A page with more room shows as many as fit.
const mostRiskTexts = 10

// risks lists the risks: high and medium risks openly, low risks in a fold. First, every rule gets one text, the
// worst rules first; then the rules take turns to get more texts.
func (m *md) risks() string {
	all := foundRisks(m.plan)
	if len(all) == 0 {
		return ""
	}

	title := fmt.Sprintf("**Risks: %s**\n\n", riskCounts(all))
	items, rest := m.riskItems(all, m.Most/shareOfRisks-len(title))

	var open, folded strings.Builder
	for _, r := range items {
		if r.Level.Reaches(plan.MediumRisk) {
			open.WriteString(m.risk(r) + "\n")
		} else {
			folded.WriteString(m.risk(r) + "\n")
		}
	}

	if rest > 0 {
		fmt.Fprintf(&open, "- and %d more risks. %s\n", rest, m.seeAll())
	}
	if open.Len() > 0 {
		open.WriteString("\n")
	}
	if folded.Len() > 0 {
		return title + open.String() + "<details><summary>Risks of level low</summary>\n\n" + folded.String() +
			"\n</details>\n\n"
	}

	return title + open.String()
}

// shownRisk has the risks of a rule, and the lines of those that are shown.
type shownRisk struct {
	found
	lines []string
}

// riskItems returns the rules that fit, and the number of risks of the others.
func (m *md) riskItems(all []found, room int) (items []shownRisk, rest int) {
	const overhead = 150 // bytes for the fold, and for the line that counts the others
	room -= overhead + len(m.seeAll())

	for i, f := range all {
		r := shownRisk{f, []string{m.riskText(f.texts[0])}}
		n := len(m.risk(r)) + 1
		if n > room {
			for _, f := range all[i:] {
				rest += len(f.texts)
			}
			break
		}
		room -= n
		items = append(items, r)
	}

	m.moreTexts(items, room)
	return items, rest
}

// moreTexts gives the rules more of their texts in turns, as long as there is room.
func (m *md) moreTexts(items []shownRisk, room int) {
	most := mostRiskTexts
	if m.Most > CommentSize {
		most = math.MaxInt
	}

	for next, grew := 1, true; grew && next < most; next++ {
		grew = false
		for i := range items {
			r := &items[i]
			if next >= len(r.texts) {
				continue
			}
			line := m.riskText(r.texts[next])
			if room -= len(line) + len("\n  <br>"); room < 0 {
				return
			}
			r.lines = append(r.lines, line)
			grew = true
		}
	}
}

// riskText returns a text with its place.
func (m *md) riskText(t foundText) string {
	text := mdText(shorten(t.text, sentence))
	if t.at == nil {
		return text
	}
	return text + " (" + m.where(*t.at, code, true) + ")"
}

// risk returns the list item for the risks of one rule.
func (m *md) risk(r shownRisk) string {
	text := fmt.Sprintf("- %s **%s**: %s", riskMark(r.Level), mdText(shorten(string(r.Level), cellValue)),
		strings.Join(r.lines, "\n  <br>"))
	if more := len(r.texts) - len(r.lines); more > 0 {
		text += fmt.Sprintf("\n  <br>and %d more of this kind", more)
	}
	if r.Check != "" {
		text += fmt.Sprintf("\n  <br>_%s_", mdText(shorten(r.Check, sentence)))
	}
	return text
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
