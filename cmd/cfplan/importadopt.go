package main

import (
	"context"
	"errors"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/importer"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/render"
)

// takeOver takes ownership of the records of zones that have just been read and
// written as HCL. It changes nothing at Cloudflare.
func takeOver(ctx context.Context, s *services, conn *writingConnection, read []reconcile.Observed) error {
	t := &takingOver{services: s, conn: conn}
	if err := t.load(); err != nil {
		return err
	}
	p, err := t.adopt(ctx, t.config.Zones, read)
	if err != nil {
		return err
	}

	for _, z := range p.Zones {
		s.print.printf("Taken over: %s (%s)\n", render.Escape(z.Name), english.Count(z.Summary.Adopt+z.Summary.Unchanged, "record"))
	}
	s.print.printf("\nNo record was changed. The next plan has nothing to do.\n")
	return nil
}

// takeOverAsLive takes ownership of the live records that a source describes. A record may differ from its declaration:
// it stays as it is, and the next plan changes it.
func takeOverAsLive(ctx context.Context, s *services, conn *writingConnection, zones []sourceZone) error {
	t := &takingOver{services: s, conn: conn}
	if err := t.load(); err != nil {
		return err
	}

	var asLive []dns.Zone
	var read []reconcile.Observed
	changes := 0
	for _, z := range zones {
		declared := declaredZone(t.config, z.zone)
		asLive = append(asLive, importer.AsLive(declared, z.matched.Pairs))
		read = append(read, z.observed)
		lines, _ := differenceLines(z.matched.Pairs)
		changes += len(lines)
	}
	p, err := t.adopt(ctx, asLive, read)
	if err != nil {
		return err
	}

	for _, z := range p.Zones {
		s.print.printf("Taken over: %s (%s)\n", render.Escape(z.Name), english.Count(z.Summary.Adopt+z.Summary.Unchanged, "record"))
	}
	if changes == 0 {
		s.print.printf("\nNo record was changed. The next plan has nothing to do.\n")
		return nil
	}
	s.print.printf("\nNo record was changed. The next plan shows %s. If the live zone is right, correct the file "+
		"first; otherwise review and apply:\n    %s\n", english.Count(changes, "change"), s.dir.command("plan"))
	return nil
}

// takingOver is the last step of an import, after the files are written.
type takingOver struct {
	*services
	conn   *writingConnection
	config *config.Config
	files  config.Files
}

// load loads the configuration with the files that were just written.
func (t *takingOver) load() (err error) {
	t.config, t.files, err = t.services.config.load()
	if err != nil {
		t.print.errorf("\nThe files are written; no record was taken over. Correct what is wrong, then run:\n    %s\n",
			t.dir.command("plan"))
	}
	return err
}

// adopt takes ownership of the live records that are equal to records of desired. If the plan for that would do anything
// else, nothing is taken over.
func (t *takingOver) adopt(ctx context.Context, desired []dns.Zone, read []reconcile.Observed) (*plan.Plan, error) {
	p, err := t.conn.planAdoption(ctx, desired, read)
	if err != nil {
		return nil, err
	}
	t.print.diagnose(planDiagnostics(p.Diagnostics), t.files)
	if p.HasErrors() {
		return nil, errShown
	}

	err = t.conn.adopt(ctx, p, t.config, desired)
	var more *reconcile.MoreThanAdoptionError
	if errors.As(err, &more) {
		return nil, failure("Nothing was taken over", "The files are written, but their plan would do more than take records over:%s\n\n"+
			"No record was changed. Read what cfplan plan says, and correct the files, before cfplan apply.", listed(more.Changes))
	}
	return p, err
}
