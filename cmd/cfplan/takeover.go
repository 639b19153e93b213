package main

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/render"
	"github.com/cfplan/cfplan/internal/state"
)

// takeOver takes ownership of the records of zones that have just been read and
// written as HCL. It adopts what is declared exactly as it is, and changes
// nothing at Cloudflare: a plan that would do more is not carried out.
//
// It compares with what was read a moment ago; Apply reads once more before it
// records anything.
func (a *app) takeOver(c *cobra.Command, s *session, seen []reconcile.View) error {
	cfg, files, err := a.load()
	if err != nil {
		a.errorf("\nThe files are written; no record was taken over. Correct what is wrong, then run cfplan plan.\n")
		return err
	}
	st, err := s.Store.Read(c.Context())
	if err != nil {
		return err
	}
	p := a.adoption(cfg, st, seen)
	a.diagnose(planDiagnostics(p.Diagnostics, files), files)
	if p.HasErrors() {
		return errShown
	}
	if different := moreThanAdopted(p); len(different) > 0 {
		return failure("Nothing was taken over", "The files are written, but their plan would do more than take records over:%s\n\n"+
			"No record was changed. Read what cfplan plan says, and correct the files, before cfplan apply.", listed(different))
	}
	if p.HasChanges() {
		s.progress.during(func() { _, err = s.Apply(c.Context(), p) })
	}
	if err != nil {
		return err
	}
	for _, z := range p.Zones {
		a.printf("Taken over: %s (%s)\n", render.Escape(z.Name), plural(z.Summary.Adopt+z.Summary.Unchanged, "record"))
	}
	a.printf("\nNo record was changed. cfplan plan has nothing to do now.\n")
	return nil
}

// adoption plans the zones that were seen, and no others.
func (a *app) adoption(cfg *config.Config, st *state.State, seen []reconcile.View) *plan.Plan {
	var zones []plan.Zone
	var diags []plan.Diagnostic
	for _, v := range seen {
		i := slices.IndexFunc(cfg.Zones, func(z dns.Zone) bool { return z.Name == v.Zone.Name })
		if i < 0 {
			continue
		}
		z, found := plan.Diff(plan.Input{Desired: cfg.Zones[i], Seen: v.Zone, Source: v.Source, Owned: ownedIn(st, v.Zone.Name)})
		zones, diags = append(zones, z), append(diags, found...)
	}
	p := plan.New(version, a.now(), zones, nil, diags)
	if st.Serial > 0 { // a state that has never been saved has no lineage yet
		p.Lineage = st.Lineage
	}
	return p
}

func ownedIn(st *state.State, zone string) map[string]string {
	owned := map[string]string{}
	if z := st.Zones[zone]; z != nil {
		for id, o := range z.Owned {
			owned[id] = o.Address
		}
	}
	return owned
}

// moreThanAdopted lists the changes that are not the adoption of an equal record.
func moreThanAdopted(p *plan.Plan) []plan.Change {
	var out []plan.Change
	for _, z := range p.Zones {
		for _, c := range z.Changes {
			if c.Writes() {
				out = append(out, c)
			}
		}
	}
	return out
}
