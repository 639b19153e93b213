package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/render"
	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/workdir"
)

// initBackend moves the state where that is wanted, and proves that the backend can be
// worked with: that the state is read and locked, and that the store keeps what the
// backend promises.
func (a *app) initBackend(c *cobra.Command, f *migrateFlags) error {
	a.moving = f.migrate || f.reconfigure
	p, store, inner, err := a.configured()
	if err != nil {
		return err
	}
	if f.migrate {
		if err := a.migrateState(c, store, p, f); err != nil {
			return err
		}
	}
	st, err := store.Read(c.Context())
	if err != nil {
		return err
	}
	note := a.workdir().NoteOf(p.place(), store)
	a.printf("State: %s\n  %s\n", render.Escape(note.String()), held(st, store))
	if err := a.prove(c.Context(), store, inner); err != nil {
		return err
	}
	if !a.moving {
		a.tell(a.workdir().RememberDone(a.workdir().NoteOf(p.place(), store)))
		return nil
	}
	if err := a.workdir().Remember(a.workdir().NoteOf(p.place(), store)); err != nil {
		return failure("It was not noted where the state is", "%v. Everything else is done, but without the note the next command would ask for the same again. "+
			"Make %s writable, or delete it, and run this again.", err, filepath.Join(a.dir(), filepath.Dir(filepath.FromSlash(workdir.NotePath))))
	}
	return nil
}

// held says what is stored.
func held(st *state.State, store *state.Store) string {
	if store.Last().Lineage == "" {
		return "read: there is none yet; the first plan begins it"
	}
	return fmt.Sprintf("read: serial %d, %s, %s owned", st.Serial, plural(len(st.Zones), "zone"), plural(st.Owned(), "record"))
}

// prove tries what an apply needs. A place that may be read and not written is good
// enough for plan, and no error.
func (a *app) prove(ctx context.Context, store *state.Store, inner state.Backend) error {
	lock, err := store.Lock(expired(ctx), a.holder("init"))
	var locked *state.LockedError
	switch {
	case errors.As(err, &locked):
		a.printf("  lock: works; %s\n", render.Escape(locked.Error()))
	case err == nil:
		err = errors.Join(lock.Check(ctx), lock.Unlock())
		if err != nil {
			return failure("State cannot be locked", "%v.", err)
		}
		a.printf("  lock: can be taken and given back\n")
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		a.readOnly("locked", err)
		return nil
	default:
		return failure("Backend could not be locked", "%s. The state was read. Nothing can be applied before this is mended.", plainly(err))
	}
	prober, ok := inner.(state.Prober)
	if !ok {
		return nil
	}
	if err := prober.Probe(ctx); errors.Is(err, fs.ErrPermission) {
		a.readOnly("written", err)
		return nil
	} else if err != nil {
		return failure("Backend could not be proved to be safe", "%s.", plainly(err))
	}
	a.printf("  store: keeps the promises that writing and locking rest on\n")
	return nil
}

// readOnly tells what such a credential is good for.
func (a *app) readOnly(what string, err error) {
	a.warn("State cannot be "+what, "%v. From here cfplan plan works, and says that it could not save snapshots; cfplan apply does not.", err)
}

// expired is a context with which a lock is tried once.
func expired(ctx context.Context) context.Context {
	once, cancel := context.WithCancel(ctx)
	cancel()
	return once
}
