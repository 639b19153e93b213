package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/render"
	"github.com/cfplan/cfplan/internal/state"
)

func (a *app) stateMoveCommand() *cobra.Command {
	var dryRun bool
	c := &cobra.Command{
		Use:   "mv [flags] FROM TO",
		Short: "Rename the address of records",
		Long: `Tells the state that the records of the address FROM stand at the address TO in the
configuration now: its block was renamed, or got a for_each. Several records under
one address move together; the ID of a record, as state list shows it, moves that one
alone. Nothing is changed at Cloudflare.

This is seldom needed: plan finds records that are equal under whatever address. It
is where one of several records of a name and type gets another address and another
content at once, and is to be changed in place.`,
		Example: "  cfplan state mv example.com/A/www example.com/A/web\n  cfplan state mv example.com/A/www 'example.com/A/www[\"eu\"]'\n" +
			"  cfplan state mv 372e67954025e0ba6aaa6d586b9e0b59 'example.com/A/www[\"us\"]'",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usage("state mv takes two addresses, the old one and the new one; cfplan state list shows the old ones")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return a.moveInState(c, args[0], args[1], dryRun) },
	}
	c.Flags().BoolVar(&dryRun, "dry-run", false, "say what would be moved, and move nothing")
	return c
}

func (a *app) moveInState(c *cobra.Command, from, to string, dryRun bool) error {
	target, err := parseAddress(to)
	if err != nil {
		return err
	}
	cfg, _, err := a.load()
	if err != nil {
		return err
	}
	store, err := a.store(cfg)
	if err != nil {
		return err
	}
	there := declaredUnder(cfg, target)
	if dryRun {
		st, err := store.Read(c.Context())
		if err != nil {
			return err
		}
		moved, err := readdress(st, from, target, there)
		if err == nil {
			a.tellMoved("Would move", moved, target, there)
		}
		return err
	}
	return a.locked(c.Context(), store, "state mv", func(lock state.Lock) error {
		moved, err := move(c.Context(), store, lock, from, target, there)
		if err == nil {
			a.tellMoved("Moved", moved, target, there)
		}
		return err
	})
}

func move(ctx context.Context, store *state.Store, lock state.Lock, from string, to address, there []dns.Record) (moved []ownedRecord, err error) {
	_, err = store.Update(ctx, func(st *state.State) (bool, error) {
		if moved, err = readdress(st, from, to, there); err != nil {
			return false, err
		}
		return true, lock.Check(ctx)
	})
	return moved, err
}

// declaredUnder lists the records that the configuration declares under an address.
func declaredUnder(cfg *config.Config, a address) []dns.Record {
	var out []dns.Record
	for _, z := range cfg.Zones {
		for _, r := range z.Records {
			if r.Declared != nil && r.Declared.Address == a.String() {
				out = append(out, r)
			}
		}
	}
	return out
}

// readdress gives the records of from the address to, and returns them as they were.
// there are the records that the configuration declares under it.
func readdress(st *state.State, from string, to address, there []dns.Record) ([]ownedRecord, error) {
	records := ownedAt(st, from)
	switch {
	case len(records) == 0:
		return nil, notOwned(st, from)
	case from == to.String():
		return nil, usage("%s is the address that it has", from)
	}
	for _, r := range records {
		if err := mayMove(st, r, to, there); err != nil {
			return nil, err
		}
	}
	if err := room(st, records, to, there); err != nil {
		return nil, err
	}
	for _, r := range records {
		o := st.Zones[r.Zone].Owned[r.ID]
		o.Address = to.String()
		st.Zones[r.Zone].Owned[r.ID] = o
	}
	return records, nil
}

// mayMove refuses what no renaming makes of a record: another zone, type or name.
func mayMove(st *state.State, r ownedRecord, to address, there []dns.Record) error {
	refuse := func(format string, args ...any) error {
		return failure("Address cannot be moved", "%s (ID %s): %s. Nothing was changed.", r.Address, r.ID, fmt.Sprintf(format, args...))
	}
	switch {
	case st.Zones[r.Zone].Journal != nil:
		return openRequest(r.Zone, st.Zones[r.Zone].Journal, "")
	case r.Zone != to.zone:
		return refuse("it is a record of the zone %s, and %s is an address of %s", r.Zone, to, to.zone)
	case r.Type != to.typ:
		return refuse("it is of the type %s, and %s is an address of the type %s", r.Type, to, to.typ)
	case len(there) > 0 && !slices.ContainsFunc(there, func(d dns.Record) bool { return d.Name == r.Name }):
		return refuse("its name is %s, and %s declares the name %s (%s:%d)", r.Name, to, there[0].Name, there[0].Declared.File, there[0].Declared.Line)
	}
	return nil
}

// room refuses an address that has its records already: as many as it declares, or
// any where nothing declares it.
func room(st *state.State, records []ownedRecord, to address, there []dns.Record) error {
	taken := len(ownedAt(st, to.String()))
	switch {
	case taken > 0 && taken+len(records) > len(there):
		return failure("Address is taken", "%s has %s already. Move that elsewhere first, or give it up with cfplan state rm. Nothing was changed.", to, plural(taken, "record"))
	case len(there) > 0 && len(records) > len(there):
		return failure("Address cannot be moved", "%s are to move to %s, which declares %d (%s:%d). Move them one by one, by their IDs; cfplan state list shows these. Nothing was changed.",
			plural(len(records), "record"), to, len(there), there[0].Declared.File, there[0].Declared.Line)
	}
	return nil
}

// openRequest refuses to touch what is known of a zone while a request is open there.
func openRequest(zone string, j *state.Journal, orElse string) error {
	return failure("An apply is not settled", "%s: the run of %s sent a request at %s, and its end is not recorded. It is still at work, or was cut off: "+
		"the next cfplan apply reads the zone and records what took effect. Nothing was changed.%s",
		zone, j.Who, j.At.UTC().Format("2006-01-02 15:04:05 MST"), orElse)
}

func (a *app) tellMoved(verb string, records []ownedRecord, to address, there []dns.Record) {
	for _, r := range records {
		a.printf("%s %s (%s %s, ID %s) to %s\n", verb, render.Escape(r.Address), render.Escape(string(r.Type)), render.Escape(r.Name),
			render.Escape(r.ID), render.Escape(to.String()))
	}
	a.printf("No record was touched.\n")
	if len(there) == 0 {
		a.warn("Nothing declares the new address", "The configuration has no record at %s. Until it has, the next plan destroys what stands there.", to)
	}
}
