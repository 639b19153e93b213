package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/render"
)

// verifyPatience is how long name servers may take by default. Cloudflare's name servers usually
// serve a change within five seconds.
const verifyPatience = 30 * time.Second

type verifyOptions struct{ patience time.Duration }

func verifyCommand(s *services) *cobra.Command {
	o := &verifyOptions{}
	c := &cobra.Command{
		Use:   "verify [flags] [ZONE ...]",
		Short: "Ask the zones' own name servers whether they serve what is declared",
		Long: `Asks each name server of the zones for every declared name and type. It asks again
until all of them serve what is declared, or the timeout is over, and then lists what
still differs. It needs no credentials and changes nothing.

DNS does not show everything: for a proxied record it shows Cloudflare's own addresses,
and it has no comments and tags. The report lists what DNS does not show.

Exit codes: 0 everything is served; 1 an error; 2 something differs.`,
		RunE: func(c *cobra.Command, args []string) error { return o.run(c.Context(), s, args) },
	}
	c.Flags().DurationVar(&o.patience, "timeout", verifyPatience,
		"ask again for up to `DURATION`; with 0, cfplan asks once")
	return c
}

func (o *verifyOptions) run(ctx context.Context, s *services, names []string) error {
	conn, err := openQuietly(s)
	if err != nil {
		return err
	}
	zones, err := chosenZones(conn.config.Zones, names)
	if err != nil {
		return err
	}

	expected := make([]reconcile.Expected, len(zones))
	for i, z := range zones {
		expected[i] = reconcile.Expected{Zone: z}
	}
	return verifyZones(ctx, s.print, conn, expected, o.patience)
}

// chosenZones returns the zones with these names, or all if none is named.
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

// verifyZones asks the name servers and shows what they serve. It returns the exit status as an
// error.
func verifyZones(ctx context.Context, p *printer, conn *connection, expected []reconcile.Expected, patience time.Duration) error {
	found, err := conn.verify(ctx, expected, reconcile.VerifyOptions{Patience: patience})
	if err != nil {
		return err
	}

	if p.asJSON {
		if err := showVerifiedJSON(p, found); err != nil {
			return err
		}
	} else {
		for _, v := range found {
			showVerified(p, v)
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

// mostPending is how many differences of a zone are listed, in case nothing is served yet.
const mostPending = 50

func showVerified(p *printer, v reconcile.Verified) {
	switch {
	case v.Err != nil:
		p.report(failure("Name servers could not be asked",
			"%s: %v.\n\nIf port 53 is closed here, set CFPLAN_NAMESERVERS to name servers that can be reached.",
			v.Zone, v.Err))
		return
	case len(v.Pending) == 0:
		p.printf("%s: served as declared by %s.\n", render.Escape(v.Zone), render.Escape(strings.Join(v.Servers, ", ")))
	default:
		p.printf("%s: not served as declared:\n", render.Escape(v.Zone))
	}
	for i, r := range v.Pending {
		if i == mostPending {
			p.printf("  and %d more\n", len(v.Pending)-i)
			break
		}
		p.printf("  %s (%s)\n", render.Line(r.Change), render.Escape(r.Server))
	}
	for _, u := range v.NotShown {
		p.printf("  - %s\n", render.Escape(u))
	}
}

func showVerifiedJSON(p *printer, found []reconcile.Verified) error {
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
		v.Pending = slices.Clone(v.Pending)
		for i := range v.Pending {
			v.Pending[i].Change = v.Pending[i].Masked()
		}
		z := zone{Verified: v, Served: v.Err == nil && len(v.Pending) == 0}
		if v.Err != nil {
			z.Error = p.hidden.redact(v.Err.Error())
		}
		out.Zones = append(out.Zones, z)
	}
	return p.json(out)
}
