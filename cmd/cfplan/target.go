package main

import (
	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/plan"
)

// targetOptions narrow a plan.
type targetOptions struct{ targets, exclude []string }

func (o *targetOptions) register(c *cobra.Command) {
	c.Flags().StringArrayVar(&o.targets, "target", nil, "plan these records only: `ADDR` is ZONE, ZONE/TYPE or ZONE/TYPE/NAME, * for any; may be repeated")
	c.Flags().StringArrayVar(&o.exclude, "exclude", nil, "leave these records out; `ADDR` as for -target; may be repeated")
}

func (o *targetOptions) selection() (plan.Selection, error) {
	var s plan.Selection
	for flag, list := range map[string]struct {
		texts []string
		into  *[]plan.Target
	}{"-target": {o.targets, &s.Targets}, "-exclude": {o.exclude, &s.Exclude}} {
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
