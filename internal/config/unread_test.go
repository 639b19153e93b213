package config

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"golang.org/x/tools/txtar"

	"github.com/cfplan/cfplan/internal/config/lang"
)

const threeVariables = "variable \"web\" {}\nvariable \"mail\" {}\nvariable \"token\" { sensitive = true }\n"

// Values that Terraform would read and cfplan does not read must lead to a warning.
func TestValuesForTerraformEarnAWarning(t *testing.T) {
	for name, tt := range map[string]struct {
		file, text  string
		env, others []string
		varFile     bool
		want        []string // parts of the details, one for each warning
	}{
		"terraform.tfvars": {file: "terraform.tfvars", text: "region = 1\nweb = \"x\"\nmail = \"y\"\n", want: []string{
			`"terraform.tfvars" would set "web" and "mail", but cfplan does not read it. Rename it to "terraform.auto.cfvars"`}},
		"terraform.tfvars.json": {file: "terraform.tfvars.json", text: `{"web": "x"}`, want: []string{
			`Rename it to "terraform.auto.cfvars.json", or name it on the command line: -var-file=`}},
		"*.auto.tfvars":              {file: "a.auto.tfvars", text: "web = \"x\"\n", want: []string{`Rename it to "a.auto.cfvars"`}},
		"*.auto.tfvars.json":         {file: "a.auto.tfvars.json", text: `{"web": "x"}`, want: []string{`"a.auto.cfvars.json"`}},
		"a file for -var-file":       {file: "production.tfvars", text: "web = \"x\"\n"},
		"an environment":             {env: []string{"TF_VAR_web=x"}, want: []string{`Set CFPLAN_VAR_web instead`}},
		"undeclared variables":       {file: "terraform.tfvars", text: "region = 1\n", env: []string{"TF_VAR_region=x"}},
		"a value from elsewhere":     {file: "terraform.tfvars", text: "web = 1\n", env: []string{"TF_VAR_web=x", "CFPLAN_VAR_web=y"}},
		"one of two from elsewhere":  {file: "terraform.tfvars", text: "web = 1\nmail = 2\n", others: []string{"web=y"}, want: []string{`set "mail", but`}},
		"a file that is named":       {file: "terraform.tfvars", text: "web = 1\n", varFile: true},
		"a file that cannot be read": {file: "terraform.tfvars", text: "web = [\n"},
		"a file that is not text":    {file: "terraform.tfvars", text: "web = 1\n\x00"},
	} {
		t.Run(name, func(t *testing.T) {
			o := Options{Env: tt.env, Vars: tt.others}
			var files []txtar.File
			if tt.file != "" {
				files = append(files, txtar.File{Name: tt.file, Data: []byte(tt.text)})
			}
			dir := writeFiles(t, files)
			if tt.varFile {
				o.VarFiles = []string{filepath.Join(dir, ".", tt.file)}
			}

			r := newReport()
			readGiven(r, openedTree(t, dir), lang.NewBudget(), declareText(t, r, threeVariables), dir, o)
			var got hcl.Diagnostics
			for _, d := range r.diagnostics() {
				if d.Severity != hcl.DiagWarning || !strings.HasSuffix(d.Summary, "not read") {
					t.Errorf("Load reports %v, want only warnings about Terraform", d)
				}
				got = append(got, d)
			}
			if len(got) != len(tt.want) {
				t.Fatalf("the warnings are %v, want %d", got, len(tt.want))
			}
			for i, want := range tt.want {
				if !strings.Contains(got[i].Detail, want) {
					t.Errorf("the warning says %q, want %q in it", got[i].Detail, want)
				}
			}
		})
	}
}

// Diagnostics must not show the lines or values of a file that cfplan does not read.
func TestFilesOfTerraformAreNotShown(t *testing.T) {
	dir := writeFiles(t, []txtar.File{
		{Name: "main.cf.hcl", Data: []byte(threeVariables)},
		{Name: "terraform.tfvars", Data: []byte("token = \"hunter2\"\n")},
	})
	_, files, diags := Load(dir, Options{Env: []string{"TF_VAR_token=hunter3"}, Vars: []string{"web=1", "mail=1"}})
	shown := describeDiagnostics(t, files, diags)
	if strings.Contains(shown, "hunter") || !strings.Contains(shown, "TF_VAR_token") || files["terraform.tfvars"] != nil {
		t.Errorf("the diagnostics show a value, or there is no warning:\n%s", shown)
	}
}

// All values in one file for undeclared variables must lead to one warning.
func TestUndeclaredValuesOfAFileAreOneWarning(t *testing.T) {
	var text strings.Builder
	text.WriteString("wbe = 1\nother = 2\n")
	for c := 'a'; c <= 'z'; c++ {
		text.WriteString(strings.Repeat(string(c), 9) + " = 1\n")
	}
	dir := writeFiles(t, []txtar.File{
		{Name: "a.auto.cfvars", Data: []byte(text.String())},
		{Name: "b.auto.cfvars.json", Data: []byte(`{"wbe": 1}`)},
	})
	r := newReport()
	readGiven(r, openedTree(t, dir), lang.NewBudget(), declareText(t, r, threeVariables), dir, Options{})
	got := r.diagnostics()
	if len(got) != 2 {
		t.Fatalf("Load reports %d diagnostics, want one for each file: %v", len(got), got)
	}
	for _, want := range []string{`- "wbe" in line 1. Did you mean "web"?`, `- "other" in line 2.`, "- and 8 more."} {
		if !strings.Contains(got[0].Detail, want) {
			t.Errorf("the warning says %q, want %q in it", got[0].Detail, want)
		}
	}
	if want := `no variable "wbe", so this value is not used. Did you mean "web"?`; !strings.Contains(got[1].Detail, want) {
		t.Errorf("the warning says %q, want %q in it", got[1].Detail, want)
	}
}
