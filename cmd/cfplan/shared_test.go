package main

import (
	"flag"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/cfplan/cfplan/internal/state/servertest"
)

// tests runs the tests of the package, and then stops the servers that they have started.
type tests struct{ *testing.M }

func (m tests) Run() int {
	defer servertest.Stop()

	flag.Parse()
	_ = flag.Set("test.parallel", "6") // the tests wait for processes and between attempts more than they compute
	return m.M.Run()
}

// TestSharedState runs one story with each backend that a team can share: two working directories,
// one state, the real binary and a real server.
func TestSharedState(t *testing.T) {
	if testing.Short() {
		t.Skip("runs a long story for each backend: not with -short")
	}

	for _, c := range []struct {
		kind string
		// place starts the server. It returns the backend block and the environment for cfplan.
		place func(t *testing.T) (block string, env map[string]string)
	}{
		{"s3", func(t *testing.T) (string, map[string]string) {
			g := servertest.S3(t, "us-east-1")
			return `backend "s3" { bucket = "` + g.Bucket(t) + `" }`, map[string]string{"AWS_ENDPOINT_URL_S3": "http://" + g.Addr,
				"AWS_REGION": g.Region, "AWS_ACCESS_KEY_ID": servertest.RootKey, "AWS_SECRET_ACCESS_KEY": servertest.RootSecret, "HISTORY": "kept"}
		}},
		{"postgres", func(t *testing.T) (string, map[string]string) {
			s := servertest.SharedPostgres(t)
			return `backend "postgres" { schema_name = "` + s.NewSchema() + `" }`, map[string]string{"PGHOST": s.Addr()[:len("127.0.0.1")],
				"PGPORT": s.Addr()[len("127.0.0.1:"):], "PGUSER": servertest.PGRole, "PGPASSWORD": servertest.PGSecret, "PGDATABASE": servertest.PGDatabase, "HISTORY": "kept"}
		}},
		{"http", func(t *testing.T) (string, map[string]string) {
			s := servertest.NewStates(true)
			s.Roles = map[string]string{"gitlab-ci-token": "writer"}
			return `backend "http" {}`, map[string]string{"CFPLAN_HTTP_ADDRESS": s.Address(s.Serve(t), "dns"),
				"CFPLAN_HTTP_USERNAME": "gitlab-ci-token", "CFPLAN_HTTP_PASSWORD": servertest.StatesSecret, "HISTORY": ""}
		}},
	} {
		t.Run(c.kind, func(t *testing.T) {
			block, env := c.place(t)
			testscript.Run(t, testscript.Params{
				Files:               []string{filepath.Join("testdata", "shared", "shared.txtar")},
				RequireExplicitExec: true,
				Cmds:                scriptCommands(),
				Condition:           func(string) (bool, error) { return env["HISTORY"] != "", nil },
				Setup: func(e *testscript.Env) error {
					for name, value := range env {
						e.Setenv(name, value)
					}
					e.Setenv("BLOCK", block)
					e.Setenv("KIND", c.kind)
					return startSandbox(e)
				},
			})
		})
	}
}
