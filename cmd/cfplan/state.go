package main

import (
	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/state"
)

func stateCommand(s *services) *cobra.Command {
	c := &cobra.Command{
		Use:   "state",
		Short: "Show, edit or copy the state",
		Args:  noArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	addGroups(c, []commandGroup{
		{"Look:", []*cobra.Command{
			stateListCommand(s),
			stateShowCommand(s),
			stateHistoryCommand(s),
		}},
		{"Change:", []*cobra.Command{
			stateMoveCommand(s),
			stateRemoveCommand(s),
		}},
		{"Copy:", []*cobra.Command{
			statePullCommand(s),
			statePushCommand(s),
		}},
	})
	return c
}

// openStateForReading opens the state of the configuration for a command that does not use
// Cloudflare.
func openStateForReading(s *services) (*state.Reader, error) {
	cfg, _, err := s.config.loadQuietly()
	if err != nil {
		return nil, err
	}
	return s.state.forReading(cfg)
}
