package cfplan_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// statuses maps exit statuses of cfplan to the words with which a job reports them. A crash or a kill must
// not look like drift, which is status 2, or like a failed plan.
var statuses = map[int]struct{ github, gitlab string }{
	0:   {"", ""},
	1:   {"", "The plan failed"},
	2:   {"title=cfplan: drift::", "Drift: "},
	3:   {"title=cfplan: read-only::", "could not be read live"},
	130: {"title=cfplan: interrupted::", "was interrupted (status 130)"},
	134: {"title=cfplan: crash::", "crashed with status 134"},
	137: {"title=cfplan: crash::", "crashed with status 137"},
}

// withStatus returns a job in which cfplan does nothing but exit with the status.
func withStatus(t *testing.T, status int) *job {
	t.Helper()
	if _, err := exec.LookPath("bash"); err != nil {
		missing(t, "bash")
	}
	j := &job{t: t, dir: t.TempDir(), temp: t.TempDir()}
	j.write(filepath.Join(j.temp, "cfplan"), fmt.Sprintf("#!/bin/sh\nexit %d\n", status))
	if err := os.Chmod(filepath.Join(j.temp, "cfplan"), 0o755); err != nil {
		t.Fatal(err)
	}
	j.env = []string{"PATH=" + j.temp + ":/usr/bin:/bin", "CFPLAN_DIR=."}
	return j
}

func TestACrashIsNotDriftOnGitHub(t *testing.T) {
	script, err := filepath.Abs("ci/github.sh")
	if err != nil {
		t.Fatal(err)
	}
	for status, says := range statuses {
		for _, command := range []string{"drift", "plan", "apply"} {
			j := withStatus(t, status)
			log, got := j.run("bash '"+script+"'", "CFPLAN_ACTION_COMMAND="+command, "CFPLAN_ACTION_DIR=.", "CFPLAN_ACTION_PLAN=x.cfplan",
				"CFPLAN_ACTION_ALLOW_DESTROY=", "CFPLAN_ACTION_ARGS=", "CFPLAN_ACTION_COMMENT=false", "CFPLAN_ACTION_FAIL_ON=",
				"CFPLAN_ACTION_MINIMAL=false")
			if got != status {
				t.Errorf("%s with status %d ends with %d, want the same status:\n%s", command, status, got, log)
			}
			if result := status < 4 && command != "drift"; !result && !strings.Contains(log, says.github) {
				t.Errorf("the log of %s with status %d is\n%s\nwant %q in it", command, status, log, says.github)
			}
			if status > 3 && strings.Contains(log, "cfplan: drift") {
				t.Errorf("%s reports status %d as drift:\n%s", command, status, log)
			}
		}
	}
}

func TestACrashIsNotDriftOnGitLab(t *testing.T) {
	var file struct {
		Drift struct {
			Script []string `yaml:"script"`
		} `yaml:"cfplan:drift"`
	}
	parseYAML(t, "ci/gitlab.yml", &file)
	for status, says := range statuses {
		log, got := withStatus(t, status).run(strings.Join(file.Drift.Script, "\n"))
		if got != status || !strings.Contains(log, says.gitlab) {
			t.Errorf("drift with status %d ends with %d and says %q, want %q", status, got, log, says.gitlab)
		}
		if status > 2 && strings.Contains(log, "Drift: ") {
			t.Errorf("the job reports status %d as drift: %s", status, log)
		}
	}
}
