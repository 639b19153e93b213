package state_test

import (
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/state"
)

func TestLineageIsARandomUUID(t *testing.T) {
	form := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	a, b := state.New().Lineage, state.New().Lineage
	if !form.MatchString(a) || a == b {
		t.Errorf("lineages %s and %s, want two different UUIDs of version 4", a, b)
	}
}

func TestEnsureZoneAddsAZoneAndReplacesItsID(t *testing.T) {
	var s state.State // the zero value is usable
	if s.Zone("example.com") != nil {
		t.Error("a state without zones has one")
	}
	z := s.EnsureZone("example.com", "1")
	z.Owned["r"] = state.Owned{Address: "a"}
	for _, c := range []struct{ given, want string }{{"", "1"}, {"1", "1"}, {"2", "2"}, {"", "2"}} {
		if got := s.EnsureZone("example.com", c.given); got != z || got.ID != c.want || len(got.Owned) != 1 {
			t.Errorf("EnsureZone with ID %q = %+v, want the existing zone, with ID %q", c.given, got, c.want)
		}
	}
}

func TestSetDropsAnOlderSnapshot(t *testing.T) {
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	var all state.Snapshots // the zero value is usable
	for _, c := range []struct {
		at    time.Duration
		taken bool
	}{{0, true}, {-time.Second, false}, {0, true}, {time.Second, true}, {0, false}} {
		before := all.Of("example.com")
		snapshot := state.NewSnapshot(noon.Add(c.at), dns.Zone{Name: "example.com"})
		if got := all.Set(snapshot); got != c.taken {
			t.Errorf("Set at noon %+v = %v, want %v", c.at, got, c.taken)
		}
		if got := all.Of("example.com"); c.taken && got != snapshot || !c.taken && got != before {
			t.Errorf("after Set at noon %+v the stored snapshot is %+v", c.at, got)
		}
	}
}

func TestNewestTwentyAppliedPlansAreKept(t *testing.T) {
	s := state.New()
	for i := range 25 {
		s.RecordApplied(fmt.Sprint(i), time.Unix(int64(i), 0), "me")
	}

	s.RecordApplied("10", time.Unix(100, 0), "again")
	if len(s.Applied) != 20 || s.Applied[0].Hash != "10" || s.Applied[1].Hash != "24" {
		t.Errorf("%d plans are kept, newest first %v, want 20: 10, 24, …", len(s.Applied), s.Applied)
	}
	if a, ok := s.WasApplied("10"); !ok || a.Who != "again" {
		t.Errorf("WasApplied(10) = %v, %v, want the later of its two times", a, ok)
	}

	for hash, want := range map[string]bool{"24": true, "5": true, "4": false, "": false} {
		if _, ok := s.WasApplied(hash); ok != want {
			t.Errorf("WasApplied(%q) = %v, want %v", hash, ok, want)
		}
	}
}

func TestLockedErrorSaysThatTheHolderIsUnknown(t *testing.T) {
	const want = "the state is locked by another run that did not record its name"
	if got := (&state.LockedError{}).Error(); got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
}
