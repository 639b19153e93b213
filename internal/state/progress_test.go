package state

import (
	"slices"
	"testing"
	"time"
)

func TestBegunHasTheProgressOfItsApply(t *testing.T) {
	mine := Applied{Hash: "sha256:1", Who: "job 1", Serial: 7, At: time.Date(2026, 11, 27, 8, 0, 0, 0, time.UTC)}
	st := New()
	st.RecordMade("one.example", []string{"lost"}) // has no effect before an apply has begun
	if st.Begun != nil {
		t.Fatalf("Begun = %+v, want nothing", st.Begun)
	}

	begun := mine
	st.Begun = &begun
	before := *st
	st.CopyBegun()
	st.RecordMade("one.example", []string{"a"})
	st.RecordMade("one.example", []string{"b"})
	st.RecordMade("two.example", nil)
	if got := st.Begun.Made["one.example"]; !slices.Equal(got, []string{"a", "b"}) || len(st.Begun.Made) != 1 {
		t.Errorf("made = %v, want a and b in one.example", st.Begun.Made)
	}
	if before.Begun.Made != nil {
		t.Errorf("a copy of the state was changed, too: %v", before.Begun.Made)
	}

	after := *st
	after.CopyBegun()
	after.RecordMade("one.example", []string{"c"})
	st.RecordMade("one.example", []string{"d"})
	if got := after.Begun.Made["one.example"]; !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("the copy has %v, want only its own changes", got)
	}

	other := mine
	other.Who = "job 2"
	st.RecordFinished(other)
	if !st.HasBegun(mine) || st.HasBegun(other) || st.Finished != 0 {
		t.Errorf("the end of another apply was recorded: begun %+v, finished %d", st.Begun, st.Finished)
	}

	st.RecordFinished(mine)
	if st.Begun != nil || st.Finished != 7 {
		t.Errorf("begun %+v, finished %d after the end of the apply; want nothing and 7", st.Begun, st.Finished)
	}
}
