package render

import (
	"fmt"
	"slices"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
)

const (
	// mostTexts is how many texts of one rule are shown. The others are folded.
	mostTexts = 5
	// mostLinks is how many texts of one rule are links. The others are only counted here; each risk is also shown
	// with its change.
	mostLinks = 200
)

// pageRisks lists the risks: high and medium ones openly, low ones in a fold.
type pageRisks struct {
	Counts, LowTitle string
	Open, Low        []pageRule
}

// pageRule has the risks that one rule found.
type pageRule struct {
	Level       pageLevel
	Check, More string
	Texts, Rest []pageText
	// Unlisted is how many risks are neither shown nor folded.
	Unlisted int
}

// pageText is a risk with the anchor of its change or zone. Also links to the other changes with the same text.
type pageText struct {
	Text, Where, Anchor string
	Also                []pageLink
}

// pageLink is a link to the Nth change.
type pageLink struct {
	N      int
	Anchor string
}

func newPageRisks(p *plan.Plan) *pageRisks {
	all := foundRisks(p)
	if len(all) == 0 {
		return nil
	}

	out := &pageRisks{Counts: Escape(riskCounts(all))}
	low := 0
	for _, f := range all {
		if f.Level.Reaches(plan.MediumRisk) {
			out.Open = append(out.Open, newPageRule(f))
			continue
		}
		low += len(f.texts)
		out.Low = append(out.Low, newPageRule(f))
	}

	out.LowTitle = english.Count(low, "low risk")
	return out
}

func newPageRule(f found) pageRule {
	texts := linked(f.texts[:min(len(f.texts), mostLinks)])
	shown := min(len(texts), mostTexts)
	out := pageRule{
		Level:    newPageLevel(f.Level),
		Check:    Escape(f.Check),
		Texts:    texts[:shown],
		Rest:     texts[shown:],
		Unlisted: max(0, len(f.texts)-mostLinks),
	}

	if len(out.Rest) > 0 {
		out.More = fmt.Sprintf("%d more of this kind", len(out.Rest)+out.Unlisted)
	}

	return out
}

// linked combines risks with the same text into one text with several links.
func linked(texts []foundText) []pageText {
	var out []pageText
	at := map[string]int{}
	for _, t := range texts {
		i, known := at[t.text]
		if !known {
			at[t.text] = len(out)
			out = append(out, pageText{Text: Escape(t.text), Where: where(t.at), Anchor: t.of.anchor()})
			continue
		}
		also := pageLink{len(out[i].Also) + 2, t.of.anchor()}
		out[i].Also = append(out[i].Also, also)
	}

	return out
}

// anchor returns the anchor of the change or the zone that a risk is about.
func (s riskSubject) anchor() string {
	if s.change < 0 {
		return zoneAnchor(s.zone)
	}
	return changeAnchor(s.zone, s.change)
}

// pageLevel is a level of risk. Class is empty for an unknown level, so that no text of a plan becomes a CSS class.
type pageLevel struct{ Text, Class string }

func newPageLevel(l plan.RiskLevel) pageLevel {
	out := pageLevel{Text: Escape(string(l))}
	if slices.Contains(plan.RiskLevels(), l) {
		out.Class = string(l)
	}
	return out
}
