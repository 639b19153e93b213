package doctor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/state"
)

// old is a snapshot that is worth a warning: a plan made from it may be wrong.
const old = 30 * 24 * time.Hour

// state reads the state and takes its lock for a moment. It reports whether the
// state can be read.
func (e *examination) state(ctx context.Context) bool {
	const name = "state"
	st, err := e.Store.Read(ctx)
	if err != nil {
		e.fail(name, "", err.Error(), "Mend or move the state away, or correct the backend in the cfplan block.")
		return false
	}
	found := fmt.Sprintf("%s: serial %d, %s.", e.Store, st.Serial, english.Count(len(st.Zones), "zone"))
	if st.Serial == 0 {
		found = fmt.Sprintf("%s: none yet; the first plan begins one.", e.Store)
	}
	lock, err := e.Store.Lock(ctx, e.Holder)
	var locked *state.LockedError
	switch {
	case errors.As(err, &locked):
		e.warn(name, "", found+" It is locked: "+locked.Error()+".",
			"Wait until that run is done. If it is dead: cfplan force-unlock "+locked.Holder.ID)
		return true
	case err == nil:
		err = lock.Unlock()
	}
	if err != nil {
		e.fail(name, "", found+" It cannot be locked: "+err.Error()+".", "Make the place of the state writable: apply needs it, and plan saves snapshots there.")
		return true
	}
	e.ok(name, "", found+" It can be locked.")
	return true
}

// snapshots tells how old what stands in is, where Cloudflare refuses.
func (e *examination) snapshots(ctx context.Context) {
	const name = "snapshot"
	snapshots, err := e.Store.Snapshots(ctx)
	if err != nil {
		e.warn(name, "", err.Error(), "Run cfplan refresh with working credentials.")
	}
	for _, z := range e.Zones {
		known := snapshots.Of(z.Name)
		if known == nil {
			e.warn(name, z.Name, "None: where Cloudflare refuses, only its name servers can stand in.",
				"Run cfplan plan or cfplan refresh once with working credentials, and keep the state.")
			continue
		}
		zone, err := known.Zone()
		if err != nil {
			e.warn(name, z.Name, "Of no use: "+err.Error()+".", "Run cfplan refresh with working credentials.")
			continue
		}
		at := known.FetchedAt
		detail := fmt.Sprintf("%s of %s.", english.Count(len(zone.Records), "record"), english.Minute(at))
		if e.Now().Sub(at) > old {
			e.warn(name, z.Name, detail+" That is more than a month ago.", "Run cfplan refresh, now and then or every night.")
			continue
		}
		e.ok(name, z.Name, detail)
	}
}
