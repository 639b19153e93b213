package main

import (
	"context"
	"errors"
	"io/fs"
	"slices"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/files"
	"github.com/cfplan/cfplan/internal/guidance"
)

func initCommand(s *services) *cobra.Command {
	o := &initOptions{}
	c := &cobra.Command{
		Use:   "init [flags] [ZONE ...]",
		Short: "Write a starter configuration, import zones, or test the backend",
		Long: `Writes dns.cf.hcl and .gitignore into an empty directory. On a terminal, if there is
a token, init first lists the zones that the token can see and asks which of them to
import; in CI and with -input=false it does not ask.

With zone names, imports each of these zones as cfplan import does, one file for each
zone. Zones that are declared already are left as they are.

In a directory that has a configuration already, init leaves it as it is and tests
the backend: it reads and locks the state, and checks that two runs cannot overwrite
each other's state there. If the backend can be read but not written, init says so: that
is enough for cfplan plan.

When the backend block has changed, -migrate-state copies the state, its snapshots
and its history from the old place to the new one, under both locks, reads them back,
and leaves the old ones where they are. It can be run again if it is cut off. It
refuses a new place that has another state, or a newer one. -reconfigure leaves the
old state behind. The file .cfplan/backend.json remembers the old place; in another
checkout, -from-backend=KIND and -from-backend-config=NAME=VALUE name it.`,
		Example: "  cfplan init\n  cfplan init example.com example.org\n  cfplan init -migrate-state\n" +
			"  cfplan init -migrate-state -from-backend=local -from-backend-config=path=old.json",
		RunE: func(c *cobra.Command, args []string) error { return o.run(c.Context(), s, args) },
	}
	o.register(c)
	return c
}

type initOptions struct {
	migrate, reconfigure bool
	from                 string
	fromConfig           []string
	account              accountFlag
}

func (o *initOptions) register(c *cobra.Command) {
	o.account.register(c)
	flags := c.Flags()
	flags.BoolVar(&o.migrate, "migrate-state", false, "move the state from where it was to where the backend block says now")
	flags.BoolVar(&o.reconfigure, "reconfigure", false, "forget the old place of the state; the state stays there")
	flags.StringVar(&o.from, "from-backend", "", "the `KIND` of the old backend, for -migrate-state if it is not remembered")
	flags.StringArrayVar(&o.fromConfig, "from-backend-config", nil,
		"override a remembered setting of the old backend with `NAME=VALUE`, or with a file of such lines; may be repeated")
}

func (o *initOptions) any() bool {
	return o.migrate || o.reconfigure || o.from != "" || len(o.fromConfig) > 0
}

func (o *initOptions) check(zones []string) error {
	switch {
	case o.migrate && o.reconfigure:
		return usage("-migrate-state takes the state along, -reconfigure leaves it behind: choose one")
	case !o.migrate && (o.from != "" || len(o.fromConfig) > 0):
		return usage("-from-backend and -from-backend-config go with -migrate-state")
	case len(zones) > 0 && o.any():
		return usage("init with zone names imports them, and moves no state: " +
			"run it once with -migrate-state or -reconfigure, then with the names")
	}
	return nil
}

func (o *initOptions) run(ctx context.Context, s *services, zones []string) error {
	if err := o.check(zones); err != nil {
		return err
	}
	if len(zones) > 0 {
		return initZones(ctx, s, o.account, zones)
	}

	existing, err := s.config.anyFile()
	switch {
	case err != nil:
		return err
	case existing != "":
		return o.runExisting(ctx, s, existing)
	case o.any():
		return failure("No configuration files", "There is no configuration in %s, and so no backend to move a state to.", s.dir.root())
	default:
		return o.runEmpty(ctx, s)
	}
}

// runExisting leaves the configuration as it is and tries its backend.
func (o *initOptions) runExisting(ctx context.Context, s *services, existing string) error {
	s.print.printf("There is a configuration here already (%s). Nothing was written.\n\n", existing)
	if err := o.initBackend(ctx, s); err != nil {
		return err
	}
	s.print.printf("\nNext: %s, then %s.\n", s.dir.command("validate"), s.dir.command("plan"))
	return nil
}

// runEmpty imports zones if the user chooses some, and writes a starter configuration otherwise, unless the directory
// is Terraform's.
func (o *initOptions) runEmpty(ctx context.Context, s *services) error {
	if advice := config.OnlyTerraform(s.dir.root()); advice != "" {
		return failure("No example beside Terraform files",
			"%s\n\nNothing was written. To import zones that exist: cfplan init ZONE.", advice)
	}
	zones, err := o.chooseZones(ctx, s)
	if err != nil {
		return err
	}
	if len(zones) > 0 {
		return initZones(ctx, s, o.account, zones)
	}
	return writeStarters(s)
}

func writeStarters(s *services) error {
	for _, f := range []struct{ name, text string }{{"dns.cf.hcl", starter}, {".gitignore", starterIgnore}} {
		if err := writeStarter(s, f.name, f.text); err != nil {
			return err
		}
	}
	s.print.printf("\nNext:\n  1. Put your zone and its records into dns.cf.hcl.\n"+
		"  2. export CLOUDFLARE_API_TOKEN=…   (cfplan help credentials says how to make one, with this link:\n"+
		"     %s)\n  3. %s\n", guidance.NewUserToken, s.dir.command("plan"))
	return nil
}

// initZones imports the zones that are not declared yet. All are read before
// anything is written.
func initZones(ctx context.Context, s *services, account accountFlag, names []string) error {
	cfg, sources, err := s.config.loadIfAny()
	if err != nil {
		return err
	}
	var wanted []destination
	for _, name := range names {
		zone, err := zoneName(name)
		if err != nil {
			return err
		}
		if err := zoneInScope(cfg, zone); err != nil {
			return err
		}
		d := destination{zone: zone, file: zone + ".cf.hcl"}
		if place := declaredAt(cfg, zone); place != "" {
			s.print.printf("Declared already: %s (%s)\n", zone, place)
		} else if !slices.Contains(wanted, d) {
			wanted = append(wanted, d)
		}
	}
	if err := importLive(ctx, s, cfg, sources, account, wanted); err != nil {
		return err
	}
	return writeStarter(s, ".gitignore", starterIgnore)
}

// writeStarter leaves an existing file as it is: it is the user's.
func writeStarter(s *services, name, text string) error {
	err := files.Create(s.dir.path(name), []byte(text), 0o644)
	if errors.Is(err, fs.ErrExist) {
		s.print.printf("Left as it is: %s\n", name)
		return nil
	}
	if err != nil {
		return failure("File could not be written", "%v.", err)
	}
	s.print.printf("Written: %s\n", name)
	return nil
}

const starter = `# The zone and the records that cfplan is to keep. cfplan changes and deletes only
# records that it created or adopted; others in the zone are left alone.

zone "example.com" {
  defaults {
    ttl = 300
  }

  record "A" "@" {
    content = "192.0.2.10"
    proxied = true
  }

  record "CNAME" "www" {
    content = "example.com"
    proxied = true
  }

  record "TXT" "@" {
    content = "v=spf1 -all"
  }
}
`

const starterIgnore = `# Saved plans are for one apply, lock files for one run.
*.cfplan
.cfplan.state.json.*
cfplan.state.json.backup

# Where the state was, for when the backend block changes.
.cfplan/

# The state says which records are cfplan's. A team shares it: commit it, or keep
# it out of git and share it another way. It holds DNS data and no credentials.
# cfplan.state.json

# The last looks at the zones, for when Cloudflare refuses another. Commit them only
# if jobs without access to Cloudflare are to plan from them.
cfplan.state.snapshots.json
.cfplan.state.snapshots.json.*

# What each apply did, for cfplan rollback here. Commit it with the state if others
# are to take applies back.
cfplan.state.history/
`
