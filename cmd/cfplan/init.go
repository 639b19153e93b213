package main

import (
	"errors"
	"io/fs"
	"os"
	"slices"

	"github.com/spf13/cobra"
)

func (a *app) initCommand() *cobra.Command {
	f := &migrateFlags{}
	c := &cobra.Command{
		Use:   "init [flags] [ZONE ...]",
		Short: "Write a starter configuration, import zones, or prove the backend",
		Long: `Writes dns.cf.hcl and .gitignore into an empty directory. In a directory that has a
configuration already it leaves that as it is, and proves the backend: the state can
be read and locked, and the store keeps the promises that its safety rests on. A
place that may only be read is good enough for cfplan plan; it says so.

With zone names, imports each of these zones as cfplan import does, one file a
zone; zones that are declared already are left as they are.

When the backend block has changed, -migrate-state copies the state, its snapshots
and its history from the old place to the new one, under both locks, reads them back,
and leaves the old ones where they are. It can be run again if it is cut off. It
refuses a new place that has another state, or a newer one. -reconfigure leaves the
old state behind. Where the state was is remembered in .cfplan/backend.json; in
another checkout, -from-backend=KIND and -from-backend-config=NAME=VALUE tell it.`,
		Example: "  cfplan init\n  cfplan init example.com example.org\n  cfplan init -migrate-state\n" +
			"  cfplan init -migrate-state -from-backend=local -from-backend-config=path=old.json",
		RunE: func(c *cobra.Command, args []string) error {
			switch err := f.check(); {
			case err != nil:
				return err
			case len(args) == 0:
				return a.init(c, f)
			case f.any():
				return usage("init with zone names imports them, and moves no state: run it once with -migrate-state or -reconfigure, then with the names")
			default:
				return a.initZones(c, args)
			}
		},
	}
	f.register(c)
	return c
}

func (a *app) init(c *cobra.Command, f *migrateFlags) error {
	existing, err := a.configFile()
	if err != nil {
		return err
	}
	if existing != "" {
		a.printf("There is a configuration here already (%s). Nothing was written.\n\n", existing)
		if err := a.initBackend(c, f); err != nil {
			return err
		}
		a.printf("\nNext: cfplan validate, then cfplan plan.\n")
		return nil
	}
	if f.any() {
		return failure("No configuration files", "There is no configuration in %s, and so no backend to move a state to.", a.dir())
	}
	for _, f := range []struct{ name, text string }{{"dns.cf.hcl", starter}, {".gitignore", starterIgnore}} {
		if err := a.writeStarter(f.name, f.text); err != nil {
			return err
		}
	}
	a.printf("\nNext:\n  1. Put your zone and its records into dns.cf.hcl.\n" +
		"  2. export CLOUDFLARE_API_TOKEN=…   (cfplan help credentials says how to make one)\n  3. cfplan plan\n")
	return nil
}

// initZones imports the zones that are not declared yet. All are read before
// anything is written.
func (a *app) initZones(c *cobra.Command, names []string) error {
	cfg, files, err := a.loadIfAny()
	if err != nil {
		return err
	}
	var wanted []destination
	for _, name := range names {
		zone, err := zoneName(name)
		if err != nil {
			return err
		}
		d := destination{zone: zone, file: zone + ".cf.hcl"}
		if place := declaredAt(cfg, zone); place != "" {
			a.printf("Declared already: %s (%s)\n", zone, place)
		} else if !slices.Contains(wanted, d) {
			wanted = append(wanted, d)
		}
	}
	if err := a.importLive(c, cfg, files, wanted); err != nil {
		return err
	}
	return a.writeStarter(".gitignore", starterIgnore)
}

// writeStarter leaves a file that exists as it is: it is somebody's.
func (a *app) writeStarter(name, text string) error {
	err := a.writeNew(name, text)
	if errors.Is(err, fs.ErrExist) {
		a.printf("Left as it is: %s\n", name)
		return nil
	}
	if err != nil {
		return failure("File could not be written", "%v.", err)
	}
	a.printf("Written: %s\n", name)
	return nil
}

// writeNew never overwrites: fs.ErrExist says that there is such a file. One that
// could not be written to its end is taken away again.
func (a *app) writeNew(name, text string) error {
	path := a.path(name)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
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
