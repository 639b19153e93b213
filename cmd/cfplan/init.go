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
and leaves the old ones where they are. If it is interrupted, run it again. It refuses
a new place that has another state, or a newer one. -reconfigure leaves the old state
behind and uses the new place. The file .cfplan/backend.json remembers the old place;
in another checkout, name it with -from-backend=KIND and
-from-backend-config=NAME=VALUE.`,
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
	flags.BoolVar(&o.migrate, "migrate-state", false, "copy the state from its old place to the place in the backend block")
	flags.BoolVar(&o.reconfigure, "reconfigure", false, "use the place in the backend block, and leave the old state where it is")
	flags.StringVar(&o.from, "from-backend", "", "the `KIND` of the old backend, if -migrate-state does not remember it")
	flags.StringArrayVar(&o.fromConfig, "from-backend-config", nil,
		"override a remembered setting of the old backend with `NAME=VALUE`, or with a file of such lines; may be repeated")
}

func (o *initOptions) any() bool {
	return o.migrate || o.reconfigure || o.from != "" || len(o.fromConfig) > 0
}

func (o *initOptions) check(zones []string) error {
	switch {
	case o.migrate && o.reconfigure:
		return usage("-migrate-state copies the old state to the new place, -reconfigure leaves it behind: choose one")
	case !o.migrate && (o.from != "" || len(o.fromConfig) > 0):
		return usage("-from-backend and -from-backend-config need -migrate-state")
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
		return failure("No configuration files",
			"There is no configuration in %s, so there is no backend to move a state to.", s.dir.root())
	default:
		return o.runEmpty(ctx, s)
	}
}

// runExisting leaves the configuration as it is and tests its backend.
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

const starter = `# The zone and the records that cfplan manages. cfplan changes and deletes only
# records that it created or adopted; it leaves others in the zone alone.

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

const starterIgnore = `# Saved plans and lock files are temporary.
*.cfplan
.cfplan.state.json.*
cfplan.state.json.backup

# Remembers the place of the state, in case the backend block changes.
.cfplan/

# The state says which records are cfplan's. A team shares it: commit it, or keep
# it out of git and share it another way. It holds DNS data and no credentials.
# cfplan.state.json

# Snapshots of the zones: cfplan plans from them if Cloudflare refuses. Commit them
# only if jobs without access to Cloudflare need them for their plans.
cfplan.state.snapshots.json
.cfplan.state.snapshots.json.*

# The history of applies, which cfplan rollback needs. Commit it with the state if
# others must be able to undo applies.
cfplan.state.history/
`
