package config

import (
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"
)

func TestCredentialsFromOutsideOfTheFiles(t *testing.T) {
	elsewhere := writeFiles(t, []txtar.File{{Name: "token.cfvars", Data: []byte("token = \"from a file elsewhere\"\n")}})
	const direct = "api_token = var.token"
	for name, c := range map[string]struct {
		block, locals string
		auto          string
		options       Options
		inside        string // a -var-file inside the directory
		want          bool
	}{
		"a literal":             {block: `api_token = "x"`, options: Options{Vars: []string{"token=t"}}},
		"in the base_url":       {block: "api_token = \"x\"\n base_url = \"http://127.0.0.1/${var.token}\"", options: Options{Vars: []string{"token=t"}}, want: true},
		"base_url of the files": {block: "api_token = \"x\"\n base_url = var.token", options: Options{Vars: []string{"other=t"}}},
		"a default":             {block: direct},
		"the environment":       {block: direct, options: Options{Env: []string{"CFPLAN_VAR_token=t"}}, want: true},
		"-var":                  {block: direct, options: Options{Vars: []string{"token=t"}}, want: true},
		"a file elsewhere":      {block: direct, options: Options{VarFiles: []string{filepath.Join(elsewhere, "token.cfvars")}}, want: true},
		"a file inside":         {block: direct, inside: "token = \"t\"\n"},
		"an automatic file":     {block: direct, auto: "token = \"t\"\n"},
		"a file over the env":   {block: direct, auto: "token = \"t\"\n", options: Options{Env: []string{"CFPLAN_VAR_token=t"}}},
		"the key":               {block: `api_key = var.token`, options: Options{Vars: []string{"token=t"}}, want: true},
		"the email":             {block: "api_key = \"k\"\n email = var.token", options: Options{Vars: []string{"token=t"}}, want: true},
		"through a local":       {block: `api_token = local.token`, locals: "token = local.inner\n inner = \"x${trimspace(var.token)}\"", options: Options{Vars: []string{"token=t"}}, want: true},
		"through an index":      {block: `api_token = local["token"]`, locals: `token = var["token"]`, options: Options{Vars: []string{"token=t"}}, want: true},
		"in a function":         {block: `api_token = base64decode(base64encode(var.token))`, options: Options{Vars: []string{"token=t"}}, want: true},
		"in a condition":        {block: `api_token = length(var.token) > 1 ? "a" : "b"`, options: Options{Vars: []string{"token=t"}}, want: true},
		"another variable only": {block: direct, options: Options{Vars: []string{"other=t"}}},
	} {
		t.Run(name, func(t *testing.T) {
			main := "variable \"token\" { default = \"d\" }\nvariable \"other\" { default = \"d\" }\n" +
				"locals {\n" + c.locals + "\n}\ncloudflare {\n" + c.block + "\n}\nzone \"example.com\" {}\n"
			sources := []txtar.File{{Name: "dns.cf.hcl", Data: []byte(main)}, {Name: "inside.cfvars", Data: []byte(c.inside)}}
			if c.auto != "" {
				sources = append(sources, txtar.File{Name: "x.auto.cfvars", Data: []byte(c.auto)})
			}
			dir := writeFiles(t, sources)
			if c.inside != "" {
				c.options.VarFiles = []string{filepath.Join(dir, "inside.cfvars")}
			}

			cfg, _, diags := Load(dir, c.options)
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			if cfg.Cloudflare.Outside != c.want {
				t.Errorf("Outside = %v, want %v", cfg.Cloudflare.Outside, c.want)
			}
		})
	}
}
