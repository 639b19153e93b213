package reconcile

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/genconfig"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/risk"
)

// PlanOptions say what kind of plan is wanted.
type PlanOptions struct {
	// Cached compares with the cached snapshots and sends no request.
	Cached bool
	// MinimalRefresh compares every zone with its snapshot first. It reads live only the zones in
	// which that shows something to do, or that have no reliable snapshot. It cannot be used with
	// Cached, Destroy or RefreshOnly.
	MinimalRefresh bool
	// RequireLive forbids any fallback. A zone that a minimal refresh does not read is not a
	// fallback.
	RequireLive bool
	// Fallback lists, in order, the sources that may stand in for a refused zone; nil means
	// DefaultFallback.
	Fallback []plan.SourceKind
	// Destroy plans to remove everything that is owned, in the desired zones and in those that the
	// state knows.
	Destroy bool
	// RefreshOnly shows what others did since cfplan last wrote, and plans nothing.
	RefreshOnly bool
	// Selection narrows the plan; zones with nothing selected are not read.
	Selection plan.Selection
	// MaxDestroy is the limit of zones that are no longer declared; nil if none is declared.
	MaxDestroy *dns.Limit
	// Protected are blocks with prevent_destroy that may have declared zones which are no longer
	// declared.
	Protected []dns.Protection
	// Moved and Removed are the moved and the removed blocks. A rollback does not use them.
	Moved   dns.Renames
	Removed dns.Removals
	// Scope is the scope of zones that are no longer declared.
	Scope dns.Scope
	// AllowDestroy is how many records of a zone may be destroyed, even if its limit is lower.
	AllowDestroy int
}

// Plan compares the desired zones with the live ones. It takes no lock and writes nothing but
// snapshots; if a snapshot cannot be saved, the plan has a warning. The plan is read-only if a zone
// had to be taken from a stand-in. All zones that cannot be read from anywhere are reported at
// once, as an error.
func (p *Planner) Plan(ctx context.Context, desired []dns.Zone, o PlanOptions) (*plan.Plan, error) {
	out, _, err := p.PlanWithReads(ctx, desired, o)
	return out, err
}

// PlanWithReads is Plan, but also returns the live reads from which the plan was made, so that an apply in
// the same process need not begin with the same reads.
func (p *Planner) PlanWithReads(ctx context.Context, desired []dns.Zone, o PlanOptions) (*plan.Plan, Reads, error) {
	known, err := p.stored(ctx)
	if err != nil {
		return nil, Reads{}, err
	}
	seen, err := p.observe(ctx, desired, known, o)
	if err != nil {
		return nil, Reads{}, err
	}
	if err := failures(seen, o); err != nil {
		saveErr := saveSnapshots(ctx, p.Store, known.snapshots, seen, nil) // the other zones were seen
		return nil, Reads{}, errors.Join(err, saveErr)
	}

	out := p.assemble(seen, known, o)
	out.Diagnostics = append(out.Diagnostics, known.warnings...)
	leftOut, err := narrowed(out, desired, known, o.Selection)
	if err != nil {
		return nil, Reads{}, err
	}
	p.checkQuotas(ctx, out, seen)
	if ctx.Err() != nil {
		return nil, Reads{}, interrupted()
	}
	st, err := createState(ctx, p.Store, known.state, seen)
	out.Lineage = lineage(st)
	var reads Reads
	if st == known.state { // otherwise another run has created the state meanwhile
		reads = newReads(st, seen)
	}
	out.Diagnostics = append(out.Diagnostics, leftOut...)

	var pending map[string][]string
	if o.Selection.All() && !o.RefreshOnly { // otherwise these are not all pending changes
		pending = digestAll(out.Zones).byZone(out.Zones)
	}
	err = errors.Join(err, saveSnapshots(ctx, p.Store, known.snapshots, seen, pending))
	if err != nil {
		out.Diagnostics = append(out.Diagnostics, unsavedSnapshots(p.Store, err))
	}
	return out, reads, nil
}

// assemble puts the plan of all observed zones together.
func (p *Planner) assemble(seen []observation, known stored, o PlanOptions) *plan.Plan {
	var zones []plan.Zone
	var diags []plan.Diagnostic
	var degraded []plan.Degradation
	var hidden dns.Hidden
	steps := countZones(p.Progress, Planning, seen, func(o observation) string { return o.name })
	for _, s := range seen {
		diags = append(diags, openJournal(known.state.Zones[s.name], s.name)...)

		z, found := planZone(s, known.of(s.name), o)
		hidden.Join(hiddenIn(s.name, slices.Concat(s.declared.Records, s.protected), known.state.Zones[s.name]))
		judge(&z, known.of(s.name), p.Now())
		if s.notRefreshed {
			z.Summary.NotRefreshed = 1
		}
		zones = append(zones, z)

		diags = append(diags, found...)
		if o.Destroy {
			diags = append(diags, notDestroyed(s, known.state.Zones[s.name])...)
		}
		diags = append(diags, beyondTier(s)...)
		diags = append(diags, oddWarnings(s)...)
		if s.degraded != nil {
			degraded = append(degraded, *s.degraded)
		}
		steps.add(s.name, 1)
	}

	redact(zones, diags, degraded, &hidden)
	out := plan.New(p.Version, p.Now(), zones, degraded, diags)
	if o.RefreshOnly {
		out.OnlyDrift()
	}
	out.Destroy, out.AllowDestroy = o.Destroy, o.AllowDestroy
	if o.Cached {
		out.Mode = plan.ReadOnly
	}
	return out
}

func planZone(s observation, known storedZone, o PlanOptions) (plan.Zone, []plan.Diagnostic) {
	zone := asSettled(known.zone, s)
	ours, removed, movedFrom := s.owned, dns.Removals{}, map[string]string(nil)
	if ours == nil { // not in a rollback, which has its own addresses
		ours, movedFrom = renamed(owned(zone), o.Moved)
		removed = o.Removed
	}

	byID, byAddress := sensitiveIn(zone)
	s.declared.Policy.MaxDestroy = cmp.Or(s.declared.Policy.MaxDestroy, o.MaxDestroy)
	if s.undeclared {
		s.declared.Policy.Protected = o.Protected
	}
	return diff(plan.Input{
		Desired:      s.declared,
		Seen:         s.zone,
		Source:       s.source,
		Owned:        ours,
		MovedFrom:    movedFrom,
		Sensitive:    byID,
		SensitiveAt:  byAddress,
		LetGo:        letGoIn(zone),
		Removed:      removed,
		Destroy:      o.Destroy,
		Protected:    s.protected,
		Release:      s.release,
		Reclaim:      s.reclaim,
		AllowDestroy: o.AllowDestroy,
		Selection:    o.Selection,
		Last:         lastOf(zone),
		Declare:      func(records []dns.Record) string { return genconfig.Blocks(s.name, s.declared.Policy, records) },
	})
}

// renamed returns the addresses of owned records as moved blocks give them, and the former addresses of the
// records whose address changed.
func renamed(owned map[string]string, moved dns.Renames) (now, former map[string]string) {
	now, former = make(map[string]string, len(owned)), map[string]string{}
	for id, address := range owned {
		now[id] = moved.Of(address)
		if now[id] != address {
			former[id] = address
		}
	}
	return now, former
}

// diff plans one zone and says what its changes could break.
func diff(in plan.Input) (plan.Zone, []plan.Diagnostic) {
	z, diags := plan.Diff(in)
	return risk.Assess(z, in.Desired, in.Seen.Records, in.Owned), diags
}
