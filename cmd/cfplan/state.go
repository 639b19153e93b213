package main

import (
	"context"
	"maps"
	"slices"
	"strings"
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
	c.AddCommand(a.historyCommand(), &cobra.Command{
		Use:   "list",
		Short: "List the records that cfplan owns",
		Args:  noArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return a.listState(c) },
	}, &cobra.Command{
		Use:   "pull",
		Short: "Print the state as JSON",
		Args:  noArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return a.pullState(c) },
	}, &cobra.Command{
		Use:   "rm ADDRESS|ZONE ...",
		Short: "Give up ownership, without touching the records",
		Long: `Makes cfplan forget that it owns the records of an address, as state list shows
it, or everything about a zone. The records themselves stay as they are; while a
block declares them, the next plan adopts them again.`,
		Example: "  cfplan state rm example.com/A/www\n  cfplan state rm example.com",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("state rm takes addresses or zone names; cfplan state list shows them")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return a.removeFromState(c, args) },
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
	for _, z := range st.Zones {
		for id, o := range z.Owned {
			lines = append(lines, render.Escape(o.Address+"  "+id))
		}
	}
	slices.Sort(lines)
	for _, l := range lines {
		a.printf("%s\n", l)
	}
	return nil
}

func (a *app) pullState(c *cobra.Command) error {
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
		return a.pullState(c)
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

func (a *app) removeFromState(c *cobra.Command, names []string) error {
	store, err := a.openStore()
	if err != nil {
		return err
	}
	return a.locked(c.Context(), store, "state rm", func() error {
		err := a.forget(c.Context(), store, names)
		if err == nil {
			a.printf("Removed from the state: %s. No record was touched.\n", render.Escape(strings.Join(names, ", ")))
		}
		return err
	})
}

// forget removes zones and addresses, and then the snapshots of the zones.
func (a *app) forget(ctx context.Context, store *state.Store, names []string) error {
	snapshots, err := store.Snapshots(ctx)
	if err != nil {
		a.warn("Snapshots could not be read", "%v.", err) // ownership can be given up all the same
	}
	_, err = store.Update(ctx, func(st *state.State) (changed bool, err error) {
		for _, name := range names {
			if !forget(st, name) && snapshots.Of(name) == nil {
				return false, failure("Nothing to remove", "The state has neither a zone nor an address %q. cfplan state list shows what it has.", name)
			}
		}
		return true, nil
	})
	if err != nil {
		return err
	}
	return store.UpdateSnapshots(ctx, snapshots, func(all *state.Snapshots) (changed bool) {
		for _, name := range names {
			changed = all.Delete(name) || changed
		}
		return changed
	})
}

// forget removes a zone, or the ownership of the records of one address.
func forget(st *state.State, name string) bool {
	_, found := st.Zones[name]
	delete(st.Zones, name)
	for _, z := range st.Zones {
		for id, o := range z.Owned {
			if o.Address == name {
				delete(z.Owned, id)
				found = true
			}
		}
	}
	return found
}

// locked runs f while holding the state's lock.
func (a *app) locked(ctx context.Context, store *state.Store, operation string, f func() error) error {
	waiting, cancel := context.WithTimeout(ctx, a.flags.lockTimeout)
	defer cancel()
	lock, err := store.Lock(waiting, state.Holder{Operation: operation, Who: a.who(), Version: version, Created: a.now().UTC()})
	if err != nil {
		return err
	}
	defer func() { _ = lock.Unlock() }() // the system frees what is left of it when we end
	return f()
}
