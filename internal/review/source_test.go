package review

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const (
	headSHA  = "0123456789abcdef0123456789abcdef01234567"
	mergeSHA = "fedcba9876543210fedcba9876543210fedcba98"
)

// variables returns the environment of a job at a forge, with the text of an event, if any. changed has pairs of a
// name and a value that replace variables.
func variables(t *testing.T, forge, event string, changed ...string) func(string) string {
	t.Helper()
	env := map[string]string{
		"GITHUB_ACTIONS": "true", "GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "acme/dns", "GITHUB_SHA": mergeSHA,
	}

	if forge == "gitlab" {
		env = map[string]string{
			"GITLAB_CI":      "true",
			"CI_PROJECT_URL": "https://gitlab.example/group/sub/dns",
			"CI_COMMIT_SHA":  mergeSHA,
		}
	}

	if event != "" {
		env["GITHUB_EVENT_PATH"] = filepath.Join(t.TempDir(), "event.json")
		if err := os.WriteFile(env["GITHUB_EVENT_PATH"], []byte(event), 0o600); err != nil {
			t.Fatal(err)
		}
	}

	for i := 0; i < len(changed); i += 2 {
		env[changed[i]] = changed[i+1]
	}

	return func(name string) string { return env[name] }
}

func TestLineReturnsTheAddressOfALine(t *testing.T) {
	pull := `{"pull_request":{"number":7,"head":{"sha":"` + headSHA + `"}}}`
	for name, tt := range map[string]struct {
		getenv func(string) string
		want   string
	}{
		"a push":                   {variables(t, "github", `{"ref":"refs/heads/main"}`), "https://github.com/acme/dns/blob/" + mergeSHA + "/dns/a.cf.hcl#L3"},
		"a pull request":           {variables(t, "github", pull), "https://github.com/acme/dns/blob/" + headSHA + "/dns/a.cf.hcl#L3"},
		"an enterprise server":     {variables(t, "github", pull, "GITHUB_SERVER_URL", "https://git.example:8443/"), "https://git.example:8443/acme/dns/blob/" + headSHA + "/dns/a.cf.hcl#L3"},
		"a run after another":      {variables(t, "github", `{"workflow_run":{"head_sha":"`+headSHA+`","pull_requests":[]}}`), "https://github.com/acme/dns/blob/" + headSHA + "/dns/a.cf.hcl#L3"},
		"a comment on a request":   {variables(t, "github", `{"issue":{"number":8,"pull_request":{}}}`), ""},
		"no event":                 {variables(t, "github", ""), "https://github.com/acme/dns/blob/" + mergeSHA + "/dns/a.cf.hcl#L3"},
		"a broken event":           {variables(t, "github", "<html>"), ""},
		"GitLab":                   {variables(t, "gitlab", ""), "https://gitlab.example/group/sub/dns/-/blob/" + mergeSHA + "/dns/a.cf.hcl#L3"},
		"a merge request's head":   {variables(t, "gitlab", "", "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", headSHA), "https://gitlab.example/group/sub/dns/-/blob/" + headSHA + "/dns/a.cf.hcl#L3"},
		"no CI":                    {variables(t, "github", "", "GITHUB_ACTIONS", ""), ""},
		"this machine":             {variables(t, "gitlab", "", "CI_PROJECT_URL", "http://127.0.0.1:8080/dns"), "http://127.0.0.1:8080/dns/-/blob/" + mergeSHA + "/dns/a.cf.hcl#L3"},
		"http":                     {variables(t, "gitlab", "", "CI_PROJECT_URL", "http://gitlab.example/dns"), ""},
		"a script":                 {variables(t, "gitlab", "", "CI_PROJECT_URL", "javascript:alert(1)"), ""},
		"a script with a host":     {variables(t, "github", pull, "GITHUB_SERVER_URL", "javascript://github.com/%0aalert(1)"), ""},
		"a password":               {variables(t, "gitlab", "", "CI_PROJECT_URL", "https://user:secret@gitlab.example/dns"), ""},
		"a query":                  {variables(t, "gitlab", "", "CI_PROJECT_URL", "https://gitlab.example/dns?x="), ""},
		"no commit":                {variables(t, "github", "", "GITHUB_SHA", "main"), ""},
		"a repository that climbs": {variables(t, "github", "", "GITHUB_REPOSITORY", "acme/.."), ""},
		"a repository with markup": {variables(t, "github", "", "GITHUB_REPOSITORY", "acme/dns)[x](y"), ""},
	} {
		if got := SourceOf(tt.getenv).Line("dns/a.cf.hcl", 3); got != tt.want {
			t.Errorf("%s: Line = %q, want %q", name, got, tt.want)
		}
	}
}

func TestLineOnlyLeadsToTheFile(t *testing.T) {
	source := SourceOf(variables(t, "github", ""))
	for _, path := range []string{"", ".", "/etc/passwd", "../x", "a/../../x", "a//b"} {
		if got := source.Line(path, 1); got != "" {
			t.Errorf("Line(%q) = %q, want none", path, got)
		}
	}

	rapid.Check(t, func(t *rapid.T) {
		path := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b c", "ü", "x#y", "?q", "(z)", "&lt;",
			"%41", `"`, "`", "|", "<b>", "\\"}), 1, 5).Draw(t, "path"), "/")
		address := source.Line(path, 7)
		u, err := url.Parse(address)
		if err != nil || u.Host != "github.com" || u.Fragment != "L7" || u.Path != "/acme/dns/blob/"+mergeSHA+"/"+path {
			t.Fatalf("Line(%q) = %q, which leads elsewhere: %v", path, address, err)
		}
		if strings.ContainsAny(address, " ()<>|`\"\\&") {
			t.Fatalf("Line(%q) = %q contains characters that Markdown interprets", path, address)
		}
	})
}
