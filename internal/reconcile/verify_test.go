package reconcile_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/nameserver"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/sandbox"
)

// serving starts name servers for sandboxes, and makes the world's reconciler ask all of them.
func (w *world) serving(t testing.TB, of ...*sandbox.Server) []*sandbox.NameServer {
	t.Helper()
	var out []*sandbox.NameServer
	w.DNS = &nameserver.Client{}
	for _, s := range of {
		n := s.NameServer()
		address, err := n.Listen(context.Background(), "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = n.Close() })
		w.DNS.Servers = append(w.DNS.Servers, address)
		out = append(out, n)
	}
	return out
}

func expect(zones ...dns.Zone) []reconcile.Expected {
	var out []reconcile.Expected
	for _, z := range zones {
		for i := range z.Records {
			z.Records[i].Declared = &dns.Declaration{Address: z.Name + "/A/x"}
		}
		out = append(out, reconcile.Expected{Zone: z})
	}
	return out
}

// A server that does not have the changes yet is asked again until it does.
func TestVerifyWaitsForTheSlowestServer(t *testing.T) {
	t.Parallel()
	w, late := newWorld(t, sandbox.Zone{Name: "example.com", Plan: "free"}), newWorld(t, sandbox.Zone{Name: "example.com", Plan: "free"})
	w.serving(t, w.api, late.api)
	desired := hosts("example.com", 3)
	w.apply(t, w.plan(t, desired))

	once, err := w.Planner().Verify(t.Context(), expect(desired), reconcile.VerifyOptions{})
	if err != nil || len(once) != 1 || len(once[0].Pending) != 3 || len(once[0].Servers) != 2 {
		t.Fatalf("Verify = %+v, %v; want the 3 records that one of two servers lacks", once, err)
	}
	for _, p := range once[0].Pending {
		if p.Server != w.DNS.Servers[1] {
			t.Errorf("%s is reported, although it serves all records", p.Server)
		}
	}
	asked := make(chan struct{})
	go func() {
		defer close(asked)
		late.apply(t, late.plan(t, desired)) // the second server gets the changes
	}()
	found, err := w.Planner().Verify(t.Context(), expect(desired), reconcile.VerifyOptions{Patience: time.Minute, Every: time.Millisecond})
	<-asked
	if err != nil || len(found[0].Pending) > 0 || found[0].Err != nil {
		t.Errorf("Verify with patience = %+v, %v; want nothing pending", found, err)
	}
}

func TestVerifyEndsWithItsPatienceOrItsContext(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "example.com", Plan: "free"})
	names := w.serving(t, w.api)
	desired := hosts("example.com", 1)
	found, err := w.Planner().Verify(t.Context(), expect(desired), reconcile.VerifyOptions{Patience: 20 * time.Millisecond, Every: time.Millisecond})
	if err != nil || len(found[0].Pending) != 1 {
		t.Errorf("Verify = %+v, %v; want what is pending", found, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err = w.Planner().Verify(ctx, expect(desired), reconcile.VerifyOptions{Patience: time.Hour}); !errors.Is(err, reconcile.ErrInterrupted) {
		t.Errorf("Verify with a context that is done = %v, want ErrInterrupted", err)
	}
	names[0].Fail(sandbox.ServerFailure())
	found, err = w.Planner().Verify(t.Context(), expect(desired), reconcile.VerifyOptions{})
	if err != nil || found[0].Err == nil || !strings.Contains(found[0].Err.Error(), "SERVFAIL") {
		t.Errorf("Verify of a server that fails = %+v, %v; want an error about SERVFAIL", found, err)
	}
}

// Once a plan is carried out, its destroys should be gone, and its adds and changes should be
// served.
func TestExpectedOfHasTheWritesAndDestroysOfAPlan(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "example.com", Plan: "free"})
	w.serving(t, w.api)
	w.apply(t, w.plan(t, hosts("example.com", 3)))
	next := hosts("example.com", 2)
	next.Records[0].Content = "192.0.2.200"
	p := w.plan(t, next)
	before, err := w.Planner().Verify(t.Context(), reconcile.ExpectedOf(p), reconcile.VerifyOptions{})
	if err != nil || len(before[0].Pending) != 2 {
		t.Errorf("before the apply: %+v, %v; want a change and a destroy", before, err)
	}
	w.apply(t, p)
	after, err := w.Planner().Verify(t.Context(), reconcile.ExpectedOf(p), reconcile.VerifyOptions{})
	if err != nil || len(after) != 1 || len(after[0].Pending) > 0 {
		t.Errorf("after the apply: %+v, %v; want nothing pending", after, err)
	}
}
