package reconcile

import (
	"context"
	"fmt"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// MoreThanAdoptionError is returned by [Reconciler.Adopt] if the plan would also write to Cloudflare.
type MoreThanAdoptionError struct {
	// Changes are the changes that would write to Cloudflare.
	Changes []plan.Change
}

func (e *MoreThanAdoptionError) Error() string {
	return fmt.Sprintf("the plan is more than an adoption: %d of its changes write to Cloudflare", len(e.Changes))
}

// PlanAdoption plans the zones that have just been read, and no others, against their declarations.
// It makes no request to Cloudflare. A zone that is not declared is left out.
func (p *Planner) PlanAdoption(ctx context.Context, desired []dns.Zone, read []Observed) (*plan.Plan, error) {
	st, err := p.Store.Read(ctx)
	if err != nil {
		return nil, err
	}

	var zones []plan.Zone
	var diags []plan.Diagnostic
	for _, v := range read {
		i := slices.IndexFunc(desired, func(z dns.Zone) bool { return z.Name == v.Zone.Name })
		if i < 0 {
			continue
		}

		byID, byAddress := sensitiveIn(st.Zones[v.Zone.Name])
		z, found := diff(plan.Input{
			Desired:     desired[i],
			Seen:        v.Zone,
			Source:      v.Source,
			Owned:       owned(st.Zones[v.Zone.Name]),
			Sensitive:   byID,
			SensitiveAt: byAddress,
		})
		zones, diags = append(zones, z), append(diags, found...)
	}

	out := plan.New(p.Version, p.Now(), zones, nil, diags)
	out.Lineage = lineage(st)
	return out, nil
}

// Adopt takes ownership of the records of a plan made by [Planner.PlanAdoption]. It changes nothing
// at Cloudflare: if the plan would, it returns a [MoreThanAdoptionError] and adopts nothing.
//
// The plan was made from zones that were read a moment ago. Adopt reads them again, as Apply does, before it
// records anything.
func (r *Reconciler) Adopt(ctx context.Context, p *plan.Plan, o ApplyOptions) error {
	if p.HasErrors() {
		return ErrFaulty
	}
	if writes := writesOf(p); len(writes) > 0 {
		return &MoreThanAdoptionError{Changes: writes}
	}
	if !p.HasChanges() {
		return nil
	}

	_, err := r.Apply(ctx, p, o)
	return err
}

// writesOf lists the changes of a plan that need a request.
func writesOf(p *plan.Plan) []plan.Change {
	return slices.DeleteFunc(allChanges(p.Zones), func(c plan.Change) bool { return !c.Writes() })
}
