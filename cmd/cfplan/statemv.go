package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/render"
	"github.com/cfplan/cfplan/internal/state"
)

type stateMoveOptions struct{ dryRun bool }

func stateMoveCommand(s *services) *cobra.Command {
	o := &stateMoveOptions{}
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
		RunE: func(c *cobra.Command, args []string) error { return o.run(c.Context(), s, args[0], args[1]) },
	}
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "say what would be moved, and move nothing")
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

	there := declaredUnder(cfg, target)
	if o.dryRun {
		found, err := st.Read(ctx)
		if err != nil {
			return err
		}
		moved, err := found.Move(from, target, there)
		if err == nil {
			showMoved(s.print, "Would move", moved, target, there)
		}
		return err
	}
	return s.state.locked(ctx, &st.Locker, "state mv", func(lock state.Lock) error {
		moved, err := state.Move(ctx, st.Store, from, target, there, lock.Check)
		if err == nil {
			showMoved(s.print, "Moved", moved, target, there)
		}
		return err
	})
}

// declaredUnder lists the records that the configuration declares under an address.
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

func showMoved(p *printer, verb string, records []state.OwnedRecord, to state.Address, there []dns.Record) {
	for _, r := range records {
		r = r.Masked()
		p.printf("%s %s (%s %s, ID %s) to %s\n", verb, render.Escape(r.Address), render.Escape(string(r.Type)), render.Escape(r.Name),
			render.Escape(r.ID), render.Escape(to.String()))
	}
	p.printf("No record was touched.\n")
	if len(there) == 0 {
		p.warn("Nothing declares the new address", "The configuration has no record at %s. Until it has, the next plan destroys what stands there.", to)
	}
}
