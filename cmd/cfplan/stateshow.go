package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/render"
	"github.com/cfplan/cfplan/internal/state"
)

func stateShowCommand(s *services) *cobra.Command {
	return &cobra.Command{
		Use:   "show [flags] ADDRESS|ID",
		Short: "Show what the state remembers about an address",
		Long: `Shows the records that cfplan owns at an address, as state list shows it: their zone,
ID, name and type, and what cfplan last wrote to them. With the ID of a record instead
of an address, it shows only that record. To see what Cloudflare has now, run cfplan
plan.`,
		Example: "  cfplan state show example.com/A/www\n  cfplan state show -json 'example.com/MX/mail[\"mx1\"]'",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("state show takes one address or record ID; cfplan state list shows them")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return showAddress(c.Context(), s, args[0]) },
	}
}

func showAddress(ctx context.Context, s *services, name string) error {
	store, err := openStateForReading(s)
	if err != nil {
		return err
	}
	st, err := store.Read(ctx)
	if err != nil {
		return err
	}
	records, err := st.OwnedAt(name)
	if err != nil {
		return err
	}
	for i, r := range records {
		records[i] = r.Masked()
	}
	if s.print.asJSON {
		return s.print.json(struct {
			FormatVersion string              `json:"format_version"`
			Records       []state.OwnedRecord `json:"records"`
		}{"1.0", records})
	}
	for i, r := range records {
		if i > 0 {
			s.print.printf("\n")
		}
		showOwned(s.print, r)
	}
	return nil
}

func showOwned(p *printer, r state.OwnedRecord) {
	p.printf("%s\n  zone:    %s\n  ID:      %s\n  record:  %s %s\n",
		render.Escape(r.Address), render.Escape(r.Zone), render.Escape(r.ID),
		render.Escape(string(r.Type)), render.Escape(r.Name))
	last, known := r.Last.Record()
	if !known {
		p.printf("  last written: not known until the next apply that changes the record\n")
		return
	}
	ttl := "auto"
	if last.TTL != dns.AutoTTL {
		ttl = english.Count(last.TTL, "second")
	}
	p.printf("  content: %s\n  TTL:     %s\n", render.Escape(last.Content), ttl)
	if last.Type == dns.MX {
		p.printf("  priority: %d\n", last.Priority)
	}
	if last.Proxied {
		p.printf("  proxied: yes\n")
	}
	if last.Comment != "" {
		p.printf("  comment: %s\n", render.Escape(last.Comment))
	}
	if len(last.Tags) > 0 {
		p.printf("  tags:    %s\n", render.Escape(strings.Join(last.Tags, ", ")))
	}
}
