package main

import (
	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/plan"
)

// targetFlags narrow a plan.
type targetFlags struct{ targets, exclude []string }

func (f *targetFlags) register(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.targets, "target", nil, "plan these records only: `ADDR` is ZONE, ZONE/TYPE or ZONE/TYPE/NAME, * for any; may be repeated")
	c.Flags().StringArrayVar(&f.exclude, "exclude", nil, "leave these records out; `ADDR` as for -target; may be repeated")
}

func (f *targetFlags) selection() (plan.Selection, error) {
	var s plan.Selection
	for flag, list := range map[string]struct {
		texts []string
		into  *[]plan.Target
	}{"-target": {f.targets, &s.Targets}, "-exclude": {f.exclude, &s.Exclude}} {
		for _, text := range list.texts {
			t, err := plan.ParseTarget(text)
			if err != nil {
				return s, usage("%s=%v", flag, err)
			}
			*list.into = append(*list.into, t)
		}
	}
	return s, nil
}
