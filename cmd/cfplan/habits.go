package main

import "github.com/spf13/cobra"

// habits are flags that Terraform users expect. If cfplan does the same in another way, the
// flag is an error that says how.
type habits struct {
	refresh     bool
	refreshOnly bool
	destroy     bool
	replace     []string
}

// registerRefresh declares -refresh for a command that plans.
func (h *habits) registerRefresh(c *cobra.Command) {
	c.Flags().BoolVar(&h.refresh, "refresh", true,
		"-refresh=false makes plan the same as plan -cached; apply always reads the zones")
	c.Flags().StringArrayVar(&h.replace, "replace", nil, "not supported; the error says what to do instead")
	hideFlags(c, "refresh", "replace")
}

// registerApply declares the flags that apply has only because Terraform has them.
func (h *habits) registerApply(c *cobra.Command) {
	h.registerRefresh(c)
	c.Flags().BoolVar(&h.destroy, "destroy", false, "the same as cfplan destroy")
	c.Flags().BoolVar(&h.refreshOnly, "refresh-only", false, "not supported; the error says what to do instead")
	hideFlags(c, "refresh-only")
}

// hideFlags keeps flags out of the help.
func hideFlags(c *cobra.Command, names ...string) {
	for _, name := range names {
		if err := c.Flags().MarkHidden(name); err != nil {
			panic(err) // the flag was declared just before
		}
	}
}

// checkReplace refuses -replace.
func (h *habits) checkReplace() error {
	if len(h.replace) == 0 {
		return nil
	}
	return usage("there is no -replace: a DNS record is nothing but its values. To write one again, change a value; " +
		"the next apply adds a record that was deleted elsewhere")
}

// checkApply refuses Terraform's flags for which apply has another way. saved is true if apply
// carries out a saved plan.
func (h *habits) checkApply(saved bool) error {
	switch {
	case h.refreshOnly:
		return usage("apply has no -refresh-only: cfplan plan -refresh-only shows what was changed elsewhere, " +
			"and every plan compares with the live zones anyway")
	case !h.refresh:
		return usage("apply has no -refresh=false: it always reads the zones before it changes them")
	case h.destroy && saved:
		return usage("-destroy is for a new plan; a saved plan is carried out as it is")
	}
	return h.checkReplace()
}
