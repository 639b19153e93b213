package main

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/hashicorp/hcl/v2"

	"github.com/cfplan/cfplan/internal/state"
)

// Whether a state is the one that this directory has used before, in the place where
// it was, is looked at once in each run, when the state is read first.

// writers are the commands that must not begin a new state where the old one was left
// elsewhere, nor change one that is not this directory's; the others only look, and
// are told. state push is how a state is moved by hand.
var writers = []string{"cfplan apply", "cfplan destroy", "cfplan rollback", "cfplan refresh", "cfplan import", "cfplan init", "cfplan state rm", "cfplan state mv"}

// afresh is what to do where the state that was found is the one that is meant.
const afresh = "If it is meant: cfplan init -reconfigure."

// use is the store that a command has opened.
type use struct {
	store *state.Store
	place location
}

// watch looks at each state that is read: is it where it was?
func (a *app) watch(store *state.Store, p location) {
	a.used = &use{store: store, place: p}
	if a.command == "cfplan state push" || a.moving {
		return
	}
	var mu sync.Mutex
	done := false
	store.Guard = func(ctx context.Context, found *state.State) error {
		mu.Lock()
		defer mu.Unlock()
		if done {
			return nil
		}
		err := a.compare(ctx, store, p, found)
		done = err == nil
		return err
	}
}

// rememberUse is called when a command is over and has done what it was to do: what
// was cancelled, or failed, may have been at a place that nobody meant.
func (a *app) rememberUse() {
	if a.used == nil || a.used.store.Last().Lineage == "" || a.command != "cfplan state push" && !slices.Contains(writers, a.command) {
		return
	}
	a.noted(memoryOf(a.used.place, a.used.store))
}

// compare holds what was found against what is remembered.
func (a *app) compare(ctx context.Context, store *state.Store, p location, found *state.State) error {
	known := a.recall()
	if known == nil {
		return nil
	}
	here := memoryOf(p, store)
	if found.Blank() && found.Lineage != known.Lineage {
		return a.missing(ctx, store, *known, here)
	}
	return a.differing(store, *known, here, found)
}

// missing says what to make of a place that has no state to speak of: it was never
// begun, it is lost, or it is elsewhere.
func (a *app) missing(ctx context.Context, store *state.Store, known, here memory) error {
	if !known.same(here) {
		return a.warned(store, a.left(ctx, known, here), "the backend has changed, and the state has not been moved: cfplan init -migrate-state")
	}
	if known.Lineage != "" {
		a.warn("The state is gone", "%s had one (lineage %s), and has none now. No record is lost with it: those that are equal to their declaration are adopted again, which plan counts as to adopt and apply does without touching them. "+
			"What is cfplan's and no longer equal or declared stays at Cloudflare as unmanaged: cfplan import ZONE -out=- prints a whole zone as HCL, to be declared again. If there is a copy of the state, cfplan state push brings it back.",
			here, known.Lineage)
	}
	return nil
}

// differing says what to make of a state that is in use: it may be another one than
// that which is remembered, or an older copy of it.
func (a *app) differing(store *state.Store, known, here memory, found *state.State) error {
	switch {
	case known.Lineage == "":
		return nil
	case known.Lineage != found.Lineage:
		return a.warned(store, failure("State is another one", "%s has a state of the lineage %s, with %s owned. This directory has used one of the lineage %s, at %s: it is the state of another project, or somebody has begun this one anew. "+
			"An apply would destroy what it owns and this configuration does not declare. Nothing was changed.\n\n"+
			"If it is another project's: correct the backend block, its path or its key. %s",
			here, found.Lineage, plural(found.Owned(), "record"), known.Lineage, known.Place, afresh), "it is not the state that this directory has used: cfplan init -reconfigure, if it is meant")
	case known.Serial <= found.Serial:
		return nil // also in another place: it was moved
	case known.same(here):
		a.warn("The state is an older one", "%s has serial %d, and had %d when this directory used it last: somebody has put a former one back, or another branch is checked out. "+
			"What was applied since then is not cfplan's for this state; equal records are adopted again.", here, found.Serial, known.Serial)
		return nil
	default:
		return a.warned(store, failure("State is an older copy", "%s has an older copy of the state, with serial %d. This directory has used it with serial %d at %s; what was applied in between is not cfplan's for the copy. Nothing was changed.\n\n"+
			"To bring the newer one here: cfplan init -migrate-state. To go on where it is: put the former backend block back. %s",
			here, found.Serial, known.Serial, known.Place, afresh), "it is an older copy of the state: cfplan init -migrate-state")
	}
}

// warned makes a warning of a refusal for commands that only look, and keeps them from
// writing anything, for that reason.
func (a *app) warned(store *state.Store, refusal error, reason string) error {
	var d *hcl.Diagnostic
	if slices.Contains(writers, a.command) || !errors.As(refusal, &d) {
		return refusal
	}
	a.warn(d.Summary, "%s", d.Detail)
	store.Seal(errors.New(reason))
	return nil
}
