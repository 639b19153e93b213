package main

import (
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/render"
	"github.com/cfplan/cfplan/internal/state"
)

func (a *app) stateCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "state",
		Short: "Look after the state",
		Args:  noArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(a.historyCommand(), a.stateShowCommand(), a.statePushCommand(), a.stateMoveCommand(), a.stateRemoveCommand(), &cobra.Command{
		Use:   "list",
		Short: "List the records that cfplan owns",
		Args:  noArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return a.listState(c) },
	}, &cobra.Command{
		Use:   "pull",
		Short: "Print the state as it is stored",
		Long: `Prints the state as it is stored, decrypted where it is encrypted, and nothing where
there is none. It has no credentials, but all that is owned.`,
		Example: "  cfplan state pull > state.json",
		Args:    noArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return a.pullState(c) },
	})
	return c
}

func (a *app) readState(c *cobra.Command) (*state.State, error) {
	store, err := a.openStore()
	if err != nil {
		return nil, err
	}
	return store.Read(c.Context())
}

func (a *app) listState(c *cobra.Command) error {
	st, err := a.readState(c)
	if err != nil {
		return err
	}
	var lines []string
	for _, r := range st.OwnedRecords() {
		lines = append(lines, render.Escape(r.Address+"  "+r.ID))
	}
	slices.Sort(lines)
	for _, l := range lines {
		a.printf("%s\n", l)
	}
	return nil
}

// pullState prints a damaged state, too, so that it can be mended; but not to a
// terminal, which what is in it could play tricks on.
func (a *app) pullState(c *cobra.Command) error {
	store, err := a.openStore()
	if err != nil {
		return err
	}
	text, err := store.Stored(c.Context())
	if err != nil {
		return err
	}
	if text == nil {
		a.warn("There is no state", "Nothing is stored at %s.", store)
		return nil
	}
	if _, err = state.Decode(text); err == nil || !isTerminal(a.out) {
		_, writeErr := a.out.Write(text)
		err = errors.Join(err, writeErr)
	}
	if err != nil {
		return failure("State is damaged", "%s: %v.", store, err)
	}
	return nil
}

func (a *app) showStateJSON(c *cobra.Command) error {
	st, err := a.readState(c)
	if err != nil {
		return err
	}
	text, err := state.Encode(st)
	if err != nil {
		return err
	}
	_, err = a.out.Write(text)
	return err
}

func (a *app) showState(c *cobra.Command) error {
	if a.flags.json {
		return a.showStateJSON(c)
	}
	store, err := a.openStore()
	if err != nil {
		return err
	}
	st, err := store.Read(c.Context())
	if err != nil {
		return err
	}
	snapshots, err := store.Snapshots(c.Context())
	if err != nil {
		a.warn("Snapshots could not be read", "%v.", err)
	}
	names := slices.Compact(slices.Sorted(slices.Values(slices.AppendSeq(snapshots.Zones(), maps.Keys(st.Zones)))))
	if len(names) == 0 {
		a.printf("The state is empty: nothing has been planned or applied here yet.\n")
	}
	for _, name := range names {
		a.showZone(name, st.Zone(name), snapshots.Of(name))
	}
	return nil
}

// showZone tells what is remembered of a zone; either may be nil.
func (a *app) showZone(name string, z *state.Zone, look *state.Snapshot) {
	if z == nil {
		z = &state.Zone{ID: look.Head().ID}
	}
	a.printf("%s (ID %s)\n  owned: %s\n", render.Escape(name), render.Escape(z.ID), plural(len(z.Owned), "record"))
	if look == nil {
		return
	}
	zone, err := look.Zone()
	if err != nil {
		a.printf("  snapshot: %s\n", render.Escape(err.Error()))
		return
	}
	a.printf("  snapshot: %s, read %s\n", plural(len(zone.Records), "record"), look.FetchedAt.UTC().Format(time.RFC3339))
}
