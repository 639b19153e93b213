package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
)

type planFlags struct {
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
	targetFlags
}

func (a *app) planCommand() *cobra.Command {
	f := &planFlags{}
	c := &cobra.Command{
		Use:   "plan [flags]",
		Short: "Show what apply would change",
		Long: `Compares the declared records with the live ones and shows what would change.
Nothing is changed and no lock is taken.

Where Cloudflare refuses the credentials or cannot be reached, the zone's last
snapshot stands in, or else what its name servers answer: the plan is then
read-only, says so first, and tells what is wrong and how to mend it.`,
		Example: `  cfplan plan
  cfplan plan -out=dns.cfplan && cfplan apply dns.cfplan
  cfplan plan -detailed-exitcode     # 0 nothing to do, 2 changes, 3 read-only
  cfplan plan -json | jq .summary
  cfplan plan -format=github -fail-on=high   # in a job of GitHub Actions`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.plan(c, f) },
	}
	c.Flags().StringVar(&f.out, "out", "", "save the plan to `FILE`, for cfplan apply FILE")
	c.Flags().BoolVar(&f.detailed, "detailed-exitcode", false, "exit with 2 where changes are pending, 3 where the plan is read-only")
	c.Flags().BoolVar(&f.cached, "cached", false, "compare with the cached snapshots and make no request; the plan is read-only")
	c.Flags().StringVar(&f.fallback, "fallback", "cache,dns", "what may stand in for a zone that is refused, in this `ORDER`: cache, dns, sample; or none")
	c.Flags().BoolVar(&f.requireLive, "require-live", false, "fail where a zone cannot be read live")
	c.Flags().BoolVar(&f.destroy, "destroy", false, "plan the removal of everything that cfplan owns")
	c.Flags().StringVar(&f.failOn, "fail-on", "", "exit with 1 where a change has a risk of this `LEVEL` or above: high, medium or low")
	c.Flags().BoolVar(&f.refreshOnly, "refresh-only", false, "show only what others did to cfplan's records since it last wrote them; exit with 2 where there is any, 3 where that is not known")
	registerAllowDestroy(c, &f.allow)
	f.register(c)
	registerFormat(c, &f.format)
	return c
}

func registerAllowDestroy(c *cobra.Command, n *int) {
	c.Flags().IntVar(n, "allow-destroy", 0, "let up to `N` records of a zone be destroyed, although that is beyond its limit")
}

func (a *app) plan(c *cobra.Command, f *planFlags) error {
	if f.refreshOnly && (f.cached || f.destroy || f.out != "") {
		return usage("-refresh-only goes with neither -cached, -destroy nor -out: it plans nothing")
	}
	if f.cached && f.requireLive {
		return usage("-cached and -require-live exclude each other")
	}
	if err := a.checkFormat(f.format); err != nil {
		return err
	}
	if err := checkFailOn(f.failOn); err != nil {
		return err
	}
	chain, err := fallbackChain(f.fallback)
	if err != nil {
		return err
	}
	selection, err := f.selection()
	if err != nil {
		return err
	}
	s, err := a.open()
	if err != nil {
		return err
	}
	p, err := a.makePlan(c, s, reconcile.PlanOptions{Cached: f.cached, RequireLive: f.requireLive, Destroy: f.destroy,
		Fallback: chain, AllowDestroy: f.allow, Selection: selection, RefreshOnly: f.refreshOnly})
	if err != nil {
		return err
	}
	if err := errors.Join(a.showPlan(p, f.format), a.annotate(p, f.format)); err != nil {
		return err
	}
	a.diagnose(planDiagnostics(p.Diagnostics, s.files), s.files)
	if p.HasErrors() {
		return errShown
	}
	if err := a.savePlan(p, f); err != nil {
		return err
	}
	if err := failOn(p, plan.RiskLevel(f.failOn)); err != nil {
		return err
	}
	return planStatus(p, f.detailed)
}

func checkFailOn(level string) error {
	if level == "" || slices.Contains(plan.RiskLevels(), plan.RiskLevel(level)) {
		return nil
	}
	return usage("unknown -fail-on=%s; there are high, medium and low", level)
}

// failOn is the error of a plan with a risk of the level or above; nil for no level.
// The plan is shown and saved by then: somebody has to look at it.
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

// makePlan plans and seals. Warnings of the plan are not printed here.
func (a *app) makePlan(c *cobra.Command, s *session, o reconcile.PlanOptions) (*plan.Plan, error) {
	var p *plan.Plan
	var err error
	o.MaxDestroy = s.config.MaxDestroy
	s.progress.during(func() { p, err = s.Plan(c.Context(), s.config.Zones, o) })
	if err != nil {
		return nil, err
	}
	p.Outputs = outputs(s.config.Outputs)
	p.Seal()
	return p, nil
}

// outputs leaves the values of sensitive ones out: a plan is there to be read.
func outputs(from []config.Output) []plan.Output {
	var out []plan.Output
	for _, o := range from {
		if o.Sensitive {
			o.Value = nil
		}
		out = append(out, plan.Output{Name: o.Name, Value: o.Value, Sensitive: o.Sensitive})
	}
	return out
}

func (a *app) savePlan(p *plan.Plan, f *planFlags) error {
	quiet := a.flags.json || f.format != "text"
	if f.out == "" {
		if !quiet && p.Mode == plan.Live && p.HasChanges() && a.getenv("TF_IN_AUTOMATION") == "" {
			a.printf("\nNote: You didn't use -out to save this plan, so cfplan apply will make a new one and ask before it acts.\n")
		}
		return nil
	}
	if err := writePlan(a.path(f.out), p); err != nil {
		return failure("Plan could not be saved", "%v.", err)
	}
	switch {
	case quiet:
	case p.Mode == plan.Live:
		a.printf("\nSaved the plan to: %s\n\nTo perform exactly these actions, run:\n    cfplan apply %s\n", f.out, shellQuote(f.out))
	default:
		a.printf("\nSaved the plan to: %s\n\nIt is read-only: cfplan show reads it, cfplan apply refuses it.\n", f.out)
	}
	return nil
}

// writePlan replaces the file as a whole, so that no half a plan is ever found.
// A plan says nothing that DNS does not, but comments and tags are private.
func writePlan(path string, p *plan.Plan) error {
	var text bytes.Buffer
	if err := plan.Encode(&text, p); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".cfplan-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // gone already where the rename went well
	_, err = tmp.Write(text.Bytes())
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

// shellQuote quotes a file name where a shell would take it apart.
func shellQuote(s string) string {
	if strings.ContainsAny(s, " \t\n'\"\\$`&|;<>()*?[]#~!{}") || s == "" {
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	return s
}

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

// readPlan opens a saved plan.
func (a *app) readPlan(name string) (*plan.Plan, error) {
	f, err := os.Open(a.path(name))
	if err != nil {
		return nil, failure("Plan could not be opened", "%v.", err)
	}
	defer func() { _ = f.Close() }()
	p, err := plan.Decode(f)
	switch {
	case errors.Is(err, plan.ErrAltered):
		return nil, fmt.Errorf("%s: %w", name, err)
	case err != nil:
		return nil, failure("Not a plan that can be used", "%s: %v.", name, err)
	}
	return p, nil
}
