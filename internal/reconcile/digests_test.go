package reconcile

import (
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

func TestDigestSetFindsChangesOfAnotherPlan(t *testing.T) {
	add := func(content string) plan.Change {
		r := dns.Record{Name: "x.one.example", Type: dns.A, Content: content}
		return plan.Change{Action: plan.Add, Name: r.Name, Type: r.Type, After: plan.ValuesOf(r)}
	}
	changes := []plan.Change{add("192.0.2.1"), add("192.0.2.2"), add("192.0.2.3")}

	rest := setOf([]plan.Change{add("192.0.2.2")}).without(changes)
	if len(rest) != 2 || rest[0].After.Content != "192.0.2.1" || rest[1].After.Content != "192.0.2.3" {
		t.Errorf("without = %+v, want the first and the last", rest)
	}
	if changes[1].After.Content != "192.0.2.2" {
		t.Error("without changed its input")
	}
}
