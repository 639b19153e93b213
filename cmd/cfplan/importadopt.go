package main

import (
	"context"
	"errors"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/render"
)

// takeOver takes ownership of the records of zones that have just been read and
// written as HCL. It changes nothing at Cloudflare.
func takeOver(ctx context.Context, s *services, conn *writingConnection, read []reconcile.Observed) error {
	cfg, files, err := s.config.load()
	if err != nil {
		s.print.errorf("\nThe files are written; no record was taken over. Correct what is wrong, then run:\n    %s\n", s.dir.command("plan"))
		return err
	}
	p, err := conn.planAdoption(ctx, cfg.Zones, read)
	if err != nil {
		return err
	}
	s.print.diagnose(planDiagnostics(p.Diagnostics), files)
	if p.HasErrors() {
		return errShown
	}

	err = conn.adopt(ctx, p, cfg)
	var more *reconcile.MoreThanAdoptionError
	switch {
	case errors.As(err, &more):
		return failure("Nothing was taken over", "The files are written, but their plan would do more than take records over:%s\n\n"+
			"No record was changed. Read what cfplan plan says, and correct the files, before cfplan apply.", listed(more.Changes))
	case err != nil:
		return err
	}

	for _, z := range p.Zones {
		s.print.printf("Taken over: %s (%s)\n", render.Escape(z.Name), english.Count(z.Summary.Adopt+z.Summary.Unchanged, "record"))
	}
	s.print.printf("\nNo record was changed. The next plan has nothing to do.\n")
	return nil
}
