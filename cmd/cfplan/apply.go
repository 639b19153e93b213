package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/render"
)

func (a *app) applyCommand() *cobra.Command {
	f := &applyFlags{}
	c := &cobra.Command{
		Use:   "apply [flags] [FILE]",
		Short: "Change the zones as planned",
		Long: `Makes a plan, shows it, asks, and carries it out; or carries out exactly the
plan that plan -out saved in FILE, without asking.

A saved plan is refused where it is read-only, was altered, was made for another
state, has been applied already, or where a record that it touches has changed
since. Nothing is written then. Nor is a plan carried out that would destroy more
of a zone than its limit, 30 % by default: -allow-destroy=N does it all the same.`,
		Example: `  cfplan apply
  cfplan apply -auto-approve
  cfplan apply dns.cfplan`,
		Args: atMostOne("plan file"),
		RunE: func(c *cobra.Command, args []string) error {
			selection, err := f.selection()
			switch {
			case err != nil:
				return err
			case len(args) == 1 && !selection.All():
				return usage("-target and -exclude are for a new plan; %s is carried out as a whole", args[0])
			case len(args) == 1:
				return a.applySaved(c, args[0], f)
			}
			return a.applyFresh(c, reconcile.PlanOptions{AllowDestroy: f.allow, Selection: selection}, f)
		},
	}
	f.register(c)
	registerAllowDestroy(c, &f.allow)
	return c
}

type applyFlags struct {
	autoApprove bool
	allow       int
	verify      bool
	failFast    bool
	targetFlags
}

func (f *applyFlags) register(c *cobra.Command) {
	c.Flags().BoolVar(&f.autoApprove, "auto-approve", false, "do not ask before carrying the plan out")
	c.Flags().BoolVar(&f.failFast, "fail-fast", false, "begin nothing more once a zone has failed; else the other zones still finish")
	c.Flags().BoolVar(&f.verify, "verify", false, "ask the zones' name servers afterwards until they serve the changes, or half a minute is over")
	f.targetFlags.register(c)
}

func (a *app) destroyCommand() *cobra.Command {
	f := &applyFlags{}
	c := &cobra.Command{
		Use:   "destroy",
		Short: "Remove every record that cfplan owns",
		Long: `Plans the removal of every record that cfplan owns, shows it, asks, and carries
it out. Records that cfplan does not own stay; an exclusive zone is owned as a
whole, but for what its ignore blocks leave alone.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			selection, err := f.selection()
			if err != nil {
				return err
			}
			return a.applyFresh(c, reconcile.PlanOptions{Destroy: true, Selection: selection}, f)
		},
	}
	f.register(c)
	return c
}

// applyFresh plans, shows, asks and applies.
func (a *app) applyFresh(c *cobra.Command, o reconcile.PlanOptions, f *applyFlags) error {
	if a.flags.json && !f.autoApprove {
		return usage("-json needs a plan file or -auto-approve, as there is nobody to ask")
	}
	s, err := a.open()
	if err != nil {
		return err
	}
	p, err := a.makePlan(c, s, o)
	if err != nil {
		return err
	}
	return a.carryOut(c, s, p, f)
}

// carryOut shows a plan, asks, and applies it.
func (a *app) carryOut(c *cobra.Command, s *session, p *plan.Plan, f *applyFlags) error {
	if err := errors.Join(a.showPlan(p, "text"), a.annotate(p, "text")); err != nil {
		return err
	}
	a.diagnose(planDiagnostics(p.Diagnostics, s.files), s.files)
	switch {
	case p.HasErrors():
		return errShown
	case p.Mode != plan.Live:
		return reconcile.ErrReadOnly
	case len(p.BeyondLimit()) > 0:
		return &reconcile.LimitError{Zones: p.BeyondLimit()} // before anybody is asked to approve it
	case p.HasChanges() && !f.autoApprove:
		if err := a.approve(c, p.Destroy); err != nil {
			return err
		}
	}
	return a.apply(c, s, p, f)
}

func (a *app) applySaved(c *cobra.Command, name string, f *applyFlags) error {
	p, err := a.readPlan(name)
	if err != nil {
		return err
	}
	if p.Mode != plan.Live {
		return reconcile.ErrReadOnly
	}
	p.AllowDestroy = max(p.AllowDestroy, f.allow)
	s, err := a.open()
	if err != nil {
		return err
	}
	return a.apply(c, s, p, f)
}

// approve asks whether to go on, and returns an error where the answer is no.
func (a *app) approve(c *cobra.Command, destroy bool) error {
	question, cancelled := "\nDo you want to perform these actions?\n"+
		"  cfplan will change the zones as shown above.\n"+
		"  Only 'yes' will be accepted to approve.\n\n  Enter a value: ", "Apply cancelled."
	if destroy {
		question, cancelled = "\nDo you really want to destroy all of these records?\n"+
			"  cfplan will remove them from Cloudflare as shown above. There is no undo.\n"+
			"  Only 'yes' will be accepted to confirm.\n\n  Enter a value: ", "Destroy cancelled."
	}
	yes, err := a.ask(c.Context(), question)
	if err == nil && !yes {
		a.printf("\n%s\n", cancelled)
		err = errShown
	}
	return err
}

func (a *app) apply(c *cobra.Command, s *session, p *plan.Plan, f *applyFlags) error {
	var report reconcile.Report
	var err error
	s.FailFast = f.failFast
	s.progress.during(func() { report, err = s.Apply(c.Context(), p) })
	a.tellSettled(report.Settled)
	a.tellLock(report.LockLeft, report.LockID)
	if report.Before > 0 {
		a.errorf("An earlier run has made %s of this plan; this one went on with the rest.\n", plural(report.Before, "change"))
	}
	if err != nil {
		a.tellPartial(p, report, err)
		return err
	}
	if !a.flags.json {
		a.printf("\n%s\n", applied(p, report.Done))
		err = render.Outputs(a.out, p)
	}
	if !f.verify || err != nil {
		return err
	}
	if !a.flags.json {
		a.printf("\n")
	}
	return a.verifyExpected(c, s, reconcile.ExpectedOf(p), verifyPatience)
}

// applied is Terraform's closing line, with records for resources.
func applied(p *plan.Plan, s plan.Summary) string {
	if p.Destroy {
		return "Destroy complete! Records: " + count(s.Destroy, "destroyed") + "."
	}
	line := "Apply complete! Records: "
	if s.Adopt > 0 {
		line += count(s.Adopt, "adopted") + ", "
	}
	line += count(s.Add, "added") + ", " + count(s.Change, "changed") + ", " + count(s.Destroy, "destroyed")
	if s.Forget > 0 {
		line += ", " + count(s.Forget, "forgotten")
	}
	return line + "."
}

// tellLock says that a lock could not be given back: some backends keep it until
// somebody breaks it.
func (a *app) tellLock(err error, id string) {
	if err != nil {
		a.warn("State lock could not be given back", "%v. If the next run finds the state locked: cfplan force-unlock %s", err, id)
	}
}

// tellSettled says what became of requests that an earlier run left open.
func (a *app) tellSettled(list []reconcile.Settled) {
	for _, s := range list {
		head := fmt.Sprintf("An earlier run (%s, %s) was cut off in the middle of a request to %s", render.Escape(s.Who), s.At.UTC().Format("2006-01-02 15:04:05 MST"), render.Escape(s.Zone))
		switch {
		case s.Err != nil:
			a.errorf("%s. The zone cannot be read now, so that the next apply looks after it.\n", head)
		case s.Missed == 0:
			a.errorf("%s: all of its %s took effect and are recorded now.\n", head, plural(s.Took, "change"))
		case s.Took == 0:
			a.errorf("%s: none of its %s took effect.\n", head, plural(s.Missed, "change"))
		default:
			a.errorf("%s: %d of its changes took effect and are recorded now, %d did not or were changed since.\n", head, s.Took, s.Missed)
		}
	}
}

// tellPartial says what was done before an apply failed and what is left. An
// apply that wrote nothing has nothing to say here: its error does.
func (a *app) tellPartial(p *plan.Plan, r reconcile.Report, err error) {
	done := r.Done.Add + r.Done.Change + r.Done.Destroy + r.Done.Adopt + r.Done.Forget
	if done == 0 {
		return
	}
	what, again := "Done and recorded", "apply"
	if unsaved := (*reconcile.UnsavedError)(nil); errors.As(err, &unsaved) {
		what = "Done, but not all of it recorded"
	}
	if p.Rollback > 0 {
		again = fmt.Sprintf("rollback %d", p.Rollback)
	}
	parts := []string{count(r.Done.Adopt, "adopted"), count(r.Done.Add, "added"), count(r.Done.Change, "changed"), count(r.Done.Destroy, "destroyed")}
	if r.Done.Forget > 0 {
		parts = append(parts, count(r.Done.Forget, "forgotten"))
	}
	a.errorf("\nApply stopped. %s: %s. Left: %d.\nThe next cfplan %s goes on from here.\n", what, strings.Join(parts, ", "), len(r.Left), again)
}

func count(n int, what string) string { return strconv.Itoa(n) + " " + what }
