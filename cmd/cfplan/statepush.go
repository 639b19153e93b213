package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/files"
	"github.com/cfplan/cfplan/internal/render"
	"github.com/cfplan/cfplan/internal/state"
)

func (a *app) statePushCommand() *cobra.Command {
	var force bool
	c := &cobra.Command{
		Use:   "push [flags] [FILE|-]",
		Short: "Store a state that was pulled",
		Long: `Stores the state in FILE, as state pull printed it, in the place of the stored one;
- and no file stand for standard input. It is refused where it is not a state, where
the stored one is of another lineage, is newer, has the same serial and says
something else, or knows of a request that the pushed one does not. Raise the
"serial" of a state that you edited by one.

-force stores it all the same, with a serial above that of the stored one. What it
does not know of is then no longer cfplan's; no record is touched.`,
		Example: "  cfplan state pull > state.json\n  cfplan state push state.json",
		Args:    atMostOne("file"),
		RunE: func(c *cobra.Command, args []string) error {
			name := "-"
			if len(args) == 1 {
				name = args[0]
			}
			return a.pushState(c, name, force)
		},
	}
	c.Flags().BoolVar(&force, "force", false, "replace the stored state, whatever it is")
	return c
}

func (a *app) pushState(c *cobra.Command, name string, force bool) error {
	text, err := a.readInput(name)
	if err != nil {
		return failure("State was not pushed", "%v. The stored state is as it was.", err)
	}
	st, err := state.Decode(text)
	if err != nil {
		return failure("State was not pushed", "%s: %v. The stored state is as it was.", inputName(name), err)
	}
	store, err := a.openStore()
	if err != nil {
		return err
	}
	var done state.Pushed
	err = a.locked(c.Context(), store, "state push", func(lock state.Lock) error {
		done, err = store.Push(c.Context(), st, force, lock.Check)
		return err
	})
	var refused *state.PushError
	if errors.As(err, &refused) {
		return failure("State was not pushed", "%v. Nothing was changed. If the pushed one is to take its place all the same: -force.", refused)
	}
	if err != nil {
		return err
	}
	a.tellPushed(store, st, done)
	return nil
}

func (a *app) tellPushed(store *state.Store, st *state.State, done state.Pushed) {
	place := render.Escape(store.String())
	if !done.Changed {
		a.printf("%s says the same already (serial %d). Nothing was written.\n", place, done.Serial)
		return
	}
	a.printf("Pushed to %s: serial %d, %s, %s owned.\n", place, done.Serial, plural(len(st.Zones), "zone"), plural(st.Owned(), "record"))
	if backup := store.Backup(); backup != "" {
		a.printf("The former state is kept in %s.\n", render.Escape(backup))
	}
}

// readInput reads a file, or standard input for "-", of at most state.MaxSize bytes.
func (a *app) readInput(name string) ([]byte, error) {
	in := a.in
	if name == "-" && isTerminal(a.in) {
		return nil, errors.New("standard input is a terminal: name a file, or pipe a state in")
	}
	if name != "-" {
		path := a.path(name)
		info, err := os.Stat(path)
		if err == nil && info.IsDir() {
			err = fmt.Errorf("%s is a directory", name)
		}
		if err != nil {
			return nil, err
		}
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}

	text, err := files.Read(in, state.MaxSize)
	var tooLarge *files.TooLargeError
	if errors.As(err, &tooLarge) {
		err = fmt.Errorf("%s is %w", inputName(name), err)
	}
	return text, err
}

func inputName(name string) string {
	if name == "-" {
		return "standard input"
	}
	return name
}

// locked runs f while holding the state's lock.
func (a *app) locked(ctx context.Context, store *state.Store, operation string, f func(state.Lock) error) error {
	waiting, cancel := context.WithTimeout(ctx, a.flags.lockTimeout)
	defer cancel()
	lock, err := store.Lock(waiting, a.holder(operation))
	if err != nil {
		return err
	}
	defer func() { a.tellLock(lock.Unlock(), lock.Holder().ID) }()
	return f(lock)
}

// holder names this run in a lock.
func (a *app) holder(operation string) state.Holder {
	return state.Holder{Operation: operation, Who: a.who(), Version: version, Created: a.now().UTC()}
}
