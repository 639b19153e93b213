package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

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
Nothing is changed and no lock is taken.

Where Cloudflare refuses the credentials or cannot be reached, the zone's last
snapshot stands in, or else what its name servers answer: the plan is then
read-only, says so first, and says what is wrong and how to fix it.

With -minimal-refresh, a zone is not read if its last snapshot shows nothing to do
in it: a plan of many zones costs as many requests as there are zones with changes.
What others changed in the zones that are not read is not seen.`,
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
	flags.StringVar(&o.out, "out", "", "save the plan to `FILE`, for cfplan apply FILE")
	flags.BoolVar(&o.detailed, "detailed-exitcode", false, "exit with 2 where changes are pending, 3 where the plan is read-only")
	flags.BoolVar(&o.cached, "cached", false, "compare with the cached snapshots and make no request; the plan is read-only")
	flags.StringVar(&o.fallback, "fallback", "cache,dns", "what may stand in for a zone that is refused, in this `ORDER`: cache, dns, sample; or none")
	flags.BoolVar(&o.requireLive, "require-live", false, "fail where a zone cannot be read live")
	flags.BoolVar(&o.destroy, "destroy", false, "plan the removal of everything that cfplan owns")
	flags.StringVar(&o.failOn, "fail-on", "", "exit with 1 where a change has a risk of this `LEVEL` or above: high, medium or low")
	flags.BoolVar(&o.refreshOnly, "refresh-only", false, "show only what others did to cfplan's records since it last wrote them; exit with 2 where there is any, 3 where that is not known")
	flags.BoolVar(&o.minimal, "minimal-refresh", false, "read live only the zones in which a comparison with the snapshot, or a missing snapshot, shows something to do")
	registerAllowDestroy(c, &o.allow)
	o.habits.registerRefresh(c)
	o.targetOptions.register(c)
	registerFormat(c, &o.format)
}

func registerAllowDestroy(c *cobra.Command, n *int) {
	c.Flags().IntVar(n, "allow-destroy", 0, "let up to `N` records of a zone be destroyed, although that is beyond its limit")
}

// check returns what the flags ask reconcile for.
func (o *planOptions) check(asJSON bool) (reconcile.PlanOptions, error) {
	if err := o.checkReplace(); err != nil {
		return reconcile.PlanOptions{}, err
	}
	o.cached = o.cached || !o.refresh
	if o.refreshOnly && (o.cached || o.destroy || o.out != "") {
		return reconcile.PlanOptions{}, usage("-refresh-only goes with neither -cached, -destroy nor -out: it plans nothing")
	}
	if o.minimal && (o.cached || o.refreshOnly || o.destroy) {
		return reconcile.PlanOptions{}, usage("-minimal-refresh goes with neither -cached, -refresh-only nor -destroy: it reads the zones in which there is something to do")
	}
	if o.cached && o.requireLive {
		return reconcile.PlanOptions{}, usage("-cached and -require-live exclude each other")
	}
	if err := checkFormat(o.format, asJSON); err != nil {
		return reconcile.PlanOptions{}, err
	}
	if o.failOn != "" && !slices.Contains(plan.RiskLevels(), plan.RiskLevel(o.failOn)) {
		return reconcile.PlanOptions{}, usage("unknown -fail-on=%s; there are high, medium and low", o.failOn)
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
		saved = "" // such a plan is not saved
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

// fallbackChain reads the value of -fallback: what may stand in for a zone that
// Cloudflare refuses, in order.
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
			return nil, usage("-fallback=%s: there is no fallback %q; there are cache, dns and sample, or none alone", value, word)
		case slices.Contains(chain, kind):
			return nil, usage("-fallback=%s: %s is there twice", value, kind)
		}
		chain = append(chain, kind)
	}
	return chain, nil
}

// failOn returns an error if the plan has a risk of the level or above. An empty level
// is none. The plan is shown and saved before, because it has to be looked at.
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
	return failure("Plan has risks", "%d of level %s or above, shown with the changes above; -fail-on=%s makes them an error.", n, level, level)
}

// planStatus returns the exit code of a plan.
func planStatus(p *plan.Plan, detailed bool) error {
	switch {
	case p.RefreshOnly && p.Mode != plan.Live:
		return exitStatus(exitReadOnly) // nothing is known: no drift would be a lie
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
