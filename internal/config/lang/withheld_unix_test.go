//go:build unix

package lang

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// withheldTree returns a directory with files that must stay secret, and with links that lead to them in many ways.
func withheldTree(t *testing.T) (*Tree, string) {
	t.Helper()
	top := t.TempDir()
	dir := filepath.Join(top, "conf")
	for name, text := range map[string]string{
		".git/config":        "[core]\n",
		".git/HEAD":          "ref: refs/heads/main\n",
		".git/objects/x":     "x",
		".git/refs/x":        "x",
		".cfplan/note.json":  "{}",
		".env":               "A=b\n",
		"sub/data.txt":       "data",
		"token.txt":          "ghp_" + strings.Repeat("a", 36),
		"plan.txt":           `{"format_version": "1.0", "cfplan_version": "0.1.0"}`,
		"named.txt":          "s3cret",
		"store/HEAD":         "x",
		"store/objects/x":    "x",
		"store/refs/x":       "x",
		"store/config":       "x",
		"vault/deep/one.txt": "x",
		"prod.cfvars":        "x = 1\n",
		"main.cf.hcl":        "zone \"example.com\" {}\n",
		"../outside.cfvars":  "x = 1\n",
		"../.netrc":          "machine x password y\n",
	} {
		path := filepath.Join(dir, name)
		check(t, os.MkdirAll(filepath.Dir(path), 0o755))
		check(t, os.WriteFile(path, []byte(text), 0o644))
	}
	for name, target := range map[string]string{
		"link.txt":          ".git/config",
		"repo":              ".git",
		"sub/env.txt":       "../.env",
		"named-too.txt":     "named.txt",
		"a.cf.hcl":          ".git/config",
		"b.cf.hcl":          "../outside.cfvars",
		"c.cf.hcl":          "main.cf.hcl",
		"d.auto.cfvars":     "token.txt",
		"e.auto.cfvars":     "prod.cfvars",
		"out":               "..",
		"../linked.cfvars":  ".netrc",
		"../elsewhere":      "conf",
		"../mounted.cfvars": "outside.cfvars",
		"f.auto.cfvars":     "/etc/hostname",
		"g.auto.cfvars":     "repo/config",
		"h.auto.cfvars":     "plan.txt",
	} {
		check(t, os.Symlink(target, filepath.Join(dir, name)))
	}
	check(t, os.Link(filepath.Join(dir, "named.txt"), filepath.Join(dir, "hard.txt")))

	tree := OpenTree(dir, "")
	t.Cleanup(tree.Close)
	tree.Withhold(filepath.Join(dir, "named.txt"), filepath.Join(dir, "vault"), filepath.Join(dir, "nosuch"))
	return tree, dir
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestReadWithholdsSecrets(t *testing.T) {
	tree, dir := withheldTree(t)
	for _, name := range []string{
		".git/config", "./.git/../.git/config", "sub/../.git//config", dir + "/.git/config", "repo/config", "repo/", "link.txt",
		".GIT/config", ".cfplan/note.json", ".env", "sub/env.txt", "token.txt", "plan.txt", "named.txt", "named-too.txt",
		"hard.txt", "store/config", "vault/deep/one.txt", "prod.cfvars", "d.auto.cfvars",
	} {
		for _, function := range []string{"file", "filebase64"} {
			_, diags := eval(t, tree, fmt.Sprintf("%s(%q)", function, name))
			if !diags.HasErrors() {
				t.Errorf("%s(%q) gives no error, want one", function, name)
			} else if detail := diags[0].Detail; strings.Contains(detail, "s3cret") || strings.Contains(detail, "ghp_") {
				t.Errorf("the error of %s(%q) shows a secret: %s", function, name, detail)
			}
		}
	}

	for _, name := range []string{".git/config", "repo/config", ".env", "named-too.txt", "vault/deep/one.txt"} {
		var withheld *WithheldError
		if _, err := tree.Read(name); !errors.As(err, &withheld) {
			t.Errorf("Read(%q) = %v, want a *WithheldError", name, err)
		}
		if _, diags := eval(t, tree, fmt.Sprintf("fileexists(%q)", name)); !diags.HasErrors() {
			t.Errorf("fileexists(%q) gives no error, want one", name)
		}
	}
	if text, err := tree.Read("sub/data.txt"); string(text) != "data" || err != nil {
		t.Errorf("Read of ordinary data = %q, %v, want the data", text, err)
	}
	if _, diags := eval(t, tree, `templatefile("link.txt", {})`); !diags.HasErrors() {
		t.Error("templatefile of a link into .git gives no error, want one")
	}
}

func TestFilesetLeavesSecretsOut(t *testing.T) {
	tree, _ := withheldTree(t)
	v, diags := eval(t, tree, `sort(fileset(".", "**"))`)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	var got []string
	for it := v.ElementIterator(); it.Next(); {
		_, e := it.Element()
		got = append(got, e.AsString())
	}
	want := "main.cf.hcl plan.txt sub/data.txt token.txt"
	if strings.Join(got, " ") != want {
		t.Errorf("fileset = %q, want %q", got, want)
	}
	for _, dir := range []string{".git", "repo", "store", "vault", "out"} {
		if _, diags := eval(t, tree, fmt.Sprintf(`fileset(%q, "*")`, dir)); !diags.HasErrors() {
			t.Errorf("fileset(%q) gives no error, want one", dir)
		}
	}
}

func TestReadSource(t *testing.T) {
	tree, dir := withheldTree(t)
	for name, want := range map[string]string{
		"main.cf.hcl":                      "",
		"c.cf.hcl":                         "",
		"prod.cfvars":                      "",
		"e.auto.cfvars":                    "",
		"../outside.cfvars":                "",
		"../mounted.cfvars":                "",
		"../elsewhere/prod.cfvars":         "",
		"token.txt":                        "", // the user named it, and it is not a link
		"a.cf.hcl":                         "inside .git",
		"b.cf.hcl":                         "leads outside",
		"d.auto.cfvars":                    "access token",
		"f.auto.cfvars":                    "leads outside",
		"g.auto.cfvars":                    "inside .git",
		"h.auto.cfvars":                    "saved plan",
		"plan.txt":                         "saved plan",
		"out/outside.cfvars":               "leads outside",
		"../elsewhere/f.auto.cfvars":       "leads outside",
		"../elsewhere/.git/config":         "inside .git",
		"../linked.cfvars":                 "credentials",
		"nosuch.cfvars":                    "no such file",
		"../nosuch.cfvars":                 "no such file",
		".git/config":                      "inside .git",
		"repo/config":                      "inside .git",
		"named-too.txt":                    "belongs to the state",
		filepath.Join("vault", "deep", ""): "not a regular file",
	} {
		_, err := tree.ReadSource(dir + "/" + name)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("ReadSource(%q) = %v, want an error with %q", name, err, want)
		}
	}
}
