package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/genconfig"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/render"
)

type importFlags struct{ from, in, out string }

func (a *app) importCommand() *cobra.Command {
	f := &importFlags{}
	c := &cobra.Command{
		Use:   "import [flags] ZONE",
		Short: "Write a zone that exists as HCL, and take it over",
		Long: `Writes the records of a zone as HCL into ZONE.cf.hcl and takes ownership of them, so
that the next plan is empty. No record is changed. Records that Cloudflare or one
of its products keeps are left out; a comment in the file lists them.

With -from=bind, the records come from a zone file. Nothing is taken over then:
plan shows which of them exist already, and would be adopted, and which would be
created.

An existing file is never overwritten. -out=- prints the HCL and takes nothing over.`,
		Example: `  cfplan import example.com
  cfplan import example.com -out=-
  cfplan import example.com -from=bind -in=example.com.zone`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("import takes the name of one zone, but was given %q; cfplan init takes several", args)
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return a.importZone(c, args[0], f) },
	}
	c.Flags().StringVar(&f.from, "from", "live", "where the records come from (`SOURCE`): live or bind")
	c.Flags().StringVar(&f.in, "in", "", "the zone `FILE` of -from=bind")
	c.Flags().StringVar(&f.out, "out", "", "write `FILE` instead of ZONE.cf.hcl; - prints it")
	_ = c.RegisterFlagCompletionFunc("from", cobra.FixedCompletions([]string{"live", "bind"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

func (f *importFlags) check() error {
	switch f.from {
	case "live":
		if f.in != "" {
			return usage("-in goes with -from=bind")
		}
	case "bind":
		if f.in == "" {
			return usage("-from=bind needs the zone file: -in=FILE")
		}
	case "terraform", "octodns":
		return failure("Not in this release", "-from=%s is not in this release; there are live and bind. "+
			"If the zone is at Cloudflare, cfplan import ZONE reads it from there, whatever has made its records.", f.from)
	default:
		return usage("unknown -from=%s; there are live and bind", f.from)
	}
	return nil
}

// destination is a zone to import and the file for it, "-" for standard output.
type destination struct{ zone, file string }

func (a *app) importZone(c *cobra.Command, name string, f *importFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	zone, err := zoneName(name)
	if err != nil {
		return err
	}
	cfg, files, err := a.loadIfAny()
	if err != nil {
		return err
	}
	d := destination{zone: zone, file: or(f.out, zone+".cf.hcl")}
	if place := declaredAt(cfg, zone); place != "" && d.file != "-" {
		return failure("Zone is declared already", "%s is declared at %s. Nothing was written. "+
			"Import zones that are not declared yet; -out=- prints the HCL, to be compared or copied by hand.", zone, place)
	}
	if f.from == "bind" {
		return a.importFile(f.in, d)
	}
	return a.importLive(c, cfg, files, []destination{d})
}

func zoneName(name string) (string, error) {
	zone, p := dns.CanonicalName(name)
	switch {
	case p != nil:
		return "", failure("Invalid zone name", "%s", p.Detail)
	case !strings.Contains(zone, "."), strings.HasPrefix(zone, "*"):
		return "", failure("Invalid zone name", "%q is not the name of a zone, such as example.com.", zone)
	}
	return zone, nil
}

// declaredAt returns the place of a zone's block, empty where there is none.
func declaredAt(cfg *config.Config, zone string) string {
	for _, z := range cfg.Zones {
		if z.Name == zone {
			return fmt.Sprintf("%s:%d", z.Policy.File, z.Policy.Line)
		}
	}
	return ""
}

// importLive reads all zones, then writes their files, then takes over what is in
// them. A zone that cannot be read keeps everything from being written.
func (a *app) importLive(c *cobra.Command, cfg *config.Config, files config.Files, wanted []destination) error {
	if err := a.mayWrite(wanted); err != nil || len(wanted) == 0 {
		return err
	}
	s, err := a.connect(cfg, files)
	if err != nil {
		return err
	}
	var views []reconcile.View
	s.progress.during(func() { views, err = s.liveZones(c.Context(), wanted) })
	if err != nil {
		return err
	}
	ours, err := a.writeZones(wanted, views)
	if err != nil || len(ours) == 0 {
		return err
	}
	return a.takeOver(c, s, ours)
}

// writeZones writes the files and returns the zones that are now part of the
// directory's configuration.
func (a *app) writeZones(wanted []destination, views []reconcile.View) (ours []reconcile.View, err error) {
	for i, d := range wanted {
		if err := a.writeZone(d, views[i].Zone); err != nil {
			return nil, err
		}
		if a.belongs(d.file) {
			ours = append(ours, views[i])
		} else if d.file != "-" {
			a.printf("Nothing was taken over: %s is not one of this directory's configuration files.\n", render.Escape(d.file))
		}
	}
	return ours, nil
}

// mayWrite finds files that exist before a request is made.
func (a *app) mayWrite(wanted []destination) error {
	for _, d := range wanted {
		if d.file == "-" {
			continue
		}
		if _, err := os.Lstat(a.path(d.file)); err == nil {
			return fileExists(d.file)
		}
	}
	return nil
}

func fileExists(name string) error {
	return failure("File exists already", "%s exists and is not overwritten. Nothing was written. Name another file with -out=FILE, or move this one away.", name)
}

// belongs reports whether a file is one of the directory's configuration.
func (a *app) belongs(name string) bool {
	dir, file := filepath.Split(a.path(name))
	return config.IsFileName(file) && filepath.Clean(dir) == filepath.Clean(a.dir())
}

// writeZone writes the HCL of a zone and says what it left out.
func (a *app) writeZone(d destination, z dns.Zone) error {
	var text strings.Builder
	report, err := genconfig.Write(&text, z)
	if err != nil {
		return err
	}
	if d.file == "-" {
		a.printf("%s", text.String())
		return nil
	}
	err = a.writeNew(d.file, text.String())
	switch {
	case errors.Is(err, fs.ErrExist):
		return fileExists(d.file)
	case err != nil:
		return failure("File could not be written", "%v.", err)
	}
	a.printf("Written: %s (%s)\n", render.Escape(d.file), plural(report.Written, "record"))
	for i, o := range report.Left {
		if i == mostListed {
			a.printf("  left out: %d more; the file lists them\n", len(report.Left)-i)
			break
		}
		a.printf("  left out: %s %s (%s)\n", render.Escape(string(o.Record.Type)), render.Escape(o.Record.Name), render.Escape(o.Reason))
	}
	return nil
}

// liveZones reads zones, which are not declared, in the order of wanted. A
// snapshot will not do: what it has may be gone.
func (s *session) liveZones(ctx context.Context, wanted []destination) ([]reconcile.View, error) {
	zones := make([]dns.Zone, len(wanted))
	for i, d := range wanted {
		zones[i].Name = d.zone
	}
	views, err := s.Look(ctx, zones, reconcile.PlanOptions{})
	if err != nil {
		return nil, err
	}
	refused := &reconcile.RefusedError{Wanted: "an import reads the live zone; nothing was written"}
	for _, v := range views {
		if v.Degraded != nil {
			refused.Degraded = append(refused.Degraded, *v.Degraded)
		}
	}
	if len(refused.Degraded) > 0 {
		return nil, refused
	}
	out := make([]reconcile.View, len(wanted))
	for i, d := range wanted {
		out[i] = views[slices.IndexFunc(views, func(v reconcile.View) bool { return v.Zone.Name == d.zone })]
	}
	return out, nil
}
