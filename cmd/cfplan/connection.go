package main

import (
	"context"
	"crypto/rand"
	"slices"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
)

// connection is a configuration with its state and Cloudflare, for commands that only read. Such
// commands may save snapshots.
type connection struct {
	config   *config.Config
	files    config.Files
	accounts accounts
	print    *printer
	progress *progress
	hidden   *hiding
	planner  *reconcile.Planner
}

// writingConnection is a connection for commands that change records or ownership.
type writingConnection struct {
	*connection
	reconciler *reconcile.Reconciler
}

// openForReading loads the configuration and connects it.
func openForReading(s *services) (*connection, error) {
	cfg, files, err := s.config.load()
	if err != nil {
		return nil, err
	}
	return connectForReading(s, cfg, files)
}

// openQuietly is openForReading for a command that does not plan: it shows no warnings of the
// configuration.
func openQuietly(s *services) (*connection, error) {
	cfg, files, err := s.config.loadQuietly()
	if err != nil {
		return nil, err
	}
	return connectForReading(s, cfg, files)
}

// openForRefresh is openForWriting for a command that does not plan: it shows no warnings of the
// configuration.
func openForRefresh(s *services) (*writingConnection, error) {
	cfg, files, err := s.config.loadQuietly()
	if err != nil {
		return nil, err
	}
	return connectForWriting(s, cfg, files)
}

// openForWriting loads the configuration and connects it.
func openForWriting(s *services) (*writingConnection, error) {
	return openForSaved(s, nil)
}

// openForSaved loads the configuration with the variables of a saved plan, and connects it. It
// prints which variables get their values from the plan.
func openForSaved(s *services, from map[string]plan.Variable) (*writingConnection, error) {
	cfg, files, err := s.config.loadWith(remembered(from))
	if err != nil {
		return nil, err
	}
	if len(cfg.Recalled) > 0 {
		s.print.errorf("Values that the plan remembers are used for: %s.\n", english.List(cfg.Recalled, "and"))
	}
	if len(from) > 0 {
		protectAsDeclared(s, cfg)
	}
	return connectForWriting(s, cfg, files)
}

// protectAsDeclared ensures that the variables in a plan file do not weaken what the configuration
// protects without them: ownership, ignore and prevent_destroy may depend on variables. A zone
// whose ownership depends on a variable without another value counts as managed.
func protectAsDeclared(s *services, cfg *config.Config) {
	o := s.config.options()
	o.Unset = true
	plain, _, diags := config.Load(s.config.dir.root(), o)
	if diags.HasErrors() {
		return
	}
	for i := range cfg.Zones {
		z := &cfg.Zones[i]
		for _, other := range plain.Zones {
			if other.Name == z.Name {
				z.Policy = z.Policy.Stricter(other.Policy)
			}
		}
	}
	cfg.Protected = slices.Concat(cfg.Protected, plain.Protected)
}

func connectForReading(s *services, cfg *config.Config, files config.Files) (*connection, error) {
	st, err := s.state.forObserving(cfg)
	if err != nil {
		return nil, err
	}
	conn, err := s.provider.connect(cfg, files)
	if err != nil {
		return nil, err
	}
	conn.planner.Store = st
	return conn, nil
}

func connectForWriting(s *services, cfg *config.Config, files config.Files) (*writingConnection, error) {
	st, err := s.state.forWriting(cfg)
	if err != nil {
		return nil, err
	}
	conn, err := s.provider.connect(cfg, files)
	if err != nil {
		return nil, err
	}
	conn.planner.Store = &st.Observer
	return &writingConnection{
		connection: conn,
		reconciler: &reconcile.Reconciler{
			API:         conn.planner.API,
			Accounts:    conn.planner.Accounts,
			Store:       st.Store,
			DNS:         conn.planner.DNS,
			Version:     conn.planner.Version,
			Who:         who(s.env),
			Now:         conn.planner.Now,
			Parallelism: conn.planner.Parallelism,
			LockTimeout: s.state.lockTimeout,
			Log:         conn.planner.Log,
			Progress:    conn.planner.Progress,
		},
	}, nil
}

// mayRead returns an error if an account of the zones has no credentials. The caller must then send
// nothing, not even to the other accounts.
func (c *connection) mayRead(zones []dns.Zone) error {
	diags := c.accounts.without(zones)
	c.print.diagnose(diags, c.files)
	if diags.HasErrors() {
		return errShown
	}
	return nil
}

// selected returns the declared zones in which something is selected.
func (c *connection) selected(s plan.Selection) []dns.Zone {
	return slices.DeleteFunc(slices.Clone(c.config.Zones), func(z dns.Zone) bool { return !s.Zone(z.Name) })
}

// plan plans the declared zones and seals the plan. It prints none of the plan's
// warnings.
func (c *connection) plan(ctx context.Context, o reconcile.PlanOptions) (*plan.Plan, error) {
	p, _, err := c.planWithReads(ctx, o)
	return p, err
}

// planWithReads is plan that also returns the live reads from which the plan was made, for an apply
// right afterwards.
func (c *connection) planWithReads(
	ctx context.Context, o reconcile.PlanOptions,
) (p *plan.Plan, reads reconcile.Reads, err error) {
	o.MaxDestroy, o.Protected, o.Scope = c.config.MaxDestroy, c.config.Protected, c.config.Scope
	o.Moved, o.Removed = c.config.Moved, c.config.Removed
	if !o.Cached {
		if err := c.mayRead(c.selected(o.Selection)); err != nil {
			return nil, reconcile.Reads{}, err
		}
	}
	c.progress.during(func() { p, reads, err = c.planner.PlanWithReads(ctx, c.config.Zones, o) })
	if err != nil {
		return nil, reconcile.Reads{}, err
	}
	p.Outputs = outputs(c.config.Outputs)
	c.seal(p)
	return p, reads, nil
}

// seal adds the variables to a plan and seals it.
func (c *connection) seal(p *plan.Plan) {
	p.Variables = variables(c.config.Variables)
	if p.IsSensitive() {
		p.Salt = rand.Text()
	}
	p.Seal()
	c.hidden.add(p.Hidden())
}

// outputs converts outputs and leaves out sensitive values, because people read plans.
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

// variables converts variables of the configuration to those of a plan.
func variables(from map[string]config.Variable) map[string]plan.Variable {
	out := make(map[string]plan.Variable, len(from))
	for name, v := range from {
		out[name] = plan.Variable(v)
	}
	return out
}

// remembered converts variables of a saved plan to those of the configuration.
func remembered(from map[string]plan.Variable) map[string]config.Variable {
	out := make(map[string]config.Variable, len(from))
	for name, v := range from {
		out[name] = config.Variable(v)
	}
	return out
}

// observe reads zones, whether they are declared or not.
func (c *connection) observe(ctx context.Context, zones []dns.Zone, o reconcile.PlanOptions) (observed []reconcile.Observed, err error) {
	if !o.Cached {
		if err := c.mayRead(zones); err != nil {
			return nil, err
		}
	}
	c.progress.during(func() { observed, err = c.planner.Observe(ctx, zones, o) })
	return observed, err
}

// verify asks the name servers.
func (c *connection) verify(
	ctx context.Context, expected []reconcile.Expected, o reconcile.VerifyOptions,
) (found []reconcile.Verified, err error) {
	c.progress.during(func() { found, err = c.planner.Verify(ctx, expected, o) })
	return found, err
}

// zonesOf returns the declared zones that a plan contains.
func (c *connection) zonesOf(p *plan.Plan) []dns.Zone {
	planned := map[string]bool{}
	for _, z := range p.Zones {
		planned[z.Name] = true
	}
	return slices.DeleteFunc(slices.Clone(c.config.Zones), func(z dns.Zone) bool { return !planned[z.Name] })
}

// apply carries out a plan. The plan is checked against the configuration and the rest of o.
func (c *writingConnection) apply(
	ctx context.Context, p *plan.Plan, failFast bool, o reconcile.ApplyOptions,
) (r reconcile.Report, err error) {
	c.reconciler.FailFast = failFast
	o.Desired, o.MaxDestroy, o.Protected = c.config.Zones, c.config.MaxDestroy, c.config.Protected
	o.Scope, o.Moved, o.Removed = c.config.Scope, c.config.Moved, c.config.Removed
	if show := o.Show; show != nil {
		o.Show = func(p *plan.Plan) (err error) {
			c.progress.aside(func() { err = show(p) })
			return err
		}
	}
	c.progress.during(func() { r, err = c.reconciler.Apply(ctx, p, o) })
	return r, err
}

// planRollback plans how to undo the apply with the serial and all later ones, and seals the plan.
func (c *writingConnection) planRollback(ctx context.Context, serial uint64, o reconcile.PlanOptions) (p *plan.Plan, err error) {
	o.MaxDestroy, o.Protected, o.Scope = c.config.MaxDestroy, c.config.Protected, c.config.Scope
	if err := c.mayRead(c.selected(o.Selection)); err != nil {
		return nil, err
	}
	c.progress.during(func() { p, err = c.planner.Rollback(ctx, serial, c.config.Zones, o) })
	if err != nil {
		return nil, err
	}
	c.seal(p)
	return p, nil
}

// refresh reads the declared zones and the zones with owned records, and saves them as snapshots.
func (c *writingConnection) refresh(ctx context.Context) (zones []plan.Zone, err error) {
	if err := c.mayRead(c.config.Zones); err != nil {
		return nil, err
	}
	c.progress.during(func() { zones, err = c.planner.Refresh(ctx, c.config.Zones) })
	return zones, err
}

// planAdoption plans to take ownership of zones that were just read.
func (c *writingConnection) planAdoption(ctx context.Context, desired []dns.Zone, read []reconcile.Observed) (*plan.Plan, error) {
	return c.planner.PlanAdoption(ctx, desired, read)
}

// adopt carries out a plan of planAdoption for the desired zones. written is the configuration with
// the files that the import has just written.
func (c *writingConnection) adopt(ctx context.Context, p *plan.Plan, written *config.Config, desired []dns.Zone) (err error) {
	o := reconcile.ApplyOptions{
		Desired:    desired,
		MaxDestroy: written.MaxDestroy,
		Protected:  written.Protected,
		Scope:      written.Scope,
	}
	c.progress.during(func() { err = c.reconciler.Adopt(ctx, p, o) })
	return err
}
