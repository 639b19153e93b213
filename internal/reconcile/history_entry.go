package reconcile

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/state"
)

// historyKept is how many applies can be taken back.
const historyKept = 20

// historyEntry writes the entry of one apply into the history, so that it can be rolled back.
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

// keep writes down what is about to be done, before anything is: a rollback needs what the records said before. It
// drops the oldest entries.
func (h *historyEntry) keep(ctx context.Context) error {
	if err := h.write(ctx, h.plan); err != nil {
		return fmt.Errorf("nothing was changed: what leads back could not be kept: %w", err)
	}

	names, err := entries(ctx, &h.store.Reader, h.plan.Lineage)
	for len(names) > historyKept && err == nil {
		err = h.store.Drop(ctx, names[0])
		names = names[1:]
	}
	if err != nil {
		h.log.Warn("old entries of the history could not be dropped", "state", h.store.String(), "error", err)
	}
	return nil
}

func (h *historyEntry) write(ctx context.Context, p *plan.Plan) error {
	a := Applied{Serial: h.serial, At: h.at, Who: h.who, Summary: p.Summary, Zones: []string{}, Plan: p}
	for _, z := range p.Zones {
		if len(z.Changes) > 0 {
			a.Zones = append(a.Zones, z.Name)
		}
	}

	data, err := json.Marshal(a)
	if err != nil {
		return err
	}
	if len(data) > state.MaxSize {
		return fmt.Errorf("it has %d bytes, more than %d would not be read back", len(data), state.MaxSize)
	}
	return h.store.Keep(ctx, entryName(p.Lineage, h.serial), data)
}

// trim takes changes out of the entry that are known not to have been made, because they must not be undone. In a
// zone that is in doubt, all stay.
func (h *historyEntry) trim(ctx context.Context, left []plan.Change, inDoubt map[string]bool) {
	if len(left) == 0 {
		return
	}

	unmade, made := setOf(left), *h.plan
	made.Zones = slices.Clone(h.plan.Zones)
	for i := range made.Zones {
		if z := &made.Zones[i]; !inDoubt[z.Name] {
			z.Changes = unmade.without(z.Changes)
		}
	}
	made.Recount()

	var err error
	if made.HasChanges() {
		err = h.write(ctx, &made)
	} else {
		err = h.store.Drop(ctx, entryName(h.plan.Lineage, h.serial))
	}
	if err != nil {
		h.log.Warn("the entry of the history has more than was done", "state", h.store.String(), "error", err)
	}
}
