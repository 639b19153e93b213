package config

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"golang.org/x/tools/txtar"
)

// TestSecretsAreNotShown looks for secrets in everything that a printer could show.
func TestSecretsAreNotShown(t *testing.T) {
	const secret = "hunter2hunter"
	declare := "variable \"s\" {\n  type = any\n  sensitive = true\n}\n"
	cases := map[string]string{
		"literal token":        `cloudflare { api_token = "` + secret + `" }`,
		"literal key, heredoc": "cloudflare {\n  api_key = <<EOT\n" + secret + "\nEOT\n}",
		"token of wrong type":  `cloudflare { api_token = ["` + secret + `"] }`,
		"syntax error":         "cloudflare {\n  api_token = \"" + secret + "\n}",
		"syntax error, near":   "cloudflare { api_token = \"" + secret + "\" \"x\" }",
		"token by function":    declare + `cloudflare { api_token = parseint(var.s.a, 10) }`,
		"function":             declare + `locals { x = parseint(var.s.a, 10) }`,
		"function in for":      declare + `locals { x = [for e in var.s.list : parseint(e, 10)] }`,
		"operator in for":      declare + `locals { x = [for e in var.s.list : 1 + e] }`,
		"template file":        declare + `locals { x = templatefile(var.s.a, {}) }`,
		"index":                declare + `locals { x = { a = 1 }[var.s.a] }`,
		"content":              declare + "zone \"example.com\" {\n  record \"A\" \"a\" { content = var.s.a }\n}",
		"content in for_each": declare + "zone \"example.com\" {\n  record \"A\" \"a\" {\n    for_each = { a = var.s.a }\n" +
			"    content = each.value\n  }\n}",
		"name": declare + "zone \"example.com\" {\n  record \"A\" \"a\" {\n    name = \"${var.s.a}..\"\n" +
			"    content = \"192.0.2.1\"\n  }\n}",
		"zone name": declare + "zone \"x\" { name = var.s.a }",
		"conflict":  declare + "zone \"example.com\" {\n  record \"TXT\" \"a\" { content = [var.s.a, var.s.a] }\n}",
		"long comment": declare + "zone \"example.com\" {\n  record \"A\" \"a\" {\n    content = \"x\"\n" +
			"    comment = var.s.a\n  }\n}",
		"data": declare + "zone \"example.com\" {\n  record \"CAA\" \"a\" {\n    flags = 0\n" +
			"    tag = var.s.a\n    value = \"x\"\n  }\n}",
		"key for its file": "cfplan {\n  encryption {\n    identity_file = \"age-secret-key-" + "1" + secret + "\"\n  }\n}",
		"key of a map": declare + "variable \"m\" {\n  type = map(string)\n  sensitive = true\n  default = { x" + secret + " = \"v\" }\n}\nlocals {\n" +
			"  x = [for k, v in var.m : tonumber(k)]\n}",
		"token in a content": "variable \"t\" { default = \"" + secret + "\" }\nvariable \"s\" {}\ncloudflare { " +
			"api_token = var.t }\nzone \"example.com\" {\n  record \"A\" \"a\" {\n    " +
			"content = var.t\n    ttl = var.t\n  }\n}",
		"output": declare + `output "x" { value = var.s }`,
		"validation": "variable \"s\" {\n  sensitive = true\n  validation {\n    condition = var.s == 1\n" +
			"    error_message = \"${var.s}\"\n  }\n}",
		"dynamic": declare + "zone \"example.com\" {\n  dynamic \"record\" {\n    for_each = var.s.list\n" +
			"    labels = [\"A\", record.value]\n    content { content = record.value }\n  }\n}",
	}
	value := `{ a = "` + secret + `", list = ["` + secret + `"] }`
	for name, src := range cases {
		_, files, diags := load(t, src, Options{Vars: []string{"s=" + value}})
		if len(diags) == 0 {
			t.Errorf("%s: Load reports no diagnostic, want one that could show the secret", name)
		}
		shown := describeDiagnostics(t, files, diags)
		for _, d := range diags {
			shown += d.Summary + d.Detail
		}
		if strings.Contains(shown, secret) {
			t.Errorf("%s: the secret is shown:\n%s", name, shown)
		}
	}
}

// A file of variables has secrets and cannot be parsed. The lines that diagnostics show must not contain any values.
func TestSecretsInBrokenFiles(t *testing.T) {
	const secret = "hunter2hunter"
	for name, text := range map[string]string{
		"x.cfvars": "s = \"" + secret + "\nb = [\n  \"" + secret + "\n",
		"x.json":   "{\"s\": \"" + secret + "\" \"" + secret + "\"}",
	} {
		dir := writeFiles(t, []txtar.File{
			{Name: "main.cf.hcl", Data: []byte("variable \"s\" { sensitive = true }\nvariable \"required\" {}\n")},
			{Name: name, Data: []byte(text)},
		})
		_, files, diags := Load(dir, Options{VarFiles: []string{filepath.Join(dir, name)}})
		shown := describeDiagnostics(t, files, diags)
		if len(diags) == 0 || strings.Contains(shown, secret) || strings.Contains(shown, "No value for required variable") {
			t.Errorf("%s: want only a syntax error, without the secret, got:\n%s", name, shown)
		}
	}
}

// Blocks with mistakes have secrets. Diagnostics must show the line of the mistake with the secrets masked,
// and a line of a zone unchanged.
func TestSecretsOfTheSettingsAreNotShown(t *testing.T) {
	const secret = "hunter2hunter"
	const url = "postgres://me:" + secret + "@db.example.com/"
	backend := func(text string) string { return "cfplan {\n  backend \"postgres\" {\n    " + text + "\n  }\n}\n" }
	for name, src := range map[string]string{
		"no closing quote":       backend(`password = "` + secret),
		"a colon":                backend(`password : "` + secret + `"`),
		"no sign":                backend(`password "` + secret + `"`),
		"two on a line":          backend(`schema = "x" password = "` + secret + `"`),
		"heredoc":                backend("password = <<EOT\n" + secret + "=\nzone \"x\" { " + secret + "\nEOT\n schema = ["),
		"heredoc without end":    backend("password = <<EOT\n" + secret + "=\n"),
		"connection string":      backend(`conn_str = "` + url),
		"harmless name":          backend(`path = "` + secret),
		"one line":               `cfplan { backend "postgres" { password = "` + secret + `" } ]`,
		"no block":               "password = \"" + secret + "\n",
		"no block, address":      "x = \"https://h/state?private_token=" + secret + "\n",
		"another block":          "cfpaln {\n  address = \"" + url + "\n}",
		"another block, heredoc": "cfpaln {\n  password = <<EOT\n" + secret + "\n",
		"broken after a zone":    "zone \"example.com\" {\n}\ncfplan {\n  encryption {\n    passphrase = \"" + secret + "\n",
		"variable in a URL":      backend(`conn_str = "` + url + `${var.db}"`),
		"variable in a query":    backend(`address = "https://h/x?private_token=` + secret + `${var.x}"`),
		"variable beside":        backend(`path = "${var.x}` + secret + `"`),
		"a list":                 backend(`path = ["` + secret + `"]`),
		"a call":                 backend(`path = upper("` + secret + `", 1)`),
		"nested":                 backend(`login { password = "` + secret + `" }`),
		"second backend":         backend(`path = "x"`) + `cfplan { backend "s3" { secret_key = "` + secret + `" } }`,
		"passphrase":             `cfplan { encryption { passphrase = "` + secret + `" } }`,
		"key of encryption":      `cfplan { encryption { key = "` + secret + `" } }`,
		"misspelled":             `cloudflare { token = "` + secret + `" }`,
		"in cfplan":              `cfplan { password = "` + secret + `" }`,
		"Terraform's":            `terraform { backend "http" { address = "` + url + `" } }`,
	} {
		_, files, diags := load(t, src, Options{})
		assertHidden(t, name, secret, files, diags)
	}
	for name, src := range map[string]string{
		"cut":          `{"cfplan": {"backend": {"postgres": {"password": "` + secret + `"`,
		"no comma":     "{\n\"cfplan\": {\n\"backend\": {\n\"http\": {\"address\": \"x\" \"" + secret + "\"}}}}",
		"no quotes":    "{\n\"cloudflare\": {\n\"api_token\": " + secret + "\n}}",
		"nested":       `{"cfplan": {"backend": {"s3": {"secret_key": "` + secret + `", "bucket": []}}}}`,
		"twice":        `{"cfplan": {"backend": {"s3": {"secret_key": "` + secret + `", "secret_key": "` + secret + `"}}}}`,
		"passphrase":   `{"cfplan": {"encryption": {"passphrase": "` + secret + `"}}}`,
		"of two kinds": `{"cfplan": [{"encryption": {"key": ["` + secret + `"]}}], "zone": {"a..b": {}}}`,
	} {
		dir := writeFiles(t, []txtar.File{{Name: "main.cf.json", Data: []byte(src)}})
		_, files, diags := Load(dir, Options{})
		assertHidden(t, "JSON, "+name, secret, files, diags)
	}
}

func assertHidden(t *testing.T, name, secret string, files Files, diags hcl.Diagnostics) {
	t.Helper()
	shown := describeDiagnostics(t, files, diags)
	if !diags.HasErrors() {
		t.Errorf("%s: Load reports no error, want one", name)
	}
	for _, f := range files {
		shown += string(f.Bytes) // a later diagnostic of a plan can point at any line
	}
	if strings.Contains(shown, secret) {
		t.Errorf("%s: the secret is shown:\n%s", name, shown)
	}
}

func TestBrokenFilesAreShownIfNothingIsSecret(t *testing.T) {
	for src, want := range map[string]string{
		"cfplan {\n  backend \"s3\" {\n    bucket = \"dns\"\n  }\n}\nzone \"example.com\" {\n" +
			"  record \"A\" \"@\" { content = [ }\n}\n": `record "A" "@" { content = [ }`,
		"cfplan {\n  backend \"s3\" {\n    bucket = \"dns\n  }\n}\n":   "    bucket = ****",
		"variable \"api_token\" \n":                                    `variable "api_token" `,
		"zone \"example.com\" {\n  x = \"https://example.com/a?b=c\n}": `x = "https://example.com/a?b=c`,
	} {
		_, files, diags := load(t, src, Options{})
		if shown := describeDiagnostics(t, files, diags); !diags.HasErrors() || !strings.Contains(shown, want) {
			t.Errorf("%s: the diagnostics do not show %q:\n%s", src, want, shown)
		}
	}
}

// The ranges of diagnostics must stay valid in a masked file.
func TestMaskKeepsLines(t *testing.T) {
	_, files, diags := load(t, "cloudflare {\n  api_key = <<EOT\ntwo\nlines\nEOT\n}\nzone \"com\" {}\n", Options{})
	shown := describeDiagnostics(t, files, diags)
	if !strings.Contains(shown, "7: zone \"com\" {}") {
		t.Errorf("line 7 is not shown as it is:\n%s", shown)
	}
}

// The test adds a diagnostic before the text that it quotes becomes known as a secret.
func TestSecretsThatAreLearnedLaterAreWithheld(t *testing.T) {
	r := newReport()
	r.errorAt(hcl.Range{Filename: "a"}, "Wrong", "The value %q is wrong.", "hunter2")
	r.secrets.learn(cty.StringVal("hunter2"))
	if got := r.diagnostics()[0].Detail; got != withheld {
		t.Errorf("the detail is %q, want it withheld", got)
	}
}
