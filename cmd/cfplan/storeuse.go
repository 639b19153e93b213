package main

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/workdir"
)

// writers are the commands that must not begin a new state where the old one was left
// elsewhere, nor change one that is not this directory's; the others only look, and
// are told. state push is how a state is moved by hand.
var writers = []string{"cfplan apply", "cfplan destroy", "cfplan rollback", "cfplan refresh", "cfplan import", "cfplan init", "cfplan state rm", "cfplan state mv"}

// use is the store that a command has opened.
type use struct {
	store *state.Store
	place location
}

// place returns the location as the working directory remembers it.
func (p location) place() workdir.Place {
	out := workdir.Place{Kind: p.kind, Attributes: p.attrs}
	if p.encryption != nil {
		out.IdentityFile = p.encryption.IdentityFile
	}
	return out
}

func (a *app) workdir() *workdir.Directory {
	if a.directory == nil {
		a.directory = workdir.Open(a.dir(), state.DefaultPath, a.openFormer)
	}
	return a.directory
}

// openFormer opens a place that the directory remembers.
func (a *app) openFormer(p workdir.Place) (*state.Store, error) {
	inner, err := a.newBackend(p.Kind, p.Attributes)
	if err != nil {
		return nil, err
	}
	b, err := a.encrypted(inner, nil, p.IdentityFile, nil)
	if err != nil {
		return nil, err
	}
	return state.Open(b), nil
}

// watch compares the first state that is read with what the directory remembers.
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
		finding := a.workdir().Check(ctx, p.place(), store, found)
		if finding != nil && finding.Refusal && slices.Contains(writers, a.command) {
			return failure(finding.Summary, "%s", finding.Detail)
		}
		done = true
		a.tell(finding)
		if finding != nil && finding.Refusal {
			store.Seal(errors.New(finding.Reason))
		}
		return nil
	}
}

// tell shows a finding as a warning.
func (a *app) tell(f *workdir.Finding) {
	if f != nil {
		a.warn(f.Summary, "%s", f.Detail)
	}
}

// rememberUse is called when a command is over and has done what it was to do: what
// was cancelled, or failed, may have been at a place that nobody meant.
func (a *app) rememberUse() {
	if a.used == nil || a.used.store.Last().Lineage == "" || a.command != "cfplan state push" && !slices.Contains(writers, a.command) {
		return
	}
	a.tell(a.workdir().RememberDone(a.workdir().NoteOf(a.used.place.place(), a.used.store)))
}
