package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/plan"
)

func refreshCommand(s *services) *cobra.Command {
	return &cobra.Command{
		Use:   "refresh",
		Short: "Read the live zones and save them as snapshots",
		Long: `Reads every zone that is declared or in which cfplan owns records, and saves it as the
zone's snapshot. If Cloudflare refuses later, plans are compared with these snapshots.
refresh changes nothing at Cloudflare, and does not change which records cfplan owns.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return refresh(c.Context(), s) },
	}
}

func refresh(ctx context.Context, s *services) error {
	conn, err := openForRefresh(s)
	if err != nil {
		return err
	}

	// If some zones fail, the others are still refreshed and shown.
	zones, err := conn.refresh(ctx)
	if s.print.asJSON {
		if jsonErr := showRefreshedJSON(s.print, zones); jsonErr != nil {
			return jsonErr
		}
		return err
	}
	for _, z := range zones {
		s.print.printf("%s: %d records read\n", z.Name, z.Summary.Unchanged)
	}
	return err
}

func showRefreshedJSON(p *printer, zones []plan.Zone) error {
	type refreshed struct {
		Zone    string `json:"zone"`
		Records int    `json:"records"`
	}
	list := []refreshed{}
	for _, z := range zones {
		list = append(list, refreshed{z.Name, z.Summary.Unchanged})
	}
	return p.json(list)
}
