package main

import (
	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/plan"
)

// targetOptions narrow a plan.
type targetOptions struct{ targets, exclude []string }

func (o *targetOptions) register(c *cobra.Command) {
	c.Flags().StringArrayVar(&o.targets, "target", nil,
		"plan only these records: `ADDR` is ZONE, ZONE/TYPE, ZONE/TYPE/NAME or "+
			"module.NAME, with * for any; may be repeated")
	c.Flags().StringArrayVar(&o.exclude, "exclude", nil,
		"leave these records out; `ADDR` as for -target; may be repeated")
}

func (o *targetOptions) selection() (plan.Selection, error) {
	targets, err := parseTargets("-target", o.targets)
	if err != nil {
		return plan.Selection{}, err
	}
	exclude, err := parseTargets("-exclude", o.exclude)
	if err != nil {
		return plan.Selection{}, err
	}
	return plan.Select(targets, exclude), nil
}

func parseTargets(flag string, texts []string) ([]plan.Target, error) {
	var out []plan.Target
	for _, text := range texts {
		t, err := plan.ParseTarget(text)
		if err != nil {
			return nil, usage("%s=%v", flag, err)
		}
		out = append(out, t)
	}
	return out, nil
}
