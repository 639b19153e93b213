package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// kind is an action and a type. The changes of a zone are counted by kind.
type kind struct {
	action plan.Action
	typ    dns.Type
}

func kindOf(c plan.Change) kind { return kind{c.Action, c.Type} }

// kinds counts changes.
type kinds struct {
	total int
	count map[kind]int
	// order has each kind once, in the order in which the kinds are shown.
	order []kind
}

func newKinds(changes []plan.Change) *kinds {
	k := &kinds{total: len(changes), count: map[kind]int{}}
	for _, c := range changes {
		if k.count[kindOf(c)]++; k.count[kindOf(c)] == 1 {
			k.order = append(k.order, kindOf(c))
		}
	}

	slices.SortFunc(k.order, func(a, b kind) int {
		return cmp.Or(
			actionOrder(a.action)-actionOrder(b.action),
			strings.Compare(string(a.typ), string(b.typ)))
	})

	return k
}

func (k *kinds) remove(c plan.Change) {
	k.total--
	k.count[kindOf(c)]--
}

// mostKinds is up to how many kinds are named. If there are more, changes are counted only by their actions.
// Cloudflare has about twenty types of records, but a forged plan may have any number.
const mostKinds = 60

// String returns the kinds with their numbers, for a cell of a table. The text does not become longer when changes
// are removed.
func (k *kinds) String() string {
	var parts []string
	for _, action := range shownActions() {
		var types []string
		n := 0
		for _, kind := range k.order {
			if kind.action == action && k.count[kind] > 0 {
				n += k.count[kind]
				types = append(types, fmt.Sprintf("%d %s", k.count[kind], cellText(shorten(string(kind.typ), 40))))
			}
		}

		switch {
		case n == 0:
		case len(k.order) > mostKinds:
			parts = append(parts, fmt.Sprintf("%s %d", actionIcon(action), n))
		default:
			parts = append(parts, actionIcon(action)+" "+strings.Join(types, ", "))
		}
	}

	return strings.Join(parts, " · ")
}
