package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/render"
	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/workdir"
)

// initBackend moves the state if requested, and tests the backend: whether the state can be read
// and locked, and whether the store keeps the guarantees of the backend.
func (o *initOptions) initBackend(ctx context.Context, s *services) error {
	cfg, _, err := s.config.loadQuietly()
	if err != nil {
		return err
	}
	moving := o.migrate || o.reconfigure
	open := s.state.forWriting
	if moving {
		open = s.state.forReplacing
	}
	here, err := open(cfg)
	if err != nil {
		return err
	}

	if o.migrate {
		if err := o.migrateState(ctx, s, here); err != nil {
			return err
		}
	}
	st, err := here.Read(ctx)
	if err != nil {
		return err
	}
	s.print.printf("State: %s\n  %s\n", render.Escape(s.state.note(here).String()), held(st, here.Store))
	if err := tryBackend(ctx, s, here.Store, here.inner); err != nil {
		return err
	}
	if moving {
		return rememberMove(s, here)
	}
	s.state.show(s.state.workdir().RememberDone(s.state.note(here)))
	return nil
}

// rememberMove records the new place. Here a failure is an error, unlike after other commands,
// because the next command would ask for the same move again.
func rememberMove(s *services, here *writableState) error {
	if err := s.state.workdir().Remember(s.state.note(here)); err != nil {
		dir := filepath.Join(s.dir.root(), filepath.Dir(filepath.FromSlash(workdir.NotePath)))
		return failure("Place of the state could not be noted",
			"%v. Everything else is done, but without the note the next command would ask for the same move again. "+
				"Make %s writable, or delete it, and run this again.", err, dir)
	}
	return nil
}

// held describes the stored state.
func held(st *state.State, store *state.Store) string {
	if store.Last().Lineage == "" {
		return "read: there is none yet; the first plan creates it"
	}
	return fmt.Sprintf("read: serial %d, %s, %s owned",
		st.Serial, english.Count(len(st.Zones), "zone"), english.Count(st.Owned(), "record"))
}

// tryBackend tests what an apply needs. A place that can only be read is good enough for plan, so
// that is not an error.
func tryBackend(ctx context.Context, s *services, store *state.Store, inner state.Backend) error {
	lock, err := store.Lock(ctx, holder(s.env, s.now(), "init"), 0)
	var locked *state.LockedError
	switch {
	case errors.As(err, &locked):
		s.print.printf("  lock: works; %s\n", render.Escape(locked.Error()))
	case err == nil:
		err = errors.Join(lock.Check(ctx), lock.Unlock())
		if err != nil {
			return failure("State cannot be locked", "%v.", err)
		}
		s.print.printf("  lock: can be acquired and released\n")
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		warnReadOnly(s.print, "locked", err)
		return nil
	default:
		return failure("Backend could not be locked",
			"%s. The state was read. Nothing can be applied until this is fixed.", plainly(err))
	}
	prober, ok := inner.(state.Prober)
	if !ok {
		return nil
	}
	if err := probe(ctx, s, prober); errors.Is(err, fs.ErrPermission) {
		warnReadOnly(s.print, "written", err)
		return nil
	} else if err != nil {
		return failure("Backend could not be proved to be safe", "%s.", plainly(err))
	}
	s.print.printf("  store: safe for writing and locking\n")
	return nil
}

// probe tests a backend with an object that it deletes again, even after an interrupt.
func probe(ctx context.Context, s *services, prober state.Prober) error {
	entry, err := s.writing.Enter("A test object may be left beside the state. You can delete it.")
	if err != nil {
		return err
	}
	defer entry.Leave()
	return prober.Probe(ctx)
}

// warnReadOnly says what works if the state can only be read.
func warnReadOnly(p *printer, what string, err error) {
	p.warn("State cannot be "+what,
		"%v. From here, cfplan plan works, with a warning that it could not save "+
			"snapshots; cfplan apply does not work.", err)
}
