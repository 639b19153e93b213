package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

func (a *app) initCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "init",
		Short: "Write a starter configuration",
		Long: `Writes dns.cf.hcl and .gitignore into an empty directory. A directory that has a
configuration already is left as it is.`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return a.init() },
	}
}

func (a *app) init() error {
	entries, err := os.ReadDir(a.dir())
	if err != nil {
		return failure("Directory could not be read", "%v.", err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".cf.hcl") || strings.HasSuffix(e.Name(), ".cf.json") {
			a.printf("There is a configuration here already (%s). Nothing was written.\n\nNext: cfplan validate, then cfplan plan.\n", e.Name())
			return nil
		}
	}
	for _, f := range []struct{ name, text string }{{"dns.cf.hcl", starter}, {".gitignore", starterIgnore}} {
		if err := a.writeNew(f.name, f.text); err != nil {
			return failure("File could not be written", "%v.", err)
		}
	}
	a.printf("\nNext:\n  1. Put your zone and its records into dns.cf.hcl.\n" +
		"  2. export CLOUDFLARE_API_TOKEN=…   (cfplan help credentials says how to make one)\n  3. cfplan plan\n")
	return nil
}

// writeNew never overwrites: a file that exists is somebody's.
func (a *app) writeNew(name, text string) error {
	f, err := os.OpenFile(filepath.Join(a.dir(), name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if os.IsExist(err) {
		a.printf("Left as it is: %s\n", name)
		return nil
	}
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		a.printf("Written: %s\n", name)
	}
	return err
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

# The state says which records are cfplan's. A team shares it: commit it, or keep
# it out of git and share it another way. It holds DNS data and no credentials.
# cfplan.state.json
`
