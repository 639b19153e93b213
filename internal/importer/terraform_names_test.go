package importer

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// terraformRow is an instance of a state: its address as `terraform state list` prints it, but without
// escapes, and its record as NAME TYPE. The zone is example.com unless the name ends in example.org.
type terraformRow struct{ address, record string }

// terraformStateOfRows returns a state with an instance for each row.
func terraformStateOfRows(t *testing.T, rows []terraformRow) string {
	t.Helper()
	var resources []any
	for n, row := range rows {
		address, key, keyed := strings.Cut(strings.TrimSuffix(row.address, "]"), "#[")
		at := strings.LastIndex(address, "cloudflare_")
		typ, name, _ := strings.Cut(address[at:], ".")
		host, recordType, _ := strings.Cut(row.record, " ")
		zone := "000000000000000000000000000000aa"
		if strings.HasSuffix(host, "example.org") {
			zone = "000000000000000000000000000000bb"
		}
		instance := map[string]any{"attributes": map[string]any{"id": fmt.Sprintf("%032x", n), "zone_id": zone, "name": host + ".", "type": recordType,
			"ttl": 300, "content": contentOf(recordType, n), "priority": 10}}
		if keyed {
			var v any
			if err := json.Unmarshal([]byte(key), &v); err != nil {
				t.Fatalf("%s: %v", row.address, err)
			}
			instance["index_key"] = v
		}
		resources = append(resources, map[string]any{"module": strings.TrimSuffix(address[:at], "."), "mode": "managed", "type": typ, "name": name,
			"provider": `provider["registry.terraform.io/cloudflare/cloudflare"]`, "instances": []any{instance}})
	}
	text, err := json.Marshal(map[string]any{"version": 4, "terraform_version": "1.11.4", "resources": resources})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func contentOf(typ string, n int) string {
	switch typ {
	case "A":
		return fmt.Sprintf("192.0.2.%d", n)
	case "TXT":
		return fmt.Sprintf("text %d", n)
	}
	return fmt.Sprintf("host%d.example.net", n)
}

// readRows reads a zone from a state with the rows.
func readRows(t *testing.T, rows []terraformRow, zone string) *Source {
	t.Helper()
	text := terraformStateOfRows(t, rows)
	src, diags := Read(Terraform, Input{Name: "x", Text: []byte(text), Zone: zone, ZoneName: func(id string) string { return sampleZones[id] }})
	if hasErrors(diags) {
		t.Fatalf("%s%s", text, spelledOut(diags))
	}
	return src
}

// Each want is the label of an instance, its key in braces and its note after a #. In the address of a row,
// the key of the resource is JSON after a #.
func TestTerraformNamesSurvive(t *testing.T) {
	for name, rows := range map[string][]struct {
		address, record, want string
	}{
		"a resource": {
			{"cloudflare_record.www", "www.example.com A", "www"},
			{"cloudflare_record.apex_a", "example.com A", "apex_a"},
			{"cloudflare_dns_record.www", "www.example.com TXT", "www"},
		},
		"for_each": {
			{`cloudflare_record.mail#["mx1"]`, "example.com MX", "mail {mx1}"},
			{`cloudflare_record.mail#["mx2"]`, "example.com MX", "mail {mx2}"},
			{`cloudflare_record.caa#["issue"]`, "example.com CNAME", "caa # cloudflare_record.caa[\"issue\"]"},
		},
		"a count that is a switch": {
			{"cloudflare_record.www#[0]", "www.example.com A", "www"},
		},
		"a count that is a list": {
			{"cloudflare_record.www#[0]", "www.example.com A", "www"},
			{"cloudflare_record.www#[1]", "www.example.com A", "www"},
		},
		"a count of names": {
			{"cloudflare_record.host#[0]", "host-0.example.com A", "host {0}"},
			{"cloudflare_record.host#[10]", "host-10.example.com A", "host {10}"},
		},
		"a module": {
			{"module.dns.cloudflare_record.www", "www.example.com A", "www # module.dns.cloudflare_record.www"},
			{`module.dns.cloudflare_record.spf#["a"]`, "a.example.com TXT", `spf # module.dns.cloudflare_record.spf["a"]`},
		},
		"modules with resources of one name": {
			{"cloudflare_record.www", "www.example.com A", "www"},
			{"module.a.cloudflare_record.www", "a.example.com A", "a-www # module.a.cloudflare_record.www"},
			{"module.b.cloudflare_record.www", "b.example.com A", "b-www # module.b.cloudflare_record.www"},
			{"module.b.cloudflare_record.spf", "b.example.com TXT", "spf # module.b.cloudflare_record.spf"},
		},
		"deeper modules with one name": {
			{"module.eu.module.web.cloudflare_record.a", "a.example.com A", "eu-web-a # module.eu.module.web.cloudflare_record.a"},
			{"module.us.module.web.cloudflare_record.a", "b.example.com A", "us-web-a # module.us.module.web.cloudflare_record.a"},
		},
		"a module with for_each": {
			{`module.host["a.b"].cloudflare_record.this`, "a.example.com A", "this {a.b} # module.host.cloudflare_record.this"},
			{`module.host["c"].cloudflare_record.this`, "c.example.com A", "this {c} # module.host.cloudflare_record.this"},
		},
		"a module for each zone": {
			{`module.zones["example.com"].cloudflare_record.this#["a"]`, "a.example.com A", `this {a} # module.zones["example.com"].cloudflare_record.this`},
			{`module.zones["example.com"].cloudflare_record.this#["b"]`, "b.example.com A", `this {b} # module.zones["example.com"].cloudflare_record.this`},
			{`module.zones["example.org"].cloudflare_record.this#["a"]`, "a.example.org A", ""},
		},
		"a resource without a name of its own": {
			{`module.zone.cloudflare_record.this#["spf"]`, "a.example.com TXT", `spf # module.zone.cloudflare_record.this["spf"]`},
		},
		"keys of modules and of resources": {
			{`module.site["x"].module.in[0].cloudflare_record.a#["k"]`, "a.example.com A", "a {x/k} # module.site.module.in.cloudflare_record.a"},
			{`module.site["y"].module.in[0].cloudflare_record.a#["k"]`, "b.example.com A", "a {y/k} # module.site.module.in.cloudflare_record.a"},
			{`module.site["y"].module.in[0].cloudflare_record.a#["l"]`, "c.example.com A", "a {y/l} # module.site.module.in.cloudflare_record.a"},
		},
		"a resource for all types": {
			{`cloudflare_dns_record.all#["web"]`, "a.example.com A", "all {web}"},
			{`cloudflare_dns_record.all#["api"]`, "b.example.com A", "all {api}"},
			{`cloudflare_dns_record.all#["spf-TXT"]`, "example.com TXT", `spf-TXT # cloudflare_dns_record.all["spf-TXT"]`},
		},
		"a key that is not a name": {
			{`cloudflare_record.a#["x\"\n${y} %{z} é\u202e'"]`, "a.example.com A", "a {x\"\n${y} %{z} é\u202e'}"},
			{`cloudflare_record.a#["b"]`, "b.example.com A", "a {b}"},
		},
		"a module path that is invalid": {
			{`modul["].cloudflare_record.a`, "a.example.com A", `a # modul["].cloudflare_record.a`},
			{`module..cloudflare_record.b`, "a.example.com A", `b # module..cloudflare_record.b`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var in []terraformRow
			var want []string
			for _, row := range rows {
				in = append(in, terraformRow{row.address, row.record})
				if row.want != "" {
					want = append(want, row.want)
				}
			}
			var got []string
			for _, r := range readRows(t, in, "example.com").Zones[0].Records {
				text := r.Label
				if r.Keyed {
					text += " {" + r.Key + "}"
				}
				if len(r.Notes) > 0 {
					text += " # " + strings.Join(r.Notes, "; ")
				}
				got = append(got, text)
			}
			if !slices.Equal(got, want) {
				t.Errorf("got\n%q\nwant\n%q", got, want)
			}
		})
	}
}

// The expected keys are those that terraform state list of Terraform 1.11.4 printed.
func TestTerraformAddressesAreQuotedAsByTerraform(t *testing.T) {
	for key, want := range map[any]string{
		"x":                                 `cloudflare_record.a["x"]`,
		"a\"b\n${q}%%é\u202e\a":             `cloudflare_record.a["a\"b\n$${q}%%é\u202e\u0007"]`,
		`a\b`:                               `cloudflare_record.a["a\\b"]`,
		"%{if}$${x}":                        `cloudflare_record.a["%%{if}$$${x}"]`,
		json.Number("3"):                    `cloudflare_record.a[3]`,
		json.Number("1e+01"):                `cloudflare_record.a[10]`,
		"":                                  `cloudflare_record.a[""]`,
		nil:                                 `cloudflare_record.a`,
		"\U0001f600 \U000e0041 a.b/c 'd' $": `cloudflare_record.a["😀 \U000e0041 a.b/c 'd' $"]`,
	} {
		got := terraformAddress{typ: "cloudflare_record", name: "a"}.withKey(key).String()
		if got != want {
			t.Errorf("key %q: %s, want %s", key, got, want)
		}
	}
}
