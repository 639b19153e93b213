package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/render"
)

// takeOver takes ownership of the records of zones that have just been read and
// written as HCL. It changes nothing at Cloudflare.
func (a *app) takeOver(c *cobra.Command, s *session, read []reconcile.View) error {
	cfg, files, err := a.load()
	if err != nil {
		a.errorf("\nThe files are written; no record was taken over. Correct what is wrong, then run cfplan plan.\n")
		return err
	}
	p, err := s.PlanAdoption(c.Context(), cfg.Zones, read)
	if err != nil {
		return err
	}
	a.diagnose(planDiagnostics(p.Diagnostics, files), files)
	if p.HasErrors() {
		return errShown
	}

	s.progress.during(func() { err = s.Adopt(c.Context(), p) })
	var more *reconcile.MoreThanAdoptionError
	switch {
	case errors.As(err, &more):
		return failure("Nothing was taken over", "The files are written, but their plan would do more than take records over:%s\n\n"+
			"No record was changed. Read what cfplan plan says, and correct the files, before cfplan apply.", listed(more.Changes))
	case err != nil:
		return err
	}

	for _, z := range p.Zones {
		a.printf("Taken over: %s (%s)\n", render.Escape(z.Name), plural(z.Summary.Adopt+z.Summary.Unchanged, "record"))
	}
	a.printf("\nNo record was changed. cfplan plan has nothing to do now.\n")
	return nil
}
