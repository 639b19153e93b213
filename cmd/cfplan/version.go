package main

import (
	"runtime"

	"github.com/spf13/cobra"
)

func versionCommand(s *services) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Show the version",
		Args:  noArgs,
		RunE:  func(*cobra.Command, []string) error { return showVersion(s.print) },
	}
}

func showVersion(p *printer) error {
	platform := runtime.GOOS + "_" + runtime.GOARCH
	if p.asJSON {
		return p.json(map[string]string{"cfplan_version": version, "platform": platform})
	}
	p.printf("cfplan v%s\non %s\n", version, platform)
	return nil
}
