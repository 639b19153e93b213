package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/cfplan/cfplan/internal/sandbox"
)

// hostile is a text that a terminal, or the log of a CI job, would obey.
const hostile = "##[error]pwned\u202e\u009b31m\u2066::error::pwned"

// hostileWorld is a directory and a zone in which everything that others can write is hostile.
type hostileWorld struct {
	t   *testing.T
	api *sandbox.Server
	dir string
	env []string
}

func newHostileWorld(t *testing.T) *hostileWorld {
	t.Helper()
	api := sandbox.New(sandbox.Options{Seed: sandbox.SampleSeed()})
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	w := &hostileWorld{t: t, api: api, dir: t.TempDir(), env: environment{
		"CLOUDFLARE_BASE_URL=" + server.URL + "/client/v4", "CLOUDFLARE_API_TOKEN=" + secretToken,
		"CFPLAN_NAMESERVERS=127.0.0.1:9", "CFPLAN_LOG=debug", "USER=" + hostile,
	}}

	for _, zone := range []string{"example.com", "example.net", "example.org"} {
		for _, r := range []sandbox.Record{
			{Type: "TXT", Name: "hostile." + zone, Content: `"` + hostile + `"`, TTL: 300, Comment: hostile},
			{Type: "URI", Name: "hostile." + zone, Priority: 1, Data: map[string]any{"weight": 1, "target": "https://example.net/##[error]\u202e"}, TTL: 300},
		} {
			if _, err := api.PutRecord(zone, r); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.write("dns.cf.hcl", hostileZone)
	return w
}

const hostileText = `\u0023#[error]pwned\u202e\u009b31m\u2066::error::pwned`

const hostileZone = `variable "x" { default = "` + hostileText + `" }
output "x" { value = var.x }
zone "example.com" {
  record "TXT" "hostile" {
    content = "` + hostileText + `"
    comment = "` + hostileText + ` changed"
  }
  record "TXT" "new" {
    content = var.x
    comment = "` + hostileText + `"
  }
}
`

func (w *hostileWorld) write(name, text string) {
	w.t.Helper()
	path := filepath.Join(w.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// run runs a command line and checks every byte that it prints.
func (w *hostileWorld) run(line string) (stdout string) {
	w.t.Helper()
	var out, errs bytes.Buffer
	args := append([]string{"-chdir=" + w.dir}, strings.Fields(line)...)
	run(w.t.Context(), args, streams{strings.NewReader(""), &out, &errs}, w.env)

	for name, text := range map[string]string{"stdout": out.String(), "stderr": errs.String()} {
		if found := obeyed(text); found != "" {
			w.t.Errorf("cfplan %s: %s has %s:\n%s", line, name, found, text)
		}
	}
	return out.String()
}

// obeyed returns the first part of a text that a terminal or a runner would obey.
func obeyed(text string) string {
	for _, r := range text {
		if r != '\n' && r != '\t' && (r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			return "a raw character"
		}
	}
	if strings.Contains(text, "##[") {
		return "##["
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimSpace(line), "::") {
			return "a line that begins with ::"
		}
	}
	return ""
}

// hostileLines are command lines for each command, in an order in which they work. Commands that
// print no document with -json are marked as text.
var hostileLines = []struct{ command, line string }{
	{"validate", "validate"},
	{"plan", "plan -out=a.plan"},
	{"plan", "plan -cached"},
	{"plan", "plan -refresh-only"},
	{"show", "show a.plan"},
	{"comment", "comment a.plan"},
	{"apply", "apply a.plan"},
	{"apply", "apply -auto-approve"},
	{"show", "show"},
	{"refresh", "refresh"},
	{"verify", "verify -timeout=1ms"},
	{"doctor", "doctor"},
	{"explain", "explain"},
	{"explain", "explain 9109"},
	{"output", "output"},
	{"output", "output x"},
	{"output", "output " + hostile},
	{"export", "export example.com"},
	{"export", "export -format=json example.com"},
	{"import", "import example.net -out=-"},
	{"import", "import example.org"},
	{"init", "init"},
	{"fmt", "fmt -check -diff"},
	{"fmt", "fmt -check -diff odd.cf.hcl"},
	{"validate", "validate -var=x=\u202e##[error]"},
	{"state list", "state list"},
	{"state show", "state show example.com/TXT/new"},
	{"state pull", "state pull"},
	{"state history", "state history"},
	{"state mv", "state mv example.com/TXT/new example.com/TXT/newer"},
	{"state push", "state push nosuch.json"},
	{"state push", "state push dns.cf.hcl"},
	{"state rm", "state rm example.com/TXT/newer"},
	{"force-unlock", "force-unlock " + hostile},
	{"rollback", "rollback -auto-approve"},
	{"destroy", "destroy -auto-approve"},
	{"version", "version"},
	{"demo", "demo"},
	{"help", "help"},
	{"exit-codes", "help exit-codes"},
	{"credentials", "help credentials"},
	{"completion bash", "completion bash"},
	{"plan", "plan -nosuch=" + hostile},
	{"plan", "plan " + hostile},
	{"explain", "explain " + hostile},
	{"state show", "state show " + hostile},
	{"export", "export " + hostile},
}

// silent are the commands without a line above, with the reason.
var silent = map[string]string{
	"sandbox":               "serves until it is stopped",
	"console":               "evaluates what is typed; console.txtar has a hostile value",
	"completion zsh":        "as bash",
	"completion fish":       "as bash",
	"completion powershell": "as bash",
}

// TestNoOutputContainsWhatATerminalObeys runs all commands over hostile zones, with -json and without.
func TestNoOutputContainsWhatATerminalObeys(t *testing.T) {
	for _, flag := range []string{"-json ", ""} {
		w := newHostileWorld(t)
		w.write("odd/odd.cf.hcl", "# ##[error]\u202e\u009b31m\nzone   \"example.com\" {}\n")
		for _, l := range hostileLines {
			line := flag + strings.ReplaceAll(l.line, "odd.cf.hcl", "odd/odd.cf.hcl")
			stdout := w.run(line)
			if flag != "" && (strings.HasPrefix(stdout, "{") || strings.HasPrefix(stdout, "[")) {
				checkDocuments(t, line, stdout)
			}
		}
	}
}

// checkDocuments checks that escaping has not broken the documents.
func checkDocuments(t *testing.T, line, stdout string) {
	t.Helper()
	for dec := json.NewDecoder(strings.NewReader(stdout)); ; {
		var v any
		err := dec.Decode(&v)
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Errorf("cfplan %s does not print JSON: %v\n%s", line, err, stdout)
			return
		}
	}
}

// JSON documents contain the text that was read, escaped, and not a harmless replacement.
func TestJSONDocumentsKeepTheEscapedText(t *testing.T) {
	w := newHostileWorld(t)
	for _, line := range []string{"plan -json", "apply -json -auto-approve", "export -json example.com", "state pull", "state show -json example.com/TXT/new", "plan -json -cached"} {
		var v any
		stdout := w.run(line)
		if line == "apply -json -auto-approve" {
			continue // it is run only to fill the state
		}
		if err := json.Unmarshal([]byte(stdout), &v); err != nil {
			t.Fatalf("cfplan %s: %v\n%s", line, err, stdout)
		}
		if !holds(v, hostile) {
			t.Errorf("the output of cfplan %s does not contain the text:\n%s", line, stdout)
		}
	}

	// Imported and exported zones declare the same records.
	w.write("imported/main.cf.hcl", w.run("import example.net -out=-"))
	w.write("exported/example.com.zone", w.run("export example.com"))
	w.write("exported/main.cf.hcl", "zone \"example.com\" {\n  zonefile { path = \"example.com.zone\" }\n}\n")
	for _, dir := range []string{"imported", "exported"} {
		in := *w
		in.dir = filepath.Join(w.dir, dir)
		stdout := in.run("plan -json")
		var doc struct {
			Summary struct{ Add, Change, Destroy int } `json:"summary"`
		}
		if err := json.Unmarshal([]byte(stdout), &doc); err != nil || doc.Summary != struct{ Add, Change, Destroy int }{} {
			t.Errorf("the plan of the %s zone has %+v (%v), want no change", dir, doc.Summary, err)
		}
	}
}

// holds reports whether a JSON value contains a text.
func holds(v any, text string) bool {
	switch v := v.(type) {
	case string:
		return strings.Contains(v, text)
	case []any:
		for _, e := range v {
			if holds(e, text) {
				return true
			}
		}
	case map[string]any:
		for _, e := range v {
			if holds(e, text) {
				return true
			}
		}
	}
	return false
}

// A new command needs a line in hostileLines, or a reason in silent.
func TestEveryCommandHasAHostileLine(t *testing.T) {
	walked := map[string]bool{}
	for _, l := range hostileLines {
		walked[l.command] = true
	}

	root := rootCommand(newServices(streams{strings.NewReader(""), io.Discard, io.Discard}, nil))
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		name := strings.TrimPrefix(strings.TrimPrefix(c.CommandPath(), "cfplan"), " ")
		if name != "" && !c.HasSubCommands() && !c.Hidden && !walked[name] && silent[name] == "" {
			t.Errorf("no line of hostileLines runs cfplan %s", name)
		}
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	visit(root)
}
