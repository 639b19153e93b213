package main

import (
	"encoding/json"
	"runtime"

	"github.com/spf13/cobra"
)

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Show the version",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			platform := runtime.GOOS + "_" + runtime.GOARCH
			if a.flags.json {
				return json.NewEncoder(a.out).Encode(map[string]string{"cfplan_version": version, "platform": platform})
			}
			a.printf("cfplan v%s\non %s\n", version, platform)
			return nil
		},
	}
}
