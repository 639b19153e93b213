package main

import (
	"encoding/json"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/plan"
)

func (a *app) refreshCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "refresh",
		Short: "Read the live zones into the cached state",
		Long: `Reads every zone that is declared or has records of ours, and keeps what it saw as
the zone's snapshot. It changes nothing else, neither at Cloudflare nor in the
ownership of records.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.refresh(c) },
	}
}

func (a *app) refresh(c *cobra.Command) error {
	s, err := a.open()
	if err != nil {
		return err
	}
	var zones []plan.Zone
	s.progress.during(func() { zones, err = s.Refresh(c.Context(), s.config.Zones) })
	if a.flags.json {
		type refreshed struct {
			Zone    string `json:"zone"`
			Records int    `json:"records"`
		}
		list := []refreshed{}
		for _, z := range zones {
			list = append(list, refreshed{z.Name, z.Summary.Unchanged})
		}
		e := json.NewEncoder(a.out)
		e.SetIndent("", "  ")
		if encodeErr := e.Encode(list); encodeErr != nil {
			return encodeErr
		}
		return err
	}
	for _, z := range zones {
		a.printf("%s: %s\n", z.Name, count(z.Summary.Unchanged, "records read"))
	}
	return err
}
