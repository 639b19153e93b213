package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/review/reviewtest"
	"github.com/cfplan/cfplan/internal/sandbox"
)

// The secrets of the test. They are unlike any word, so that a text that contains one is noticed.
const (
	secretStem    = "zq7"
	secretName    = "zq7name"
	secretComment = "zq7comment of the team"
	secretTag     = "zq7tag:one"
)

// secretConfiguration has a secret in every attribute that can be masked. MORE stands for more attributes
// of the first record, REST for more blocks.
const secretConfiguration = `
variable "name" { sensitive = true }
variable "comment" { sensitive = true }
variable "tag" { sensitive = true }
variable "team" { default = "zq7team" }
zone "example.com" {
  ownership = "OWNERSHIP"
  record "A" "hidden" {
    name    = var.name
    content = "192.0.2.1"
    comment = var.comment
    tags    = [var.tag]
    ttl     = 300
    MORE
  }
  record "TXT" "team" {
    content = "text"
    comment = sensitive("owned by ${var.team}")
  }
  REST
}
`

// secretWorld is a directory and a sandbox that keep every output.
type secretWorld struct {
	t      *testing.T
	api    *sandbox.Server
	dir    string
	env    []string
	values map[string]string
	// shown is everything that was printed, with the command that printed it.
	shown []string
	// code and last are the exit code and the output of the last command.
	code int
	last string
}

func newSecretWorld(t *testing.T) *secretWorld {
	t.Helper()
	api := sandbox.New(sandbox.Options{Seed: sandbox.Seed{Zones: []sandbox.Zone{{Name: "example.com", Plan: "enterprise",
		Records: []sandbox.Record{{Type: "A", Name: "www", Content: "192.0.2.80"}}}}}})
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	names := api.NameServer()
	t.Cleanup(func() { _ = names.Close() })
	address, err := names.Listen(context.Background(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &secretWorld{t: t, api: api, dir: t.TempDir(), values: map[string]string{
		"name": secretName, "comment": secretComment, "tag": secretTag}}
	w.env = []string{"CLOUDFLARE_BASE_URL=" + server.URL + "/client/v4", "CLOUDFLARE_API_TOKEN=" + secretToken,
		"CFPLAN_NAMESERVERS=" + address, "HOME=" + w.dir, "CFPLAN_LOG=debug"}
	w.declare("managed", "", "")
	return w
}

// declare writes the configuration.
func (w *secretWorld) declare(ownership, more, rest string) {
	w.t.Helper()
	text := strings.NewReplacer("OWNERSHIP", ownership, "MORE", more, "REST", rest).Replace(secretConfiguration)
	w.write("dns.cf.hcl", text)
}

func (w *secretWorld) write(name, text string) {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// run runs a command, checks its exit code, and returns what it printed.
func (w *secretWorld) run(code int, args ...string) string {
	w.t.Helper()
	return w.runWith(nil, code, args...)
}

func (w *secretWorld) runWith(env []string, code int, args ...string) string {
	w.t.Helper()
	all := slices.Concat(w.env, env)
	for name, value := range w.values {
		all = append(all, "CFPLAN_VAR_"+name+"="+value)
	}
	var out, errs bytes.Buffer
	w.code = run(context.Background(), append([]string{"-chdir=" + w.dir}, args...), streams{strings.NewReader(""), &out, &errs}, all)
	w.last = out.String() + errs.String()
	w.shown = append(w.shown, fmt.Sprintf("$ cfplan %s\n%s", strings.Join(args, " "), w.last))
	if w.code != code {
		w.t.Errorf("%s exits with %d, want %d\n%s", strings.Join(args, " "), w.code, code, w.last)
	}
	return w.last
}

// everyView runs every command that shows plans, states and zones.
func (w *secretWorld) everyView() {
	w.t.Helper()
	w.run(exitDone, "plan", "-out=p.cfplan", "-log-file=log.txt", "-log-format=json")
	for _, format := range []string{"text", "markdown", "html", "github"} {
		w.run(exitDone, "plan", "-format="+format)
		w.runWith([]string{"GITHUB_ACTIONS=true", "GITHUB_STEP_SUMMARY=" + filepath.Join(w.dir, "summary.md"),
			"GITHUB_OUTPUT=" + filepath.Join(w.dir, "outputs.txt")}, exitDone, "plan", "-format="+format)
		w.run(exitDone, "show", "-format="+format, "p.cfplan")
	}
	w.runWith([]string{"CFPLAN_GITLAB_REPORT=report.json", "CFPLAN_GITLAB_ANNOTATIONS=annotations.json"}, exitDone, "plan", "-cached")
	w.run(exitDone, "plan", "-json")
	w.run(exitDone, "show", "-json", "p.cfplan")
	w.run(exitDone, "plan", "-destroy")
	w.run(exitDone, "plan", "-cached")
	w.run(exitDone, "plan", "-target=example.com/A/hidden")
	_ = w.drift()
	w.run(exitDone, "validate")
	w.run(exitDone, "validate", "-json")
	w.run(exitDone, "show")
	w.run(exitDone, "show", "-json")
	w.run(exitDone, "state", "list")
	w.run(exitDone, "state", "history")
	w.run(exitDone, "state", "history", "-json")
	w.run(exitDone, "export", "example.com")
	w.run(exitDone, "export", "-json", "example.com")
	w.run(exitDone, "refresh")
	w.comment()
}

// drift runs plan -refresh-only, whose exit code says whether there is drift.
func (w *secretWorld) drift() string {
	w.t.Helper()
	out := ""
	for _, args := range [][]string{{"plan", "-refresh-only"}, {"plan", "-refresh-only", "-json"}} {
		var text, errs bytes.Buffer
		_ = run(context.Background(), append([]string{"-chdir=" + w.dir}, args...), streams{strings.NewReader(""), &text, &errs},
			append(slices.Clone(w.env), "CFPLAN_VAR_name="+secretName, "CFPLAN_VAR_comment="+secretComment, "CFPLAN_VAR_tag="+secretTag))
		out += text.String() + errs.String()
	}
	w.shown = append(w.shown, "$ cfplan plan -refresh-only\n"+out)
	return out
}

// comment posts the saved plan on a pull request.
func (w *secretWorld) comment() {
	w.t.Helper()
	forge := reviewtest.GitHub(forgeToken)
	defer forge.Close()
	w.write("event.json", fmt.Sprintf(`{"pull_request": {"number": %d}}`, reviewtest.Number))
	w.runWith([]string{"GITHUB_ACTIONS=true", "GITHUB_TOKEN=" + forgeToken, "GITHUB_API_URL=" + forge.URL, "GITHUB_SERVER_URL=https://github.com",
		"GITHUB_REPOSITORY=" + reviewtest.Repository, "GITHUB_EVENT_PATH=" + filepath.Join(w.dir, "event.json")}, exitDone, "comment", "p.cfplan")
	for _, c := range forge.Comments() {
		w.shown = append(w.shown, "a comment on the pull request\n"+c.Body)
	}
}

// live finds the record with the secret name.
func (w *secretWorld) live() sandbox.Record {
	w.t.Helper()
	i := slices.IndexFunc(w.api.Records("example.com"), func(r sandbox.Record) bool { return r.Name == secretName+".example.com" })
	if i < 0 {
		w.t.Fatalf("the zone has no record of the secret name: %+v", w.api.Records("example.com"))
	}
	return w.api.Records("example.com")[i]
}

func (w *secretWorld) edit(change func(*sandbox.Record)) {
	w.t.Helper()
	if _, err := w.api.EditRecord("example.com", w.live().ID, change); err != nil {
		w.t.Fatal(err)
	}
}

// noSecrets looks for a secret in everything that was printed and in every file. Only a plan file
// and the state may contain secrets.
func (w *secretWorld) noSecrets() {
	w.t.Helper()
	for _, text := range w.shown {
		w.noSecretIn("an output", text)
	}
	err := filepath.WalkDir(w.dir, func(path string, d fs.DirEntry, err error) error {
		name := filepath.Base(path)
		if err != nil || d.IsDir() && strings.HasPrefix(name, "cfplan.state.") {
			return fs.SkipDir
		}
		if d.IsDir() || strings.HasSuffix(name, ".cfplan") || strings.Contains(name, "cfplan.state") || name == "dns.cf.hcl" {
			return nil
		}
		text, err := os.ReadFile(path)
		w.noSecretIn(name, string(text))
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *secretWorld) noSecretIn(what, text string) {
	w.t.Helper()
	lower := strings.ToLower(text)
	for from := 0; ; {
		i := strings.Index(lower[from:], secretStem)
		if i < 0 {
			return
		}
		at := from + i
		w.t.Errorf("%s shows a secret: …%s…\n%s",
			what, text[max(0, at-60):min(len(text), at+40)], strings.SplitN(text, "\n", 2)[0])
		from = at + len(secretStem)
	}
}

// TestSensitiveValuesAreNeverShown follows the life of a record with secrets, and runs every
// command and format at each stage.
func TestSensitiveValuesAreNeverShown(t *testing.T) {
	w := newSecretWorld(t)

	// Added.
	w.everyView()
	text, err := os.ReadFile(filepath.Join(w.dir, "p.cfplan"))
	if err != nil || !strings.Contains(string(text), secretComment) {
		t.Errorf("the plan file does not contain the real values: %v", err)
	}
	w.run(exitChanges, "verify", "-timeout=0")
	w.run(exitChanges, "verify", "-timeout=0", "-json")
	w.run(exitDone, "apply", "-verify", "p.cfplan")
	if r := w.live(); r.Comment != secretComment || !slices.Equal(r.Tags, []string{secretTag}) {
		t.Fatalf("the applied record is %+v, want the real values", r)
	}
	w.everyView()
	w.run(exitDone, "state", "show", "example.com/A/hidden")
	w.run(exitDone, "state", "show", "-json", "example.com/A/hidden")
	w.run(exitDone, "import", "example.com", "-out=-")
	w.run(exitDone, "state", "mv", "-dry-run", "example.com/A/hidden", "example.com/A/other")
	w.declare("managed", "", "record \"A\" \"other\" {\n    name    = sensitive(\"zq7other\")\n    content = \"192.0.2.9\"\n  }")
	w.run(exitError, "state", "mv", "example.com/A/hidden", "example.com/A/other")
	w.declare("managed", "", "")
	w.run(exitDone, "verify", "-timeout=0")

	// Changed: only the secrets, which must be visible as a change although both sides look alike.
	w.values["comment"], w.values["tag"] = "zq7another comment", "zq7another:tag"
	if out := w.run(exitDone, "plan"); !strings.Contains(out, "~ comment = (sensitive value) -> (sensitive value)") ||
		!strings.Contains(out, "~ tags    = (sensitive value) -> (sensitive value)") {
		t.Errorf("a change of secrets is not seen:\n%s", out)
	}
	if out := w.run(exitDone, "plan", "-json"); !strings.Contains(out, `"masked_changes"`) {
		t.Errorf("a change of secrets is not seen:\n%s", out)
	}
	w.everyView()
	w.run(exitDone, "apply", "-auto-approve")
	w.run(exitDone, "rollback", "-out=back.cfplan")
	w.run(exitDone, "show", "back.cfplan")
	w.run(exitDone, "show", "-json", "back.cfplan")

	// Changed by others.
	w.edit(func(r *sandbox.Record) { r.Comment, r.Content = "zq7drift", "192.0.2.66" })
	if out := w.drift(); !strings.Contains(out, "(sensitive value) -> (sensitive value)") {
		t.Errorf("the drift of a secret is not seen:\n%s", out)
	}
	w.everyView()
	w.run(exitDone, "apply", "-auto-approve")

	// The record is no longer declared, but the state remembers what is sensitive.
	w.write("dns.cf.hcl",
		"zone \"example.com\" {\n  record \"TXT\" \"team\" {\n    content = \"text\"\n"+
			"    comment = sensitive(\"zq7team\")\n  }\n}\n")
	w.everyView()
	w.run(exitDone, "plan", "-out=gone.cfplan")
	w.runWith([]string{"CLOUDFLARE_API_TOKEN=wrong"}, exitDone, "plan", "-fallback=dns")
	w.run(exitDone, "apply", "-verify", "-auto-approve")
	w.run(exitDone, "rollback", "-auto-approve")
	w.run(exitDone, "state", "show", "example.com/A/hidden")
	w.run(exitDone, "destroy", "-auto-approve", "-json")
	w.noSecrets()
}

// TestErrorsDoNotShowSensitiveValues lets applies fail in every way that quotes a record.
func TestErrorsDoNotShowSensitiveValues(t *testing.T) {
	w := newSecretWorld(t)
	w.run(exitDone, "plan", "-out=add.cfplan")

	// Cloudflare refuses the batch, and quotes it.
	quoted := "record zq7name.example.com with the comment " + secretComment + " and " + secretTag + " is not allowed"
	w.api.Fail(sandbox.Fault{Status: 400, Code: 9999, Message: quoted, Writes: true})
	w.run(exitError, "apply", "-auto-approve")
	w.runWith([]string{"GITHUB_ACTIONS=true"}, exitError, "apply", "-log-file=log.txt", "-log-format=json", "-log-level=debug", "add.cfplan")
	w.api.ClearFaults()
	w.api.Fail(sandbox.Fault{Status: 403, Code: 10000, Message: quoted})
	w.run(exitDone, "plan") // from the snapshot
	w.run(exitError, "apply", "-auto-approve")
	w.api.ClearFaults()

	// The answer is lost, and the next run finds out what became of the request.
	w.api.Fail(sandbox.CutAfterCommit())
	w.run(exitDone, "apply", "-auto-approve")
	w.api.ClearFaults()
	w.run(exitError, "apply", "add.cfplan") // stale, or applied already

	// The record changed since the plan was made.
	w.values["comment"] = "zq7second"
	w.run(exitDone, "plan", "-out=stale.cfplan")
	w.edit(func(r *sandbox.Record) { r.Comment = "zq7third"; r.Tags = []string{"zq7tag:other"}; r.TTL = 600 })
	if out := w.run(exitError, "apply", "stale.cfplan"); !strings.Contains(out, "comment, a sensitive value, has changed") {
		t.Errorf("the stale plan does not say what changed:\n%s", out)
	}

	// prevent_destroy, and a collision with a record that others have created.
	w.declare("managed", "lifecycle { prevent_destroy = true }", "")
	w.run(exitError, "plan", "-destroy")
	w.values["name"] = "zq7moved"
	if _, err := w.api.PutRecord("example.com", sandbox.Record{Type: "CNAME", Name: "zq7moved", Content: "example.net"}); err != nil {
		t.Fatal(err)
	}
	w.declare("managed", "", "")
	w.run(exitError, "plan")
	w.runWith([]string{"GITHUB_ACTIONS=true"}, exitError, "plan", "-format=github")
	w.run(exitError, "apply", "-auto-approve")

	// An exclusive zone, in which records of others are destroyed.
	w.declare("exclusive", "", "")
	w.run(exitDone, "plan", "-out=x.cfplan")
	w.run(exitDone, "plan", "-json")
	w.run(exitDone, "plan", "-format=markdown")

	// Mistakes in the configuration.
	w.declare("managed", "", "record \"A\" \"second\" {\n    name    = var.name\n    content = \"192.0.2.999\"\n  }\n"+
		"  record \"CNAME\" \"alias\" {\n    name    = nonsensitive(var.name)\n    content = \"example.net\"\n  }\n")
	w.run(exitError, "validate")
	w.run(exitError, "validate", "-json")
	w.noSecrets()
}

// A record of an exclusive zone needs no adoption, unless it has sensitive values: the state must
// remember which.
func TestTheStateRemembersWhatIsSensitiveInAnExclusiveZone(t *testing.T) {
	w := newSecretWorld(t)
	if _, err := w.api.PutRecord("example.com", sandbox.Record{Type: "A", Name: secretName, Content: "192.0.2.1",
		Comment: secretComment, Tags: []string{secretTag}, TTL: 300}); err != nil {
		t.Fatal(err)
	}
	www := "record \"A\" \"www\" { content = \"192.0.2.80\" }"
	w.declare("exclusive", "", www)
	if out := w.run(exitDone, "apply", "-auto-approve"); !strings.Contains(out, "1 adopted") {
		t.Errorf("apply did not adopt the record, want 1 adopted:\n%s", out)
	}
	w.write("dns.cf.hcl", "zone \"example.com\" {\n  ownership = \"exclusive\"\n  "+www+"\n}\n")
	w.everyView()
	w.noSecrets()
}

// A record that becomes sensitive later is marked in the state without being changed.
func TestARecordThatBecomesSensitiveIsMarkedInTheState(t *testing.T) {
	w := newSecretWorld(t)
	open := "zone \"example.com\" {\n  record \"A\" \"hidden\" {\n    content = \"192.0.2.1\"\n    comment = %s\n  }\n}\n"
	w.write("dns.cf.hcl", fmt.Sprintf(open, `"zq7comment"`))
	w.run(exitDone, "apply", "-auto-approve")
	w.shown = nil // it was not a secret then

	w.write("dns.cf.hcl", fmt.Sprintf(open, `sensitive("zq7comment")`))
	w.api.ResetRequests()
	if out := w.run(exitDone, "apply", "-auto-approve"); !strings.Contains(out, "No changes") || len(w.api.Writes()) > 0 {
		t.Errorf("the apply wrote %v, want nothing:\n%s", w.api.Writes(), out)
	}
	w.run(exitDone, "state", "show", "example.com/A/hidden")
	w.write("dns.cf.hcl", "zone \"example.com\" {}\n")
	w.everyView()
	w.noSecrets()
}

// Printed plans cannot be applied, and say so.
func TestAMaskedPlanIsNotApplied(t *testing.T) {
	w := newSecretWorld(t)
	var out, errs bytes.Buffer
	env := append(slices.Clone(w.env), "CFPLAN_LOG=off", "CFPLAN_VAR_name=n", "CFPLAN_VAR_comment=a comment", "CFPLAN_VAR_tag=a:b")
	if code := run(context.Background(), []string{"-chdir=" + w.dir, "plan", "-json"}, streams{strings.NewReader(""), &out, &errs}, env); code != exitDone {
		t.Fatal(errs.String())
	}
	w.write("shown.json", out.String())
	for _, command := range []string{"apply", "show", "comment"} {
		if got := w.run(exitError, command, "shown.json"); !strings.Contains(got, "its sensitive values are masked") {
			t.Errorf("%s of a masked plan prints %s", command, got)
		}
	}
	if _, err := plan.Decode(&out); err == nil {
		t.Error("Decode accepts a masked plan, want an error")
	}
}
