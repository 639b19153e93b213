package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
)

// These limits decide what is folded at first, so that a plan of any size begins with the important changes.
const (
	// If a plan has at most mostInOpenZones changes, all zones are open. In a larger plan, urgent zones are open
	// until mostAtFirst changes are shown.
	mostInOpenZones, mostAtFirst = 100, 40
	// mostOfAction is how many changes of one action in a zone are shown. The others are folded.
	mostOfAction = 10
	// mostDestroysOpen replaces mostOfAction for destroys, because a reader should see them.
	mostDestroysOpen = 50
	// If more than wholeSet records have the same name and type, only mostOfSet of them are shown.
	mostOfSet, wholeSet = 3, 5
	// fewestToFilter is the number of changes from which the page has filters.
	fewestToFilter = 6
)

// zoneAnchor returns the anchor of a zone. It is made of a number, not of a name, so that it is unique and short and
// nothing in a plan can give it another meaning.
func zoneAnchor(zone int) string { return fmt.Sprintf("z%d", zone+1) }

func changeAnchor(zone, change int) string { return fmt.Sprintf("z%d-%d", zone+1, change+1) }

// pageChanges has the changes of all zones.
type pageChanges struct {
	N                         int
	Filters, Folds            bool
	ZoneNames, Types, Actions []string
	Zones                     []pageZone
}

// pageZone is a zone with its changes, grouped by action.
type pageZone struct {
	ID, Name, Rest string
	Open           bool
	Counts         []pageCount
	RiskCounts     []pageRiskCount
	Risks          []pageRisk
	Groups         []pageGroup
}

type pageRiskCount struct {
	N     int
	Level pageLevel
}

// pageGroup has the changes of one action; Rest is folded.
type pageGroup struct {
	Class, Title, More string
	// Reason is the reason that all changes of the group share; empty if they do not share one.
	Reason     string
	Open, Rest []pageSet
}

// pageSet has the records of one name and type; Rest is folded.
type pageSet struct {
	More       string
	Open, Rest []pageChange
}

func newPageChanges(p *plan.Plan) *pageChanges {
	out := &pageChanges{}
	types, actions := map[string]bool{}, map[plan.Action]bool{}
	for i, z := range p.Zones {
		if len(z.Changes) == 0 {
			continue
		}
		zone := newPageZone(i, z)
		for _, c := range z.Changes {
			types[Escape(string(c.Type))], actions[c.Action] = true, true
		}
		out.N += len(z.Changes)
		out.ZoneNames = append(out.ZoneNames, zone.Name)
		out.Zones = append(out.Zones, zone)
	}

	for t := range types {
		out.Types = append(out.Types, t)
	}

	slices.Sort(out.Types)
	for _, a := range shownActions() {
		if actions[a] {
			out.Actions = append(out.Actions, string(a))
		}
	}

	out.openZones()
	out.Filters = out.N >= fewestToFilter
	out.Folds = len(out.Zones) > 1 || slices.ContainsFunc(out.Zones, pageZone.folds)
	if len(p.Zones) == 1 && len(out.Zones) == 1 {
		out.Zones[0].Rest = "" // the notes at the top have it
	}

	return out
}

// openZones decides which zones are open at first: in a small plan, all zones; in a large plan, the first urgent
// zones, until mostAtFirst changes are shown.
func (c *pageChanges) openZones() {
	all := c.N <= mostInOpenZones || len(c.Zones) == 1
	shown := 0
	for i := range c.Zones {
		z := &c.Zones[i]
		z.Open = all || z.urgent() && shown < mostAtFirst
		if z.Open {
			shown += z.shown()
		}
	}
}

// urgent reports whether the zone loses records or has a high risk.
func (z pageZone) urgent() bool {
	return z.Groups[0].Class == string(plan.Destroy) ||
		slices.ContainsFunc(z.RiskCounts, func(c pageRiskCount) bool { return c.Level.Class == string(plan.HighRisk) })
}

// shown counts the changes that are not folded.
func (z pageZone) shown() int {
	n := 0
	for _, g := range z.Groups {
		for _, s := range g.Open {
			n += len(s.Open)
		}
	}
	return n
}

func (z pageZone) folds() bool {
	return slices.ContainsFunc(z.Groups, func(g pageGroup) bool {
		return g.More != "" || slices.ContainsFunc(g.Open, func(s pageSet) bool { return s.More != "" })
	})
}

func newPageZone(index int, z plan.Zone) pageZone {
	out := pageZone{
		ID:    zoneAnchor(index),
		Name:  Escape(z.Name),
		Rest:  others(z.Summary, z),
		Risks: newPageRisksOf(z.Risks),
	}
	byAction := map[plan.Action][]int{}
	for j, c := range z.Changes {
		byAction[c.Action] = append(byAction[c.Action], j)
	}

	for _, action := range knownFirst(byAction) {
		changes := byAction[action]
		group := newPageGroup(index, z, action, changes)
		out.Groups = append(out.Groups, group)
		out.Counts = append(out.Counts, pageCount{N: len(changes), What: symbol(action), Class: group.Class})
	}

	out.RiskCounts = countLevels(z)
	return out
}

// knownFirst returns the actions of a zone in the order in which they are shown. Unknown actions come last.
func knownFirst(byAction map[plan.Action][]int) []plan.Action {
	var out, unknown []plan.Action
	for _, a := range shownActions() {
		if len(byAction[a]) > 0 {
			out = append(out, a)
		}
	}

	for a := range byAction {
		if !slices.Contains(shownActions(), a) {
			unknown = append(unknown, a)
		}
	}

	slices.Sort(unknown)
	return append(out, unknown...)
}

func countLevels(z plan.Zone) []pageRiskCount {
	n := map[plan.RiskLevel]int{}
	count := func(list []plan.Risk) {
		for _, r := range list {
			n[r.Level]++
		}
	}

	count(z.Risks)
	for _, c := range z.Changes {
		count(c.Risks)
	}

	var out []pageRiskCount
	for _, level := range plan.RiskLevels() {
		if n[level] > 0 {
			out = append(out, pageRiskCount{n[level], newPageLevel(level)})
		}
	}

	return out
}

// newPageGroup arranges the changes of one action. changes has their indices in the zone.
func newPageGroup(zone int, z plan.Zone, action plan.Action, changes []int) pageGroup {
	out := pageGroup{
		Class:  actionClass(action),
		Title:  fmt.Sprintf("%d to %s", len(changes), Escape(string(action))),
		Reason: commonReason(z, changes),
	}

	most := mostOfAction
	if action == plan.Destroy {
		most = mostDestroysOpen
	}

	shown := 0
	for _, set := range urgentFirst(z, sets(z, changes)) {
		s := newPageSet(zone, z, set, out.Reason)
		if shown < most {
			out.Open = append(out.Open, s)
			shown += len(set)
			continue
		}
		out.Rest = append(out.Rest, s)
	}

	if len(out.Rest) > 0 {
		out.More = fmt.Sprintf("%d more to %s", len(changes)-shown, Escape(string(action)))
	}

	return out
}

// actionClass returns the CSS class of an action, or "" for an unknown action.
func actionClass(a plan.Action) string {
	if slices.Contains(shownActions(), a) {
		return string(a)
	}
	return ""
}

// sets groups consecutive changes of the same name and type.
func sets(z plan.Zone, changes []int) [][]int {
	var out [][]int
	for i, j := range changes {
		if i > 0 {
			last, c := z.Changes[changes[i-1]], z.Changes[j]
			if last.Name == c.Name && last.Type == c.Type {
				out[len(out)-1] = append(out[len(out)-1], j)
				continue
			}
		}
		out = append(out, []int{j})
	}

	return out
}

// urgentFirst sorts sets by the most urgent change in them. Sets that are equally urgent keep their order.
func urgentFirst(z plan.Zone, sets [][]int) [][]int {
	type placed struct{ set, urgency int }
	list := make([]placed, len(sets))
	for i, set := range sets {
		list[i] = placed{i, urgency(z.Changes[set[0]], z.Name)}
		for _, j := range set[1:] {
			list[i].urgency = min(list[i].urgency, urgency(z.Changes[j], z.Name))
		}
	}

	slices.SortStableFunc(list, func(a, b placed) int { return cmp.Compare(a.urgency, b.urgency) })

	out := make([][]int, len(sets))
	for i, p := range list {
		out[i] = sets[p.set]
	}

	return out
}

// urgency returns a smaller number for a change that should come earlier. The rank decides; within a rank, changes
// that write something come before changes that do not.
func urgency(c plan.Change, zone string) int {
	if c.Writes() {
		return 2 * int(rankOf(c, zone))
	}
	return 2*int(rankOf(c, zone)) + 1
}

// worst returns the index of the worst level in plan.RiskLevels, or the number of levels if there is no risk of a
// known level.
func worst(risks []plan.Risk) int {
	rank := len(plan.RiskLevels())
	for _, r := range risks {
		if i := slices.Index(plan.RiskLevels(), r.Level); i >= 0 {
			rank = min(rank, i)
		}
	}
	return rank
}

// commonReason returns the reason of the changes if all have the same reason, or else "".
func commonReason(z plan.Zone, changes []int) string {
	reason := pageReason(z.Changes[changes[0]])
	for _, j := range changes {
		if pageReason(z.Changes[j]) != reason {
			return ""
		}
	}
	return reason
}

// newPageSet arranges the changes of one name and type. It leaves out reason, because the group shows it.
func newPageSet(zone int, z plan.Zone, changes []int, reason string) pageSet {
	var out pageSet
	for i, j := range changes {
		c := newPageChange(zone, j, z)
		if c.Reason == reason {
			c.Reason = ""
		}
		if len(changes) > wholeSet && i >= mostOfSet {
			out.Rest = append(out.Rest, c)
		} else {
			out.Open = append(out.Open, c)
		}
	}

	if n := len(out.Rest); n > 0 {
		c := z.Changes[changes[0]]
		out.More = english.Count(n, "more "+Escape(string(c.Type))+" record") + " of " + Escape(c.Name)
	}

	return out
}

// pageChange is the change of one record.
type pageChange struct {
	ID, Action, Class, Sign, Type string
	// Label and Suffix together are the name of the record. Suffix is a dot and the zone.
	Label, Suffix      string
	Where, Reason, Tag string
	RiskClass          string
	// One is true if the record is on only one side. Wide is true if a value needs a line of its own.
	One, Wide bool
	Rows      []pageRow
	Risks     []pageRisk
}

type pageRisk struct {
	Level pageLevel
	Text  string
}

func newPageRisksOf(risks []plan.Risk) []pageRisk {
	var out []pageRisk
	for _, r := range risks {
		out = append(out, pageRisk{newPageLevel(r.Level), Escape(r.Text)})
	}
	return out
}

func newPageChange(zone, index int, z plan.Zone) pageChange {
	c := z.Changes[index]
	out := pageChange{
		ID:     changeAnchor(zone, index),
		One:    c.Before == nil || c.After == nil,
		Action: Escape(string(c.Action)),
		Class:  actionClass(c.Action),
		Sign:   symbol(c.Action),
		Type:   Escape(string(c.Type)),
		Where:  where(c.DeclaredAt),
		Reason: pageReason(c),
		Rows:   pageRows(c),
		Risks:  newPageRisksOf(c.Risks),
	}

	out.Label, out.Suffix = labelled(c.Name, z.Name)
	if z.Source.Kind == plan.SourceSample {
		out.Tag = "sample"
	}
	if level := worst(c.Risks); level < len(plan.RiskLevels()) {
		out.RiskClass = string(plan.RiskLevels()[level])
	}

	out.Wide = slices.ContainsFunc(out.Rows, func(r pageRow) bool { return r.Long })
	return out
}

// labelled splits a name into its label and the zone, because the zone is the same for all names.
func labelled(name, zone string) (label, suffix string) {
	if label, ok := strings.CutSuffix(name, "."+zone); ok && label != "" && zone != "" {
		return Escape(label), Escape("." + zone)
	}
	return Escape(name), ""
}

func pageReason(c plan.Change) string {
	var parts []string
	if c.Reason != "" {
		parts = append(parts, Escape(c.Reason))
	}
	if c.Forget {
		parts = append(parts, "cfplan does not own it afterwards")
	}
	if c.Pending {
		parts = append(parts, "it was pending when the snapshot was taken")
	}
	return strings.Join(parts, "; ")
}
