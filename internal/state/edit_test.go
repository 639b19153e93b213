package state_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/local"
)

// owning returns a state that owns records of example.com, given as pairs of ID and
// address. Their names follow from the IDs.
func owning(pairs ...string) *state.State {
	st := state.New()
	z := st.EnsureZone("example.com", "z1")
	for pair := range slices.Chunk(pairs, 2) {
		z.Owned[pair[0]] = state.Owned{Address: pair[1], Name: pair[0] + ".example.com", Type: dns.A}
	}
	return st
}

func withOpenRequest(st *state.State) *state.State {
	at := time.Date(2026, 11, 22, 18, 4, 5, 0, time.UTC)
	st.Zones["example.com"].Journal = &state.Journal{At: at, Who: "alice"}
	return st
}

func declared(line int, names ...string) []dns.Record {
	var out []dns.Record
	for _, name := range names {
		out = append(out, dns.Record{
			Name:     name,
			Type:     dns.A,
			Declared: &dns.Declaration{File: "dns.cf.hcl", Line: line},
		})
	}
	return out
}

func addresses(st *state.State) []string {
	var out []string
	for _, r := range st.OwnedRecords() {
		out = append(out, r.ID+"="+r.Address)
	}
	return out
}

// refusal checks that err is an *EditError of the given kind and returns its text.
func refusal(t *testing.T, err error, want state.Refusal) string {
	t.Helper()
	var e *state.EditError
	if !errors.As(err, &e) || e.Refusal != want {
		t.Fatalf("error %#v, want an *EditError: %s", err, want)
	}
	return e.Problem + ". " + e.Next
}

func TestOwnedAtTakesAnAddressOrAnID(t *testing.T) {
	st := owning("b", "example.com/A/two", "a", "example.com/A/two", "c", "example.com/A/one")
	st.EnsureZone("a.example", "z2").Owned["d"] = state.Owned{Address: "a.example/A/x"}

	for name, want := range map[string][]string{
		"example.com/A/two": {"a", "b"},
		"c":                 {"c"},
		"d":                 {"d"},
	} {
		records, err := st.OwnedAt(name)
		var got []string
		for _, r := range records {
			got = append(got, r.ID)
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("OwnedAt(%q) = %v, %v, want %v", name, got, err, want)
		}
	}
}

func TestOwnedAtNamesSimilarAddresses(t *testing.T) {
	st := owning("a", `example.com/A/www["eu"]`, "b", `example.com/A/www["us"]`, "c", "example.com/A/mail")
	for name, want := range map[string]string{
		"example.com/A/www": `cfplan owns no record under "example.com/A/www". There are: example.com/A/www["eu"], example.com/A/www["us"]. ` +
			"cfplan state list shows all.",
		"example.com/A/mial":  `cfplan owns no record under "example.com/A/mial". Did you mean "example.com/A/mail"? cfplan state list shows all.`,
		"example.net/TXT/xyz": `cfplan owns no record under "example.net/TXT/xyz". cfplan state list shows all.`,
	} {
		_, err := st.OwnedAt(name)
		if got := refusal(t, err, state.NotOwned); got != want {
			t.Errorf("OwnedAt(%q) says %q, want %q", name, got, want)
		}
	}
}

func TestMoveChangesAllRecordsOfAnAddress(t *testing.T) {
	st := owning("a", "example.com/A/two", "b", "example.com/A/two", "c", "example.com/A/one")
	moved, err := st.Move("example.com/A/two", address(t, "example.com/A/new"), nil)
	if err != nil || len(moved) != 2 || moved[0].Address != "example.com/A/two" {
		t.Fatalf("Move = %v, %v, want both records as they were", moved, err)
	}

	if got, want := addresses(st), []string{"a=example.com/A/new", "b=example.com/A/new",
		"c=example.com/A/one"}; !slices.Equal(got, want) {
		t.Errorf("the state has %v, want %v", got, want)
	}

	if _, err := st.Move("b", address(t, `example.com/A/new["b"]`), declared(1, "b.example.com")); err != nil {
		t.Fatalf("Move by ID: %v", err)
	}
	if got, want := addresses(st), []string{"a=example.com/A/new", `b=example.com/A/new["b"]`,
		"c=example.com/A/one"}; !slices.Equal(got, want) {
		t.Errorf("the state has %v, want %v", got, want)
	}
}

func TestMoveRefusesOtherZonesTypesAndNames(t *testing.T) {
	two := func() *state.State {
		return owning("a", "example.com/A/two", "b", "example.com/A/two", "c", "example.com/A/one")
	}
	for _, test := range []struct {
		name     string
		st       *state.State
		from, to string
		declared []dns.Record
		kind     state.Refusal
		says     string
	}{
		{
			"an address that has no record", two(), "example.com/A/x", "example.com/A/new", nil,
			state.NotOwned, `cfplan owns no record under "example.com/A/x". cfplan state list shows all.`,
		},
		{
			"its own address", two(), "example.com/A/one", "example.com/A/one", nil,
			state.SameAddress, "example.com/A/one is the record's address already. See cfplan help.",
		},
		{
			"another zone", two(), "c", "example.net/A/one", nil,
			state.NotMovable, "example.com/A/one (ID c): it is a record of the zone example.com, but example.net/A/one is an address of example.net. Nothing was changed.",
		},
		{
			"another type", two(), "c", "example.com/AAAA/one", nil,
			state.NotMovable, "example.com/A/one (ID c): it has the type A, but example.com/AAAA/one is an address of the type AAAA. Nothing was changed.",
		},
		{
			"another name", two(), "c", "example.com/A/new", declared(7, "new.example.com"),
			state.NotMovable, "example.com/A/one (ID c): its name is c.example.com, but example.com/A/new declares the name new.example.com (dns.cf.hcl:7). Nothing was changed.",
		},
		{
			"an address that nothing declares and that has a record", two(), "c", "example.com/A/two", nil,
			state.AddressTaken, "example.com/A/two has 2 records already. Move its records elsewhere first, or give them up with cfplan state rm. Nothing was changed.",
		},
		{
			"an address that has all records that are declared for it", two(), "c", "example.com/A/two", declared(7, "c.example.com", "c.example.com"),
			state.AddressTaken, "example.com/A/two has 2 records already. Move its records elsewhere first, or give them up with cfplan state rm. Nothing was changed.",
		},
		{
			"an open request", withOpenRequest(two()), "c", "example.com/A/new", nil,
			state.RequestOpen, "example.com: the run of alice sent a request at 2026-11-22 18:04:05 UTC, and its outcome is not recorded. The run is still working, or was cut off: " +
				"the next cfplan apply reads the zone and records what took effect. Nothing was changed.",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := addresses(test.st)
			_, err := test.st.Move(test.from, address(t, test.to), test.declared)
			if got := refusal(t, err, test.kind); got != test.says {
				t.Errorf("Move says\n%s, want\n%s", got, test.says)
			}
			if got := addresses(test.st); !slices.Equal(got, before) {
				t.Errorf("the state has %v, had %v", got, before)
			}
		})
	}
}

func TestMoveRefusesTwoRecordsForAnAddressOfOne(t *testing.T) {
	st := owning("a", "example.com/A/two", "b", "example.com/A/two")
	for id, o := range st.Zones["example.com"].Owned {
		o.Name = "two.example.com"
		st.Zones["example.com"].Owned[id] = o
	}
	_, err := st.Move("example.com/A/two", address(t, `example.com/A/two["a"]`), declared(4, "two.example.com"))
	const want = `2 records are to move to example.com/A/two["a"], which declares 1 (dns.cf.hcl:4). ` +
		"Move them one by one, by the IDs that cfplan state list shows. Nothing was changed."
	if got := refusal(t, err, state.NotMovable); got != want {
		t.Errorf("Move says\n%s, want\n%s", got, want)
	}
}

func TestMoveStoresOnlyWithTheLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.json")
	replace(t, path, owning("c", "example.com/A/one"))
	store, to := state.Open(local.New(path)), address(t, "example.com/A/new")

	if _, err := state.Move(t.Context(), store, "c", to, nil, lost); !errors.Is(err, state.ErrLockLost) {
		t.Errorf("Move without the lock = %v, want ErrLockLost", err)
	}
	if got := read(t, path); got.Serial != 1 || got.Zones["example.com"].Owned["c"].Address != "example.com/A/one" {
		t.Errorf("Move without the lock left serial %d and %v, want 1 and the old address", got.Serial, addresses(got))
	}

	if _, err := state.Move(t.Context(), store, "c", to, nil, held); err != nil {
		t.Fatal(err)
	}
	if got := read(t, path); got.Serial != 2 || got.Zones["example.com"].Owned["c"].Address != to.String() {
		t.Errorf("Move left serial %d and %v, want 2 and the new address", got.Serial, addresses(got))
	}
}

func TestForgetRemovesZonesAndAddresses(t *testing.T) {
	for name, want := range map[string][]string{
		"example.com/A/two": {"c=example.com/A/one"},
		"example.com":       nil,
	} {
		st := owning("a", "example.com/A/two", "b", "example.com/A/two", "c", "example.com/A/one")
		if !st.Forget(name) || !slices.Equal(addresses(st), want) {
			t.Errorf("Forget(%q) left %v, want %v", name, addresses(st), want)
		}
		if st.Forget(name) {
			t.Errorf("second Forget(%q) = true, want false", name)
		}
	}
}

func TestForgetRefusesUnknownNames(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.json")
	replace(t, path, owning("a", "example.com/A/one"))

	err := state.Forget(t.Context(), state.Open(local.New(path)), []string{"example.com/A/one", "example.net"},
		state.ForgetOptions{Check: held})
	const want = `the state has neither a zone nor an address "example.net". cfplan state list shows the names that it has.`
	if got := refusal(t, err, state.NothingToForget); got != want {
		t.Errorf("Forget says %q, want %q", got, want)
	}
	if got := read(t, path); got.Serial != 1 || got.Owned() != 1 {
		t.Errorf("a refused Forget left serial %d and %v, want 1 and one record", got.Serial, addresses(got))
	}
}

func TestForgetRefusesZonesWithAnOpenRequest(t *testing.T) {
	for _, name := range []string{"example.com", "example.com/A/one"} {
		path := filepath.Join(t.TempDir(), "s.json")
		replace(t, path, withOpenRequest(owning("a", "example.com/A/one")))
		store := state.Open(local.New(path))

		err := state.Forget(t.Context(), store, []string{name}, state.ForgetOptions{Check: held})
		const want = "example.com: the run of alice sent a request at 2026-11-22 18:04:05 UTC, and its outcome is not " +
			"recorded. The run is still working, or was cut off: " +
			"the next cfplan apply reads the zone and records what took effect. Nothing was changed. -force " +
			"forgets the request; cfplan then does not own what it created."

		if got := refusal(t, err, state.RequestOpen); got != want {
			t.Errorf("Forget(%s) says\n%s, want\n%s", name, got, want)
		}
		if got := read(t, path); got.Owned() != 1 {
			t.Errorf("a refused Forget(%s) left %v, want one record", name, addresses(got))
		}

		if err := state.Forget(t.Context(), store, []string{name},
			state.ForgetOptions{Check: held, Force: true}); err != nil {
			t.Errorf("Forget(%s) with force: %v", name, err)
		}
		if got := read(t, path); got.Owned() != 0 {
			t.Errorf("Forget(%s) with force left %v, want nothing", name, addresses(got))
		}
	}
}

func TestForgetDropsSnapshotsOfZones(t *testing.T) {
	store := state.Open(local.New(filepath.Join(t.TempDir(), "s.json")))
	ctx := t.Context()
	err := store.UpdateSnapshots(ctx, nil, func(all *state.Snapshots) bool {
		for _, zone := range []string{"example.com", "example.net"} {
			all.Set(state.NewSnapshot(time.Unix(1e9, 0), dns.Zone{Name: zone, ID: zone}))
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}

	snapshots, err := store.Snapshots(ctx)
	if err != nil {
		t.Fatal(err)
	}

	o := state.ForgetOptions{Snapshots: snapshots, Check: func(context.Context) error { return nil }}
	if err := state.Forget(ctx, store, []string{"example.com"}, o); err != nil {
		t.Fatal(err)
	}
	if left, err := store.Snapshots(ctx); err != nil || !slices.Equal(left.Zones(), []string{"example.net"}) {
		t.Errorf("after Forget there are snapshots of %v, %v, want example.net alone", left.Zones(), err)
	}
}

func address(t *testing.T, text string) state.Address {
	t.Helper()
	a, err := state.ParseAddress(text)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
