package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/render"
)

// verifyPatience is how long name servers may take. Cloudflare's mostly have a
// change within five seconds.
const verifyPatience = 30 * time.Second

func (a *app) verifyCommand() *cobra.Command {
	var patience time.Duration
	c := &cobra.Command{
		Use:   "verify [ZONE ...]",
		Short: "Ask the zones' own name servers whether they serve what is declared",
		Long: `Asks each name server of the zones for every declared name and type, again until
all of them serve what is declared or the timeout is over, and says what is still
different. It needs no credentials and changes nothing.

DNS does not show everything: a proxied record is answered with Cloudflare's own
addresses, comments and tags are not in it. What could not be told is said.

Exit codes: 0 all is served; 1 an error; 2 something is different.`,
		RunE: func(c *cobra.Command, args []string) error { return a.verify(c, args, patience) },
	}
	c.Flags().DurationVar(&patience, "timeout", verifyPatience, "how long the servers may take (`DURATION`); 0 asks once")
	return c
}

func (a *app) verify(c *cobra.Command, names []string, patience time.Duration) error {
	s, err := a.open()
	if err != nil {
		return err
	}
	zones, err := chosenZones(s.config.Zones, names)
	if err != nil {
		return err
	}
	expected := make([]reconcile.Expected, len(zones))
	for i, z := range zones {
		expected[i] = reconcile.Expected{Zone: z}
	}
	return a.verifyExpected(c, s, expected, patience)
}

// chosenZones are the zones with these names; none named are all.
func chosenZones(zones []dns.Zone, names []string) ([]dns.Zone, error) {
	if len(names) == 0 {
		return zones, nil
	}
	var out []dns.Zone
	for _, name := range names {
		canonical, problem := dns.CanonicalName(name)
		i := slices.IndexFunc(zones, func(z dns.Zone) bool { return problem == nil && z.Name == canonical })
		if i < 0 {
			return nil, usage("the configuration declares no zone %s", name)
		}
		out = append(out, zones[i])
	}
	return out, nil
}

// verifyExpected asks and tells; the error is the exit status.
func (a *app) verifyExpected(c *cobra.Command, s *session, expected []reconcile.Expected, patience time.Duration) error {
	found, err := s.Verify(c.Context(), expected, reconcile.VerifyOptions{Patience: patience})
	if err != nil {
		return err
	}
	if a.flags.json {
		if err := a.verifiedJSON(found); err != nil {
			return err
		}
	} else {
		for _, v := range found {
			a.tellVerified(v)
		}
	}
	return verifyStatus(found)
}

func verifyStatus(found []reconcile.Verified) error {
	var status error
	for _, v := range found {
		switch {
		case v.Err != nil:
			return errShown
		case len(v.Pending) > 0:
			status = exitStatus(exitChanges)
		}
	}
	return status
}

// mostPending keeps the answer readable where nothing is served yet.
const mostPending = 50

func (a *app) tellVerified(v reconcile.Verified) {
	switch {
	case v.Err != nil:
		a.report(failure("Name servers could not be asked", "%s: %v.\n\nWhere port 53 is closed, CFPLAN_NAMESERVERS names servers that can be reached.", v.Zone, v.Err))
		return
	case len(v.Pending) == 0:
		a.printf("%s: served as declared by %s.\n", render.Escape(v.Zone), render.Escape(strings.Join(v.Servers, ", ")))
	default:
		a.printf("%s: not served as declared:\n", render.Escape(v.Zone))
	}
	for i, p := range v.Pending {
		if i == mostPending {
			a.printf("  and %d more\n", len(v.Pending)-i)
			break
		}
		a.printf("  %s (%s)\n", render.Line(p.Change), render.Escape(p.Server))
	}
	for _, u := range v.Untold {
		a.printf("  - %s\n", render.Escape(u))
	}
}

func (a *app) verifiedJSON(found []reconcile.Verified) error {
	type zone struct {
		reconcile.Verified
		Served bool   `json:"served"`
		Error  string `json:"error,omitempty"`
	}
	out := struct {
		FormatVersion string `json:"format_version"`
		Zones         []zone `json:"zones"`
	}{"1.0", []zone{}}
	for _, v := range found {
		z := zone{Verified: v, Served: v.Err == nil && len(v.Pending) == 0}
		if v.Err != nil {
			z.Error = fmt.Sprint(v.Err)
		}
		out.Zones = append(out.Zones, z)
	}
	return plan.WriteJSON(a.out, out)
}
