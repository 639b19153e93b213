package state_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/local"
	"github.com/cfplan/cfplan/internal/state/statetest"
)

// writing has the methods that write, by what they write.
var writing = map[string][]string{
	"state":     {"Replace", "Update", "Push", "Keep", "Drop"},
	"snapshots": {"UpdateSnapshots", "Create"},
	"lock":      {"Lock", "ForceUnlock"},
}

func TestOnlyWritingTypesHaveMethodsThatWrite(t *testing.T) {
	for _, test := range []struct {
		store any
		may   []string
	}{
		{&state.Reader{}, nil},
		{&state.Observer{}, []string{"snapshots"}},
		{&state.Locker{}, []string{"lock"}},
		{&state.Store{}, []string{"state", "snapshots", "lock"}},
	} {
		typ := reflect.TypeOf(test.store)
		for what, methods := range writing {
			for _, method := range methods {
				_, has := typ.MethodByName(method)
				want := strings.Contains(strings.Join(test.may, " "), what)
				if has != want {
					t.Errorf("%v has a method %s: %v, want %v", typ, method, has, want)
				}
			}
		}
	}
}

func TestAnObserverCreatesAStateOnce(t *testing.T) {
	path := newPath(t)
	mine, theirs := state.OpenObserver(local.New(path)), state.OpenObserver(local.New(path))
	st, err := mine.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}

	other, err := theirs.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}

	if other, err = theirs.Create(t.Context(), other); err != nil || other.Serial != 1 {
		t.Fatalf("Create = %+v, %v, want serial 1", other, err)
	}

	got, err := mine.Create(t.Context(), st)
	if err != nil || got.Lineage != other.Lineage || got.Serial != 1 {
		t.Errorf("Create after another run = %+v, %v, want the state of that run", got, err)
	}
}

func TestAnObserverThatMayNotWriteStillReads(t *testing.T) {
	path := newPath(t)
	replace(t, path, statetest.Sample())
	o, reason := state.OpenObserver(local.New(path)), errors.New("it is another one")
	o.StopWriting(reason)

	st, err := o.Read(t.Context())
	if err != nil || st.Serial != 1 {
		t.Errorf("Read = %+v, %v, want serial 1", st, err)
	}

	if _, err := o.Create(t.Context(), state.New()); !errors.Is(err, reason) {
		t.Errorf("Create = %v, want %v", err, reason)
	}

	err = o.UpdateSnapshots(t.Context(), nil, func(all *state.Snapshots) bool {
		return all.Set(state.NewSnapshot(time.Unix(1e9, 0), dns.Zone{Name: "example.com"}))
	})
	if !errors.Is(err, reason) {
		t.Errorf("UpdateSnapshots = %v, want %v", err, reason)
	}

	holds(t, path, "cfplan.state.json")
}

func TestViewsOfAStoreShareTheirStamp(t *testing.T) {
	path := newPath(t)
	store := state.Open(local.New(path))
	if err := store.Replace(t.Context(), statetest.Sample()); err != nil {
		t.Fatal(err)
	}
	if got := store.Observer.Last(); got.Serial != 1 || got != store.Reader.Last() {
		t.Errorf("the observer of a store has the stamp %+v, the store %+v", got, store.Last())
	}
}
