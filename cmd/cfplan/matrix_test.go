package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/sandbox"
)

var update = flag.Bool("update", false, "rewrite the generated documents")

const matrixFile = "../../docs/refusals.md"

// matrixCommands returns the commands in each table of docs/refusals.md. A fresh command starts without a state.
func matrixCommands() []matrixCommand {
	return []matrixCommand{
		{name: "plan", args: []string{"plan"}},
		{name: "plan, no snapshot", args: []string{"plan"}, fresh: true},
		{name: "plan -detailed-exitcode", args: []string{"plan", "-detailed-exitcode"}},
		{name: "plan -require-live", args: []string{"plan", "-require-live"}},
		{name: "apply", args: []string{"apply", "-auto-approve"}},
		{name: "apply FILE", args: []string{"apply", "live.cfplan"}},
		{name: "destroy", args: []string{"destroy", "-auto-approve"}},
		{name: "refresh", args: []string{"refresh"}},
		{name: "import", args: []string{"import", "example.org"}},
		{name: "export", args: []string{"export", "example.com"}},
		{name: "plan -cached", args: []string{"plan", "-cached"}},
		{name: "doctor", args: []string{"doctor"}},
		{name: "validate, show, state", args: []string{"validate"}},
	}
}

type matrixCommand struct {
	name  string
	args  []string
	fresh bool
}

// TestRefusalMatrix runs every command under every failure, and compares the outcomes with docs/refusals.md. No
// command may write to a zone, and no credential may appear anywhere.
func TestRefusalMatrix(t *testing.T) {
	if testing.Short() {
		t.Skip("runs every command under every failure: not with -short")
	}

	rows := make([][]string, len(mishaps()))
	t.Run("group", func(t *testing.T) {
		for i, m := range mishaps() {
			t.Run(m.name, func(t *testing.T) {
				t.Parallel()
				rows[i] = matrixRow(t, m)
			})
		}
	})
	got := matrixDocument(rows)
	if *update {
		if err := os.WriteFile(matrixFile, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(matrixFile)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("docs/refusals.md is out of date; write it again with: go test ./cmd/cfplan -run RefusalMatrix -update. "+
			"The new text is:\n%s", got)
	}
}

// prepare makes a directory with a state and a saved plan that has a change.
func prepare(t *testing.T, url string) string {
	t.Helper()
	dir := t.TempDir()
	env := []string{"CLOUDFLARE_BASE_URL=" + url + "/client/v4", "CLOUDFLARE_API_TOKEN=" + secretToken, "CFPLAN_NAMESERVERS=127.0.0.1:9"}
	for _, step := range []struct{ content, command string }{
		{"192.0.2.40", "apply -auto-approve"}, {"192.0.2.50", "plan -out=live.cfplan"},
	} {
		text := fmt.Sprintf("zone \"example.com\" {\n  record \"A\" \"shop\" { content = %q }\n}\n", step.content)
		if err := os.WriteFile(filepath.Join(dir, "dns.cf.hcl"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var out, errs bytes.Buffer
		args := append([]string{"-chdir=" + dir}, strings.Fields(step.command)...)
		if code := run(context.Background(), args, streams{strings.NewReader(""), &out, &errs}, env); code != exitDone {
			t.Fatalf("%s exits with %d\n%s%s", step.command, code, &out, &errs)
		}
	}
	return dir
}

// matrixStage is a sandbox, and a directory with a state and a saved plan.
type matrixStage struct {
	api *sandbox.Server
	url string
	dir string
}

func newMatrixStage(t *testing.T) matrixStage {
	api := sandbox.New(sandbox.Options{Seed: sandbox.SampleSeed()})
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	return matrixStage{api, server.URL, prepare(t, server.URL)}
}

// matrixRow runs each command under one failure. Unless the failure is harmless, no command changes the sandbox, so
// one sandbox serves all of them.
func matrixRow(t *testing.T, m mishap) []string {
	stage := newMatrixStage(t)
	var row []string
	for _, c := range matrixCommands() {
		if m.harmless {
			stage = newMatrixStage(t)
		}
		row = append(row, matrixCell(t, stage, m, c))
	}
	return row
}

// matrixCell runs one command under one failure, in a copy of the stage's directory.
func matrixCell(t *testing.T, stage matrixStage, m mishap, c matrixCommand) string {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(stage.dir)); err != nil {
		t.Fatal(err)
	}
	if c.fresh {
		for _, name := range []string{"cfplan.state.json", "cfplan.state.snapshots.json"} {
			_ = os.Remove(filepath.Join(dir, name)) // if the file remains, the outcome differs
		}
	}
	stage.api.ClearFaults()
	if m.fault != nil {
		stage.api.Fail(*m.fault)
	}
	stage.api.ResetRequests()
	env := []string{"CLOUDFLARE_BASE_URL=" + stage.url + "/client/v4", "CLOUDFLARE_API_TOKEN=" + secretToken,
		"CFPLAN_NAMESERVERS=127.0.0.1:9", "CFPLAN_LOG=debug"}
	for name, value := range m.env {
		env = append(env, name+"="+value)
	}
	var out, errs bytes.Buffer
	code := run(context.Background(), append([]string{"-chdir=" + dir}, c.args...), streams{strings.NewReader(""), &out, &errs}, env)
	checkSecrets(t, c.name, env, dir, out.String()+errs.String())
	if writes := stage.api.Writes(); len(writes) > 0 && !m.harmless {
		t.Errorf("%s under %s wrote something: %v", c.name, m.name, writes)
	}
	return outcome(code, out.String(), errs.String())
}

// outcome describes what a command did.
func outcome(code int, out, errs string) string {
	words := "works"
	switch {
	case strings.HasPrefix(out, "Read-only plan") && code == exitError:
		words = "read-only plan, which it refuses to apply"
	case strings.HasPrefix(out, "Read-only plan"):
		words = "read-only plan"
	case code == exitError:
		words = "error"
	case strings.Contains(errs, "snapshot"):
		words = "works from the snapshot, and says so"
	}
	return fmt.Sprintf("%s (%d)", words, code)
}

// checkSecrets looks for credentials in everything that was printed or left behind.
func checkSecrets(t *testing.T, command string, env []string, dir, printed string) {
	t.Helper()
	all := printed
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		all += string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range env {
		name, value, _ := strings.Cut(v, "=")
		secret := slices.Contains([]string{"CLOUDFLARE_API_TOKEN", "CLOUDFLARE_API_KEY"}, name)
		if secret && value != "" && strings.Contains(all, value) {
			t.Errorf("%s shows or keeps the value of %s", command, name)
		}
	}
}

// matrixDocument groups failures with the same outcomes.
func matrixDocument(rows [][]string) string {
	var b strings.Builder
	b.WriteString(matrixHead)
	type group struct {
		names []string
		row   []string
	}
	var groups []*group
	for i, m := range mishaps() {
		j := slices.IndexFunc(groups, func(g *group) bool { return slices.Equal(g.row, rows[i]) })
		if j < 0 {
			groups = append(groups, &group{row: rows[i]})
			j = len(groups) - 1
		}
		groups[j].names = append(groups[j].names, m.name)
	}
	for _, g := range groups {
		fmt.Fprintf(&b, "\n### %s\n\n", matrixTitle(g.row))
		for _, name := range g.names {
			fmt.Fprintf(&b, "- %s\n", name)
		}
		b.WriteString("\n| command | what happens (exit code) |\n| --- | --- |\n")
		for j, c := range matrixCommands() {
			fmt.Fprintf(&b, "| %s | %s |\n", c.name, g.row[j])
		}
	}
	return b.String()
}

// matrixTitle says what failures with these outcomes have in common.
func matrixTitle(row []string) string {
	at := func(command string) string {
		return row[slices.IndexFunc(matrixCommands(), func(c matrixCommand) bool { return c.name == command })]
	}
	switch {
	case strings.HasPrefix(at("plan"), "read-only"):
		return "Failures that make the plan read-only"
	case strings.HasPrefix(at("apply"), "error"):
		return "Failures that stop an apply, but not a plan"
	default:
		return "Failures that stop neither a plan nor an apply"
	}
}

const matrixHead = `# When Cloudflare refuses

<!-- Written by go test ./cmd/cfplan -run RefusalMatrix -update, from what happens. -->

This page shows what each command does, and with which code it exits, if Cloudflare refuses the
credentials or cannot be reached. A test lets each of these failures happen to each command, and
writes down the outcome.

- **plan** compares the configuration with the zone's last snapshot, however old. Without a snapshot,
  it compares with the answers of the zone's name servers. If these do not answer either, it is an
  error, or with ` + "`-fallback=cache,dns,sample`" + ` the plan uses sample records. The plan is read-only. It
  begins with the code, the cause and the steps that fix it. For each zone it says what it was compared
  with, how old that is and how sure the plan is.
- **apply** and **destroy** write nothing while Cloudflare refuses one of their zones.
- If Cloudflare refuses one zone, cfplan still reads the others live. The plan as a whole is read-only.

[errors.md](errors.md) and ` + "`cfplan explain CODE`" + ` say what each code means. ` + "`cfplan doctor`" + ` finds out what is
wrong.

## Several accounts

With [several accounts](configuration.md#accounts), a refusal concerns one of them. The plan shows the account's name beside
the code, and in ` + "`" + `-json` + "`" + ` as ` + "`" + `account` + "`" + `. The steps name the account's variable, such as ` + "`" + `CLOUDFLARE_API_TOKEN_EU_SHOP` + "`" + `.
The plan shows refusals of two accounts separately, even if they have the same code. cfplan reads and plans the zones of the
other accounts live, but the plan as a whole is read-only, and ` + "`" + `apply` + "`" + ` writes nothing. To plan without the refused zones, add
` + "`" + `-target=ZONE` + "`" + ` or ` + "`" + `-exclude=ZONE` + "`" + `. An account without any credentials is an error, not a refusal.

## Failure by failure

The tables assume that the name servers of the zone do not answer either.
`
