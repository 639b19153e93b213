package main

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/reconcile"
)

type rollbackOptions struct {
	applyOptions
	out string
}

func rollbackCommand(s *services) *cobra.Command {
	o := &rollbackOptions{}
	c := &cobra.Command{
		Use:   "rollback [flags] [SERIAL]",
		Short: "Undo an earlier apply",
		Long: `Plans how to undo the apply with that SERIAL and every later one; without SERIAL, the
last apply. It shows the plan, asks for approval and carries it out like any other
plan. cfplan state history lists the applies that can be undone.

Only what those applies did is undone. A record that was changed elsewhere since
stays as it is, and so do records that cfplan does not own. Records that the applies
adopted become unmanaged again. The configuration does not change: undo its changes
as well, or the next plan makes them again.`,
		Example: `  cfplan rollback
  cfplan state history && cfplan rollback 17
  cfplan rollback -out=back.cfplan && cfplan apply back.cfplan`,
		Args: atMostOne("serial"),
		RunE: func(c *cobra.Command, args []string) error { return o.run(c.Context(), s, args) },
	}
	o.register(c)
	registerAllowDestroy(c, &o.allow)
	c.Flags().StringVar(&o.out, "out", "", "save the plan to `FILE` and change nothing; cfplan apply FILE carries it out")
	return c
}

func (o *rollbackOptions) run(ctx context.Context, s *services, args []string) error {
	serial, err := serialOf(args)
	if err != nil {
		return err
	}
	selection, err := o.selection()
	if err != nil {
		return err
	}
	if s.print.asJSON && !o.autoApprove && o.out == "" {
		return usage("-json needs -out or -auto-approve, because it cannot ask for approval")
	}

	conn, err := openForWriting(s)
	if err != nil {
		return err
	}
	p, err := conn.planRollback(ctx, serial, reconcile.PlanOptions{AllowDestroy: o.allow, Selection: selection})
	if err != nil {
		return err
	}
	if o.out == "" {
		return o.carryOut(ctx, s, conn, p, reconcile.Reads{})
	}

	if err := showPlan(s, p, "text", ""); err != nil {
		return err
	}
	s.print.diagnose(planDiagnostics(p.Diagnostics), conn.files)
	if p.HasErrors() {
		return errShown
	}
	if err := savePlan(s, p, o.out, "text"); err != nil || s.print.asJSON {
		return err
	}
	sayNextStep(s, conn.connection, p, o.out, o.targetOptions)
	return nil
}

// serialOf reads the argument. Without an argument it returns 0, which means the last apply.
func serialOf(args []string) (uint64, error) {
	if len(args) == 0 {
		return 0, nil
	}
	n, err := strconv.ParseUint(args[0], 10, 53)
	if err != nil || n == 0 {
		return 0, usage("%q is not a serial; cfplan state history lists them", args[0])
	}
	return n, nil
}
