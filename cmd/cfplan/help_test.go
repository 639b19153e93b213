package main

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestUsageShowsFlagsWithOneDash checks the usage of every command: help, documentation and messages write flags in the
// same way.
func TestUsageShowsFlagsWithOneDash(t *testing.T) {
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		c.InitDefaultHelpFlag()
		usage := c.UsageString()
		if strings.Contains(usage, "--") || c.Runnable() && !strings.Contains(usage, "-h, -help") {
			t.Errorf("the usage of %q has flags with two dashes:\n%s", c.CommandPath(), usage)
		}
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	visit(tool())
}
