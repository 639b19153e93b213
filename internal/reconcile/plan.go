package reconcile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/risk"
	"github.com/cfplan/cfplan/internal/state"
)

// PlanOptions say what kind of plan is wanted.
type PlanOptions struct {
	// Cached compares with the cached snapshots and makes no request.
	Cached bool
	// RequireLive refuses to fall back.
	RequireLive bool
	// Fallback says what may stand in for a zone that is refused, in this order;
	// nil is DefaultFallback.
	Fallback []plan.SourceKind
	// Destroy plans the removal of all that is owned in the desired zones and in
	// those that the state knows.
	Destroy bool
	// RefreshOnly shows what others did since cfplan last wrote, and plans nothing.
	RefreshOnly bool
	// Selection narrows the plan; zones of which nothing is selected are not read.
	Selection plan.Selection
	// MaxDestroy is the limit of zones that nothing declares any more; nil is
	// dns.DefaultLimit.
	MaxDestroy *dns.Limit
	// AllowDestroy lets so many records of a zone be destroyed, whatever its limit.
	AllowDestroy int
}

// Plan compares the desired zones with what there is. It takes no lock and
// writes nothing but snapshots; a snapshot that can't be saved is a warning in
// the plan. The plan is read-only where a zone had to be taken from the cache;
// a zone that can't be taken from anywhere is an error, all such at once.
func (r *Reconciler) Plan(ctx context.Context, desired []dns.Zone, o PlanOptions) (*plan.Plan, error) {
	m, err := r.remember(ctx)
	if err != nil {
		return nil, err
	}
	seen, err := r.sightings(ctx, desired, m, o)
	if err != nil {
		return nil, err
	}
	if err := failures(seen, o); err != nil {
		saveErr := r.saveSnapshots(ctx, m, seen, nil) // the other zones were seen all the same
		return nil, errors.Join(err, saveErr)
	}
	p := r.assemble(seen, m, o)
	p.Diagnostics = append(p.Diagnostics, m.warnings...)
	st, err := r.begin(ctx, m.State, seen)
	p.Lineage = lineage(st)
	p.Diagnostics = append(p.Diagnostics, narrowed(p, desired, m, o.Selection)...)
	pending := p.Zones
	if !o.Selection.All() || o.RefreshOnly {
		pending = nil // these are not all that is to be changed
	}
	if err = errors.Join(err, r.saveSnapshots(ctx, m, seen, pending)); err != nil {
		p.Diagnostics = append(p.Diagnostics, unsavedSnapshots(r.Store, err))
	}
	return p, nil
}

// narrowed says what a selection leaves out.
func narrowed(p *plan.Plan, desired []dns.Zone, m memory, s plan.Selection) []plan.Diagnostic {
	var out []plan.Diagnostic
	left := 0
	for _, z := range p.Zones {
		left += z.LeftOut
	}
	if left > 0 {
		out = append(out, plan.Diagnostic{Severity: dns.Warning, Summary: "Plan is a part of the whole", Detail: fmt.Sprintf(
			"-target or -exclude leaves out %d other changes. Plan without them to see all; a part is for exceptions, such as an incident.", left)})
	}
	known := slices.Collect(maps.Keys(m.Zones))
	for _, z := range desired {
		known = append(known, z.Name)
	}
	idle := func(flag string, ts []plan.Target) {
		for _, t := range ts {
			out = append(out, plan.Diagnostic{Severity: dns.Warning, Summary: "Target matches nothing", Detail: fmt.Sprintf(
				"-%s=%s: no record is declared or would change under this address. An address is ZONE, ZONE/TYPE or ZONE/TYPE/NAME, as the plan shows it.", flag, t)})
		}
	}
	targets, excludes := s.Idle(desired, p.Zones, known)
	idle("target", targets)
	idle("exclude", excludes)
	return out
}

// lineage of a state that has been stored; one that has not has none yet.
func lineage(st *state.State) string {
	if st.Serial == 0 {
		return ""
	}
	return st.Lineage
}

func unsavedSnapshots(store *state.Store, err error) plan.Diagnostic {
	return plan.Diagnostic{Severity: dns.Warning, Summary: "Snapshots could not be saved", Detail: fmt.Sprintf(
		"this plan is good, but %s could not be written, so that a later run has nothing newer to fall back on: %v", store, err)}
}

// sightings observes all targets, with what stands in for those that are refused.
func (r *Reconciler) sightings(ctx context.Context, desired []dns.Zone, m memory, o PlanOptions) ([]sighting, error) {
	ts := slices.DeleteFunc(targets(desired, m), func(t target) bool { return !o.Selection.Zone(t.name) })
	var seen []sighting
	if o.Cached {
		for _, t := range ts {
			seen = append(seen, fromCache(t, m.snapshots.Of(t.name)))
		}
	} else {
		seen = r.observe(ctx, ts)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("%w: nothing was changed", ErrInterrupted)
	}
	for i := range seen {
		complete(&seen[i], m.snapshots.Of(seen[i].name))
	}
	r.confirmTiers(ctx, seen, forbidsSomething)
	chain := o.Fallback
	if chain == nil {
		chain = DefaultFallback()
	}
	if o.RequireLive {
		chain = nil
	}
	r.fallBack(ctx, seen, m, chain)
	return seen, ctx.Err()
}

// failures gathers what keeps a plan from being made.
func failures(seen []sighting, o PlanOptions) error {
	var errs []error
	refused := map[string]*RefusedError{}
	for _, s := range seen {
		switch {
		case s.degraded != nil && s.err != nil:
			wanted := strings.Join(s.missing, ", and ")
			switch {
			case o.RequireLive:
				wanted = "-require-live forbids to plan from anything else than the live zone"
			case wanted == "":
				wanted = "nothing was changed"
			}
			e := refused[wanted]
			if e == nil {
				e = &RefusedError{Wanted: wanted}
				refused[wanted] = e
				errs = append(errs, e)
			}
			e.Degraded = append(e.Degraded, *s.degraded)
		case s.err != nil:
			errs = append(errs, inZone(s.name, s.err))
		}
	}
	return errors.Join(errs...)
}

func inZone(zone string, err error) error {
	var z *ZoneError
	if errors.As(err, &z) {
		return err
	}
	return fmt.Errorf("%s: %w", zone, err)
}

func (r *Reconciler) assemble(seen []sighting, m memory, o PlanOptions) *plan.Plan {
	var zones []plan.Zone
	var diags []plan.Diagnostic
	var degraded []plan.Degradation
	for _, s := range seen {
		known := asSettled(m.Zones[s.name], s)
		ours := s.owned
		if ours == nil {
			ours = owned(known)
		}
		diags = append(diags, openJournal(m.Zones[s.name], s.name)...)
		s.declared.Policy.MaxDestroy = cmp.Or(s.declared.Policy.MaxDestroy, o.MaxDestroy)
		z, found := diff(plan.Input{Desired: s.declared, Seen: s.zone, Source: s.source, Owned: ours,
			Destroy: o.Destroy, Protected: s.protected, Release: s.release, Reclaim: s.reclaim, AllowDestroy: o.AllowDestroy, Selection: o.Selection, Last: lastOf(known)})
		judge(&z, m.of(s.name), r.Now())
		zones, diags = append(zones, z), append(append(diags, found...), beyondTier(s)...)
		if s.degraded != nil {
			degraded = append(degraded, *s.degraded)
		}
	}
	p := plan.New(r.Version, r.Now(), zones, degraded, diags)
	if o.RefreshOnly {
		p.OnlyDrift()
	}
	p.Destroy, p.AllowDestroy = o.Destroy, o.AllowDestroy
	if o.Cached {
		p.Mode = plan.ReadOnly
	}
	return p
}

// diff plans one zone and says what its changes could break.
func diff(in plan.Input) (plan.Zone, []plan.Diagnostic) {
	z, diags := plan.Diff(in)
	return risk.Assess(z, in.Seen.Records), diags
}

func owned(z *state.Zone) map[string]string {
	if z == nil {
		return nil
	}
	out := make(map[string]string, len(z.Owned))
	for id, o := range z.Owned {
		out[id] = o.Address
	}
	return out
}

// lastOf finds the owned records of a zone as cfplan last wrote them.
func lastOf(z *state.Zone) func(id string) (dns.Record, bool) {
	return func(id string) (dns.Record, bool) {
		if z == nil {
			return dns.Record{}, false
		}
		return z.Owned[id].Last.Record()
	}
}

// Refresh reads every zone live into the snapshots. It changes nothing at
// Cloudflare, nothing in the ownership of records, and nothing in the state for a
// zone that could not be read.
func (r *Reconciler) Refresh(ctx context.Context, desired []dns.Zone) ([]plan.Zone, error) {
	m, err := r.remember(ctx)
	if err != nil {
		return nil, err
	}
	seen := r.observe(ctx, targets(desired, m))
	if ctx.Err() != nil {
		return nil, fmt.Errorf("%w: nothing was changed", ErrInterrupted)
	}
	var zones []plan.Zone
	for i := range seen {
		s := &seen[i]
		complete(s, m.snapshots.Of(s.name))
		if s.err == nil {
			zones = append(zones, plan.Zone{Name: s.name, ID: s.zone.ID, Source: s.source,
				Summary: plan.Summary{Unchanged: len(s.zone.Records)}})
		}
	}
	r.confirmTiers(ctx, seen, func(sighting) bool { return true })
	r.fallBack(ctx, seen, m, nil) // says what is wrong; nothing stands in for a refresh
	if err := r.saveSnapshots(ctx, m, seen, nil); err != nil {
		return nil, fmt.Errorf("the snapshots could not be saved: %w", err)
	}
	return zones, failures(seen, PlanOptions{})
}
