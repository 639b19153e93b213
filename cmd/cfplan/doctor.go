package main

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/doctor"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/render"
	"github.com/cfplan/cfplan/internal/state"
)

func (a *app) doctorCommand() *cobra.Command {
	var write bool
	c := &cobra.Command{
		Use:   "doctor [flags] [ZONE…]",
		Short: "Test the credentials and each zone's permissions, and say what to do",
		Long: `Tests, step by step, what cfplan needs: where the credentials come from and of
what kind they are, whether the API can be reached, what becomes of the token,
whether each zone is visible and its records can be read, the clock, the rate
limit, the state and the age of its snapshots. Without zone names it tests the
declared zones.

What permissions a token has, no call of the API tells: they are tried. -write
tries writing as well: it creates a TXT record _cfplan-doctor-… in each zone and
deletes it again.`,
		Example: `  cfplan doctor
  cfplan doctor -write example.com
  cfplan doctor -json | jq '.checks[] | select(.status == "failed")'`,
		RunE: func(c *cobra.Command, args []string) error { return a.doctor(c, args, write) },
	}
	c.Flags().BoolVar(&write, "write", false, "test writing, too, with a record that is deleted again")
	return c
}

func (a *app) doctor(c *cobra.Command, names []string, write bool) error {
	cfg, files, err := a.loadIfAny()
	if err != nil {
		return err
	}
	zones, err := examined(cfg, names)
	if err != nil {
		return err
	}
	s, err := a.connect(cfg, files)
	if err != nil {
		return err
	}
	creds := s.credentials
	base := or(or(cfg.Cloudflare.BaseURL, a.getenv("CLOUDFLARE_BASE_URL")), cloudflare.DefaultBaseURL)
	d := &doctor.Doctor{API: s.API, Credentials: creds.Credentials, Source: creds.source, Endpoint: hostOf(base), Proxy: proxyFor(base),
		Zones: zones, Declared: len(cfg.Zones), Write: write, State: &s.Store.Reader, Locker: &s.Store.Locker, Now: a.now,
		Holder: state.Holder{Operation: "doctor", Who: a.who(), Version: version, Created: a.now().UTC()}}
	if !a.flags.json {
		d.Report = (&checkTeller{app: a, told: map[string]string{}}).tell
	}
	checks := d.Run(c.Context())
	if a.flags.json {
		return a.printChecks(checks)
	}
	return a.concludeChecks(checks)
}

// examined are the zones that are named, with the ID of the configuration where it
// pins one, or all that are declared.
func examined(cfg *config.Config, names []string) ([]dns.Zone, error) {
	declared := map[string]dns.Zone{}
	var out []dns.Zone
	for _, z := range cfg.Zones {
		declared[z.Name] = dns.Zone{Name: z.Name, ID: z.ID}
		out = append(out, declared[z.Name])
	}
	if len(names) == 0 {
		return out, nil
	}
	out = nil
	for _, given := range names {
		name, problem := dns.CanonicalName(given)
		if problem != nil {
			return nil, usage("%q is not the name of a zone: %s", given, problem.Detail)
		}
		z, known := declared[name]
		if !known {
			z = dns.Zone{Name: name}
		}
		out = append(out, z)
	}
	return out, nil
}

// hostOf is an address without what could be a password.
func hostOf(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return "the base URL"
	}
	return u.Host
}

// proxyFor names the proxy that requests go through, by Go's rules (HTTPS_PROXY,
// NO_PROXY), without user name and password.
func proxyFor(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	proxy, err := http.ProxyFromEnvironment(&http.Request{URL: u})
	if err != nil || proxy == nil {
		return ""
	}
	return proxy.Host
}

// marks stand before a check. They are told apart without colour.
var marks = map[doctor.Status]struct{ sign, colour string }{
	doctor.OK: {"✓", "32"}, doctor.Warning: {"!", "33"}, doctor.Failed: {"✗", "31"}, doctor.Skipped: {"-", "90"},
}

// checkTeller prints checks as they are done.
type checkTeller struct {
	*app
	told map[string]string // guidance that was printed, with the check it was for
}

func (a *checkTeller) tell(c doctor.Check) {
	mark := marks[c.Status]
	sign := mark.sign
	if a.colour(a.out) {
		sign = "\x1b[" + mark.colour + "m" + sign + "\x1b[0m"
	}
	name := c.Name
	if c.Zone != "" {
		name = c.Zone + ": " + name
	}
	a.printf("%s %s: %s\n", sign, render.Escape(name), render.Escape(c.Detail))
	a.guide(name, c)
}

// guide prints what to do, once: one bad token fails many checks.
func (a *checkTeller) guide(name string, c doctor.Check) {
	key := c.Cause + strings.Join(c.Guidance, "\n")
	if before, told := a.told[key]; told && key != "" {
		a.printf("    What to do: as for %s, above.\n", render.Escape(before))
		return
	}
	a.told[key] = name
	if c.Cause != "" {
		a.printf("    Cause: %s\n", render.Escape(c.Cause))
	}
	for i, step := range c.Guidance {
		a.printf("    %d. %s\n", i+1, render.Escape(step))
	}
}

func (a *app) printChecks(checks []doctor.Check) error {
	if err := plan.WriteJSON(a.out, struct {
		OK     bool           `json:"ok"`
		Checks []doctor.Check `json:"checks"`
	}{doctor.Healthy(checks), checks}); err != nil {
		return err
	}
	return healthy(checks)
}

func (a *app) concludeChecks(checks []doctor.Check) error {
	counts := map[doctor.Status]int{}
	for _, c := range checks {
		counts[c.Status]++
	}
	var rest []string
	if n := counts[doctor.Failed]; n > 0 {
		rest = append(rest, count(n, "failed"))
	}
	if n := counts[doctor.Warning]; n > 0 {
		rest = append(rest, plural(n, "warning"))
	}
	if n := counts[doctor.Skipped]; n > 0 {
		rest = append(rest, count(n, "skipped"))
	}
	switch {
	case counts[doctor.Failed] > 0:
		a.printf("\nNot all works: %s.\n", strings.Join(rest, ", "))
	case len(rest) > 0:
		a.printf("\nAll that was asked works (%s).\n", strings.Join(rest, ", "))
	default:
		a.printf("\nAll that was asked works.\n")
	}
	return healthy(checks)
}

func healthy(checks []doctor.Check) error {
	if doctor.Healthy(checks) {
		return nil
	}
	return errShown
}
