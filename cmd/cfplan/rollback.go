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
		Short: "Plan the way back to before an apply, and go it",
		Long: `Plans what takes back the apply with that SERIAL and all after it, without one the
last; shows it, asks, and carries it out like any other plan. cfplan state history
lists the applies that can be taken back.

Only what those applies did is undone: a record that somebody has changed since, and
what cfplan does not own, stays as it is; what they adopted is nobody's again. The
configuration does not change: take its changes back as well, or the next plan makes
them again.`,
		Example: `  cfplan rollback
  cfplan state history && cfplan rollback 17
  cfplan rollback -out=back.cfplan && cfplan apply back.cfplan`,
		Args: atMostOne("serial"),
		RunE: func(c *cobra.Command, args []string) error { return o.run(c.Context(), s, args) },
	}
	o.register(c)
	registerAllowDestroy(c, &o.allow)
	c.Flags().StringVar(&o.out, "out", "", "save the plan to `FILE`, for cfplan apply FILE, and carry nothing out")
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
		return usage("-json needs -out or -auto-approve, as there is nobody to ask")
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

// serialOf reads the argument. Without one it is 0, which means the last apply.
func serialOf(args []string) (uint64, error) {
	if len(args) == 0 {
		return 0, nil
	}
	n, err := strconv.ParseUint(args[0], 10, 53)
	if err != nil || n == 0 {
		return 0, usage("%q is no serial; cfplan state history lists them", args[0])
	}
	return n, nil
}
