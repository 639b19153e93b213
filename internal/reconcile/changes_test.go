package reconcile

import (
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

func addOf(content string) plan.Change {
	r := dns.Record{Name: "x.one.example", Type: dns.A, Content: content}
	return plan.Change{Action: plan.Add, Name: r.Name, Type: r.Type, After: plan.ValuesOf(r)}
}

func destroyOf(id, content string) plan.Change {
	r := dns.Record{Name: "x.one.example", Type: dns.A, Content: content}
	return plan.Change{Action: plan.Destroy, Name: r.Name, Type: r.Type, RecordID: id, Before: plan.ValuesOf(r)}
}

func TestChangeSetTellsChangesApart(t *testing.T) {
	t.Parallel()
	changes := []plan.Change{
		addOf("192.0.2.1"),
		addOf("192.0.2.2"),
		destroyOf("id1", "192.0.2.3"),
		destroyOf("id2", "192.0.2.3"),
	}

	rest := setOf([]plan.Change{addOf("192.0.2.2"), destroyOf("id2", "192.0.2.3")}).without(changes)
	if len(rest) != 2 || rest[0].After.Content != "192.0.2.1" || rest[1].RecordID != "id1" {
		t.Errorf("without = %+v, want the first add and the first destroy", rest)
	}
	if changes[1].After.Content != "192.0.2.2" {
		t.Error("without changed its input")
	}
}
