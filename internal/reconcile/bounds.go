package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/risk"
)

// A plan says which zone it is for, who owns the zone and how much of it may be destroyed. A saved
// plan may be old, and may have been edited: its hash is not a signature. So an apply takes all of
// that from the configuration, the state and the live zones, and checks every plan against it, new
// ones too.

// ApplyOptions are what an apply checks a plan against, besides the state and the live zones.
type ApplyOptions struct {
	// Desired are the declared zones with their policies.
	Desired []dns.Zone
	// MaxDestroy is the limit of zones that are no longer declared; nil if none is declared.
	MaxDestroy *dns.Limit
	// Protected are blocks with prevent_destroy that may have declared zones which are no longer
	// declared.
	Protected []dns.Protection
	// Moved and Removed are the moved and the removed blocks.
	Moved   dns.Renames
	Removed dns.Removals
	// Scope is the scope of zones that are no longer declared.
	Scope dns.Scope
	// AllowDestroy is how many records of a zone may be destroyed, even if its limit is lower. If the plan
	// was made with a larger number, that number counts: it was reviewed with the plan.
	AllowDestroy int
	// Reads are the reads that the plan was made from, if this process has just made it. A zone
	// whose read is still fresh is not read again before the first write. Apply does not modify
	// Reads.
	Reads Reads
	// Show is called after the plan was checked and before anything is written, with what is about
	// to be carried out. If it returns an error, nothing is written. If it is nil, nothing is
	// shown.
	Show func(*plan.Plan) error
}

// InadmissibleError is returned by [Reconciler.Apply] for a plan that the configuration, the state
// or the live zones do not allow.
type InadmissibleError struct {
	Zones []InadmissibleZone
}

// InadmissibleZone lists what one zone does not allow.
type InadmissibleZone struct {
	Name       string
	Violations []plan.Violation
}

func (e *InadmissibleError) Error() string {
	names := make([]string, len(e.Zones))
	for i, z := range e.Zones {
		names[i] = z.Name
	}
	return strings.Join(names, ", ") + ": the plan contains changes that are not allowed"
}

// confirmation checks one plan against its bounds.
type confirmation struct {
	plan    *plan.Plan
	options ApplyOptions
	known   stored
	// targets are the plan's zones as the configuration and the state know them. The IDs that the
	// plan has for them are not trusted.
	targets []target
	// applies are the applies that the plan undoes.
	applies []Applied
}

// newConfirmation finds the plan's zones. A zone that neither the configuration nor the state knows is an
// error if the plan changes it, and is left out otherwise. A zone that the plan did not refresh, and in which
// it does nothing, is left out as well.
func (r *Reconciler) newConfirmation(ctx context.Context, p *plan.Plan, o ApplyOptions, known stored) (*confirmation, error) {
	c := &confirmation{plan: p, options: o, known: known}
	all := targets(o.Desired, known)
	if p.Rollback > 0 {
		var err error
		c.applies, err = appliesSince(ctx, &r.Store.Reader, known.state, p.Rollback)
		if err != nil {
			return nil, err
		}
		all = undoTargets(c.applies, known.state, o.Desired)
	}

	unknown := &InadmissibleError{}
	for _, z := range p.Zones {
		i := slices.IndexFunc(all, func(t target) bool { return t.name == z.Name })
		switch stored := known.state.Zones[z.Name]; {
		case z.NotRefreshed() && z.HasNothingToDo():
			// The plan was made without reading the zone, and does nothing in it.
		case i >= 0:
			c.targets = append(c.targets, all[i])
		case stored != nil:
			c.targets = append(c.targets, target{
				name:       z.Name,
				id:         known.of(z.Name).id(),
				declared:   dns.Zone{Name: z.Name, Policy: dns.Policy{Account: stored.Account}},
				undeclared: true,
			})
		case len(z.Changes)+len(z.Moved) > 0:
			unknown.Zones = append(unknown.Zones, InadmissibleZone{z.Name, []plan.Violation{{
				Subject: z.Name,
				Why:     "the configuration does not declare the zone, and the state knows nothing in it",
			}}})
		}
	}
	unknown.Zones = append(unknown.Zones, c.otherAccounts()...)
	if len(unknown.Zones) > 0 {
		return nil, unknown
	}
	c.targets = inScope(c.targets, o.Scope)
	return c, nil
}

// otherAccounts returns the zones for which the plan was made in another account than the one that
// they have now. They are not read, because the name may be a different zone there.
func (c *confirmation) otherAccounts() []InadmissibleZone {
	planned := map[string]string{}
	for _, z := range c.plan.Zones {
		planned[z.Name] = z.Account
	}

	var out []InadmissibleZone
	for _, t := range c.targets {
		if planned[t.name] != t.account() {
			out = append(out, InadmissibleZone{t.name, []plan.Violation{{
				Subject: t.name,
				Why: fmt.Sprintf("the plan was made for the zone in %s, and it is in %s now",
					accountText(planned[t.name]), accountText(t.account())),
			}}})
		}
	}
	return out
}

// bounds returns what each of the plan's zones allows, given what was seen of them.
func (c *confirmation) bounds(seen []observation) map[string]plan.Bounds {
	var back []observation
	if c.plan.Rollback > 0 {
		back = slices.Clone(seen)
		rewound(back, c.known, c.applies)
	}

	out := make(map[string]plan.Bounds, len(seen))
	for i, s := range seen {
		b := plan.Bounds{
			Declared:     s.declared,
			Undeclared:   s.undeclared,
			Live:         s.zone,
			Owned:        owned(c.known.state.Zones[s.name]),
			LetGo:        letGoIn(c.known.state.Zones[s.name]),
			Removed:      c.options.Removed,
			Rollback:     c.plan.Rollback > 0,
			Destroy:      c.plan.Destroy,
			AllowDestroy: c.allowDestroy(),
		}
		b.Owned, _ = renamed(b.Owned, c.options.Moved)
		b.Sensitive, b.SensitiveAt = sensitiveIn(c.known.state.Zones[s.name])
		policy := &b.Declared.Policy
		policy.MaxDestroy = cmp.Or(policy.MaxDestroy, c.options.MaxDestroy)
		if s.undeclared {
			policy.Protected = c.options.Protected
		}
		if back != nil {
			b.Declared.Records = s.protected
			way, _ := planZone(back[i], c.known.of(s.name), PlanOptions{Protected: c.options.Protected})
			b.Back, b.Owned = way.Changes, back[i].owned
		}
		out[s.name] = b
	}
	return out
}

// allowDestroy returns how many records of a zone may be destroyed, even if its limit is lower.
func (c *confirmation) allowDestroy() int { return max(c.options.AllowDestroy, c.plan.AllowDestroy) }

// hold returns the plan with everything that it says about its changes replaced by what the seen zones show.
// If the plan contains anything that is not allowed, hold returns an error that lists all of it.
func (c *confirmation) hold(p *plan.Plan, seen []observation) (*plan.Plan, error) {
	bounds := c.bounds(seen)
	held := *p
	held.AllowDestroy, held.Diagnostics = c.allowDestroy(), plan.WithoutLimitWarnings(p.Diagnostics)
	held.Zones = slices.Clone(p.Zones)

	beyond, forbidden := &LimitError{}, &InadmissibleError{}
	for i, z := range held.Zones {
		b, ok := bounds[z.Name]
		if !ok {
			held.Zones[i].Drift, held.Zones[i].Risks = nil, nil // nothing is planned in it, and nothing is known about it
			continue
		}
		held.Zones[i] = plan.Restate(z, b)
		violations := plan.Admissible(z, b)
		switch {
		case len(violations) == 0:
		case len(violations) == 1 && violations[0].Limit:
			beyond.Zones = append(beyond.Zones, held.Zones[i])
		default:
			forbidden.Zones = append(forbidden.Zones, InadmissibleZone{z.Name, violations})
		}
	}

	switch {
	case len(forbidden.Zones) > 0:
		forbidden.addLimits(beyond.Zones)
		return nil, forbidden
	case len(beyond.Zones) > 0:
		return nil, beyond
	}
	var hidden dns.Hidden
	for i, z := range held.Zones {
		b := bounds[z.Name]
		held.Zones[i] = risk.Assess(z, b.Declared, b.Live.Records, b.Owned)
		hidden.Join(hiddenIn(z.Name, b.Declared.Records, c.known.state.Zones[z.Name]))
	}
	redact(held.Zones, held.Diagnostics, nil, &hidden)
	held.Recount()
	return &held, nil
}

// addLimits adds the zones that are beyond their limit.
func (e *InadmissibleError) addLimits(zones []plan.Zone) {
	for _, z := range zones {
		for _, r := range z.Risks {
			e.Zones = append(e.Zones, InadmissibleZone{z.Name, []plan.Violation{{
				Subject: z.Name,
				Why:     strings.TrimSuffix(r.Text, "."),
				Limit:   true,
			}}})
		}
	}
}

// holdNotes is hold for a plan that changes only what the state notes about records. No zone is
// read for it.
func (c *confirmation) holdNotes() (*plan.Plan, error) {
	seen := make([]observation, len(c.targets))
	for i, t := range c.targets {
		zone := dns.Zone{Name: t.name}
		if known := c.known.state.Zones[t.name]; known != nil {
			for id, o := range known.Owned {
				zone.Records = append(zone.Records, dns.Record{ID: id, Name: o.Name, Type: o.Type})
			}
		}
		seen[i] = observation{target: t, zone: zone}
	}
	noted, err := c.hold(c.plan, seen)
	if err != nil {
		return nil, err
	}

	held := *c.plan
	held.Zones = slices.Clone(c.plan.Zones)
	for i := range held.Zones {
		held.Zones[i].Marked = noted.Zones[i].Marked
	}
	return &held, nil
}
