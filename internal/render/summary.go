package render

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
)

// Summary returns the plan in one line, in Terraform's words.
func Summary(p *plan.Plan) string {
	s := p.Summary
	switch {
	case p.RefreshOnly && p.Drifted() > 0:
		return fmt.Sprintf("Drift: %s changed outside of cfplan.", english.Count(p.Drifted(), "record"))
	case p.RefreshOnly && p.Mode != plan.Live:
		return "Drift is unknown, because not all zones could be read live."
	case p.RefreshOnly:
		return "No drift. cfplan's records are as it last wrote them."
	case p.HasChanges() && p.HasErrors():
		return "Plan with errors: " + toDo(s) + "."
	case p.HasChanges():
		return "Plan: " + toDo(s) + "."
	case p.HasErrors():
		return "No changes. The plan has errors, so changes may be missing from it."
	case leftOut(p) > 0:
		return fmt.Sprintf("No changes. %s left out by -target or -exclude.", english.Count(leftOut(p), "change"))
	case p.Mode == plan.Live && p.Rollback > 0:
		return "No changes. Nothing is left of that apply to undo."
	case p.Mode == plan.Live && p.Destroy:
		return "No changes. cfplan owns no records here, so there is nothing to destroy."
	case p.Mode == plan.Live && s.NotRefreshed > 0:
		return fmt.Sprintf("No changes. Your zones match the configuration, %d of them by their snapshots.",
			s.NotRefreshed)
	case p.Mode == plan.Live:
		return "No changes. Your zones match the configuration."
	default:
		return "No changes. The configuration matches the data that it was compared with, which is not live."
	}
}

// bareSummary is Summary without its lead, for a title.
func bareSummary(p *plan.Plan) string {
	text := strings.TrimSuffix(Summary(p), ".")
	for _, lead := range []string{"Plan: ", "Plan with errors: "} {
		text = strings.TrimPrefix(text, lead)
	}
	return text
}

// toDo counts the planned changes. It names adopts and forgets, which are rare, only if there are any.
func toDo(s plan.Summary) string {
	line := fmt.Sprintf("%d to add, %d to change, %d to destroy", s.Add, s.Change, s.Destroy)
	if s.Adopt > 0 {
		line = fmt.Sprintf("%d to adopt, ", s.Adopt) + line
	}
	if s.Forget > 0 {
		line += fmt.Sprintf(", %d to forget", s.Forget)
	}
	return line
}

func leftOut(p *plan.Plan) int {
	n := 0
	for _, z := range p.Zones {
		n += z.LeftOut
	}
	return n
}

// Digest describes an applied plan in one line: by its counts and its zones.
func Digest(s plan.Summary, zones []string) string {
	var parts []string
	for _, c := range []struct {
		n    int
		what string
	}{{s.Adopt, "adopted"}, {s.Add, "added"}, {s.Change, "changed"}, {s.Destroy, "destroyed"}, {s.Forget, "forgotten"}} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.what))
		}
	}

	if len(parts) == 0 {
		parts = []string{"nothing"}
	}

	return strings.Join(parts, ", ") + " in " + Escape(zoneList(zones))
}

// lineRoom is the approximate number of columns for a value in Line.
const lineRoom = 60

// Line returns a change in one line, such as `~ A www.example.com 192.0.2.1 -> 192.0.2.9`. For long values it
// shows the differences: `~ TXT example.com "v=spf1 [-~all-]{+-all+}"`. It masks sensitive values.
func Line(c plan.Change) string {
	c = c.Masked()
	line := symbol(c.Action) + " " + string(c.Type) + " " + c.Name + " "
	switch {
	case c.Before == nil:
		line += shortValue(c.Type, c.After)
	case c.After == nil:
		line += shortValue(c.Type, c.Before)
	case c.Renames(), !slices.Contains(c.Changed(), dns.AttrContent):
		line += shortValue(c.Type, c.After) + changedBriefly(c)
	default:
		line += valuesInRoom(value(c.Type, c.Before), value(c.Type, c.After))
	}

	return Escape(line + asides(c))
}

// shortValue returns a value in one line. It leaves out the middle of a long value.
func shortValue(t dns.Type, v *plan.Values) string {
	list := units(Escape(value(t, v)))
	if columnsOf(list) <= 2*lineRoom {
		return strings.Join(list, "")
	}
	return strings.Join(firstUnits(list, lineRoom), "") + ellipsis + strings.Join(lastUnits(list, lineRoom/2), "")
}

// valuesInRoom returns both values of a change in one line.
func valuesInRoom(before, after string) string {
	b, a := Escape(before), Escape(after)
	if b == a && before != after {
		b, a = quoted(before), quoted(after)
	}
	return inRoom(compare(b, a), max(len(b), len(a)) >= long, lineRoom)
}

// givenUp marks a record that cfplan writes but no longer owns afterwards.
const givenUp = " (then no longer cfplan's)"

// changedBriefly names the attributes that change in addition to the content.
func changedBriefly(c plan.Change) string {
	var parts []string
	for _, r := range changedRows(c) {
		parts = append(parts, r.inRoom(lineRoom))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

func value(t dns.Type, v *plan.Values) string {
	if t == dns.MX && v.Priority != nil {
		return fmt.Sprintf("%d %s", *v.Priority, v.Content)
	}
	return v.Content
}

func symbol(a plan.Action) string {
	switch a {
	case plan.Add:
		return "+"
	case plan.Update:
		return "~"
	case plan.Destroy:
		return "-"
	case plan.Forget:
		return "."
	default:
		return "="
	}
}

// others counts the records that do not change, names the products that manage records which cfplan may not touch,
// and counts the changes that -target and -exclude leave out.
func others(s plan.Summary, zones ...plan.Zone) string {
	var parts []string
	if s.Unchanged > 0 {
		parts = append(parts, fmt.Sprintf("%d unchanged", s.Unchanged))
	}
	if s.Unmanaged > 0 {
		parts = append(parts, fmt.Sprintf("%d unmanaged", s.Unmanaged))
	}

	kept := map[string]int{}
	for _, z := range zones {
		for product, n := range z.KeptBy {
			kept[product] += n
		}
	}

	for _, product := range slices.Sorted(maps.Keys(kept)) {
		parts = append(parts, fmt.Sprintf("%d of them kept by %s", kept[product], Escape(product)))
	}

	left := 0
	for _, z := range zones {
		left += z.LeftOut
	}

	if left > 0 {
		parts = append(parts, english.Count(left, "change")+" left out")
	}

	return strings.Join(parts, ", ")
}
