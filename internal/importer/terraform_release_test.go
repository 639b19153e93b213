package importer

import (
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Each want has the addresses in removed blocks, and the commands.
func TestTerraformLetsGo(t *testing.T) {
	const org = "example.org A"
	for name, tt := range map[string]struct {
		rows     []terraformRow
		imported []string
		// writer and registry, if set, replace the version and the registry in the state.
		writer, registry string
		want             string
	}{
		"one zone": {
			rows: []terraformRow{
				{"cloudflare_record.www", "www.example.com A"},
				{`cloudflare_record.mail#["a"]`, "example.com MX"},
				{`cloudflare_record.mail#["b"]`, "example.com MX"},
				{"cloudflare_record.www#[0]", "w.example.com TXT"},
			},
			want: "removed cloudflare_record.www; removed cloudflare_record.mail; terraform plan; terraform apply",
		},
		"modules": {
			rows: []terraformRow{
				{`module.z["example.com"].cloudflare_record.this#["a"]`, "a.example.com A"},
				{`module.z["b"].module.y[0].cloudflare_record.this#["a"]`, "b.example.com A"},
			},
			want: "removed module.z.cloudflare_record.this; removed module.z.module.y.cloudflare_record.this; terraform plan; terraform apply",
		},
		"a resource of two zones": {
			rows: []terraformRow{
				{`cloudflare_record.this#["a"]`, "a.example.com A"},
				{`cloudflare_record.this#["it's"]`, "b.example.com A"},
				{`cloudflare_record.this#["c"]`, org},
				{`cloudflare_record.www`, "www.example.com A"},
			},
			want: `terraform state rm cloudflare_record.this["a"]; terraform state rm cloudflare_record.this["it's"]; ` +
				"removed cloudflare_record.www; terraform plan; terraform apply",
		},
		"a module for each zone": {
			rows: []terraformRow{
				{`module.z["example.com"].cloudflare_record.this#["a"]`, "a.example.com A"},
				{`module.z["example.com"].cloudflare_record.this#["b"]`, "b.example.com A"},
				{`module.z["example.org"].cloudflare_record.this#["a"]`, org},
			},
			want: `terraform state rm module.z["example.com"].cloudflare_record.this; terraform plan`,
		},
		"both zones": {
			rows: []terraformRow{
				{`module.z["example.com"].cloudflare_record.this#["a"]`, "a.example.com A"},
				{`module.z["example.org"].cloudflare_record.this#["a"]`, org},
			},
			imported: []string{"example.com", "example.org"},
			want:     "removed module.z.cloudflare_record.this; terraform plan; terraform apply",
		},
		"an older Terraform": {
			rows:   []terraformRow{{`cloudflare_record.a#["x"]`, "a.example.com A"}, {"cloudflare_record.b", "b.example.com A"}},
			writer: "1.6.6",
			want:   "terraform state rm cloudflare_record.a; terraform state rm cloudflare_record.b; terraform plan",
		},
		"the first Terraform that knows the block": {
			rows:   []terraformRow{{"cloudflare_record.b", "b.example.com A"}},
			writer: "1.7.0-beta1",
			want:   "removed cloudflare_record.b; terraform plan; terraform apply",
		},
		"a later Terraform": {
			rows:   []terraformRow{{"cloudflare_record.b", "b.example.com A"}},
			writer: "2.0.0",
			want:   "removed cloudflare_record.b; terraform plan; terraform apply",
		},
		"an invalid version": {
			rows:   []terraformRow{{"cloudflare_record.b", "b.example.com A"}},
			writer: "new",
			want:   "terraform state rm cloudflare_record.b; terraform plan",
		},
		"OpenTofu": {
			rows:     []terraformRow{{"cloudflare_record.b", "b.example.com A"}},
			registry: "registry.opentofu.org",
			want:     "removed cloudflare_record.b; tofu plan; tofu apply",
		},
		"an OpenTofu whose removed blocks have no lifecycle": {
			rows:     []terraformRow{{"cloudflare_record.b", "b.example.com A"}},
			registry: "registry.opentofu.org",
			writer:   "1.9.1",
			want:     "tofu state rm cloudflare_record.b; tofu plan",
		},
		"invalid names": {
			rows: []terraformRow{
				{"cloudflare_record.a\n}", "a.example.com A"},
				{"module.b${x}.cloudflare_record.a", "b.example.com A"},
			},
			want: "terraform state rm cloudflare_record.a\n}; terraform state rm module.b${x}.cloudflare_record.a; terraform plan",
		},
		"nothing of the zone": {
			rows:     []terraformRow{{"cloudflare_record.a", "a.example.com A"}, {"cloudflare_record.b", org}},
			imported: []string{},
			want:     "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			text := terraformStateOfRows(t, tt.rows)
			if tt.writer != "" {
				text = strings.ReplaceAll(text, "1.11.4", tt.writer)
			}
			if tt.registry != "" {
				text = strings.ReplaceAll(text, "registry.terraform.io", tt.registry)
			}
			if tt.imported == nil {
				tt.imported = []string{"example.com"}
			}
			src, diags := Read(Terraform, Input{Name: "x", Text: []byte(text), ZoneName: func(id string) string { return sampleZones[id] }})
			if hasErrors(diags) {
				t.Fatal(spelledOut(diags))
			}
			var zones []Zone
			for _, z := range tt.imported {
				zones = append(zones, Zone{Name: z})
			}
			if got := stepsInWords(t, src.Release(zones)); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// stepsInWords returns the addresses in removed blocks, and the commands. It checks that the code of each
// step is HCL.
func stepsInWords(t *testing.T, steps []Step) string {
	t.Helper()
	var out []string
	for _, step := range steps {
		if step.Text == "" || strings.ContainsAny(step.Text, "\n`") {
			t.Errorf("step text = %q, want one line without backquotes", step.Text)
		}
		f, diags := hclsyntax.ParseConfig([]byte(step.Code), "x.tf", hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatalf("the code of a step is not HCL: %s\n%s", diags, step.Code)
		}
		for _, block := range f.Body.(*hclsyntax.Body).Blocks {
			from := block.Body.Attributes["from"].Range().SliceBytes(f.Bytes)
			destroy, diags := block.Body.Blocks[0].Body.Attributes["destroy"].Expr.Value(nil)
			if diags.HasErrors() || destroy.True() || block.Type != "removed" || block.Body.Blocks[0].Type != "lifecycle" {
				t.Errorf("the code of a step is\n%s\nwant a removed block with destroy = false", step.Code)
			}
			out = append(out, "removed "+strings.TrimPrefix(string(from), "from = "))
		}
		for _, command := range step.Commands {
			out = append(out, strings.Join(command, " "))
		}
	}
	return strings.Join(out, "; ")
}

// Terraform need not forget deposed instances. But if they belong to another zone, a removed block must not
// cover them. It must forget records that are left out like all others.
func TestTerraformNeedNotForgetDeposedInstances(t *testing.T) {
	text := terraformStateOfRows(t, []terraformRow{
		{"cloudflare_record.a", "a.example.com A"},
		{"cloudflare_record.b", "b.example.com A"},
		{"cloudflare_record.c", "c.example.com SPF"},
		{"cloudflare_record.d", "d.example.com A"},
		{"cloudflare_record.d", "d.example.org A"},
	})
	deposed := strings.NewReplacer(`"name":"b","provider"`, `"name":"b", "provider"`,
		`"instances":[{"attributes":{"content":"192.0.2.1"`, `"instances":[{"deposed":"1a2b","attributes":{"content":"192.0.2.1"`,
		`"instances":[{"attributes":{"content":"192.0.2.4"`, `"instances":[{"deposed":"1a2b","attributes":{"content":"192.0.2.4"`).Replace(text)
	src, diags := Read(Terraform, Input{Name: "x", Text: []byte(deposed), Zone: "example.com", ZoneName: func(id string) string { return sampleZones[id] }})
	if hasErrors(diags) {
		t.Fatal(spelledOut(diags))
	}

	want := "terraform state rm cloudflare_record.d; removed cloudflare_record.a; removed cloudflare_record.c; terraform plan; terraform apply"
	if got := stepsInWords(t, src.Release(src.Zones)); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if left := src.Zones[0].Left; len(left) != 2 || left[0].Reason != "deposed: Terraform would destroy it" || left[0].At.Address != "cloudflare_record.b" {
		t.Errorf("left out = %+v, want two, the first deposed cloudflare_record.b", left)
	}
}

// Records that the configuration must not declare stay with Terraform, so no removed block may cover them.
func TestTerraformKeepsRecordsOutsideOfTheScope(t *testing.T) {
	text := terraformStateOfRows(t, []terraformRow{
		{"cloudflare_record.a", "a.example.com A"},
		{`cloudflare_record.b#["x"]`, "x.example.com A"},
		{`cloudflare_record.b#["y"]`, "y.example.com A"},
		{"cloudflare_record.c", "c.example.com A"},
	})
	src, diags := Read(Terraform, Input{Name: "x", Text: []byte(text), Zone: "example.com", ZoneName: func(id string) string { return sampleZones[id] }})
	if hasErrors(diags) {
		t.Fatal(spelledOut(diags))
	}

	z := src.Zones[0]
	for _, r := range z.Records {
		if name := r.Record.Name; name == "y.example.com" || name == "c.example.com" {
			z.Outside = append(z.Outside, r)
		}
	}
	want := `terraform state rm cloudflare_record.b["x"]; removed cloudflare_record.a; terraform plan; terraform apply`
	if got := stepsInWords(t, src.Release([]Zone{z})); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// The remarks say what the user should know about the state as a whole.
func TestTerraformRemarksOnTheStateAsAWhole(t *testing.T) {
	text := terraformStateOf(terraformZone5,
		`{"mode": "managed", "type": "cloudflare_record", "name": "a", "instances": [
			{"index_key": "t", "status": "tainted", "attributes": {"zone_id": "000000000000000000000000000000aa", "name": "a", "type": "A", "ttl": 1, "content": "192.0.2.1"}},
			{"index_key": "s", "sensitive_attributes": [[{"type": "get_attr", "value": "content"}]],
				"attributes": {"zone_id": "000000000000000000000000000000aa", "name": "b", "type": "A", "ttl": 1, "content": "192.0.2.2"}}]}`,
		`{"mode": "managed", "type": "google_dns_record_set", "name": "g", "instances": [{}]}`,
		`{"mode": "data", "type": "dns_a_record_set", "name": "g", "instances": [{}]}`,
		`{"module": "module.m", "mode": "managed", "type": "aws_route53_record", "name": "r", "instances": "not read"}`,
		`{"mode": "managed", "type": "cloudflare_page_rule", "name": "p", "instances": [{"attributes": {"zone_id": 1}}]}`,
	)
	src, diags := readText(Terraform, "example.com", text)
	if hasErrors(diags) {
		t.Fatal(spelledOut(diags))
	}
	want := []string{
		`Terraform would replace these tainted instances. cfplan imports them as they are: cloudflare_record.a["t"].`,
		`Terraform hides sensitive values of these instances. The configuration that cfplan writes shows them: cloudflare_record.a["s"].`,
		`DNS records of other providers were left out: google_dns_record_set.g, module.m.aws_route53_record.r.`,
		`cfplan manages only DNS records. Terraform keeps 2 other resources of the state.`,
	}
	if got := strings.Join(src.Remarks, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("remarks:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
	}
}

// If two resources have the same record, cfplan declares it once, and Terraform must forget both.
func TestTerraformTakesEachRecordOnce(t *testing.T) {
	a := terraformResource("cloudflare_record", "a", `"name": "a", "type": "A", "ttl": 1, "content": "192.0.2.1"`)
	b := terraformResource("cloudflare_dns_record", "b", `"name": "a", "type": "A", "ttl": 1, "content": "192.0.2.1"`)
	src, diags := readText(Terraform, "example.com", terraformStateOf(terraformZone5, a, b))
	if hasErrors(diags) {
		t.Fatal(spelledOut(diags))
	}

	z := src.Zones[0]
	if len(z.Records) != 1 || len(z.Left) != 1 || z.Left[0].Reason != "it is the same record as cloudflare_record.a" {
		t.Errorf("records = %+v, left out = %+v; want one each, the second because it is the same record", z.Records, z.Left)
	}
	want := "removed cloudflare_record.a; removed cloudflare_dns_record.b; terraform plan; terraform apply"
	if got := stepsInWords(t, src.Release(src.Zones)); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// The state has two zones of one name, and only one of them is still live.
func TestTerraformKeepsZonesOfOneNameApart(t *testing.T) {
	old := `{"mode": "managed", "type": "cloudflare_zone", "name": "old", "instances": [{"attributes":
		{"id": "000000000000000000000000000000bb", "name": "example.com"}}]}`
	a := terraformResource("cloudflare_dns_record", "a", `"name": "a", "type": "A", "ttl": 1, "content": "192.0.2.1"`)
	b := strings.NewReplacer("00aa", "00bb", "00ff", "00fe").Replace(terraformResource("cloudflare_dns_record", "b",
		`"name": "b", "type": "A", "ttl": 1, "content": "192.0.2.1"`))
	live := func(id string) string {
		return map[string]string{"000000000000000000000000000000aa": "example.com"}[id]
	}

	src, diags := Read(Terraform, Input{Name: "x", Text: []byte(terraformStateOf(old, terraformZone5, b, a)), Zone: "example.com", ZoneName: live})
	if hasErrors(diags) {
		t.Fatal(spelledOut(diags))
	}
	z := src.Zones[0]
	if len(z.Records) != 1 || z.Records[0].At.Address != "cloudflare_dns_record.a" || len(z.Left) != 1 ||
		!strings.Contains(z.Left[0].Reason, `with the ID "000000000000000000000000000000bb"`) {
		t.Errorf("records = %+v, left out = %+v; want one each", z.Records, z.Left)
	}
	if got := stepsInWords(t, src.Release(src.Zones)); got != "removed cloudflare_dns_record.a; terraform plan; terraform apply" {
		t.Errorf("steps = %q, want only cloudflare_dns_record.a forgotten", got)
	}
}
