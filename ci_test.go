package cfplan_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/cfplan/cfplan/internal/sandbox"
)

// These tests run action.yml and ci/ as a runner would: in a shell, with the variables that GitHub
// and GitLab set, against the sandbox and a forge on loopback.

// job is a checkout on a runner.
type job struct {
	t    *testing.T
	dir  string // the repository
	temp string // the runner's own files
	env  []string
	api  *sandbox.Server
	// forge receives the comments.
	forge *forge
}

func newJob(t *testing.T, dns string) *job {
	t.Helper()
	for _, tool := range []string{"bash", "go"} {
		if _, err := exec.LookPath(tool); err != nil {
			missing(t, tool)
		}
	}
	j := &job{t: t, dir: t.TempDir(), temp: t.TempDir(), forge: &forge{}}
	j.write(filepath.Join(j.dir, "dns", "dns.cf.hcl"), dns)
	j.api = sandbox.New(sandbox.Options{Seed: sandbox.SampleSeed()})
	cloudflare, comments := httptest.NewServer(j.api), httptest.NewServer(j.forge)
	t.Cleanup(cloudflare.Close)
	t.Cleanup(comments.Close)
	j.env = append(buildEnv(t),
		"HOME="+j.temp,
		"CLOUDFLARE_BASE_URL="+cloudflare.URL+"/client/v4",
		"CLOUDFLARE_API_TOKEN="+strings.Repeat("t", 40),
		"CFPLAN_NAMESERVERS=127.0.0.1:9",
		"FORGE="+comments.URL,
	)
	j.install(filepath.Join(j.temp, "cfplan", "cfplan"))
	return j
}

// buildEnv returns the variables of a runner that uses this machine's build cache.
func buildEnv(t *testing.T) []string {
	t.Helper()
	return []string{
		"PATH=" + os.Getenv("PATH"),
		"GOPATH=" + goEnv(t, "GOPATH"),
		"GOCACHE=" + goEnv(t, "GOCACHE"),
		"GOFLAGS=-mod=readonly",
	}
}

// built has the path of the program, built as action.yml builds it.
var built struct {
	sync.Once
	program []byte
	err     error
}

// install writes the program to path, where a runner has it after its first build. The action's go build then
// finds the program up to date and does not link it again.
func (j *job) install(path string) {
	j.t.Helper()
	built.Do(func() {
		build := exec.Command("go", "build", "-o", path, "./cmd/cfplan")
		build.Env = j.env
		if out, err := build.CombinedOutput(); err != nil {
			built.err = fmt.Errorf("go build: %w\n%s", err, out)
			return
		}
		built.program, built.err = os.ReadFile(path)
	})
	if built.err != nil {
		j.t.Fatal(built.err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		j.t.Fatal(err)
	}
	if err := os.WriteFile(path, built.program, 0o755); err != nil {
		j.t.Fatal(err)
	}
}

// long skips a test of about ten seconds if -short is given.
func long(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("builds cfplan and runs the CI scripts with it: not with -short")
	}
}

// missing skips the test because a tool is missing. In CI, where all tools must be installed, it fails the
// test.
func missing(t *testing.T, tool string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is not installed", tool)
	}
	t.Skipf("%s is not installed", tool)
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func (j *job) write(path, text string) {
	j.t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		j.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		j.t.Fatal(err)
	}
}

func (j *job) read(path string) string {
	j.t.Helper()
	text, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		j.t.Fatal(err)
	}
	return string(text)
}

// run runs a script as a runner does. It returns the output and the exit code.
func (j *job) run(script string, env ...string) (string, int) {
	j.t.Helper()
	c := exec.CommandContext(j.t.Context(), "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script)
	c.Dir, c.Env = j.dir, append(slices.Clone(j.env), env...)
	out, err := c.CombinedOutput()
	if err != nil && c.ProcessState == nil {
		j.t.Fatal(err)
	}
	return string(out), c.ProcessState.ExitCode()
}

func parseYAML(t *testing.T, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// action has the parts of action.yml that this test's runner needs.
type action struct {
	Inputs map[string]struct {
		Default string `yaml:"default"`
	} `yaml:"inputs"`
	Outputs map[string]struct {
		Value string `yaml:"value"`
	} `yaml:"outputs"`
	Runs struct {
		Steps []struct {
			Uses, Run string
			Env       map[string]string
		} `yaml:"steps"`
	} `yaml:"runs"`
}

var expression = regexp.MustCompile(`\$\{\{ ([^}]*) \}\}`)

// act runs the action with the inputs, as a step in the job of a pull request. It returns the log, the exit
// code and the outputs.
func (j *job) act(inputs map[string]string) (log string, status int, outputs map[string]string) {
	j.t.Helper()
	var a action
	parseYAML(j.t, "action.yml", &a)
	root, err := filepath.Abs(".")
	if err != nil {
		j.t.Fatal(err)
	}
	values := map[string]string{"github.token": "ghs_" + strings.Repeat("x", 36), "github.action_path": root}
	fill := func(s string) string {
		return expression.ReplaceAllStringFunc(s, func(e string) string {
			value, ok := values[expression.FindStringSubmatch(e)[1]]
			if !ok {
				j.t.Fatalf("action.yml uses the expression %s, which this test does not know", e)
			}
			return value
		})
	}
	for name, in := range a.Inputs {
		values["inputs."+name] = fill(in.Default)
	}
	for name, value := range inputs {
		if _, ok := a.Inputs[name]; !ok {
			j.t.Fatalf("action.yml has no input %s", name)
		}
		values["inputs."+name] = value
	}
	files := map[string]string{}
	for _, name := range []string{"GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH"} {
		files[name] = filepath.Join(j.temp, name)
		j.write(files[name], "")
	}
	event := filepath.Join(j.temp, "event.json")
	j.write(event, `{"action": "synchronize", "number": 7, "pull_request": {"number": 7, "head": {"sha": "abc"}}}`)
	for _, step := range a.Runs.Steps {
		if step.Uses != "" {
			continue // setup-go: Go is already installed
		}
		env := []string{
			"GITHUB_ACTIONS=true",
			"CI=true",
			"GITHUB_ACTION_PATH=" + root,
			"GITHUB_WORKSPACE=" + j.dir,
			"RUNNER_TEMP=" + j.temp,
			"GITHUB_EVENT_NAME=pull_request",
			"GITHUB_REPOSITORY=octo/dns",
			"GITHUB_EVENT_PATH=" + event,
			"GITHUB_API_URL=" + j.forgeURL() + "/api",
			"GITHUB_SERVER_URL=" + j.forgeURL(),
			"GITHUB_RUN_ID=1",
		}
		for name, path := range files {
			env = append(env, name+"="+path)
		}
		if extra := strings.Fields(j.read(files["GITHUB_PATH"])); len(extra) > 0 {
			env = append(env, "PATH="+strings.Join(extra, ":")+":"+os.Getenv("PATH"))
		}
		for name, value := range step.Env {
			env = append(env, name+"="+fill(value))
		}
		var out string
		if out, status = j.run(fill(step.Run), env...); status != 0 || strings.Contains(step.Run, "github.sh") {
			log = out
		}
		if status != 0 {
			break
		}
	}
	outputs = map[string]string{"summary": j.read(files["GITHUB_STEP_SUMMARY"])}
	for line := range strings.Lines(j.read(files["GITHUB_OUTPUT"])) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		if declared := a.Outputs[name]; declared.Value != "${{ steps.cfplan.outputs."+name+" }}" {
			j.t.Errorf("action.yml does not pass the output %s on", name)
		}
		outputs[name] = value
	}
	return log, status, outputs
}

func (j *job) forgeURL() string {
	return strings.TrimPrefix(j.env[slices.IndexFunc(j.env, func(e string) bool { return strings.HasPrefix(e, "FORGE=") })], "FORGE=")
}

// forge accepts comments as GitHub and GitLab do, as far as our clients need it; internal/review
// tests the rest.
type forge struct {
	mu       sync.Mutex
	comments []string
	refuse   bool
}

func (f *forge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	var in struct{ Body string }
	if r.Method != http.MethodGet {
		text, _ := io.ReadAll(r.Body)
		_ = json.Unmarshal(text, &in)
	}
	github := strings.HasPrefix(r.URL.Path, "/api/repos/octo/dns/issues/")
	gitlab := strings.HasPrefix(r.URL.EscapedPath(), "/api/v4/projects/42/merge_requests/7/notes")
	switch {
	case f.refuse:
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, `{"message": "Resource not accessible by integration"}`)
	case strings.HasSuffix(r.URL.Path, "/user"):
		_, _ = io.WriteString(w, `{"id": 1, "login": "bot", "username": "bot"}`)
	case r.Method == http.MethodGet && (github || gitlab):
		_ = json.NewEncoder(w).Encode(f.list())
	case r.Method == http.MethodPost && (github || gitlab):
		f.comments = append(f.comments, in.Body)
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(f.list()[len(f.comments)-1])
	case (r.Method == http.MethodPatch || r.Method == http.MethodPut) && (github || gitlab):
		f.comments[len(f.comments)-1] = in.Body
		_ = json.NewEncoder(w).Encode(f.list()[len(f.comments)-1])
	default:
		w.WriteHeader(http.StatusNotFound)
		_, _ = fmt.Fprintf(w, `{"message": "no %s %s"}`, r.Method, r.URL.Path)
	}
}

func (f *forge) list() []map[string]any {
	out := []map[string]any{}
	for i, body := range f.comments {
		author := map[string]any{"id": 1, "login": "bot", "type": "Bot"}
		out = append(out, map[string]any{"id": i + 1, "body": body, "user": author, "author": author, "html_url": "https://forge.example/c"})
	}
	return out
}

func (f *forge) all() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.comments)
}

const oneRecord = `zone "example.net" {
  record "A" "ci" { content = "192.0.2.9" }
}
`

func TestGitHubActionPlansAppliesAndDetectsDrift(t *testing.T) {
	long(t)
	t.Parallel()
	j := newJob(t, oneRecord)
	plan := map[string]string{"working-directory": "dns"}
	log, status, out := j.act(plan)
	if status != 0 || out["to_add"] != "1" || out["has_changes"] != "true" || out["read_only"] != "false" ||
		!strings.Contains(log, "Plan: 1 to add") {
		t.Fatalf("plan exits with %d and the outputs %v, want 0 and one record to add\n%s", status, out, log)
	}
	if !strings.Contains(out["summary"], "### cfplan (live): 1 to add") {
		t.Errorf("the job's summary is %s, want the plan", out["summary"])
	}
	if c := j.forge.all(); len(c) != 1 || !strings.Contains(c[0], "1 to add") {
		t.Fatalf("comments = %q, want one with the plan\n%s", c, log)
	}

	// A second push updates the comment. With -fail-on, a risk fails the job, but the job still shows the
	// plan.
	j.write(filepath.Join(j.dir, "dns", "dns.cf.hcl"), oneRecord+"zone \"example.org\" {\n  record \"CAA\" \"@\" { content "+
		"= \"0 issue \\\"pki.goog\\\"\" }\n}\n")
	log, status, out = j.act(map[string]string{"working-directory": "dns", "fail-on": "high", "args": "-require-live\n-parallelism=2\n"})
	if status != 1 || out["to_add"] != "2" || !strings.Contains(log, "Plan has risks") ||
		!strings.Contains(log, "::warning file=dns/dns.cf.hcl,line=5") {
		t.Errorf("plan -fail-on=high exits with %d and the outputs %v, want 1, two records to add and the risk\n%s", status, out, log)
	}
	if c := j.forge.all(); len(c) != 1 || !strings.Contains(c[0], "2 to add") {
		t.Errorf("comments = %q, want the same comment with the new plan", c)
	}

	// After the merge, the job applies the saved plan. Then there is no drift until something else changes
	// a record.
	log, status, _ = j.act(map[string]string{"command": "apply", "working-directory": "dns"})
	if status != 0 || !strings.Contains(log, "Apply complete! Records: 2 added") {
		t.Fatalf("apply exits with %d:\n%s", status, log)
	}
	minimal := map[string]string{"working-directory": "dns", "minimal-refresh": "true"}
	if log, status, out = j.act(minimal); status != 0 || out["not_refreshed"] != "2" || out["read_only"] != "false" {
		t.Errorf("plan with minimal-refresh exits with %d and the outputs %v, want 0 and 2 zones not read\n%s", status, out, log)
	}

	// The command drift reads all zones, even with minimal-refresh.
	drift := map[string]string{"command": "drift", "working-directory": "dns", "minimal-refresh": "true"}
	if log, status, out = j.act(drift); status != 0 || out["not_refreshed"] != "0" {
		t.Errorf("drift without a difference exits with %d and the outputs %v, want 0:\n%s", status, out, log)
	}
	for _, r := range j.api.Records("example.net") {
		if r.Name == "ci.example.net" {
			j.api.DeleteRecord("example.net", r.ID)
		}
	}
	if log, status, _ = j.act(drift); status != 2 || !strings.Contains(log, "::error title=cfplan: drift::") {
		t.Errorf("drift after a change elsewhere exits with %d, want 2 and an error:\n%s", status, log)
	}
	if n := len(j.forge.all()); n != 1 {
		t.Errorf("apply and drift left %d comments, want the one of the plan", n)
	}
}

func TestGitHubActionReportsAFailedPlan(t *testing.T) {
	long(t)
	t.Parallel()
	j := newJob(t, oneRecord)
	if log, status, _ := j.act(map[string]string{"working-directory": "dns"}); status != 0 {
		t.Fatalf("plan exits with %d:\n%s", status, log)
	}
	j.write(filepath.Join(j.dir, "dns", "dns.cf.hcl"), "zone \"example.net\" { nonsense = 1 }\n")
	log, status, _ := j.act(map[string]string{"working-directory": "dns"})
	if c := j.forge.all(); status != 1 || len(c) != 1 || !strings.Contains(c[0], "no plan could be made") {
		t.Errorf("plan of a broken configuration exits with %d and the comments are %q, want 1 and one comment that says so\n%s", status, c, log)
	}
}

func TestGitHubActionShowsThePlanWithoutPermissionToComment(t *testing.T) {
	long(t)
	t.Parallel()
	j := newJob(t, oneRecord)
	j.forge.refuse = true
	log, status, out := j.act(map[string]string{"working-directory": "dns"})
	if status != 0 || out["to_add"] != "1" ||
		!strings.Contains(log,
			"::warning title=cfplan::The comment could not be posted: see the log. The plan is in the job's summary.") {
		t.Errorf("plan of a fork exits with %d and the outputs %v, want 0, one record to add and a warning\n%s", status, out, log)
	}

	// A configuration that cannot be planned gives no summary, so the log must not mention one.
	j.write(filepath.Join(j.dir, "dns", "dns.cf.hcl"), "zone")
	log, status, out = j.act(map[string]string{"working-directory": "dns"})
	if status != 1 || out["summary"] != "" || !strings.Contains(log, "could not be posted: see the log.") ||
		strings.Contains(log, "is in the job's summary") {
		t.Errorf("plan of a broken configuration exits with %d and the summary %q, want 1 and no summary\n%s", status, out["summary"], log)
	}
	if log, status, _ = j.act(map[string]string{"command": "plan; echo owned"}); status != 1 || strings.Contains(log, "\nowned") {
		t.Errorf("an unknown command exits with %d, want 1 without running it:\n%s", status, log)
	}
}

func TestGitLabTemplatePlansAppliesAndDetectsDrift(t *testing.T) {
	long(t)
	t.Parallel()
	var file struct {
		Variables map[string]string         `yaml:"variables"`
		Jobs      map[string]map[string]any `yaml:",inline"`
	}
	parseYAML(t, "ci/gitlab.yml", &file)
	lines := func(v any) (out []string) {
		list, _ := v.([]any)
		for _, l := range list {
			out = append(out, fmt.Sprint(l))
		}
		return out
	}
	j := newJob(t, oneRecord)
	bin := filepath.Join(j.dir, ".cfplan", "bin", "cfplan")
	j.install(bin)
	run := func(name string, env ...string) (string, int) {
		t.Helper()
		if file.Jobs[name] == nil {
			t.Fatalf("ci/gitlab.yml has no job %s", name)
		}
		all := []string{"CI=true", "GITLAB_CI=true", "CI_PROJECT_DIR=" + j.dir, "CI_PROJECT_ID=42", "CI_API_V4_URL=" + j.forgeURL() + "/api/v4", "CI_SERVER_URL=" + j.forgeURL(),
			"CI_DEFAULT_BRANCH=main", "CFPLAN_GITLAB_TOKEN=glpat-" + strings.Repeat("x", 20)}
		for name, value := range file.Variables {
			all = append(all, name+"="+value)
		}
		if own, ok := file.Jobs[name]["variables"].(map[string]any); ok {
			for k, v := range own {
				all = append(all, fmt.Sprintf("%s=%v", k, v))
			}
		}
		script := append(lines(file.Jobs[".cfplan"]["before_script"]), lines(file.Jobs[name]["script"])...)
		return j.run(strings.Join(script, "\n"), append(append(all, "CFPLAN_DIR=dns"), env...)...)
	}
	if log, status := run("cfplan:validate"); status != 0 {
		t.Errorf("validate exits with %d, want 0:\n%s", status, log)
	}
	log, status := run("cfplan:plan", "CI_MERGE_REQUEST_IID=7", "CI_MERGE_REQUEST_PROJECT_URL="+j.forgeURL()+"/octo/dns")
	if status != 0 || !strings.Contains(log, "Plan: 1 to add") {
		t.Fatalf("plan exits with %d:\n%s", status, log)
	}
	if c := j.forge.all(); len(c) != 1 || !strings.Contains(c[0], "1 to add") {
		t.Errorf("comments = %q, want one with the plan\n%s", c, log)
	}
	if got := j.read(filepath.Join(j.dir, "dns", "report.json")); got != `{"create":1,"delete":0,"update":0}`+"\n" {
		t.Errorf("report.json = %s, want one record to create", got)
	}
	if log, status = run("cfplan:apply", "CI_COMMIT_BRANCH=main"); status != 0 || !strings.Contains(log, "Records: 1 added") {
		t.Errorf("apply exits with %d, want 0 and one record added:\n%s", status, log)
	}
	const minimal = "CFPLAN_MINIMAL_REFRESH=true"
	log, status = run("cfplan:plan", "CI_COMMIT_BRANCH=main", minimal)
	if status != 0 || !strings.Contains(log, "1 zone was not read") {
		t.Errorf("plan with %s exits with %d, want 0 and one zone not read:\n%s", minimal, status, log)
	}
	if log, status = run("cfplan:drift", minimal); status != 0 || strings.Contains(log, "not read") {
		t.Errorf("drift exits with %d, want 0 and all zones read:\n%s", status, log)
	}
}

// cfplan evaluates the files of a pull request next to .git/config, so a checkout must not leave credentials
// there.
func TestCheckoutsKeepNoCredentials(t *testing.T) {
	var names []string
	for _, pattern := range []string{"ci/*.yml", "docs/*.md", "README.md", "examples/*/*.yml", "examples/*/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, found...)
	}

	checkouts := 0
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, rest := range strings.Split(string(text), "uses: actions/checkout")[1:] {
			checkouts++
			step, _, _ := strings.Cut(rest, "\n      - ")
			if !strings.Contains(step, "persist-credentials: false") {
				t.Errorf("%s: checkout %d keeps the job's token in .git/config", name, i+1)
			}
		}
	}
	if checkouts < 4 {
		t.Errorf("the test found %d checkouts, want those of ci/workflow.yml and docs/comment.md", checkouts)
	}
}
