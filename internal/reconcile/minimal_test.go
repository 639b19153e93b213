package reconcile_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/sandbox"
	"github.com/cfplan/cfplan/internal/state"
)

// minimalWorld returns three zones that are as declared, each with a record of others and a
// snapshot.
func minimalWorld(t testing.TB) (*world, []dns.Zone) {
	t.Helper()
	var zones []sandbox.Zone
	var desired []dns.Zone
	for _, name := range []string{"one.example", "two.example", "three.example"} {
		theirs := []sandbox.Record{{Type: "A", Name: "theirs", Content: "192.0.2.250", TTL: 300}}
		zones = append(zones, sandbox.Zone{Name: name, Plan: "pro", Records: theirs})
		desired = append(desired, hosts(name, 4))
	}

	w := newWorld(t, zones...)
	if _, err := w.Apply(context.Background(), w.plan(t, desired...)); err != nil {
		t.Fatal(err)
	}
	w.api.ResetRequests()
	return w, desired
}

// minimal makes a plan with minimal refresh.
func (w *world) minimal(t testing.TB, o reconcile.PlanOptions, zones ...dns.Zone) *plan.Plan {
	t.Helper()
	o.MinimalRefresh = true
	p, err := w.Plan(context.Background(), zones, o)
	if err != nil {
		t.Fatalf("Plan with minimal refresh: %v", err)
	}
	p.Seal()
	return p
}

// update changes what the state knows about a zone.
func (w *world) update(t testing.TB, zone string, change func(*state.Zone)) {
	t.Helper()
	_, err := w.Store.Update(context.Background(), func(st *state.State) (bool, error) {
		change(st.Zones[zone])
		return true, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) snapshotsFile() string {
	return strings.TrimSuffix(w.state, ".json") + ".snapshots.json"
}

// editSnapshot edits the document of snapshots, in the part of one zone.
func (w *world) editSnapshot(t testing.TB, zone, old, new string) {
	t.Helper()
	text, err := os.ReadFile(w.snapshotsFile())
	if err != nil {
		t.Fatal(err)
	}
	start := bytes.Index(text, []byte(`"`+zone+`": {`))
	if start < 0 || !bytes.Contains(text[start:], []byte(old)) {
		t.Fatalf("there is no %s in the snapshot of %s:\n%s", old, zone, text)
	}
	edited := append(bytes.Clone(text[:start]), bytes.Replace(text[start:], []byte(old), []byte(new), 1)...)
	if err := os.WriteFile(w.snapshotsFile(), edited, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAZoneWithNothingToDoIsNotRead(t *testing.T) {
	t.Parallel()
	w, desired := minimalWorld(t)
	before, err := os.ReadFile(w.snapshotsFile())
	if err != nil {
		t.Fatal(err)
	}

	p := w.minimal(t, reconcile.PlanOptions{RequireLive: true}, desired...)
	if n := len(w.api.Requests()); n > 0 {
		t.Errorf("the plan made %d requests, want none: %v", n, w.api.Requests())
	}
	want := plan.Summary{Unchanged: 12, Unmanaged: 3, NotRefreshed: 3}
	if p.Mode != plan.Live || p.Summary != want || len(p.Degraded)+len(p.Diagnostics) > 0 {
		t.Errorf("mode %s, summary %+v, %v; want live, %+v", p.Mode, p.Summary, p.Diagnostics, want)
	}
	for _, z := range p.Zones {
		if z.Source.Kind != plan.SourceCache || z.Source.FetchedAt.IsZero() || z.Source.Confidence != plan.High {
			t.Errorf("%s: source %+v, want the snapshot with its age", z.Name, z.Source)
		}
	}
	if err := p.WellFormed(); err != nil {
		t.Errorf("WellFormed = %v", err)
	}
	if after, err := os.ReadFile(w.snapshotsFile()); err != nil || !bytes.Equal(after, before) {
		t.Errorf("the snapshots were written, %v:\n%s\nwant:\n%s", err, after, before)
	}
}

// If there is, or may be, something to do in a zone, the plan reads that zone and no other.
func TestAZoneIsReadIfThereMayBeSomethingToDo(t *testing.T) {
	t.Parallel()
	type zones = []dns.Zone
	for _, c := range []struct {
		name string
		// prepare changes the world, and returns what is declared.
		prepare func(*testing.T, *world, zones) zones
		options reconcile.PlanOptions
		// requests is how many requests it takes; 1 if not set.
		requests int
	}{
		{name: "a change", prepare: func(_ *testing.T, _ *world, z zones) zones {
			z[0].Records[0].Content = "192.0.2.77"
			return z
		}},
		{name: "an added record", prepare: func(_ *testing.T, _ *world, z zones) zones {
			z[0].Records = append(z[0].Records, a("one.example", "new", "192.0.2.7"))
			return z
		}},
		{name: "an owned record that is no longer declared", prepare: func(_ *testing.T, _ *world, z zones) zones {
			z[0].Records = z[0].Records[1:]
			return z
		}},
		{name: "a zone that is no longer declared", prepare: func(_ *testing.T, _ *world, z zones) zones {
			return z[1:]
		}},
		{name: "an adoption", prepare: func(_ *testing.T, _ *world, z zones) zones {
			z[0].Records = append(z[0].Records, a("one.example", "theirs", "192.0.2.250"))
			return z
		}},
		{name: "an address that moved", prepare: func(_ *testing.T, _ *world, z zones) zones {
			z[0].Records[0].Declared.Address = "one.example/A/renamed"
			return z
		}},
		{name: "a changed mark of a sensitive attribute", prepare: func(t *testing.T, w *world, z zones) zones {
			w.update(t, "one.example", func(known *state.Zone) {
				for id, o := range known.Owned {
					o.Sensitive = []dns.Attribute{dns.AttrComment}
					known.Owned[id] = o
				}
			})
			return z
		}},
		{name: "a change that -target leaves out", prepare: func(_ *testing.T, _ *world, z zones) zones {
			z[0].Records[0].Content = "192.0.2.77"
			return z
		}, options: reconcile.PlanOptions{Selection: plan.Select([]plan.Target{target("*/A/h1")}, nil)}},
		{name: "a tier that forbids a declared record", prepare: func(t *testing.T, w *world, z zones) zones {
			z[0].Records[0].Tags = []string{"a:b"}
			w.carryOut(t, z)
			w.editSnapshot(t, "one.example", `"tier": "pro"`, `"tier": "free"`)
			return z
		}, requests: 2},
		{name: "an error without a change", prepare: func(t *testing.T, w *world, z zones) zones {
			kept := sandbox.Record{
				Type:     "MX",
				Name:     "@",
				Content:  "route1.mx.cloudflare.net",
				Priority: 10,
				TTL:      300,
				Meta:     map[string]any{"email_routing": true, "read_only": true},
			}
			if _, err := w.api.PutRecord("one.example", kept); err != nil {
				t.Fatal(err)
			}
			w.plan(t, z...)
			z[0].Records = append(z[0].Records, dns.Record{
				Name:     "one.example",
				Type:     dns.MX,
				Content:  "route1.mx.cloudflare.net",
				Priority: 20,
				TTL:      300,
			})
			return z
		}},
		{name: "no snapshot", prepare: func(t *testing.T, w *world, z zones) zones {
			w.snapshots(t, func(all *state.Snapshots) { all.Delete("one.example") })
			return z
		}},
		{name: "a damaged snapshot", prepare: func(t *testing.T, w *world, z zones) zones {
			records := w.api.Records("one.example")
			w.editSnapshot(t, "one.example", records[0].ID, records[1].ID)
			return z
		}},
		{name: "a snapshot with records of another zone", prepare: func(t *testing.T, w *world, z zones) zones {
			w.editSnapshot(t, "one.example", "theirs.one.example", "theirs.other.example")
			return z
		}},
		{name: "a snapshot of another zone of that name", prepare: func(t *testing.T, w *world, z zones) zones {
			zone, _ := w.api.Zone("one.example")
			w.editSnapshot(t, "one.example", zone.ID, strings.Repeat("0", 32))
			z[0].ID = zone.ID
			return z
		}},
		{name: "a snapshot that names no zone", prepare: func(t *testing.T, w *world, z zones) zones {
			zone, _ := w.api.Zone("one.example")
			w.editSnapshot(t, "one.example", zone.ID, "")
			return z
		}, requests: 2},
		{name: "a snapshot older than the last apply", prepare: func(t *testing.T, w *world, z zones) zones {
			w.update(t, "one.example", func(known *state.Zone) { known.AppliedAt = time.Now() })
			return z
		}},
		{name: "a snapshot from the future", prepare: func(t *testing.T, w *world, z zones) zones {
			w.snapshots(t, func(all *state.Snapshots) { all.Of("one.example").FetchedAt = time.Now().Add(time.Hour) })
			return z
		}},
		{name: "an open journal", prepare: func(t *testing.T, w *world, z zones) zones {
			w.update(t, "one.example", func(known *state.Zone) {
				known.Journal = &state.Journal{At: known.AppliedAt.Add(-time.Hour), Who: "test"}
			})
			return z
		}},
		{name: "an owned record that the snapshot does not have", prepare: func(t *testing.T, w *world, z zones) zones {
			w.update(t, "one.example", func(known *state.Zone) {
				known.Owned[strings.Repeat("f", 32)] = state.Owned{
					Address: "one.example/A/gone",
					Name:    "gone.one.example",
					Type:    dns.A,
				}
			})
			return z
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, desired := minimalWorld(t)
			desired = c.prepare(t, w, desired)
			w.api.ResetRequests()

			p := w.minimal(t, c.options, desired...)
			for _, z := range p.Zones {
				if live := z.Source.Kind == plan.SourceLive; live != (z.Name == "one.example") {
					t.Errorf("%s is from %q, want only one.example live", z.Name, z.Source.Kind)
				}
			}
			if n := len(w.api.Requests()); n != max(1, c.requests) {
				t.Errorf("requests = %v, want %d", w.api.Requests(), max(1, c.requests))
			}
			if p.Mode != plan.Live || p.Summary.NotRefreshed != 2 {
				t.Errorf("mode %s, summary %+v; want live, 2 not refreshed", p.Mode, p.Summary)
			}
		})
	}
}

func target(text string) plan.Target {
	t, err := plan.ParseTarget(text)
	if err != nil {
		panic(err)
	}
	return t
}

// carryOut plans and applies zones, however many records they lose.
func (w *world) carryOut(t testing.TB, zones []dns.Zone) {
	t.Helper()
	p, err := w.Plan(context.Background(), zones, reconcile.PlanOptions{AllowDestroy: 1000})
	if err != nil {
		t.Fatal(err)
	}
	p.Seal()
	if _, err := w.Apply(context.Background(), p); err != nil {
		t.Fatal(err)
	}
}

// snapshots changes the stored snapshots.
func (w *world) snapshots(t testing.TB, change func(*state.Snapshots)) {
	t.Helper()
	err := w.Store.UpdateSnapshots(context.Background(), nil, func(all *state.Snapshots) bool {
		change(all)
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAZoneThatWasNotReadKeepsItsSnapshot(t *testing.T) {
	t.Parallel()
	w, desired := minimalWorld(t)
	first, err := w.Store.Snapshots(t.Context())
	if err != nil {
		t.Fatal(err)
	}

	desired[0].Records[0].Content = "192.0.2.77"
	w.minimal(t, reconcile.PlanOptions{}, desired...)
	second, err := w.Store.Snapshots(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if s := second.Of("one.example"); !s.FetchedAt.After(first.Of("one.example").FetchedAt) || len(s.Pending) != 1 {
		t.Errorf("one.example was read, and its snapshot is of %v with %d pending; want a newer one with 1",
			s.FetchedAt, len(s.Pending))
	}
	for _, name := range []string{"two.example", "three.example"} {
		was, is := first.Of(name), second.Of(name)
		if !is.FetchedAt.Equal(was.FetchedAt) || !reflect.DeepEqual(is.Pending, was.Pending) {
			t.Errorf("%s was not read, but its snapshot went from %v to %v, want it unchanged", name, was.FetchedAt, is.FetchedAt)
		}
	}
}

func TestARefusedZoneWithSomethingToDoMakesTheMinimalPlanReadOnly(t *testing.T) {
	t.Parallel()
	w, desired := minimalWorld(t)
	desired[0].Records[0].Content = "192.0.2.77"
	w.api.Fail(sandbox.AuthenticationError())

	p := w.minimal(t, reconcile.PlanOptions{}, desired...)
	if p.Mode != plan.ReadOnly || len(p.Degraded) != 1 || p.Summary.NotRefreshed != 2 || p.Summary.Change != 1 {
		t.Errorf("mode %s, %d degraded, summary %+v; want read-only, 1 of them, 2 not refreshed, 1 to change",
			p.Mode, len(p.Degraded), p.Summary)
	}

	options := reconcile.PlanOptions{MinimalRefresh: true, RequireLive: true}
	_, err := w.Plan(context.Background(), desired, options)
	var refused *reconcile.RefusedError
	if !errors.As(err, &refused) || len(refused.Degraded) != 1 || refused.Degraded[0].Zone != "one.example" {
		t.Errorf("with RequireLive: %v, want a RefusedError of one.example alone", err)
	}
}

// A wrong ID leads to the same error as in a full plan, whatever the snapshot says.
func TestAMinimalPlanNoticesAWrongZoneID(t *testing.T) {
	t.Parallel()
	w, desired := minimalWorld(t)
	two, _ := w.api.Zone("two.example")
	desired[0].ID = two.ID
	_, err := w.Plan(context.Background(), desired, reconcile.PlanOptions{MinimalRefresh: true})
	if err == nil || !strings.Contains(err.Error(), "one.example") || !strings.Contains(err.Error(), "ID") {
		t.Errorf("Plan = %v, want an error about the ID of one.example", err)
	}
}

// An apply of the saved plan neither reads the zones that the plan did not read, nor depends on
// them.
func TestAnApplyDoesNotReadWhatItsPlanDidNot(t *testing.T) {
	t.Parallel()
	w, desired := minimalWorld(t)
	desired[0].Records[0].Content = "192.0.2.77"
	p := w.minimal(t, reconcile.PlanOptions{}, desired...)

	var saved bytes.Buffer
	if err := plan.Encode(&saved, p); err != nil {
		t.Fatal(err)
	}
	p, err := plan.Decode(&saved)
	if err != nil {
		t.Fatal(err)
	}
	w.api.ResetRequests()
	w.api.Fail(sandbox.AuthenticationError().InZone("two.example"))
	report, err := w.Apply(context.Background(), p)
	if err != nil || report.Done.Change != 1 {
		t.Fatalf("Apply = %+v, %v; want 1 changed", report.Done, err)
	}
	if n := len(w.api.Requests()); n != 2 {
		t.Errorf("requests = %v, want a list and a batch of one.example", w.api.Requests())
	}
	w.api.ClearFaults()
	w.converged(t, desired...)
}

// If a plan says that a zone is not refreshed but changes it, it is checked against the live zone
// like any other.
func TestAnApplyReadsAForgedZoneThatIsNotRefreshed(t *testing.T) {
	t.Parallel()
	w, desired := minimalWorld(t)
	desired[0].Records[0].Content = "192.0.2.77"
	p := w.minimal(t, reconcile.PlanOptions{}, desired...)
	for i := range p.Zones {
		if z := &p.Zones[i]; z.Name == "one.example" {
			z.Source.Kind, z.Summary.NotRefreshed = plan.SourceCache, 1
		}
	}
	p.Recount()
	p.Seal()
	w.api.ResetRequests()
	w.api.Fail(sandbox.AuthenticationError().InZone("one.example"))
	var refused *reconcile.RefusedError
	if _, err := w.Apply(context.Background(), p); !errors.As(err, &refused) || len(w.api.Writes()) > 0 {
		t.Errorf("Apply = %v, want the refusal of the zone's list, and nothing written", err)
	}
}

// With many zones, the plan of a pull request costs only as much as it changes.
func TestAMinimalPlanOfAThousandZonesTakesAtMostTenRequests(t *testing.T) {
	t.Parallel()
	zones := make([]sandbox.Zone, 1000)
	for i := range zones {
		zones[i].Name = fmt.Sprintf("z%d.example", i)
		zones[i].Records = []sandbox.Record{{Type: "A", Name: "h0", Content: "192.0.2.1", TTL: 300}}
	}
	w := newWorld(t, zones...)
	desired := make([]dns.Zone, len(zones))
	for i, z := range zones {
		desired[i] = hosts(z.Name, 1)
		desired[i].Policy.Ownership = dns.Exclusive // nothing has to be adopted
	}
	w.snapshots(t, func(all *state.Snapshots) {
		for _, z := range desired {
			all.Set(state.NewSnapshot(time.Now(), w.asListed(z)))
		}
	})

	for _, i := range []int{7, 500, 999} {
		desired[i].Records[0].Content = "192.0.2.2"
	}
	w.api.ResetRequests()
	p := w.minimal(t, reconcile.PlanOptions{}, desired...)
	if n := len(w.api.Requests()); n > 10 {
		t.Errorf("the plan took %d requests, want at most 10", n)
	}
	if p.Mode != plan.Live || p.Summary.Change != 3 || p.Summary.NotRefreshed != 997 {
		t.Errorf("mode %s, summary %+v; want live, 3 to change, 997 not refreshed", p.Mode, p.Summary)
	}
}

// asListed returns a zone with the IDs that Cloudflare gave to it and to its records.
func (w *world) asListed(z dns.Zone) dns.Zone {
	listed, _ := w.api.Zone(z.Name)
	out := dns.Zone{Name: z.Name, ID: listed.ID}
	for i, r := range w.api.Records(z.Name) {
		record := z.Records[i]
		record.ID, record.Declared = r.ID, nil
		out.Records = append(out.Records, record)
	}
	return out
}

// For zones that others have not changed, a minimal plan has the same changes as a full plan.
func TestAMinimalPlanHasTheChangesOfTheFullOne(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("many applies: not with -short")
	}

	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t, foreign()...)
		for range rapid.IntRange(0, 1).Draw(rt, "applies") {
			w.carryOut(t, drawnZones(rt))
		}
		desired := drawnZones(rt)
		minimal, full := w.minimal(t, reconcile.PlanOptions{}, desired...), w.plan(t, desired...)
		if minimal.Mode != full.Mode {
			rt.Fatalf("the minimal plan is %s, the full one %s", minimal.Mode, full.Mode)
		}
		for i, z := range minimal.Zones {
			same := full.Zones[i]
			if z.NotRefreshed() && !same.HasNothingToDo() {
				rt.Fatalf("%s was not read, and the full plan has %+v", z.Name, same)
			}
			z.Source, z.Summary.NotRefreshed = same.Source, 0
			if !reflect.DeepEqual(z, same) {
				rt.Fatalf("the minimal plan has\n%+v\nthe full one\n%+v", z, same)
			}
		}
		if !reflect.DeepEqual(minimal.Diagnostics, full.Diagnostics) {
			rt.Fatalf("the minimal plan says %+v, the full one %+v", minimal.Diagnostics, full.Diagnostics)
		}
	})
}

// drawnZones declares some records in each of the zones with records of others. A zone may be missing.
func drawnZones(rt *rapid.T) []dns.Zone {
	var out []dns.Zone
	for _, name := range chaosZones {
		if rapid.IntRange(0, 9).Draw(rt, "declared") == 0 {
			continue
		}
		z := dns.Zone{Name: name}
		for i := range 3 {
			n := rapid.IntRange(0, 3).Draw(rt, "content")
			if n == 0 {
				continue
			}
			r := a(name, fmt.Sprintf("h%d", i), fmt.Sprintf("192.0.2.%d", n))
			r.Declared.Address += rapid.SampledFrom([]string{"", "", "", "-renamed"}).Draw(rt, "address")
			z.Records = append(z.Records, r)
		}
		if rapid.IntRange(0, 4).Draw(rt, "theirs") == 0 {
			z.Records = append(z.Records, a(name, "theirs", "192.0.2.250"))
		}
		out = append(out, z)
	}
	return out
}
