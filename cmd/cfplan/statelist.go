package main

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/render"
)

func stateListCommand(s *services) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the records that cfplan owns",
		Long:  "Lists the records that cfplan owns, one per line, sorted by address: the address and the record's ID.",
		Args:  noArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return listState(c.Context(), s) },
	}
}

func listState(ctx context.Context, s *services) error {
	store, err := openStateForReading(s)
	if err != nil {
		return err
	}
	st, err := store.Read(ctx)
	if err != nil {
		return err
	}

	var lines []string
	for _, r := range st.OwnedRecords() {
		lines = append(lines, render.Escape(r.Address+"  "+r.ID))
	}
	slices.Sort(lines)
	for _, l := range lines {
		s.print.printf("%s\n", l)
	}
	return nil
}
