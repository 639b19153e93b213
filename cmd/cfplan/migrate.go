package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/render"
	"github.com/cfplan/cfplan/internal/state"
)

// byHand is what to do where the old place cannot be reached from here.
const byHand = "Or move it by hand: where the old place can be read, with the old backend block, cfplan state pull > state.json; then here, cfplan state push state.json."

// left is the error of a place without a state, where the one that is remembered still
// has one, or had one; nil where nothing is left behind there.
func (a *app) left(ctx context.Context, known, here memory) error {
	const summary = "Backend has changed"
	store, err := a.remembered(known, nil)
	var st *state.State
	if err == nil {
		st, err = store.Read(ctx)
	}
	switch {
	case err != nil:
		return failure(summary, "The state was at %s. The configuration now names %s, where there is none. Whether the old place still has it cannot be seen: %v.\n\n"+
			"To move it: cfplan init -migrate-state, with what the old place needs in the environment or -from-backend-config. %s\n"+
			"To leave the old one behind and begin anew: cfplan init -reconfigure.", known, here, plainly(err), byHand)
	case !st.Blank():
		return failure(summary, "The state is at %s, with %s owned. The configuration now names %s, where there is none. Nothing was changed.\n\n"+
			"To move it: cfplan init -migrate-state.\nTo leave the old one behind and begin anew: cfplan init -reconfigure.",
			known, plural(st.Owned(), "record"), here)
	case known.Lineage == "" || known.Lineage == st.Lineage:
		return nil
	default:
		return failure(summary, "The state was at %s, and is gone from there. The configuration now names %s, where there is none either. Nothing was changed.\n\n"+
			"If it was moved by hand: correct the backend block, which does not name the place that it was moved to.\nIf there is a copy of it: cfplan state push FILE.\n"+
			"To begin anew: cfplan init -reconfigure. Records that are equal to their declaration are adopted again.", known, here)
	}
}

// plainly is an error in one sentence, also where it is a diagnostic.
func plainly(err error) string {
	text := err.Error()
	var d *hcl.Diagnostic
	if errors.As(err, &d) {
		text = d.Summary + ": " + d.Detail
	}
	return strings.TrimSuffix(text, ".")
}

// remembered opens the place that is remembered, with more attributes laid over. It is
// read with the keys of the environment, where it is encrypted.
func (a *app) remembered(m memory, over map[string]string) (*state.Store, error) {
	attrs := map[string]string{}
	for _, part := range []map[string]string{m.Attributes, over} {
		for name, value := range part {
			attrs[name] = value
		}
	}
	inner, err := a.newBackend(m.Backend, attrs)
	if err != nil {
		if len(m.Withheld) > 0 {
			err = fmt.Errorf("%w; not remembered, as they are secret: %s", err, strings.Join(m.Withheld, ", "))
		}
		return nil, err
	}
	b, err := a.encrypted(inner, nil, m.IdentityFile, nil)
	if err != nil {
		return nil, err
	}
	store := state.Open(b)
	if m.Backend != "local" && m.Version != 0 && store.String() != m.Place && len(over) == 0 {
		return nil, fmt.Errorf("with this environment it is %s", store)
	}
	return store, nil
}

type migrateFlags struct {
	migrate, reconfigure bool
	from                 string
	fromConfig           []string
}

func (f *migrateFlags) register(c *cobra.Command) {
	c.Flags().BoolVar(&f.migrate, "migrate-state", false, "move the state from where it was to where the backend block says now")
	c.Flags().BoolVar(&f.reconfigure, "reconfigure", false, "forget where the state was; it is left there")
	c.Flags().StringVar(&f.from, "from-backend", "", "the `KIND` of the old backend, for -migrate-state where it is not remembered")
	c.Flags().StringArrayVar(&f.fromConfig, "from-backend-config", nil, "lay `NAME=VALUE`, or a file of such lines, over what is remembered of the old backend; may be repeated")
}

func (f *migrateFlags) any() bool {
	return f.migrate || f.reconfigure || f.from != "" || len(f.fromConfig) > 0
}

func (f *migrateFlags) check() error {
	switch {
	case f.migrate && f.reconfigure:
		return usage("-migrate-state takes the state along, -reconfigure leaves it behind: choose one")
	case !f.migrate && (f.from != "" || len(f.fromConfig) > 0):
		return usage("-from-backend and -from-backend-config go with -migrate-state")
	}
	return nil
}

// oldPlace is where the state is to be moved from.
func (a *app) oldPlace(f *migrateFlags) (memory, *state.Store, error) {
	over, err := a.backendOptions("-from-backend-config", f.fromConfig)
	if err != nil {
		return memory{}, nil, err
	}
	known := a.recall()
	if f.from != "" {
		known = &memory{Backend: f.from, Place: f.from}
	}
	if known == nil {
		return memory{}, nil, failure("Nothing to move", "It is not known where the state was before: there is no %s here. "+
			"Name the old place with -from-backend=KIND and -from-backend-config=NAME=VALUE. %s", filepath.Join(memoryDir, memoryFile), byHand)
	}
	old := *known
	store, err := a.remembered(old, over)
	if err != nil {
		return memory{}, nil, failure("Old place of the state cannot be used", "%s: %s. Nothing was changed. Give what it needs in the environment, or with -from-backend-config. %s", old.Place, plainly(err), byHand)
	}
	old.Place = store.String()
	if old.Backend == "local" {
		old.Place = or(over["path"], localPath(old.Attributes))
	}
	return old, store, nil
}

// migrateState moves the state to where the configuration says, under both locks.
func (a *app) migrateState(c *cobra.Command, to *state.Store, here location, f *migrateFlags) error {
	old, from, err := a.oldPlace(f)
	if err != nil {
		return err
	}
	if old.Backend == here.kind && samePlace(from.String(), to.String(), here.kind) {
		a.printf("The state is at %s, where the configuration says. There is nothing to move.\n", render.Escape(to.String()))
		return nil
	}
	var done state.Migrated
	ctx := c.Context()
	if text, err := from.Stored(ctx); err != nil || text == nil {
		return a.migrationFailed(old, from, to, cmp.Or(err, state.ErrNoState)) // before a lock is left where nothing is
	}
	err = a.locked(ctx, from, "init -migrate-state", func(oldLock state.Lock) error {
		return a.locked(ctx, to, "init -migrate-state", func(newLock state.Lock) error {
			done, err = state.Migrate(ctx, from, to, func(ctx context.Context) error { return errors.Join(oldLock.Check(ctx), newLock.Check(ctx)) })
			return err
		})
	})
	if err != nil {
		return a.migrationFailed(old, from, to, err)
	}
	a.tellMigrated(old, to, done)
	return nil
}

func samePlace(a, b, kind string) bool {
	if kind != "local" {
		return a == b
	}
	x, errX := realPath(a)
	y, errY := realPath(b)
	return errX == nil && errY == nil && x == y
}

// realPath is the path that one leads to by symbolic links, as far as there is
// anything: a state that is written by two names has one lock.
func realPath(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real, nil
	}
	dir, name := filepath.Split(path)
	if name == "" {
		return path, nil
	}
	dir, err = realPath(filepath.Clean(dir))
	return filepath.Join(dir, name), err
}

func (a *app) migrationFailed(old memory, from, to *state.Store, err error) error {
	var refused *state.PushError
	var locked *state.LockedError
	switch {
	case errors.As(err, &locked):
		return err
	case errors.Is(err, state.ErrNoState):
		return failure("Nothing to move", "There is no state at %s. If there ought to be none: cfplan init -reconfigure.", old)
	case errors.As(err, &refused):
		return failure("State was not moved", "%v. Both are as they were. To use the one that is there: cfplan init -reconfigure. To put the old one in its place: "+
			"cfplan state pull with the old backend block, then cfplan state push -force.", refused)
	default:
		return failure("State was not moved", "From %s to %s: %s. The old one is as it was, and the move can be run again. %s", from, to, plainly(err), byHand)
	}
}

func (a *app) tellMigrated(old memory, to *state.Store, done state.Migrated) {
	place := render.Escape(to.String())
	if done.Already {
		a.printf("The state had been moved to %s already (serial %d).\n", place, done.State.Serial)
	} else {
		a.printf("Moved to %s and read back: the state (serial %d, %s owned), snapshots of %s, %s of the history.\n", place, done.State.Serial,
			plural(done.State.Owned(), "record"), plural(done.Looks, "zone"), entries(done.Entries))
	}
	for _, err := range done.Left {
		a.warn("Not all went along", "%v.", err)
	}
	a.printf("The old one was left as it is, at %s. Delete it when nobody uses it any more.\n", render.Escape(old.String()))
}

func entries(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return count(n, "entries")
}

// configured loads the configuration and opens its state; inner is the backend inside
// of its encryption.
func (a *app) configured() (p location, store *state.Store, inner state.Backend, err error) {
	cfg, _, err := a.load()
	if err != nil {
		return p, nil, nil, err
	}
	if p, err = a.configuredPlace(cfg); err != nil {
		return p, nil, nil, err
	}
	b, inner, err := a.openPlace(p)
	if err != nil {
		return p, nil, nil, err
	}
	store = state.Open(b)
	a.watch(store, p)
	return p, store, inner, nil
}
