package plan

import "slices"

// Risk is what could go wrong with a change.
type Risk struct {
	Level RiskLevel `json:"level"`
	// Rule names the rule that found the risk, such as "mail-mx-last".
	Rule string `json:"rule,omitempty"`
	// Text says what could go wrong.
	Text string `json:"text"`
	// Check says what to check before approving the change.
	Check string `json:"check,omitempty"`
}

// RiskLevel says how bad the consequences of a risk could be.
type RiskLevel string

const (
	HighRisk   RiskLevel = "high"   // mail, the site or the zone may stop working, or someone else may take it over
	MediumRisk RiskLevel = "medium" // a part of it may stop working
	LowRisk    RiskLevel = "low"    // good to know
)

// RiskLevels returns all levels, the worst first.
func RiskLevels() []RiskLevel { return []RiskLevel{HighRisk, MediumRisk, LowRisk} }

// Reaches reports whether l is at least as bad as least.
func (l RiskLevel) Reaches(least RiskLevel) bool {
	i, j := slices.Index(RiskLevels(), l), slices.Index(RiskLevels(), least)
	return i >= 0 && i <= j
}

// Risks returns all risks of the plan: those of its zones and those of its changes.
func (p *Plan) Risks() []Risk {
	var out []Risk
	for _, z := range p.Zones {
		out = append(out, z.Risks...)
		for _, c := range z.Changes {
			out = append(out, c.Risks...)
		}
	}
	return out
}
