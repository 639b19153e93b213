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
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/files"
	"github.com/cfplan/cfplan/internal/genconfig"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/render"
)

type importOptions struct {
	from, in, out string
	account       accountFlag
}

func importCommand(s *services) *cobra.Command {
	o := &importOptions{}
	c := &cobra.Command{
		Use:   "import [flags] ZONE",
		Short: "Write a zone that exists as HCL, and take it over",
		Long: `Writes the records of a zone as HCL into ZONE.cf.hcl and takes ownership of them, so
that the next plan is empty. No record is changed. Records that Cloudflare or one
of its products keeps are left out; a comment in the file lists them. Those outside
of the configuration's scope are left out as well.

With -from=bind, the records come from a zone file. Nothing is taken over then:
plan shows which of them exist already, and would be adopted, and which would be
created. What Cloudflare cannot hold is left out, and TTLs are brought into its
range, each with a warning.

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
		RunE: func(c *cobra.Command, args []string) error { return o.run(c.Context(), s, args[0]) },
	}
	c.Flags().StringVar(&o.from, "from", "live", "where the records come from (`SOURCE`): live or bind")
	c.Flags().StringVar(&o.in, "in", "", "the zone `FILE` of -from=bind; - is stdin")
	c.Flags().StringVar(&o.out, "out", "", "write `FILE` instead of ZONE.cf.hcl; - prints it")
	o.account.register(c)
	_ = c.RegisterFlagCompletionFunc("from", cobra.FixedCompletions([]string{"live", "bind"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

func (o *importOptions) check() error {
	switch o.from {
	case "live":
		if o.in != "" {
			return usage("-in goes with -from=bind")
		}
	case "bind":
		if o.in == "" {
			return usage("-from=bind needs the zone file: -in=FILE")
		}
	case "terraform", "octodns":
		return failure("Not in this release", "-from=%s is not in this release; there are live and bind. "+
			"If the zone is at Cloudflare, cfplan import ZONE reads it from there, whatever has made its records.", o.from)
	default:
		return usage("unknown -from=%s; there are live and bind", o.from)
	}
	return nil
}

// destination is a zone to import and the file for it, "-" for standard output.
type destination struct{ zone, file string }

func (o *importOptions) run(ctx context.Context, s *services, name string) error {
	if err := o.check(); err != nil {
		return err
	}
	zone, err := zoneName(name)
	if err != nil {
		return err
	}
	cfg, files, err := s.config.loadIfAny()
	if err != nil {
		return err
	}

	if err := zoneInScope(cfg, zone); err != nil {
		return err
	}

	d := destination{zone: zone, file: or(o.out, zone+".cf.hcl")}
	if place := declaredAt(cfg, zone); place != "" && d.file != "-" {
		return failure("Zone is declared already", "%s is declared at %s. Nothing was written. "+
			"Import zones that are not declared yet; -out=- prints the HCL, to be compared or copied by hand.", zone, place)
	}
	if o.from == "bind" {
		return importFile(s, cfg, o.in, d)
	}
	return importLive(ctx, s, cfg, files, o.account, []destination{d})
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

// declaredAt returns the place of a zone's block, or "" if it is not declared.
func declaredAt(cfg *config.Config, zone string) string {
	for _, z := range cfg.Zones {
		if z.Name == zone {
			return fmt.Sprintf("%s:%d", z.Policy.File, z.Policy.Line)
		}
	}
	return ""
}

// importLive reads all zones, then writes their files, then takes over what is in
// them. If one zone cannot be read, nothing is written.
func importLive(
	ctx context.Context, s *services, cfg *config.Config, files config.Files, account accountFlag, wanted []destination,
) error {
	if err := mayWrite(s.dir, wanted); err != nil || len(wanted) == 0 {
		return err
	}
	conn, err := connectForWriting(s, cfg, files)
	if err != nil {
		return err
	}
	observed, err := liveZones(ctx, conn.connection, account, wanted)
	if err != nil {
		return err
	}
	ours, err := writeZones(s, cfg, wanted, observed)
	if err != nil || len(ours) == 0 {
		return err
	}
	return takeOver(ctx, s, conn, ours)
}

// writeZones writes the files and returns the zones that are now part of the
// directory's configuration.
func writeZones(s *services, cfg *config.Config, wanted []destination, observed []reconcile.Observed) (ours []reconcile.Observed, err error) {
	for i, d := range wanted {
		if !belongs(s.dir, d.file) { // what belongs must be whole, or the next plan destroys the rest
			leaveOutSensitive(s.print, &observed[i], declaredZone(cfg, d.zone))
		}
		if err := writeZone(s, cfg, d, observed[i].Zone); err != nil {
			return nil, err
		}
		if belongs(s.dir, d.file) {
			ours = append(ours, observed[i])
		} else if d.file != "-" {
			s.print.printf("Nothing was taken over: %s is not one of this directory's configuration files.\n", render.Escape(d.file))
		}
	}
	return ours, nil
}

// mayWrite finds files that exist before a request is made.
func mayWrite(dir *directory, wanted []destination) error {
	for _, d := range wanted {
		if d.file == "-" {
			continue
		}
		if _, err := os.Lstat(dir.path(d.file)); err == nil {
			return errFileExists(d.file)
		}
	}
	return nil
}

func errFileExists(name string) error {
	return failure("File exists already", "%s exists and is not overwritten. Nothing was written. Name another file with -out=FILE, or move this one away.", name)
}

// belongs reports whether a file is one of the directory's configuration.
func belongs(dir *directory, name string) bool {
	parent, file := filepath.Split(dir.path(name))
	return config.IsFileName(file) && filepath.Clean(parent) == filepath.Clean(dir.root())
}

// zoneInScope returns an error if the configuration must not declare the zone.
func zoneInScope(cfg *config.Config, zone string) error {
	if cfg.Scope.Zone(zone) {
		return nil
	}
	return failure("Zone is outside of the scope", "The scope%s does not have %s in its zones. Nothing was written. "+
		"Add the zone to the scope, or import it in another configuration.", cfg.Scope.Place(), zone)
}

// writeZone writes the HCL of a zone's records that are in the configuration's scope, and says what it left out.
func writeZone(s *services, cfg *config.Config, d destination, z dns.Zone) error {
	all, scope := len(z.Records), cfg.Scope.In(z.Name)
	z.Records = slices.DeleteFunc(slices.Clone(z.Records), func(r dns.Record) bool { return !scope.Has(r) })

	var text strings.Builder
	report, err := genconfig.Write(&text, genconfig.ZoneOf(z))
	if err != nil {
		return err
	}
	if d.file == "-" {
		s.print.printf("%s", text.String())
		return nil
	}
	err = files.Create(s.dir.path(d.file), []byte(text.String()), 0o644)
	switch {
	case errors.Is(err, fs.ErrExist):
		return errFileExists(d.file)
	case err != nil:
		return failure("File could not be written", "%v.", err)
	}
	s.print.printf("Written: %s (%s)\n", render.Escape(d.file), english.Count(report.Written, "record"))
	if outside := all - len(z.Records); outside > 0 {
		s.print.printf("  left out: %s outside of the scope%s\n", english.Count(outside, "record"), render.Escape(cfg.Scope.Place()))
	}
	for i, o := range report.Left {
		if i == mostListed {
			s.print.printf("  left out: %d more; the file lists them\n", len(report.Left)-i)
			break
		}
		s.print.printf("  left out: %s %s (%s)\n", render.Escape(string(o.Record.Type)), render.Escape(o.Record.Name), render.Escape(o.Reason))
	}
	return nil
}

// liveZones reads zones, which need not be declared, in the order of wanted. A snapshot
// will not do: its records may be gone.
func liveZones(
	ctx context.Context, conn *connection, account accountFlag, wanted []destination,
) ([]reconcile.Observed, error) {
	names := make([]string, len(wanted))
	for i, d := range wanted {
		names[i] = d.zone
	}
	in, err := account.choose(ctx, conn, names)
	if err != nil {
		return nil, err
	}

	zones := make([]dns.Zone, len(wanted))
	for i, name := range names {
		zones[i].Name, zones[i].Policy.Account = name, in[name]
	}
	observed, err := conn.observe(ctx, zones, reconcile.PlanOptions{})
	if err != nil {
		return nil, err
	}

	refused := &reconcile.RefusedError{Wanted: "an import reads the live zone; nothing was written"}
	for _, v := range observed {
		if v.Degraded != nil {
			refused.Degraded = append(refused.Degraded, *v.Degraded)
		}
	}
	if len(refused.Degraded) > 0 {
		return nil, refused
	}

	out := make([]reconcile.Observed, len(wanted))
	for i, d := range wanted {
		out[i] = observed[slices.IndexFunc(observed, func(v reconcile.Observed) bool { return v.Zone.Name == d.zone })]
	}
	return out, nil
}
