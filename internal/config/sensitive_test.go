package config

import (
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/cfplan/cfplan/internal/dns"
)

func TestDeclarationListsSensitiveAttributes(t *testing.T) {
	const head = `
variable "s" { sensitive = true }
variable "n" {
  sensitive = true
  default   = null
}
zone "example.com" {
  defaults {
    comment = var.s
    tags    = ["a:${var.s}"]
  }
`
	for _, c := range []struct{ record, want string }{
		{`record "A" "x" { content = "192.0.2.1" }`, "[comment tags]"},
		{"record \"A\" \"x\" {\n content = \"192.0.2.1\"\n comment = \"public\"\n tags = []\n}", "[]"},
		{"record \"A\" \"x\" {\n content = \"192.0.2.1\"\n comment = var.n\n tags = []\n}", "[comment]"}, // null is not set
		{"record \"A\" \"x\" {\n content = \"192.0.2.1\"\n comment = \"\"\n tags = []\n name = lower(var.s)\n}", "[name]"},
		{"record \"A\" \"x\" {\n content = \"192.0.2.1\"\n comment = sensitive(\"x\")\n tags = []\n}", "[comment]"},
		{"record \"A\" \"x\" {\n content = \"192.0.2.1\"\n comment = nonsensitive(var.s)\n tags = []\n}", "[]"},
		{"record \"A\" \"x\" {\n for_each = { k = var.s }\n content = \"192.0.2.1\"\n comment = each.value\n tags = []\n}", "[comment]"},
		{"record \"A\" \"x\" {\n content = \"192.0.2.1\"\n comment = \"\"\n tags = [for s in [var.s] : upper(s)]\n}", "[tags]"},
		{"record \"A\" \"x\" {\n content = \"192.0.2.1\"\n comment = var.s == \"\" ? \"a\" : \"b\"\n tags = []\n}", "[comment]"},
	} {
		cfg, problems, details := loadText(t, head+c.record+"\n}", Options{Vars: []string{"s=hunter"}})
		if problems != "" {
			t.Fatalf("%s: %s: %s", c.record, problems, details)
		}
		got := cfg.Zones[0].Records[0].Declared.Sensitive
		if words := strings.ReplaceAll(strings.Trim(strings.Join(asText(got), " "), " "), "  ", " "); "["+words+"]" != c.want {
			t.Errorf("%s: Sensitive is [%s], want %s", c.record, words, c.want)
		}
	}
}

func asText(list []dns.Attribute) []string {
	out := make([]string, len(list))
	for i, a := range list {
		out[i] = string(a)
	}
	return out
}

func TestZoneFilesInheritSensitiveDefaults(t *testing.T) {
	dir := writeFiles(t, []txtar.File{
		{Name: "main.cf.hcl", Data: []byte("zone \"example.com\" {\n defaults { comment = sensitive(\"hunter\") }\n zonefile { path = \"z.zone\" }\n}\n")},
		{Name: "z.zone", Data: []byte("a 300 IN A 192.0.2.1\nb 300 IN A 192.0.2.1 ; own\n")},
	})
	cfg, _, diags := Load(dir, Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	for _, r := range cfg.Zones[0].Records {
		if masked := len(r.Declared.Sensitive) > 0; masked != (r.Comment == "hunter") {
			t.Errorf("%s with the comment %q has the sensitive attributes %v, want the comment only if it is the default", r.Name, r.Comment, r.Declared.Sensitive)
		}
	}
}

func TestSensitiveValuesThatDNSPublishesEarnAWarning(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{`record "A" "x" { content = sensitive("192.0.2.1") }`, "Sensitive value in a public attribute"},
		{"record \"MX\" \"x\" {\n content = \"m.example.net\"\n priority = sensitive(10)\n}", "Sensitive value in a public attribute"},
		{"record \"A\" \"x\" {\n content = \"192.0.2.1\"\n settings { ipv4_only = sensitive(true) }\n proxied = true\n}",
			"Sensitive value in a public attribute"},
		{"record \"SRV\" \"_a._tcp\" {\n priority = 1\n weight = 1\n port = sensitive(1)\n target = \"m.example.net\"\n}",
			"Sensitive value in a public attribute"},
		{"defaults { ttl = sensitive(300) }\n record \"A\" \"x\" { content = \"192.0.2.1\" }", "Sensitive value in a public attribute"},
		{`record "A" "x" { content = nonsensitive(sensitive("192.0.2.1")) }`, ""},
	} {
		_, problems, details := loadText(t, "zone \"example.com\" {\n"+c.src+"\n}", Options{})
		if problems != c.want {
			t.Errorf("%s: diagnostics are %q (%s), want %q", c.src, problems, details, c.want)
		}
	}

	_, problems, _ := loadText(t, "zone \"x\" {\n name = sensitive(\"example.com\")\n}", Options{})
	if problems != "Sensitive name of a zone" {
		t.Errorf("a sensitive zone name: diagnostics are %q, want Sensitive name of a zone", problems)
	}
}

// A diagnostic about another record can also quote a sensitive name, comment or tag.
func TestDiagnosticsDoNotQuoteSensitiveAttributes(t *testing.T) {
	dir := writeFiles(t, []txtar.File{{Name: "main.cf.hcl", Data: []byte(`
zone "example.com" {
  record "CNAME" "a" {
    content = "192.0.2.1.example.net"
    name    = sensitive("Zq7Secret")
  }
  record "A" "b" {
    content = "192.0.2.1"
    name    = nonsensitive("zq7secret")
  }
  record "A" "long" {
    content = "192.0.2.2"
    comment = sensitive(join("", [for i in range(60) : "zq7comment"]))
  }
}
`)}, {Name: "more.cf.json", Data: []byte(`{"locals": {"x": "${sensitive(\"zq7json\") + 1}"}}`)}})
	_, files, diags := Load(dir, Options{})
	if !diags.HasErrors() {
		t.Fatal("no errors")
	}
	for _, d := range diags {
		if text := strings.ToLower(d.Summary + d.Detail); strings.Contains(text, "zq7") {
			t.Errorf("a diagnostic quotes a sensitive value: %s", text)
		}
	}
	for name, f := range files {
		for _, secret := range []string{`sensitive("Zq7Secret`, "zq7json"} {
			if strings.Contains(string(f.Bytes), secret) && !strings.Contains(secret, "non") {
				t.Errorf("the lines of %s show %s", name, secret)
			}
		}
	}
}
