package importer

import (
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// TestTerraformLetsGo has what must be printed for states: the addresses of removed blocks, then commands.
func TestTerraformLetsGo(t *testing.T) {
	const org = "example.org A"
	for name, tt := range map[string]struct {
		rows     []terraformRow
		imported []string
		// writer and registry replace those of the state if they are set.
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
		"a version that is none": {
			rows:   []terraformRow{{"cloudflare_record.b", "b.example.com A"}},
			writer: "new",
			want:   "terraform state rm cloudflare_record.b; terraform plan",
		},
		"OpenTofu": {
			rows:     []terraformRow{{"cloudflare_record.b", "b.example.com A"}},
			registry: "registry.opentofu.org",
			want:     "removed cloudflare_record.b; tofu plan; tofu apply",
		},
		"OpenTofu that knows no lifecycle there": {
			rows:     []terraformRow{{"cloudflare_record.b", "b.example.com A"}},
			registry: "registry.opentofu.org",
			writer:   "1.9.1",
			want:     "tofu state rm cloudflare_record.b; tofu plan",
		},
		"names that are no names": {
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

// stepsInWords returns the addresses of removed blocks and the commands. The code of each step must be HCL.
func stepsInWords(t *testing.T, steps []Step) string {
	t.Helper()
	var out []string
	for _, step := range steps {
		if step.Text == "" || strings.ContainsAny(step.Text, "\n`") {
			t.Errorf("text %q", step.Text)
		}
		f, diags := hclsyntax.ParseConfig([]byte(step.Code), "x.tf", hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatalf("%s\n%s", diags, step.Code)
		}
		for _, block := range f.Body.(*hclsyntax.Body).Blocks {
			from := block.Body.Attributes["from"].Range().SliceBytes(f.Bytes)
			destroy, diags := block.Body.Blocks[0].Body.Attributes["destroy"].Expr.Value(nil)
			if diags.HasErrors() || destroy.True() || block.Type != "removed" || block.Body.Blocks[0].Type != "lifecycle" {
				t.Errorf("not a removed block that keeps the object:\n%s", step.Code)
			}
			out = append(out, "removed "+strings.TrimPrefix(string(from), "from = "))
		}
		for _, command := range step.Commands {
			out = append(out, strings.Join(command, " "))
		}
	}
	return strings.Join(out, "; ")
}

// TestTerraformKeepsWhatItWouldDestroy: deposed instances need no letting go, but keep a block from being removed if
// they are of another zone. Records that are left out must be let go like all others.
func TestTerraformKeepsWhatItWouldDestroy(t *testing.T) {
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
		t.Errorf("left out: %+v", left)
	}
}

// TestTerraformKeepsWhatIsOutside: records that the configuration must not declare stay with Terraform, so that their
// blocks are not removed.
func TestTerraformKeepsWhatIsOutside(t *testing.T) {
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

// TestTerraformRemarks has what is said of a state as a whole.
func TestTerraformRemarks(t *testing.T) {
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
		`Terraform would replace what is tainted. cfplan takes it as it is: cloudflare_record.a["t"].`,
		`Terraform keeps values of these from being shown. In the file they can be read: cloudflare_record.a["s"].`,
		`DNS records of other providers were left out: google_dns_record_set.g, module.m.aws_route53_record.r.`,
		`cfplan manages only DNS records. Terraform keeps 2 other resources of the state.`,
	}
	if got := strings.Join(src.Remarks, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("remarks:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
	}
}

// TestTerraformTakesEachRecordOnce: two resources with one record declare it once, and both must let it go.
func TestTerraformTakesEachRecordOnce(t *testing.T) {
	a := terraformResource("cloudflare_record", "a", `"name": "a", "type": "A", "ttl": 1, "content": "192.0.2.1"`)
	b := terraformResource("cloudflare_dns_record", "b", `"name": "a", "type": "A", "ttl": 1, "content": "192.0.2.1"`)
	src, diags := readText(Terraform, "example.com", terraformStateOf(terraformZone5, a, b))
	if hasErrors(diags) {
		t.Fatal(spelledOut(diags))
	}

	z := src.Zones[0]
	if len(z.Records) != 1 || len(z.Left) != 1 || z.Left[0].Reason != "it is the same record as cloudflare_record.a" {
		t.Errorf("%+v, left %+v", z.Records, z.Left)
	}
	want := "removed cloudflare_record.a; removed cloudflare_dns_record.b; terraform plan; terraform apply"
	if got := stepsInWords(t, src.Release(src.Zones)); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestTerraformKeepsZonesOfOneNameApart has the zone of an ID that is no longer live.
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
		t.Errorf("%+v, left %+v", z.Records, z.Left)
	}
	if got := stepsInWords(t, src.Release(src.Zones)); got != "removed cloudflare_dns_record.a; terraform plan; terraform apply" {
		t.Errorf("let go: %q", got)
	}
}
