package main

import (
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/render"
)

type rollbackFlags struct {
	applyFlags
	out string
}

func (a *app) rollbackCommand() *cobra.Command {
	f := &rollbackFlags{}
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
		RunE: func(c *cobra.Command, args []string) error { return a.rollback(c, args, f) },
	}
	f.register(c)
	registerAllowDestroy(c, &f.allow)
	c.Flags().StringVar(&f.out, "out", "", "save the plan to `FILE`, for cfplan apply FILE, and carry nothing out")
	return c
}

func (a *app) rollback(c *cobra.Command, args []string, f *rollbackFlags) error {
	serial, err := serialOf(args)
	if err != nil {
		return err
	}
	selection, err := f.selection()
	if err != nil {
		return err
	}
	if a.flags.json && !f.autoApprove && f.out == "" {
		return usage("-json needs -out or -auto-approve, as there is nobody to ask")
	}
	s, err := a.open()
	if err != nil {
		return err
	}
	var p *plan.Plan
	o := reconcile.PlanOptions{AllowDestroy: f.allow, Selection: selection, MaxDestroy: s.config.MaxDestroy}
	s.progress.during(func() { p, err = s.Rollback(c.Context(), serial, s.config.Zones, o) })
	if err != nil {
		return err
	}
	p.Seal()
	if f.out == "" {
		return a.carryOut(c, s, p, &f.applyFlags)
	}
	if err := a.showPlan(p, "text"); err != nil {
		return err
	}
	a.diagnose(planDiagnostics(p.Diagnostics, s.files), s.files)
	if p.HasErrors() {
		return errShown
	}
	return a.savePlan(p, &planFlags{out: f.out, format: "text"})
}

// serialOf reads the argument; none is 0, the last apply.
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

func (a *app) historyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "history",
		Short: "List the applies that can be taken back",
		Long:  "Lists the last applies, the newest first: serial, time, who, what, and the zones.\ncfplan rollback SERIAL plans the way back to before one of them.",
		Args:  noArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return a.history(c) },
	}
}

func (a *app) history(c *cobra.Command) error {
	store, err := a.openStore()
	if err != nil {
		return err
	}
	list, err := (&reconcile.Reconciler{Store: store}).History(c.Context())
	if err != nil {
		return err
	}
	if a.flags.json {
		return a.historyJSON(list)
	}
	if len(list) == 0 {
		a.printf("Nothing has been applied with this state yet.\n")
	}
	for _, h := range list {
		if h.Damage != nil {
			a.printf("%d  %s\n", h.Serial, render.Escape(h.Damage.Error()))
			continue
		}
		a.printf("%d  %s  %s\n    %s\n", h.Serial, h.At.UTC().Format("2006-01-02 15:04:05 MST"), render.Escape(h.Who), render.Digest(h.Summary, h.Zones))
	}
	return nil
}

func (a *app) historyJSON(list []reconcile.Applied) error {
	type entry struct {
		Serial  uint64       `json:"serial"`
		At      time.Time    `json:"at"`
		Who     string       `json:"who"`
		Summary plan.Summary `json:"summary"`
		Zones   []string     `json:"zones"`
		Damage  string       `json:"damage,omitempty"`
	}
	out := struct {
		FormatVersion string  `json:"format_version"`
		Applies       []entry `json:"applies"`
	}{"1.0", []entry{}}
	for _, h := range list {
		e := entry{Serial: h.Serial, At: h.At, Who: h.Who, Summary: h.Summary, Zones: append([]string{}, h.Zones...)}
		if h.Damage != nil {
			e.Damage = h.Damage.Error()
		}
		out.Applies = append(out.Applies, e)
	}
	return plan.WriteJSON(a.out, out)
}
