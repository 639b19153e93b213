package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/state"
)

func statePullCommand(s *services) *cobra.Command {
	return &cobra.Command{
		Use:   "pull",
		Short: "Print the state as it is stored",
		Long: `Prints the state as it is stored, decrypted if it is encrypted. If there is no state, it
prints nothing. The state contains every record that cfplan owns, and no credentials.
Characters that a terminal would obey are printed as \u escapes, which JSON reads as
the same characters.`,
		Example: "  cfplan state pull > state.json",
		Args:    noArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return pullState(c.Context(), s) },
	}
}

// pullState also prints a damaged state, so that it can be repaired. It does not print it to a
// terminal, which could obey characters in it.
func pullState(ctx context.Context, s *services) error {
	store, err := openStateForReading(s)
	if err != nil {
		return err
	}
	text, err := store.Stored(ctx)
	if err != nil {
		return err
	}
	if text == nil {
		s.print.warn("There is no state", "Nothing is stored at %s.", store)
		return nil
	}

	_, err = state.Decode(text)
	if err == nil {
		_, err = s.print.out.Write(plan.VisibleJSON(text))
		return err
	}
	if !isTerminal(s.print.out) {
		_, writeErr := s.print.out.Write(text)
		err = errors.Join(err, writeErr)
	}
	return failure("State is damaged", "%s: %v.", store, err)
}
