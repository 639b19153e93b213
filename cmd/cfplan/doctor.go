package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/doctor"
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/render"
)

type doctorOptions struct{ write bool }

func doctorCommand(s *services) *cobra.Command {
	o := &doctorOptions{}
	c := &cobra.Command{
		Use:   "doctor [flags] [ZONE…]",
		Short: "Test the credentials and each zone's permissions, and say what to do",
		Long: `Tests, step by step, what cfplan needs: where the credentials come from and what
kind they are, whether the API can be reached, whether the token is valid, whether
each zone is visible and its records can be read, the clock, the rate limit, the
state and the age of its snapshots. Without zone names it tests the declared zones.

The API does not say which permissions a token has, so doctor tries them. With
-write it also tries to write: it creates a TXT record _cfplan-doctor-… in each zone
and deletes it again.

If there are more than ten zones, zones with the same outcome share one line; -json
lists each zone.`,
		Example: `  cfplan doctor
  cfplan doctor -write example.com
  cfplan doctor -json | jq '.checks[] | select(.status == "failed")'`,
		RunE: func(c *cobra.Command, args []string) error { return o.run(c.Context(), s, args) },
	}
	c.Flags().BoolVar(&o.write, "write", false, "also test writing, with a record that is deleted again")
	return c
}

func (o *doctorOptions) run(ctx context.Context, s *services, names []string) error {
	cfg, files, err := s.config.loadIfAny()
	if err != nil {
		return err
	}
	zones, err := examined(cfg, names)
	if err != nil {
		return err
	}
	st, locker, err := s.state.forExamining(cfg)
	if err != nil {
		return err
	}
	conn, err := s.provider.connect(cfg, files)
	if err != nil {
		return err
	}

	d := &doctor.Doctor{
		Accounts:    examinedAccounts(conn.accounts, zones, cfg.Zones),
		Write:       o.write,
		State:       st,
		Locker:      locker,
		Now:         s.now,
		Holder:      holder(s.env, s.now(), "doctor"),
		Writing:     s.writing,
		Parallelism: s.provider.parallelism,
		Progress: func(zone string, done, total int) {
			conn.progress.step(reconcile.Progress{Doing: "Testing", Zone: zone, Done: done, Total: total})
		},
	}
	shown := &checkPrinter{printer: s.print, shown: map[string]string{}, grouping: len(zones) > fewZones}
	if !s.print.asJSON {
		d.Report = func(c doctor.Check) { conn.progress.aside(func() { shown.add(c) }) }
	}
	var checks []doctor.Check
	conn.progress.during(func() { checks = d.Run(ctx) })
	if ctx.Err() != nil {
		return reconcile.ErrInterrupted // a check that was interrupted is not a finding
	}
	if s.print.asJSON {
		return showChecksJSON(s.print, checks)
	}

	shown.flush()
	return concludeChecks(s.print, checks)
}

// examined returns the named zones, or all declared ones. A zone has its ID and account only if the
// configuration sets them.
func examined(cfg *config.Config, names []string) ([]dns.Zone, error) {
	declared := map[string]dns.Zone{}
	var out []dns.Zone
	for _, z := range cfg.Zones {
		declared[z.Name] = dns.Zone{Name: z.Name, ID: z.ID, Policy: dns.Policy{Account: z.Policy.Account}}
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

// examinedAccounts returns the accounts with the zones that are tested in them. If there are other
// accounts, a default account that has neither credentials nor zones is not tested.
func examinedAccounts(all accounts, zones, declared []dns.Zone) []doctor.Account {
	var out []doctor.Account
	for _, a := range all {
		ofAccount := func(z dns.Zone) bool { return z.Policy.Account == a.name }
		tested := slices.DeleteFunc(slices.Clone(zones), func(z dns.Zone) bool { return !ofAccount(z) })
		if a.name == "" && a.found.Missing() && len(all) > 1 && len(tested) == 0 {
			continue
		}

		n := 0
		for _, z := range declared {
			if ofAccount(z) {
				n++
			}
		}
		out = append(out, doctor.Account{
			Name:        a.name,
			API:         a.api,
			Credentials: a.found.Credentials,
			Source:      a.found.Source,
			Endpoint:    hostOf(a.endpoint),
			Proxy:       proxyFor(a.endpoint),
			Zones:       tested,
			Declared:    n,
		})
	}
	return out
}

// proxyFor returns the proxy through which requests go, by Go's rules (HTTPS_PROXY, NO_PROXY),
// without user name and password.
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

// marks precede checks. They differ even without color.
var marks = map[doctor.Status]struct{ sign, color string }{
	doctor.OK: {"✓", "32"}, doctor.Warning: {"!", "33"}, doctor.Failed: {"✗", "31"}, doctor.Skipped: {"-", "90"},
}

const (
	// fewZones is how many zones have a line for each of their checks.
	fewZones = 10
	// goodNames and badNames are how many zones with the same outcome are named.
	goodNames, badNames = 3, 20
)

// checkPrinter prints checks as they are done. If there are many zones, their checks are held back
// until all zones have been tested, and are then printed as groups.
type checkPrinter struct {
	*printer
	// shown maps printed guidance to the check for which it was printed.
	shown    map[string]string
	grouping bool
	held     []doctor.Check
}

func (p *checkPrinter) add(c doctor.Check) {
	if p.grouping && c.Zone != "" {
		p.held = append(p.held, c)
		return
	}
	p.flush()
	p.show(doctor.Group{Check: c})
}

// flush prints the checks that were held back.
func (p *checkPrinter) flush() {
	for _, g := range doctor.Grouped(p.held) {
		p.show(g)
	}
	p.held = nil
}

func (p *checkPrinter) show(g doctor.Group) {
	mark := marks[g.Status]
	sign := mark.sign
	if p.color(p.out) {
		sign = "\x1b[" + mark.color + "m" + sign + "\x1b[0m"
	}
	name := titleOf(g)
	p.printf("%s %s: %s\n", sign, render.Escape(name), render.Escape(g.Detail))
	if len(g.Zones) > 0 {
		p.printf("    %s\n", render.Escape(namesOf(g)))
	}
	if len(g.Zones) > 0 {
		g.Request = "" // each zone has its own
	}
	p.guide(name, g.Check)
}

// titleOf says what was tested, and for which zones.
func titleOf(g doctor.Group) string {
	name := g.Name
	if g.Account != "" {
		name += " (account " + g.Account + ")"
	}
	switch {
	case len(g.Zones) > 0:
		return english.Count(len(g.Zones), "zone") + ": " + name
	case g.Zone != "":
		return g.Zone + ": " + name
	default:
		return name
	}
}

// namesOf names the zones of a group, and only a few of them if all is well.
func namesOf(g doctor.Group) string {
	most := badNames
	if g.Status == doctor.OK {
		most = goodNames
	}
	if len(g.Zones) <= most {
		return strings.Join(g.Zones, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(g.Zones[:most], ", "), len(g.Zones)-most)
}

// guide prints what to do. It prints the same advice only once, because one bad token fails many
// checks.
func (p *checkPrinter) guide(name string, c doctor.Check) {
	key := c.Cause + strings.Join(c.Guidance, "\n")
	if before, shown := p.shown[key]; shown && key != "" {
		p.printf("    What to do: as for %s, above.\n", render.Escape(before))
		return
	}
	p.shown[key] = name
	if c.Cause != "" {
		p.printf("    Cause: %s\n", render.Escape(c.Cause))
	}
	for i, step := range c.Guidance {
		p.printf("    %d. %s\n", i+1, render.Escape(p.inDirectory(step)))
	}
	if c.Request != "" {
		p.printf("    Request: %s\n", render.Escape(c.Request))
	}
}

func showChecksJSON(p *printer, checks []doctor.Check) error {
	if err := p.json(struct {
		OK     bool           `json:"ok"`
		Checks []doctor.Check `json:"checks"`
	}{doctor.Healthy(checks), checks}); err != nil {
		return err
	}
	return healthy(checks)
}

// concludeChecks says how many checks failed, or that none did.
func concludeChecks(p *printer, checks []doctor.Check) error {
	counts := map[doctor.Status]int{}
	for _, c := range checks {
		counts[c.Status]++
	}

	var rest []string
	if n := counts[doctor.Warning]; n > 0 {
		rest = append(rest, english.Count(n, "warning"))
	}
	if n := counts[doctor.Skipped]; n > 0 {
		rest = append(rest, countOf(n, "skipped"))
	}
	verdict := "No check failed"
	if n := counts[doctor.Failed]; n > 0 {
		verdict = english.Count(n, "check") + " failed"
	}
	if len(rest) > 0 {
		verdict += " (" + strings.Join(rest, ", ") + ")"
	}
	p.printf("\n%s.\n", verdict)
	return healthy(checks)
}

func healthy(checks []doctor.Check) error {
	if doctor.Healthy(checks) {
		return nil
	}
	return errShown
}
