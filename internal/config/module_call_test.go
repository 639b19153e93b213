package config

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"golang.org/x/tools/txtar"
	"pgregory.net/rapid"

	"github.com/cfplan/cfplan/internal/dns"
)

// loadArchive loads the files of an archive.
func loadArchive(t testing.TB, archive string, o Options) (*Config, Files, hcl.Diagnostics) {
	t.Helper()
	return Load(writeFiles(t, txtar.Parse([]byte(archive)).Files), o)
}

// The test moves some blocks of a configuration into a module, and passes the values that they refer to as inputs. The
// configuration must declare the same records, apart from their addresses.
func TestInliningAModuleChangesAddressesOnly(t *testing.T) {
	shared := []string{
		`variable "address" { default = "192.0.2.1" }`,
		"variable \"list\" {\n  type    = list(string)\n  default = [\"b\", \"a\"]\n}",
		`locals { one = "${local.two}1" }`,
		`locals { two = var.address }`,
	}
	blocks := []string{
		zoneOf(recordPieces),
		"zone \"example.org\" {\n  record \"TXT\" \"@\" { content = \"two\" }\n  zonefile { path = \"org.zone\" }\n}",
		"zone \"each\" {\n  for_each = toset(var.list)\n  name     = \"${each.key}.example\"\n" +
			"  record \"A\" \"@\" { content = var.address }\n}",
		"zone \"example.com\" {\n  ownership = \"exclusive\"\n  ignore { name = \"x\" }\n}",
		"zone \"example.org\" {\n  id = \"023e105f4ecef8ad9ca31a8372d0c353\"\n  record \"TXT\" \"@\" { content = local.one }\n}",
	}
	calls := []string{
		"  address = var.address\n  list = var.list\n",
		"  count = 1\n  address = local.two\n  list = [\"a\", \"b\"]\n",
		"  for_each = toset([\"k\"])\n  address = \"192.0.2.1\"\n  list = var.list\n",
	}
	load := func(t *testing.T, root, inside []string, call string) []dns.Zone {
		files := []txtar.File{
			{Name: "main.cf.hcl", Data: []byte(strings.Join(append(root, shared...), "\n") + "\n")},
			{Name: "org.zone", Data: []byte("file 300 IN A 192.0.2.3\n")},
		}
		if inside != nil {
			files[0].Data = append(files[0].Data, "module \"m\" {\n  source = \"./m\"\n"+call+"}\n"...)
			files = append(files, txtar.File{Name: "m/main.cf.hcl", Data: []byte(strings.Join(append(inside, shared...), "\n") + "\n")})
		}
		c, sources, diags := Load(writeFiles(t, files), Options{})
		if len(diags) > 0 {
			t.Fatal(describeDiagnostics(t, sources, diags))
		}
		return withoutPlaces(t, c.Zones)
	}
	want := load(t, blocks, nil, "")

	rapid.Check(t, func(rt *rapid.T) {
		var root []string
		inside := []string{}
		for _, b := range blocks {
			if rapid.Bool().Draw(rt, "inside") {
				inside = append(inside, b)
			} else {
				root = append(root, b)
			}
		}
		got := load(t, root, inside, rapid.SampledFrom(calls).Draw(rt, "call"))
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Fatalf("the module changes the records (-want +got)\n%s", diff)
		}
	})
}

var aroundLabel = regexp.MustCompile(`/module\.m(\[[^]]*\])?\.`)

// withoutPlaces removes positions and the module "m" from the declarations of records.
func withoutPlaces(t *testing.T, zones []dns.Zone) []dns.Zone {
	t.Helper()
	for i := range zones {
		z := &zones[i]
		z.Policy.File, z.Policy.Line = "", 0
		for j := range z.Records {
			z.Records[j].Declared = &dns.Declaration{Address: aroundLabel.ReplaceAllString(z.Records[j].Declared.Address, "/")}
		}
	}
	return zones
}

// The directory of a module can be validated as a configuration of its own. Values that depend on its inputs
// are unknown.
func TestModuleIsValidByItself(t *testing.T) {
	const module = `
-- main.cf.hcl --
variable "domain" { type = string }
variable "ips" { type = list(string) }
zone "site" {
  name = var.domain
  record "A" "@" { content = var.ips }
}
zone "example.com" {
  record "A" "www" { content = %s }
}
output "first" { value = var.ips[0] }
`
	c, files, diags := loadArchive(t, fmt.Sprintf(module, `"192.0.2.1"`), Options{Unset: true})
	if len(diags) > 0 || c.Unset != 2 || len(c.Zones) != 1 {
		t.Errorf("Load returns %d zones with %d unset variables, want 1 and 2\n%s", len(c.Zones), c.Unset, describeDiagnostics(t, files, diags))
	}
	_, _, diags = loadArchive(t, fmt.Sprintf(module, `"192.0.2.x"`), Options{Unset: true})
	if s := summaries(diags); s != "Invalid IPv4 address" {
		t.Errorf("diagnostics are %q, want one about the address", s)
	}
}

// Values that depend on a variable without a value must not be checked, even if they pass through modules.
func TestUnsetVariablesReachModules(t *testing.T) {
	c, files, diags := loadArchive(t, `
-- main.cf.hcl --
variable "ip" { type = string }
variable "sites" { type = map(string) }
module "one" {
  source = "./m"
  ip     = var.ip
}
module "many" {
  source   = "./m"
  for_each = var.sites
  ip       = each.value
}
zone "example.com" {
  record "A" "a" { content = module.one.ip }
  record "A" "b" { content = module.many["x"].ip }
  record "A" "c" { content = "192.0.2.1" }
}
-- m/main.cf.hcl --
variable "ip" {}
zone "example.com" {
  record "A" "m" { content = var.ip }
}
output "ip" { value = var.ip }
`, Options{Unset: true})
	if len(diags) > 0 || len(c.Zones) != 1 || len(c.Zones[0].Records) != 1 {
		t.Errorf("zones are %v, want example.com with one record\n%s", c.Zones, describeDiagnostics(t, files, diags))
	}
}

// validate must find the mistakes in a module whose for_each is empty or unknown. A plan does not evaluate
// such a module.
func TestModulesWithoutInstancesAreChecked(t *testing.T) {
	const archive = `
-- main.cf.hcl --
variable "sites" { type = map(string) }
module "unknown" {
  source   = "./m"
  for_each = var.sites
  domain   = each.key
  ip       = each.value
}
module "none" {
  source = "./m"
  count  = 0
  domain = "n${count.index}.example"
  ip     = "192.0.2.1"
}
output "ips" { value = [for m in module.unknown : m.ip] }
-- m/main.cf.hcl --
variable "domain" { type = string }
variable "ip" {
  type = string
  validation {
    condition     = can(regex("^[0-9.]+$", var.ip))
    error_message = "Not an address."
  }
}
zone "site" {
  name = var.domain
  record "A" "@" { content = var.%s }
}
output "ip" { value = var.ip }
`
	check := Options{Unset: true, EveryModule: true}
	if c, files, diags := loadArchive(t, fmt.Sprintf(archive, "ip"), check); len(diags) > 0 || len(c.Zones) != 0 {
		t.Errorf("zones are %v, want none\n%s", c.Zones, describeDiagnostics(t, files, diags))
	}
	_, _, diags := loadArchive(t, fmt.Sprintf(archive, "address"), check)
	if s := summaries(diags); s != "Reference to undeclared input variable" {
		t.Errorf("diagnostics are %q, want one about the reference", s)
	}
	_, _, diags = loadArchive(t, fmt.Sprintf(archive, "address"), Options{Vars: []string{"sites={}"}})
	if len(diags) > 0 {
		t.Errorf("without an instance, diagnostics are %v, want none", diags)
	}
}

func TestModulesOutsideOfTheDirectory(t *testing.T) {
	dir := writeFiles(t, txtar.Parse([]byte(`
-- env/prod/main.cf.hcl --
module "site" {
  source = "../../modules/site"
  text   = file("${path.root}/../../shared.txt")
}
output "paths" { value = module.site.paths }
-- modules/site/main.cf.hcl --
variable "text" {}
zone "example.com" {
  record "TXT" "@" { content = trimspace(var.text) }
  record "TXT" "own" { content = trimspace(file("${path.module}/own.txt")) }
}
output "paths" { value = [path.module, path.root] }
-- modules/site/own.txt --
own
-- shared.txt --
shared
`)).Files)
	prod := filepath.Join(dir, "env", "prod")

	_, _, diags := Load(prod, Options{})
	if s := summaries(diags); s != "Module cannot be read; Error in function call" {
		t.Fatalf("diagnostics are %q, want that the module and the file cannot be read", s)
	}
	if want := "CFPLAN_FILES_ROOT=" + dir + ";"; !strings.Contains(diags[0].Detail, want) {
		t.Errorf("the detail is %q, want it to name %s", diags[0].Detail, want)
	}

	c, files, diags := Load(prod, Options{Env: []string{"CFPLAN_FILES_ROOT=" + dir}})
	if len(diags) > 0 {
		t.Fatal(describeDiagnostics(t, files, diags))
	}
	if r := c.Zones[0].Records; len(r) != 2 || r[0].Content != `"shared"` || r[0].Declared.File != "../../modules/site/main.cf.hcl" {
		t.Errorf("records are %+v, want both texts from the module's file", r)
	}
	if diff := cmp.Diff([]any{"../../modules/site", "."}, c.Outputs[0].Value); diff != "" {
		t.Errorf("paths (-want +got)\n%s", diff)
	}

	for _, wrong := range []string{filepath.Join(dir, "modules"), filepath.Join(dir, "nothing")} {
		_, _, diags := Load(prod, Options{Env: []string{"CFPLAN_FILES_ROOT=" + wrong}})
		if s := summaries(diags); !strings.Contains(s, "Invalid CFPLAN_FILES_ROOT") || !strings.Contains(s, "Module cannot be read") {
			t.Errorf("CFPLAN_FILES_ROOT=%s: diagnostics are %q, want that the value is invalid and the module cannot be read", wrong, s)
		}
	}
}

// In one configuration, each module calls the next one twice, so that the number of instances doubles with
// each level. In another one, the chain of modules is too long.
func TestModulesAreBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("loads modules up to the limit: not with -short")
	}

	var twice, deep strings.Builder
	for i := range 31 {
		next := fmt.Sprintf("source = \"../m%d\"", i+1)
		fmt.Fprintf(&twice, "-- m%d/main.cf.hcl --\nmodule \"a\" { %s }\nmodule \"b\" { %s }\n", i, next, next)
	}
	for i := range 40 {
		fmt.Fprintf(&deep, "-- m%d/main.cf.hcl --\nmodule \"a\" { source = \"../m%d\" }\n", i, i+1)
	}
	const root, last = "-- main.cf.hcl --\nmodule \"m\" { source = \"./m0\" }\n", "-- m%d/main.cf.hcl --\nlocals { x = 1 }\n"

	_, _, diags := loadArchive(t, root+twice.String()+fmt.Sprintf(last, 31), Options{})
	if s := summaries(diags); s != "Expression exceeds the budget of evaluation" {
		t.Errorf("doubling modules: diagnostics are %q, want that the budget is exceeded", s)
	}
	_, _, diags = loadArchive(t, root+deep.String()+fmt.Sprintf(last, 40), Options{})
	if s := summaries(diags); s != "Modules too deep" {
		t.Errorf("deep modules: diagnostics are %q, want that they are too deep", s)
	}
	_, _, diags = loadArchive(t,
		"-- main.cf.hcl --\nmodule \"m\" {\n  source = \"./m\"\n  for_each = toset([join(\"\", [for i in range(1000) : "+
			"\"abc\"])])\n}\n-- m/main.cf.hcl --\nlocals { x = 1 }\n", Options{})
	if s := summaries(diags); s != "Address too long" {
		t.Errorf("a long key: diagnostics are %q, want that the address is too long", s)
	}
}

// A sensitive input or output must stay sensitive, and no diagnostic may show it.
func TestSecretsInModulesAreMasked(t *testing.T) {
	const archive = `
-- main.cf.hcl --
variable "token" { sensitive = true }
module "m" {
  source = "./m"
  plain  = var.token
  own    = "own-secret"
}
zone "example.com" {
  record "A" "a" { content = module.m.own }
  record "A" "b" { content = module.m.plain }
}
output "leak" { value = module.m.plain }
output "marked" { value = module.m.hidden }
-- m/main.cf.hcl --
variable "plain" {}
variable "own" { sensitive = true }
zone "example.com" {
  record "A" "c" { content = var.own }
  record "A" "d" { content = "x-${var.plain}" }
}
output "own" {
  value     = var.own
  sensitive = true
}
output "plain" { value = var.plain }
output "hidden" {
  value     = "a"
  sensitive = true
}
`
	_, files, diags := loadArchive(t, archive, Options{Vars: []string{"token=very-secret"}})
	text := describeDiagnostics(t, files, diags)
	if strings.Contains(text, "very-secret") || strings.Count(text, "own-secret") > 0 {
		t.Errorf("a diagnostic shows a secret:\n%s", text)
	}
	if n := strings.Count(text, "Output refers to a sensitive value"); n != 3 {
		t.Errorf("Load refuses %d outputs, want 3: one of the module and two of the root module\n%s", n, text)
	}
}

// A credential that passes through a module comes from outside the files if the value of its variable does.
func TestCredentialsThroughModules(t *testing.T) {
	const archive = `
-- main.cf.hcl --
variable "token" { default = "x" }
module "m" {
  source = "./m"
  token  = var.token
}
cloudflare { api_token = module.m.token }
-- m/main.cf.hcl --
variable "token" { sensitive = true }
output "token" {
  value     = var.token
  sensitive = true
}
`
	c, files, diags := loadArchive(t, archive, Options{Env: []string{"CFPLAN_VAR_token=from-outside"}})
	if len(diags) > 0 || c.Cloudflare.APIToken != "from-outside" || !c.Cloudflare.Outside || !c.Variables["token"].Sensitive {
		t.Errorf("%+v %+v, want a credential from outside that no plan remembers\n%s",
			c.Cloudflare, c.Variables, describeDiagnostics(t, files, diags))
	}
}

// prevent_destroy in a module must protect the records of instances that no longer exist, in zones that are
// still declared and in zones that are not.
func TestModulesProtectRecordsOfFormerInstances(t *testing.T) {
	const archive = `
-- main.cf.hcl --
module "site" {
  source   = "./site"
  for_each = toset(%s)
  domain   = each.key
  protect  = true
}
zone "example.com" {}
zone "other.com" {}
-- site/main.cf.hcl --
variable "domain" {}
variable "protect" {}
zone "site" {
  name = var.domain
  record "A" "@" {
    content = "192.0.2.1"
    lifecycle { prevent_destroy = var.protect }
  }
  record "A" "free" { content = "192.0.2.1" }
}
module "mail" { source = "../mail" }
-- mail/main.cf.json --
{"zone": {"example.com": {"record": {"MX": {"mail": {"content": "10 mx.example.net", "lifecycle": {"prevent\u005fdestroy": true}}}}}}}
`
	covers := func(protected []dns.Protection, zone, address string) bool {
		_, ok := dns.NewCoverage(protected, zone).First(address)
		return ok
	}
	for _, elements := range []string{`[]`, `["a.com"]`} {
		c, files, diags := loadArchive(t, fmt.Sprintf(archive, elements), Options{})
		if len(diags) > 0 {
			t.Fatal(describeDiagnostics(t, files, diags))
		}
		for address, want := range map[string]bool{
			`gone.com/A/module.site["gone.com"].@`:             true,
			`gone.com/A/module.site["gone.com"].free`:          false,
			`gone.com/A/module.site["gone.com"].module.mail.@`: false,
			`gone.com/A/@`: false,
			`example.com/MX/module.site["gone.com"].module.mail.mail`:  true,
			`example.com/MX/module.site["gone.com"].module.other.mail`: false,
			`other.com/A/module.site["gone.com"].@`:                    true,
			`other.com/MX/module.site["gone.com"].module.mail.mail`:    false,
			`example.com/MX/mail`:                                      false,
		} {
			zone, _, _ := strings.Cut(address, "/")
			protected := c.Protected
			for _, z := range c.Zones {
				if z.Name == zone {
					protected = z.Policy.Protected
				}
			}
			if got := covers(protected, zone, address); got != want {
				t.Errorf("for_each over %s protects %s: %v, want %v", elements, address, got, want)
			}
		}
	}
}

// Values that depend on a variable without a value are not checked. Everything else must be checked,
// including zones whose name is unknown and blocks without a known instance.
func TestValidateWithoutValues(t *testing.T) {
	const variables = `
-- main.cf.hcl --
variable "domain" { type = string }
variable "hosts" { type = map(object({ type = string, content = string })) }
`
	tests := map[string]struct{ blocks, want string }{
		"zone of an unknown name": {`zone "site" {
  name = var.domain
  record "A" "www" { content = "192.0.2.999" }
  record "A" "api" { content = var.hosts["api"].content }
}`, "Invalid IPv4 address"},
		"names in a zone of an unknown name": {`zone "site" {
  name = var.domain
  record "NS" "0/25" { content = "ns.example.net" }
  record "PTR" "1.0/25.2.0.192.in-addr.arpa." { content = "www.${zone.name}" }
  record "A" "full.example.com." { content = "192.0.2.1" }
  record "CNAME" "@" { content = var.domain }
  record "TXT" "_dmarc" { content = "v=DMARC1; p=none" }
  record "A" "a b" { content = "192.0.2.1" }
  zonefile { path = "${var.domain}.zone" }
}`, "Invalid name"},
		"zone blocks for unknown elements": {`zone "site" {
  for_each = var.hosts
  name     = each.key
  record "A" "www" { content = "192.0.2.999" }
  record "A" "api" { content = each.value.content }
}`, "Invalid IPv4 address"},
		"records for unknown elements": {`zone "example.com" {
  record "A" "www" {
    for_each = var.hosts
    name     = each.key
    content  = each.value.content
    ttl      = 5
  }
  record "A" "api" {
    count   = length(var.hosts)
    content = null
  }
}`, "Invalid TTL"},
		"a set with an unknown element": {`zone "example.com" {
  record "A" "www" {
    for_each = toset(["a", var.domain])
    name     = each.key
    content  = "192.0.2.1"
  }
}`, ""},
		"dynamic blocks with unknown labels": {`zone "example.com" {
  dynamic "record" {
    for_each = var.hosts
    labels   = [record.value.type, record.key]
    content {
      content = record.value.content
    }
  }
}`, ""},
		"dynamic blocks with a wrong label": {`zone "example.com" {
  dynamic "record" {
    for_each = { www = null }
    labels   = [record.value, record.key]
    content {
      content = var.domain
    }
  }
}`, "Invalid dynamic block label"},
	}
	for name, tt := range tests {
		_, files, diags := loadArchive(t, variables+tt.blocks, Options{Unset: true, EveryModule: true})
		if s := summaries(diags); s != tt.want {
			t.Errorf("%s: diagnostics are %q, want %q\n%s", name, s, tt.want, describeDiagnostics(t, files, diags))
		}
	}
}
