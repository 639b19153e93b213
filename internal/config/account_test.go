package config

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// Accounts mean the same in both syntaxes. In JSON, a property whose value is an object is an account, even if it has
// the name of an attribute.
func TestAccounts(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"HCL": {"dns.cf.hcl": `
cloudflare { api_token = "main-token" }
cloudflare "eu" { api_token = "eu-token" }
cloudflare "email" {}
zone "example.com" { cloudflare = "eu" }
zone "example.net" {}
zone "example.org" { cloudflare = null }
`},
		"JSON": {"dns.cf.json": `{
  "cloudflare": {"api_token": "main-token", "eu": {"api_token": "eu-token"}, "email": {}},
  "zone": {"example.com": {"cloudflare": "eu"}, "example.net": {}, "example.org": {"cloudflare": null}}
}`},
		"JSON, as a list": {"dns.cf.json": `{
  "cloudflare": [{"api_token": "main-token"}, {"eu": {"api_token": "eu-token"}}, {"email": {}}],
  "zone": {"example.com": {"cloudflare": "eu"}, "example.net": {}, "example.org": {}}
}`},
		"two files": {
			"accounts.cf.json": `{"cloudflare": {"eu": {"api_token": "eu-token"}, "email": [{}]}}`,
			"dns.cf.hcl": `
cloudflare { api_token = "main-token" }
zone "example.com" { cloudflare = "eu" }
zone "example.com" {
  record "A" "www" { content = "192.0.2.1" }
}
zone "example.net" {}
zone "example.org" {}
`},
	} {
		t.Run(name, func(t *testing.T) {
			var sources []txtar.File
			for name, text := range files {
				sources = append(sources, txtar.File{Name: name, Data: []byte(text)})
			}
			c, _, diags := Load(writeFiles(t, sources), Options{})
			if diags.HasErrors() {
				t.Fatal(diags)
			}

			if c.Cloudflare.APIToken != "main-token" {
				t.Errorf("the default account has the token %q", c.Cloudflare.APIToken)
			}
			var got []string
			for _, a := range c.Accounts {
				got = append(got, a.Name+" "+a.APIToken)
			}
			if want := []string{"email ", "eu eu-token"}; !slices.Equal(got, want) {
				t.Errorf("accounts %q, want %q", got, want)
			}
			for i, want := range []string{"eu", "", ""} {
				if got := c.Zones[i].Policy.Account; got != want {
					t.Errorf("%s is in the account %q, want %q", c.Zones[i].Name, got, want)
				}
			}
		})
	}
}

// A mistake in an account, or in its use, must be an error that does not quote a secret.
func TestWrongAccounts(t *testing.T) {
	for src, want := range map[string]string{
		`zone "example.com" { cloudflare = "eu" }`:                                       "Declare it: cloudflare \"NAME\"",
		`cloudflare "us" {}` + "\n" + `zone "example.com" { cloudflare = "eu-central" }`: `There are "us".`,
		`cloudflare "file" {}`:                                     "must not end in \"file\"",
		`cloudflare "a" { my_token = "S3CR3T-S3CR3T-S3CR3T" }`:     "Unsupported argument",
		`cloudflare "1a" {}`:                                       "begins with a letter",
		`cloudflare "" {}`:                                         "begins with a letter",
		`cloudflare "eu" { api_token = ["S3CR3T-S3CR3T-S3CR3T"] }`: "must be a text",
		`zone "example.com" { cloudflare = ["eu"] }`:               "Inappropriate value",
		`cloudflare "eu" {}` + "\n" + `zone "example.com" { cloudflare = sensitive("eu") }`: "Sensitive name of an account",
		`cloudflare {}` + "\n" + `cloudflare {}`:                                            "give one a name",
	} {
		_, files, diags := load(t, src, Options{})
		said := ""
		for _, d := range diags {
			said += d.Summary + ": " + d.Detail + "\n"
		}
		if !strings.Contains(said, want) || !diags.HasErrors() {
			t.Errorf("%s: Load reports %s, want %q", src, said, want)
		}
		for _, f := range files {
			if strings.Contains(string(f.Bytes), "S3CR3T") {
				t.Errorf("%s: the source that diagnostics show contains the secret: %s", src, f.Bytes)
			}
		}
	}
}
