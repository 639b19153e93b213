package reconcile

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/state"
)

// historyKept is how many applies can be undone.
const historyKept = 20

// historyEntry writes the history entry of one apply, which a rollback needs.
type historyEntry struct {
	store *state.Store
	log   *slog.Logger
	// plan is what the apply is about to do.
	plan   *plan.Plan
	serial uint64
	at     time.Time
	who    string
}

func (r *Reconciler) historyEntry(p *plan.Plan, serial uint64) *historyEntry {
	return &historyEntry{
		store:  r.Store,
		log:    logger(r.Log),
		plan:   p,
		serial: serial,
		at:     r.Now().UTC(),
		who:    r.Who,
	}
}

// keep writes down what is about to be done, before anything is done: a rollback needs the former values of
// the records. The state notes how much of it is done in the end; see extent. keep also drops the oldest
// entries, and returns what to do with the logs of earlier applies.
func (h *historyEntry) keep(ctx context.Context) (state.Parts, error) {
	announced := Applied{
		Serial:    h.serial,
		At:        h.at,
		Who:       h.who,
		Summary:   h.plan.Summary,
		Zones:     namesOfChanged(h.plan),
		Announced: true,
		Plan:      h.plan,
	}
	if err := keepEntry(ctx, h.store, announced); err != nil {
		return state.Parts{}, fmt.Errorf(
			"nothing was changed: the history, which a rollback needs, could not be written: %w", err)
	}

	all, err := h.store.Entries(ctx)
	names, oldest := entriesOf(all, h.plan.Lineage), uint64(0)
	if old := len(names) - historyKept; err == nil && old > 0 {
		oldest = serialOf(names[old])
		err = h.store.Drop(ctx, names[:old]...)
	}
	if err != nil {
		h.log.Warn("old entries of the history could not be dropped", "state", h.store.String(), "error", err)
	}
	return state.PartsOf(all, h.plan.Lineage, h.serial, oldest), nil
}

// keepEntry writes an entry of the history.
func keepEntry(ctx context.Context, store *state.Store, a Applied) error {
	data, err := json.Marshal(a)
	if err != nil {
		return err
	}
	if len(data) > state.MaxSize {
		return fmt.Errorf("it has %d bytes, but at most %d can be read back", len(data), state.MaxSize)
	}
	return store.Keep(ctx, entryName(a.Plan.Lineage, a.Serial), data)
}
