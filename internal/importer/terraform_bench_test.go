package importer

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// manyTerraformRecords returns a state of provider 4, as `terraform state pull` prints it, with n records in
// one resource with for_each.
func manyTerraformRecords(t testing.TB, n int) []byte {
	t.Helper()
	instances := make([]any, n)
	for i := range instances {
		name := fmt.Sprintf("host-%d", i)
		instances[i] = map[string]any{
			"index_key": name, "schema_version": 3, "sensitive_attributes": []any{}, "private": "eyJzY2hlbWFfdmVyc2lvbiI6IjMifQ==",
			"attributes": map[string]any{
				"id": fmt.Sprintf("%032x", i), "zone_id": "000000000000000000000000000000aa", "name": name, "hostname": name + ".example.com",
				"type": "A", "ttl": 300, "content": fmt.Sprintf("192.0.2.%d", i%250), "value": fmt.Sprintf("192.0.2.%d", i%250), "data": []any{},
				"proxied": false, "comment": nil, "tags": []any{}, "priority": nil, "allow_overwrite": false, "metadata": map[string]any{},
				"created_on": "2024-03-01T10:00:00Z", "modified_on": "2024-03-01T10:00:00Z", "proxiable": true, "timeouts": nil,
			},
		}
	}
	state := map[string]any{"version": 4, "terraform_version": "1.11.4", "lineage": "x", "resources": []any{
		map[string]any{"mode": "managed", "type": "cloudflare_record", "name": "host", "instances": instances},
	}}
	text, err := json.MarshalIndent(state, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	// Put the type before the instances, as Terraform does.
	head := `"mode": "managed",` + "\n" + `"type": "cloudflare_record",` + "\n" + `"name": "host",`
	return []byte(strings.Replace(string(text), `"instances": [`, head+"\n"+`"instances": [`, 1))
}

// BenchmarkTerraform reads a state of 10,000 records. It reports the time as a ratio to the time that
// encoding/json takes for the same text.
func BenchmarkTerraform(b *testing.B) {
	text := manyTerraformRecords(b, 10_000)
	b.SetBytes(int64(len(text)))
	var read, decoded time.Duration
	for b.Loop() {
		begin := time.Now()
		src, diags := Read(Terraform, Input{Name: "x", Text: text, Zone: "example.com"})
		read += time.Since(begin)
		if hasErrors(diags) || len(src.Zones[0].Records) != 10_000 {
			b.Fatal(spelledOut(diags))
		}

		begin = time.Now()
		var v any
		if err := json.Unmarshal(text, &v); err != nil {
			b.Fatal(err)
		}
		decoded += time.Since(begin)
	}
	b.ReportMetric(float64(read)/float64(decoded), "×json")
}

// Ten times the records may take at most 12 times the allocations.
func TestTerraformReadsInLinearMemory(t *testing.T) {
	allocations := func(n int) float64 {
		text := manyTerraformRecords(t, n)
		return testing.AllocsPerRun(1, func() { Read(Terraform, Input{Name: "x", Text: text, Zone: "example.com"}) })
	}
	if small, large := allocations(200), allocations(2000); large > 12*small {
		t.Errorf("%v allocations for 200 records and %v for 2,000, want at most 12 times as many", small, large)
	}
}
