package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/render"
	"github.com/cfplan/cfplan/internal/state"
)

func (a *app) stateShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show ADDRESS",
		Short: "Show what is remembered of an address",
		Long: `Shows the records that cfplan owns under an address, as state list shows it: their
zone, ID, name and type, and what they said when cfplan wrote them last. The ID of a
record shows that record alone. What Cloudflare has now is for cfplan plan to say.`,
		Example: "  cfplan state show example.com/A/www\n  cfplan state show -json 'example.com/MX/mail[\"mx1\"]'",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("state show takes one address or record ID; cfplan state list shows them")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return a.showAddress(c, args[0]) },
	}
}

func (a *app) showAddress(c *cobra.Command, name string) error {
	st, err := a.readState(c)
	if err != nil {
		return err
	}
	records, err := st.OwnedAt(name)
	if err != nil {
		return err
	}
	if a.flags.json {
		return plan.WriteJSON(a.out, struct {
			FormatVersion string              `json:"format_version"`
			Records       []state.OwnedRecord `json:"records"`
		}{"1.0", records})
	}
	for i, r := range records {
		if i > 0 {
			a.printf("\n")
		}
		a.showOwned(r)
	}
	return nil
}

func (a *app) showOwned(r state.OwnedRecord) {
	a.printf("%s\n  zone:    %s\n  ID:      %s\n  record:  %s %s\n", render.Escape(r.Address), render.Escape(r.Zone), render.Escape(r.ID),
		render.Escape(string(r.Type)), render.Escape(r.Name))
	last, known := r.Last.Record()
	if !known {
		a.printf("  last written: not known; the next apply that changes it remembers\n")
		return
	}
	ttl := "auto"
	if last.TTL != dns.AutoTTL {
		ttl = plural(last.TTL, "second")
	}
	a.printf("  content: %s\n  TTL:     %s\n", render.Escape(last.Content), ttl)
	if last.Type == dns.MX {
		a.printf("  priority: %d\n", last.Priority)
	}
	if last.Proxied {
		a.printf("  proxied: yes\n")
	}
	if last.Comment != "" {
		a.printf("  comment: %s\n", render.Escape(last.Comment))
	}
	if len(last.Tags) > 0 {
		a.printf("  tags:    %s\n", render.Escape(strings.Join(last.Tags, ", ")))
	}
}
