package reconcile

import (
	"errors"
	"fmt"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// narrowed returns warnings about what a selection leaves out. A target that matches nothing is an
// error.
func narrowed(p *plan.Plan, desired []dns.Zone, known stored, s plan.Selection) ([]plan.Diagnostic, error) {
	if s.All() {
		return nil, nil
	}
	var out []plan.Diagnostic

	left := 0
	for _, z := range p.Zones {
		left += z.LeftOut
	}
	if left > 0 {
		out = append(out, plan.Diagnostic{Severity: dns.Warning, Summary: "Plan covers only a part", Detail: fmt.Sprintf(
			"-target or -exclude leaves out %d other changes. Plan without them to see all changes. "+
				"Apply a part only in exceptional cases, such as an incident.", left)})
	}

	idle, excludes := idleTargets(p, desired, known, s)
	for _, t := range excludes {
		out = append(out, plan.Diagnostic{Severity: dns.Warning, Summary: "Target matches nothing", Detail: t.why("exclude")})
	}
	if len(idle) > 0 {
		return nil, &IdleTargetError{idle}
	}
	return out, nil
}

func unsavedSnapshots(store fmt.Stringer, err error) plan.Diagnostic {
	return plan.Diagnostic{Severity: dns.Warning, Summary: "Snapshots could not be saved", Detail: fmt.Sprintf(
		"this plan is good, but %s could not be written, so a later run has nothing newer to fall back on: %v",
		store, err)}
}

// failures joins the errors that prevent a plan.
func failures(seen []observation, o PlanOptions) error {
	var errs []error
	refused := map[string]*RefusedError{}
	for _, s := range seen {
		switch {
		case s.degraded != nil && s.err != nil:
			wanted := strings.Join(s.missing, ", and ")
			switch {
			case o.RequireLive:
				wanted = "-require-live allows no plan from anything but the live zone"
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
