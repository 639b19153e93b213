package doctor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/state"
)

// old is the age at which a snapshot gets a warning, because a plan made from it may be wrong.
const old = 30 * 24 * time.Hour

// stateExam tests the two documents of the state.
type stateExam struct {
	doctor *Doctor
	found  *findings
}

// state reads the state and takes its lock for a moment. It reports whether the state can be read.
func (e stateExam) state(ctx context.Context) bool {
	s, place := e.found.step("state", ""), e.doctor.State

	st, err := place.Read(ctx)
	if err != nil {
		s.fail(err.Error(), "Repair the state or move it away, or correct the backend in the cfplan block.")
		return false
	}
	detail := fmt.Sprintf("%s: serial %d, %s.", place, st.Serial, english.Count(len(st.Zones), "zone"))
	if st.Serial == 0 {
		detail = fmt.Sprintf("%s: none yet; the first plan creates it.", place)
	}

	err = e.lock(ctx)
	var locked *state.LockedError
	switch {
	case errors.As(err, &locked):
		s.warn(detail+" It is locked: "+locked.Error()+".", afterLock(locked.Holder))
	case err != nil:
		s.fail(detail+" It cannot be locked: "+err.Error()+".",
			"Make the place of the state writable: apply saves the state there, and plan saves snapshots.")
	default:
		s.ok(detail + " It can be locked.")
	}
	return true
}

func afterLock(h state.Holder) string {
	const wait = "Wait until that run is done. If it has crashed: "
	if command := h.UnlockCommand(); command != "" {
		return wait + command
	}
	return wait + "remove its lock from the place where the state is stored."
}

// lock takes the lock and releases it. It does not wait, because another run may hold the lock for hours.
func (e stateExam) lock(ctx context.Context) error {
	lock, err := e.doctor.Locker.Lock(ctx, e.doctor.Holder, 0)
	if err != nil {
		return err
	}
	return lock.Unlock()
}

// snapshots reports the age of the snapshots, from which cfplan makes a plan if Cloudflare refuses.
func (e stateExam) snapshots(ctx context.Context) {
	snapshots, err := e.doctor.State.Snapshots(ctx)
	if err != nil {
		e.found.step("snapshot", "").warn(err.Error(), "Run cfplan refresh with working credentials.")
	}
	for _, a := range e.doctor.Accounts {
		e.found.account = a.Name
		for _, z := range a.Zones {
			e.snapshot(e.found.step("snapshot", z.Name), snapshots.Of(z.Name))
		}
	}
	e.found.account = ""
}

func (e stateExam) snapshot(s step, known *state.Snapshot) {
	if known == nil {
		s.warn("None: if Cloudflare refuses, a plan can use only the answers of the zone's name servers.",
			"Run cfplan plan or cfplan refresh once with working credentials, and keep the state.")
		return
	}
	zone, err := known.Zone()
	if err != nil {
		s.as("Unusable.").warn("Unusable: "+err.Error()+".", "Run cfplan refresh with working credentials.")
		return
	}

	detail := fmt.Sprintf("%s, as of %s.", english.Count(len(zone.Records), "record"), english.Minute(known.FetchedAt))
	if e.doctor.Now().Sub(known.FetchedAt) > old {
		s.as("More than a month old.").warn(detail+" That is more than a month ago.",
			"Run cfplan refresh regularly, for example every night.")
		return
	}
	s.as("At most a month old.").ok(detail)
}
