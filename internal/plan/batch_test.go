package plan_test

import (
	"fmt"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// changesAt returns n changes at one name, all with the same action.
func changesAt(name string, action plan.Action, n int) []plan.Change {
	var out []plan.Change
	for i := range n {
		v := &plan.Values{Content: fmt.Sprintf("192.0.2.%d", i)}
		c := plan.Change{Action: action, Name: name + "." + zoneName, Type: dns.A}
		switch action {
		case plan.Add:
			c.After = v
		case plan.Destroy:
			c.Before, c.RecordID = v, fmt.Sprintf("%s%d", name, i)
		default:
			c.Before, c.After, c.RecordID = v, v, fmt.Sprintf("%s%d", name, i)
		}
		out = append(out, c)
	}
	return out
}

func TestGrowthIsTheLargestAfterARequestThatAdds(t *testing.T) {
	for name, c := range map[string]struct {
		changes [][]plan.Change
		limit   int
		want    int
		adds    bool
	}{
		"nothing":                  {nil, 10, 0, false},
		"no adds":                  {[][]plan.Change{changesAt("a", plan.Destroy, 3), changesAt("b", plan.Update, 2)}, 10, 0, false},
		"adds":                     {[][]plan.Change{changesAt("a", plan.Add, 3)}, 10, 3, true},
		"adds in several requests": {[][]plan.Change{changesAt("a", plan.Add, 3), changesAt("b", plan.Add, 3)}, 3, 6, true},
		"destroys come first":      {[][]plan.Change{changesAt("a", plan.Add, 2), changesAt("b", plan.Destroy, 2)}, 10, 0, true},
		"a zone that shrinks":      {[][]plan.Change{changesAt("a", plan.Add, 1), changesAt("b", plan.Destroy, 4)}, 10, -3, true},
		"a zone that shrinks step by step": {[][]plan.Change{
			changesAt("a", plan.Add, 1), changesAt("a", plan.Destroy, 2),
			changesAt("b", plan.Destroy, 3),
		}, 3, -1, true},
		"adoptions and changes need no room": {[][]plan.Change{changesAt("a", plan.Adopt, 3), changesAt("b", plan.Update, 3)}, 10, 0, false},
	} {
		var z plan.Zone
		for _, changes := range c.changes {
			z.Changes = append(z.Changes, changes...)
		}
		if got, adds := plan.Growth(z, c.limit); got != c.want || adds != c.adds {
			t.Errorf("%s: Growth = %d, %v; want %d, %v", name, got, adds, c.want, c.adds)
		}
	}
}
