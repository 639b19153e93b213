package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/importer"
	"github.com/cfplan/cfplan/internal/render"
)

// An import goes through these steps, each in a file of its own: the records are read from a
// source (importsource.go) and from the live zones (importlive.go), the files are written
// (importwrite.go), and the live records are taken over (importadopt.go). Nothing is written before
// everything was read, and no step changes a record at Cloudflare.

type importOptions struct {
	from, in, out string
	all           bool
	account       accountFlag
}

func importCommand(s *services) *cobra.Command {
	o := &importOptions{}
	c := &cobra.Command{
		Use:   "import [flags] ZONE",
		Short: "Write an existing zone as HCL, and take it over",
		Long: `Writes the records of a zone as HCL into ZONE.cf.hcl and takes ownership of them. No
record is changed, and no existing file is overwritten.

Without -from, the records are those of the live zone, and the next plan is empty. With
-from, they are read from another tool's data, in the file that -in names (- is stdin):

  terraform   a state: terraform state pull, tofu state pull, terraform show -json
  octodns     a zone's YAML file, or the directory of zones
  dnscontrol  the JSON of dnscontrol print-ir
  route53     the JSON of aws route53 list-resource-record-sets
  cloudflare  the JSON of the API's list of records
  csv         a table with the columns name, type and content, and others
  bind        a zone file

cfplan then takes over the live records that the source describes, by their IDs if the
source has them, and leaves all others alone. If a live record differs from the source,
import shows the difference, and the next plan changes the record. Attributes that the
source cannot express, such as tags, are copied from the live record. Records that are
left out are listed with the reason. At the end, import prints the steps that make the
other tool stop managing the records.

-all imports every zone that the source describes, or that the token can see, each into a
file of its own. -out=- prints the HCL and takes nothing over; with -from it needs no token.`,
		Example: `  cfplan import example.com
  cfplan import example.com -out=-
  terraform state pull | cfplan import example.com -from=terraform -in=-
  cfplan import -all -from=octodns -in=zones`,
		Args: func(_ *cobra.Command, args []string) error { return o.checkNames(args) },
		RunE: func(c *cobra.Command, args []string) error { return o.run(c.Context(), s, args) },
	}
	o.register(c)
	return c
}

// live is the source that -from names by default: the zone at Cloudflare.
const live = "live"

// importSources are the values of -from.
func importSources() []string {
	out := []string{live}
	for _, kind := range importer.Kinds() {
		out = append(out, string(kind))
	}
	return out
}

func (o *importOptions) register(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVar(&o.from, "from", live, "where the records come from (`SOURCE`): "+english.List(importSources(), "or"))
	flags.StringVar(&o.in, "in", "", "the `FILE` or directory of the source; - is stdin")
	flags.StringVar(&o.out, "out", "", "write `FILE` instead of ZONE.cf.hcl; - prints it")
	flags.BoolVar(&o.all, "all", false, "import all zones of the source, each into a file of its own")
	o.account.register(c)
	_ = c.RegisterFlagCompletionFunc("from", cobra.FixedCompletions(importSources(), cobra.ShellCompDirectiveNoFileComp))
}

func (o *importOptions) checkNames(args []string) error {
	switch {
	case o.all && len(args) > 0:
		return usage("-all imports all zones, so it takes no zone names, but was given %q", args)
	case !o.all && len(args) == 0:
		return usage("import needs the name of one zone, such as example.com; -all imports every zone of a source")
	case !o.all && len(args) != 1:
		return usage("import takes the name of one zone, but was given %q; -all imports every zone of a source", args)
	}
	return nil
}

func (o *importOptions) check() error {
	switch {
	case !slices.Contains(importSources(), o.from):
		return usage("unknown -from=%s.%s The sources are %s", o.from,
			dns.DidYouMean(o.from, importSources()), english.List(importSources(), "and"))
	case o.from == live && o.in != "":
		return usage("-in needs -from, which says what %s is, such as -from=terraform", o.in)
	case o.from != live && o.in == "":
		return usage("-from=%s needs the file to read: -in=FILE, or -in=- for stdin", o.from)
	case o.all && o.out != "":
		return usage("-all writes one file for each zone, so it cannot be used with -out")
	}
	return nil
}

func (o *importOptions) run(ctx context.Context, s *services, args []string) error {
	if err := o.check(); err != nil {
		return err
	}
	cfg, sources, err := s.config.loadIfAny()
	if err != nil {
		return err
	}

	i := &importRun{services: s, options: o, config: cfg, files: sources}
	if o.all {
		return i.everything(ctx)
	}
	zone, err := zoneName(args[0])
	if err != nil {
		return err
	}
	return i.one(ctx, zone)
}

// importRun is one run of import.
type importRun struct {
	*services
	options *importOptions
	config  *config.Config
	files   config.Files
	// conn is nil if the run neither asks Cloudflare nor takes anything over.
	conn *writingConnection
}

// destination is a zone to import and the file for it, "-" for standard output.
type destination struct{ zone, file string }

// one imports one zone.
func (i *importRun) one(ctx context.Context, zone string) error {
	if err := zoneInScope(i.config, zone); err != nil {
		return err
	}
	d := destination{zone: zone, file: or(i.options.out, zone+".cf.hcl")}
	if place := declaredAt(i.config, zone); place != "" && d.file != "-" {
		return failure("Zone is declared already", "%s is declared at %s. Nothing was written. "+
			"Import zones that are not declared yet; -out=- prints the HCL, to be compared or copied by hand.", zone, place)
	}

	if i.options.from == live {
		return i.liveZones(ctx, []destination{d})
	}
	return i.fromSource(ctx, []destination{d})
}

// everything imports all zones, apart from those that are declared or out of scope.
func (i *importRun) everything(ctx context.Context) error {
	if i.options.from != live {
		return i.fromSource(ctx, nil)
	}

	if err := i.connect(); err != nil {
		return err
	}
	names, err := visibleZones(ctx, i.conn.connection, i.options.account)
	if err != nil {
		return err
	}
	wanted, err := i.wanted(names)
	if err != nil {
		return err
	}
	return i.liveZones(ctx, wanted)
}

// wanted returns the zones that can be declared. For each other zone it prints why it is skipped.
func (i *importRun) wanted(names []string) ([]destination, error) {
	var out []destination
	for _, zone := range names {
		place := declaredAt(i.config, zone)
		switch {
		case place != "":
			i.print.printf("Declared already: %s (%s)\n", render.Escape(zone), render.Escape(place))
		case !i.config.Scope.Zone(zone):
			i.print.printf("Outside of the scope: %s\n", render.Escape(zone))
		default:
			out = append(out, destination{zone: zone, file: zone + ".cf.hcl"})
		}
	}
	if len(out) == 0 {
		return nil, failure("Nothing to import", "There is no zone in the scope that is not declared yet. Nothing was written.")
	}
	return out, nil
}

// connect connects the run to Cloudflare and the state.
func (i *importRun) connect() (err error) {
	if i.conn == nil {
		i.conn, err = connectForWriting(i.services, i.config, i.files)
	}
	return err
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

// zoneInScope returns an error if the configuration must not declare the zone.
func zoneInScope(cfg *config.Config, zone string) error {
	if cfg.Scope.Zone(zone) {
		return nil
	}
	return failure("Zone is outside of the scope", "The scope%s does not have %s in its zones. Nothing was written. "+
		"Add the zone to the scope, or import it in another configuration.", cfg.Scope.Place(), zone)
}
