package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/render"
)

// applyOptions are the options of every command that carries out a plan.
type applyOptions struct {
	autoApprove bool
	allow       int
	verify      bool
	failFast    bool
	habits
	targetOptions
}

func applyCommand(s *services) *cobra.Command {
	o := &applyOptions{}
	c := &cobra.Command{
		Use:   "apply [flags] [FILE]",
		Short: "Change the zones as planned",
		Long: `Makes a plan, shows it, asks for approval and carries it out. With FILE, it carries
out exactly the plan that plan -out saved there, without asking.

A saved plan is shown before it is carried out. It is refused, and nothing is
written, if it is read-only, was altered, belongs to another state or has been
applied already; if a record that it touches has changed since; or if the
configuration, the state or the live zones no longer allow what it contains.

A plan that would destroy more of a zone than its limit is refused too. The limit is
30 % of the zone, or half of a zone of fewer than ten records, unless the
configuration sets another. -allow-destroy=N allows such a plan.`,
		Example: `  cfplan apply
  cfplan apply -auto-approve
  cfplan apply dns.cfplan`,
		Args: atMostOne("plan file"),
		RunE: func(c *cobra.Command, args []string) error { return o.run(c.Context(), s, args) },
	}
	o.register(c)
	o.habits.registerApply(c)
	registerAllowDestroy(c, &o.allow)
	return c
}

func (o *applyOptions) register(c *cobra.Command) {
	c.Flags().BoolVar(&o.autoApprove, "auto-approve", false, "carry the plan out without asking for approval")
	c.Flags().BoolVar(&o.failFast, "fail-fast", false,
		"start no other zone after one has failed; by default the other zones still finish")
	c.Flags().BoolVar(&o.verify, "verify", false,
		"afterwards, ask the zones' name servers until they serve the changes, for half a minute at most")
	o.targetOptions.register(c)
}

func (o *applyOptions) run(ctx context.Context, s *services, args []string) error {
	if err := o.checkApply(len(args) == 1); err != nil {
		return err
	}
	selection, err := o.selection()
	switch {
	case err != nil:
		return err
	case len(args) == 1 && !selection.All():
		return usage("-target and -exclude are for a new plan; apply carries out all of %s", args[0])
	case len(args) == 1:
		return o.applySaved(ctx, s, args[0])
	default:
		return o.applyFresh(ctx, s, reconcile.PlanOptions{Destroy: o.destroy, AllowDestroy: o.allow, Selection: selection})
	}
}

// applyFresh plans, shows the plan, asks for approval and applies it.
func (o *applyOptions) applyFresh(ctx context.Context, s *services, options reconcile.PlanOptions) error {
	if s.print.asJSON && !o.autoApprove {
		return usage("-json needs a plan file or -auto-approve, because it cannot ask for approval")
	}
	conn, err := openForWriting(s)
	if err != nil {
		return err
	}
	p, reads, err := conn.planWithReads(ctx, options)
	if err != nil {
		return err
	}
	return o.carryOut(ctx, s, conn, p, reads)
}

// applySaved applies a plan that was shown and saved before.
func (o *applyOptions) applySaved(ctx context.Context, s *services, name string) error {
	p, err := readPlan(s, name)
	if err != nil {
		return err
	}
	if p.Mode != plan.Live {
		return reconcile.ErrReadOnly
	}

	conn, err := openForSaved(s, p.Variables)
	if err != nil {
		return err
	}
	if err := conn.mayRead(conn.zonesOf(p)); err != nil {
		return err
	}
	shown := func(held *plan.Plan) error { return show(s, conn.connection, held) }
	return o.apply(ctx, s, conn, p, reconcile.ApplyOptions{Show: shown})
}

// show shows a plan before it is approved or carried out. It returns an error if the plan could not
// be written in full.
func show(s *services, conn *connection, p *plan.Plan) error {
	err := errors.Join(showPlan(s, p, "text", ""), annotate(s, p, "text"))
	if failed := s.print.shown(); failed != nil {
		return failed
	}
	if err != nil {
		return err
	}
	s.print.diagnose(planDiagnostics(p.Diagnostics), conn.files)
	return nil
}

// carryOut shows a plan, asks for approval, and applies it. reads are the live reads from which the
// plan was made; they may be empty.
func (o *applyOptions) carryOut(
	ctx context.Context, s *services, conn *writingConnection, p *plan.Plan, reads reconcile.Reads,
) error {
	sayBefore(s, conn.connection, p)
	if err := show(s, conn.connection, p); err != nil {
		return err
	}

	switch {
	case p.HasErrors():
		return errShown
	case p.Mode != plan.Live:
		return reconcile.ErrReadOnly
	case len(p.BeyondLimit()) > 0:
		return &reconcile.LimitError{Zones: p.BeyondLimit()} // before the user is asked to approve it
	case p.HasChanges() && !o.autoApprove:
		if err := approve(ctx, s, conn.connection, p.Destroy); err != nil {
			return err
		}
	}
	return o.apply(ctx, s, conn, p, reconcile.ApplyOptions{Reads: reads})
}

// approve asks whether to go on, and returns an error if the answer is no.
func approve(ctx context.Context, s *services, conn *connection, destroy bool) error {
	question, cancelled := "\nDo you want to perform these actions?\n"+
		"  cfplan will change the zones as shown above.\n"+
		"  Only 'yes' will be accepted to approve.\n\n  Enter a value: ", "Apply cancelled."
	if destroy {
		question, cancelled = "\nDo you really want to destroy all of these records?\n"+
			"  cfplan will remove them from Cloudflare as shown above.\n"+
			"  To bring them back later: "+sameVariables(s, conn.config.Variables, "rollback")+"\n"+
			"  Only 'yes' will be accepted to confirm.\n\n  Enter a value: ", "Destroy cancelled."
	}

	yes, err := s.print.ask(ctx, question, "-auto-approve")
	if err == nil && !yes {
		s.print.printf("\n%s\n", cancelled)
		err = errShown
	}
	return err
}

// apply carries out a plan. how shows it first, unless it was shown already.
func (o *applyOptions) apply(
	ctx context.Context, s *services, conn *writingConnection, p *plan.Plan, how reconcile.ApplyOptions,
) error {
	if err := s.print.shown(); err != nil {
		return err
	}
	how.AllowDestroy = o.allow
	report, err := conn.apply(ctx, p, o.failFast, how)
	showSettled(s.print, report.Settled)
	showLockLeft(s.print, report.LockLeft, report.LockID)
	if report.Before > 0 {
		s.print.errorf("An earlier run had already made %s of this plan; this run continued with the rest.\n",
			english.Count(report.Before, "change"))
	}
	if err != nil {
		showStopped(s.print, p, report, err)
		return err
	}

	if !s.print.asJSON {
		s.print.printf("\n%s\n", applied(p, report.Done))
		if p.Destroy && report.Done.Destroy > 0 {
			s.print.printf("To bring the records back, run:\n    %s\n",
				sameVariables(s, conn.config.Variables, "rollback"))
		}
		err = render.Outputs(s.print.out, p)
	}
	if !o.verify || err != nil {
		return err
	}
	if !s.print.asJSON {
		s.print.printf("\n")
	}
	return verifyZones(ctx, s.print, conn.connection, reconcile.ExpectedOf(p), verifyPatience)
}

// countOf formats a number with a word that has no plural, as in "2 added".
func countOf(n int, word string) string { return fmt.Sprintf("%d %s", n, word) }

// applied returns the closing line of Terraform, with records instead of resources.
func applied(p *plan.Plan, s plan.Summary) string {
	line := "Destroy complete! Records: "
	if !p.Destroy {
		line = "Apply complete! Records: "
		if s.Adopt > 0 {
			line += countOf(s.Adopt, "adopted") + ", "
		}
		line += countOf(s.Add, "added") + ", " + countOf(s.Change, "changed") + ", "
	}
	line += countOf(s.Destroy, "destroyed")
	if s.Forget > 0 {
		line += ", " + countOf(s.Forget, "forgotten")
	}
	return line + "."
}

// showSettled reports the outcome of requests that an earlier run left open.
func showSettled(p *printer, list []reconcile.Settled) {
	for _, r := range list {
		head := fmt.Sprintf("An earlier run (%s, %s) was cut off in the middle of a request to %s",
			render.Escape(r.Who), english.Second(r.At), render.Escape(r.Zone))
		switch {
		case r.Err != nil:
			p.errorf("%s. The zone cannot be read now; the next apply finds out what became of the request.\n", head)
		case r.Missed == 0:
			p.errorf("%s: all of its %s took effect and are now recorded.\n", head, english.Count(r.Took, "change"))
		case r.Took == 0:
			p.errorf("%s: none of its %s took effect.\n", head, english.Count(r.Missed, "change"))
		default:
			p.errorf("%s: %d of its changes took effect and are now recorded, %d did not or were changed since.\n",
				head, r.Took, r.Missed)
		}
	}
}

// showStopped says what an apply did before it failed, and what is left. It prints nothing if the
// apply did nothing, because the error says so.
func showStopped(print *printer, p *plan.Plan, r reconcile.Report, err error) {
	done := r.Done.Add + r.Done.Change + r.Done.Destroy + r.Done.Adopt + r.Done.Forget
	if done == 0 {
		return
	}
	what, again := "Done and recorded", []string{"apply"}
	if unsaved := (*reconcile.UnsavedError)(nil); errors.As(err, &unsaved) {
		what = "Done, but not all of it recorded"
	}
	if p.Rollback > 0 {
		again = []string{"rollback", strconv.FormatUint(p.Rollback, 10)}
	}
	parts := []string{
		countOf(r.Done.Adopt, "adopted"),
		countOf(r.Done.Add, "added"),
		countOf(r.Done.Change, "changed"),
		countOf(r.Done.Destroy, "destroyed"),
	}
	if r.Done.Forget > 0 {
		parts = append(parts, countOf(r.Done.Forget, "forgotten"))
	}

	print.errorf("\nApply stopped. %s: %s. Left: %d.\nTo continue from here, run:\n    %s\n",
		what, strings.Join(parts, ", "), len(r.Left), print.dir.command(again...))
}
