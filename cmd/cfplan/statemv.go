package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/render"
	"github.com/cfplan/cfplan/internal/state"
)

type stateMoveOptions struct{ dryRun bool }

func stateMoveCommand(s *services) *cobra.Command {
	o := &stateMoveOptions{}
	c := &cobra.Command{
		Use:   "mv [flags] FROM TO",
		Short: "Give records another address in the state",
		Long: `Gives the records with the address FROM the address TO in the state, for example
because their block was renamed or got a for_each. All records of one address move
together; if FROM is the ID of a record, as state list shows it, only that record
moves. Nothing is changed at Cloudflare. Afterwards the command says what the next
plan does with these records, according to the zone's snapshot.

This is seldom needed, because plan recognizes equal records at any address. Use it
if one of several records of a name and type gets another address and another
content at once, and should be changed in place.`,
		Example: "  cfplan state mv example.com/A/www example.com/A/web\n" +
			"  cfplan state mv example.com/A/www 'example.com/A/www[\"eu\"]'\n" +
			"  cfplan state mv 372e67954025e0ba6aaa6d586b9e0b59 'example.com/A/www[\"us\"]'",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usage(
					"state mv takes two addresses, the old one and the new one; " +
						"cfplan state list shows the old ones")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return o.run(c.Context(), s, args[0], args[1]) },
	}
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "show what would be moved, and move nothing")
	return c
}

func (o *stateMoveOptions) run(ctx context.Context, s *services, from, to string) error {
	target, err := state.ParseAddress(to)
	if err != nil {
		return usage("%v", err)
	}
	cfg, _, err := s.config.loadQuietly()
	if err != nil {
		return err
	}
	st, err := s.state.forWriting(cfg)
	if err != nil {
		return err
	}

	move := stateMove{cfg: cfg, store: st, from: from, to: target, there: declaredUnder(cfg, target)}
	if o.dryRun {
		found, err := st.Read(ctx)
		if err != nil {
			return err
		}
		moved, err := found.Move(from, target, move.there)
		if err != nil {
			return err
		}
		move.show(s, "Would move", moved)
		return move.foretell(ctx, s, found, moved)
	}

	var moved []state.OwnedRecord
	err = s.state.locked(ctx, &st.Locker, "state mv", func(lock state.Lock) error {
		moved, err = state.Move(ctx, st.Store, from, target, move.there, lock.Check)
		return err
	})
	if err != nil {
		return err
	}
	move.show(s, "Moved", moved)
	after, err := st.Read(ctx)
	if err != nil {
		return err
	}
	return move.foretell(ctx, s, after, moved)
}

// declaredUnder lists the records that the configuration declares at an address.
func declaredUnder(cfg *config.Config, a state.Address) []dns.Record {
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

// stateMove is a move of records to another address.
type stateMove struct {
	cfg   *config.Config
	store *writableState
	from  string
	to    state.Address
	// there are the records that the configuration declares at the new address.
	there []dns.Record
}

func (m stateMove) show(s *services, verb string, records []state.OwnedRecord) {
	for _, r := range records {
		r = r.Masked()
		s.print.printf("%s %s (%s %s, ID %s) to %s\n",
			verb, render.Escape(r.Address), render.Escape(string(r.Type)), render.Escape(r.Name),
			render.Escape(r.ID), render.Escape(m.to.String()))
	}
	s.print.printf("No record was touched.\n")
	if len(m.there) == 0 {
		s.print.warn("Nothing declares the new address", "The configuration has no record at %s.", m.to)
	}
}

// foretell says what the next plan does with the moved records and the two addresses, if the zone
// is still as in its snapshot.
func (m stateMove) foretell(ctx context.Context, s *services, after *state.State, moved []state.OwnedRecord) error {
	planner := &reconcile.Planner{Store: &m.store.Observer, Version: version, Now: s.now}
	options := reconcile.PlanOptions{MaxDestroy: m.cfg.MaxDestroy, Protected: m.cfg.Protected, Moved: m.cfg.Moved, Removed: m.cfg.Removed}
	zone, read, err := planner.Foresee(ctx, m.cfg.Zones, after, m.to.Zone, options)
	if unknown := (*reconcile.ZoneError)(nil); errors.As(err, &unknown) {
		s.print.printf("\nWithout a snapshot of %s, what the next plan does is not known. To see it, run:\n    %s\n",
			render.Escape(m.to.Zone), s.dir.command("plan"))
		return nil
	}
	if err != nil {
		return err
	}

	when := fmt.Sprintf("if %s is still as it was when cfplan last read it (%s)",
		render.Escape(m.to.Zone), english.Second(read))
	lines := m.concerned(zone, moved)
	if len(lines) == 0 {
		s.print.printf("\nThe next plan changes none of these records, %s.\n", when)
		return nil
	}
	s.print.printf("\nThe next plan does this, %s:\n", when)
	for _, line := range lines {
		s.print.printf("    %s\n", line)
	}
	return nil
}

// concerned lists the changes of the moved records and of the two addresses.
func (m stateMove) concerned(zone plan.Zone, moved []state.OwnedRecord) []string {
	addresses := map[string]bool{m.to.String(): true}
	ids := map[string]bool{}
	for _, r := range moved {
		ids[r.ID], addresses[r.Address] = true, true
	}

	var out []string
	for _, c := range zone.Changes {
		if ids[c.RecordID] || addresses[c.Address] {
			out = append(out, render.Line(c))
		}
	}
	for _, c := range zone.Moved {
		if ids[c.RecordID] && c.To != m.to.String() {
			out = append(out, fmt.Sprintf("ID %s gets the address %s, which declares an equal record",
				render.Escape(c.RecordID), render.Escape(c.To)))
		}
	}
	return out
}
