package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
)

type planOptions struct {
	out         string
	detailed    bool
	format      string
	cached      bool
	requireLive bool
	destroy     bool
	fallback    string
	failOn      string
	allow       int
	refreshOnly bool
	minimal     bool
	habits
	targetOptions
}

func planCommand(s *services) *cobra.Command {
	o := &planOptions{}
	c := &cobra.Command{
		Use:   "plan [flags]",
		Short: "Show what apply would change",
		Long: `Compares the declared records with the live ones and shows what would change.
It changes nothing and takes no lock.

If Cloudflare refuses the credentials or cannot be reached, cfplan compares with the
zone's last snapshot, or else with what the zone's name servers answer. The plan is
then read-only. It says so first, with what is wrong and how to fix it.

With -minimal-refresh, a zone is not read if its last snapshot shows nothing to do
in it. A plan of many zones then costs as many requests as there are zones with
changes, but it does not see what others changed in the zones that it does not read.`,
		Example: `  cfplan plan
  cfplan plan -out=dns.cfplan && cfplan apply dns.cfplan
  cfplan plan -detailed-exitcode     # 0 nothing to do, 2 changes, 3 read-only
  cfplan plan -json | jq .summary
  cfplan plan -minimal-refresh       # a pull request that touches 3 of 1,000 zones
  cfplan plan -format=github -fail-on=high   # in a job of GitHub Actions`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return o.run(c.Context(), s) },
	}
	o.register(c)
	return c
}

func (o *planOptions) register(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVar(&o.out, "out", "", "save the plan to `FILE`; cfplan apply FILE carries it out")
	flags.BoolVar(&o.detailed, "detailed-exitcode", false,
		"exit with 2 if changes are pending, 3 if the plan is read-only")
	flags.BoolVar(&o.cached, "cached", false,
		"compare with the cached snapshots and send no request; the plan is read-only")
	flags.StringVar(&o.fallback, "fallback", "cache,dns",
		"what to compare with if Cloudflare refuses a zone, in this `ORDER`: cache, dns, sample; or none")
	flags.BoolVar(&o.requireLive, "require-live", false, "fail if a zone cannot be read live")
	flags.BoolVar(&o.destroy, "destroy", false, "plan to remove everything that cfplan owns")
	flags.StringVar(&o.failOn, "fail-on", "",
		"exit with 1 if a change has a risk of this `LEVEL` or above: high, medium or low")
	flags.BoolVar(&o.refreshOnly, "refresh-only", false,
		"show only drift: what others changed in cfplan's records since cfplan last wrote them; "+
			"exit with 2 if there is drift, 3 if that is not known")
	flags.BoolVar(&o.minimal, "minimal-refresh", false,
		"read live only the zones whose snapshot shows something to do, or that have no snapshot")
	registerAllowDestroy(c, &o.allow)
	o.habits.registerRefresh(c)
	o.targetOptions.register(c)
	registerFormat(c, &o.format)
}

func registerAllowDestroy(c *cobra.Command, n *int) {
	c.Flags().IntVar(n, "allow-destroy", 0,
		"allow a plan that destroys up to `N` records of a zone, even beyond the zone's limit")
}

// check returns the options for reconcile.
func (o *planOptions) check(asJSON bool) (reconcile.PlanOptions, error) {
	if err := o.checkReplace(); err != nil {
		return reconcile.PlanOptions{}, err
	}
	o.cached = o.cached || !o.refresh
	if o.refreshOnly && (o.cached || o.destroy || o.out != "") {
		return reconcile.PlanOptions{}, usage(
			"-refresh-only cannot be used with -cached, -destroy or -out: it plans nothing")
	}
	if o.minimal && (o.cached || o.refreshOnly || o.destroy) {
		return reconcile.PlanOptions{}, usage("-minimal-refresh cannot be used with -cached, -refresh-only or " +
			"-destroy: they read no zone, or all of them")
	}
	if o.cached && o.requireLive {
		return reconcile.PlanOptions{}, usage("-cached and -require-live cannot be used together")
	}
	if err := checkFormat(o.format, asJSON); err != nil {
		return reconcile.PlanOptions{}, err
	}
	if o.failOn != "" && !slices.Contains(plan.RiskLevels(), plan.RiskLevel(o.failOn)) {
		return reconcile.PlanOptions{}, usage("unknown -fail-on=%s; use high, medium or low", o.failOn)
	}

	chain, err := fallbackChain(o.fallback)
	if err != nil {
		return reconcile.PlanOptions{}, err
	}
	selection, err := o.selection()
	if err != nil {
		return reconcile.PlanOptions{}, err
	}
	return reconcile.PlanOptions{
		Cached:         o.cached,
		MinimalRefresh: o.minimal,
		RequireLive:    o.requireLive,
		Destroy:        o.destroy,
		Fallback:       chain,
		AllowDestroy:   o.allow,
		Selection:      selection,
		RefreshOnly:    o.refreshOnly,
	}, nil
}

func (o *planOptions) run(ctx context.Context, s *services) error {
	options, err := o.check(s.print.asJSON)
	if err != nil {
		return err
	}
	conn, err := openForReading(s)
	if err != nil {
		return err
	}
	p, err := conn.plan(ctx, options)
	if err != nil {
		return err
	}

	saved := o.out
	if p.HasErrors() {
		saved = "" // a plan with errors is not saved
	}
	if err := errors.Join(showPlan(s, p, o.format, saved), annotate(s, p, o.format)); err != nil {
		return err
	}
	s.print.diagnose(planDiagnostics(p.Diagnostics), conn.files)
	if p.HasErrors() {
		return errShown
	}

	if err := savePlan(s, p, o.out, o.format); err != nil {
		return err
	}
	if err := failOn(p, plan.RiskLevel(o.failOn)); err != nil {
		return err
	}
	if !s.print.asJSON && o.format == "text" {
		sayNextStep(s, conn, p, o.out, o.targetOptions)
	}
	return planStatus(p, o.detailed)
}

// fallbackChain reads the value of -fallback: the sources to compare with if Cloudflare refuses a
// zone, in order.
func fallbackChain(value string) ([]plan.SourceKind, error) {
	if value == "none" {
		return []plan.SourceKind{}, nil
	}
	known := []plan.SourceKind{plan.SourceCache, plan.SourceDNS, plan.SourceSample}
	var chain []plan.SourceKind
	for _, word := range strings.Split(value, ",") {
		kind := plan.SourceKind(strings.TrimSpace(word))
		switch {
		case !slices.Contains(known, kind):
			return nil, usage("-fallback=%s: there is no fallback %q; use cache, dns and sample, or none alone",
				value, word)
		case slices.Contains(chain, kind):
			return nil, usage("-fallback=%s: %s is listed twice", value, kind)
		}
		chain = append(chain, kind)
	}
	return chain, nil
}

// failOn returns an error if the plan has a risk of the level or above. No risk reaches an
// empty level. The plan is shown and saved before, because the user has to look at it.
func failOn(p *plan.Plan, level plan.RiskLevel) error {
	n := 0
	for _, r := range p.Risks() {
		if r.Level.Reaches(level) {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return failure("Plan has risks",
		"The changes above have %s of level %s or above, and -fail-on=%s makes that an error.",
		english.Count(n, "risk"), level, level)
}

// planStatus returns the exit code of a plan.
func planStatus(p *plan.Plan, detailed bool) error {
	switch {
	case p.RefreshOnly && p.Mode != plan.Live:
		return exitStatus(exitReadOnly) // drift is not known, so "no drift" would be wrong
	case p.RefreshOnly && p.Drifted() > 0:
		return exitStatus(exitChanges)
	case !detailed:
		return nil
	case p.Mode != plan.Live:
		return exitStatus(exitReadOnly)
	case p.HasChanges():
		return exitStatus(exitChanges)
	default:
		return nil
	}
}
