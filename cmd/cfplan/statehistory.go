package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/render"
)

func stateHistoryCommand(s *services) *cobra.Command {
	return &cobra.Command{
		Use:   "history",
		Short: "List the applies that can be undone",
		Long: `Lists the last applies, newest first: the serial, the time, who applied, what was
done, and in which zones. Of an apply that was cut off, it lists only what was done.
cfplan rollback SERIAL undoes one of them and all later ones.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return showHistory(c.Context(), s) },
	}
}

func showHistory(ctx context.Context, s *services) error {
	store, err := openStateForReading(s)
	if err != nil {
		return err
	}
	list, err := reconcile.History(ctx, store)
	if err != nil {
		return err
	}
	if s.print.asJSON {
		return showHistoryJSON(s.print, list)
	}

	if len(list) == 0 {
		s.print.printf("Nothing has been applied with this state yet.\n")
	}
	for _, h := range list {
		if h.Damage != nil {
			s.print.printf("%d  %s\n", h.Serial, render.Escape(h.Damage.Error()))
			continue
		}
		s.print.printf("%d  %s  %s\n    %s\n",
			h.Serial, english.Second(h.At), render.Escape(h.Who), render.Digest(h.Summary, h.Zones))
		if h.InDoubt > 0 {
			s.print.printf("    %s more may have been made: the run was cut off, or is still running. The next "+
				"apply finds out.\n",
				english.Count(h.InDoubt, "change"))
		}
	}
	return nil
}

func showHistoryJSON(p *printer, list []reconcile.Applied) error {
	type entry struct {
		Serial  uint64       `json:"serial"`
		At      time.Time    `json:"at"`
		Who     string       `json:"who"`
		Summary plan.Summary `json:"summary"`
		Zones   []string     `json:"zones"`
		InDoubt int          `json:"in_doubt,omitempty"`
		Damage  string       `json:"damage,omitempty"`
	}
	out := struct {
		FormatVersion string  `json:"format_version"`
		Applies       []entry `json:"applies"`
	}{"1.0", []entry{}}
	for _, h := range list {
		e := entry{
			Serial:  h.Serial,
			At:      h.At,
			Who:     h.Who,
			Summary: h.Summary,
			Zones:   append([]string{}, h.Zones...),
			InDoubt: h.InDoubt,
		}
		if h.Damage != nil {
			e.Damage = h.Damage.Error()
		}
		out.Applies = append(out.Applies, e)
	}
	return p.json(out)
}
