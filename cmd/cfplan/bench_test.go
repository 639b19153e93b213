package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/cfplan/cfplan/internal/sandbox"
)

// BenchmarkNoOpPlan10000 plans 10,000 records in one zone without a change, from the command line
// to the last printed byte, over HTTP. It reports the time as a ratio to a minimum measured in the
// same run: fetching the same list and decoding it with encoding/json, parsing the same HCL and
// evaluating each of its attributes.
func BenchmarkNoOpPlan10000(b *testing.B) {
	const n = 10000
	dir := b.TempDir()
	source := manyBlocks(n)
	if err := os.WriteFile(filepath.Join(dir, "dns.cf.hcl"), source, 0o600); err != nil {
		b.Fatal(err)
	}
	api := sandbox.New(sandbox.Options{Seed: sandbox.Seed{Zones: []sandbox.Zone{{Name: "big.example", Plan: "enterprise", RecordQuota: 2 * n}}}})
	server := httptest.NewServer(api)
	defer server.Close()
	env := []string{"CLOUDFLARE_API_TOKEN=benchmark", "CFPLAN_NAMESERVERS=127.0.0.1:9", "CLOUDFLARE_BASE_URL=" + server.URL + "/client/v4"}
	cfplan(b, env, "-chdir="+dir, "apply", "-auto-approve")
	zone, _ := api.Zone("big.example")
	list := server.URL + "/client/v4/zones/" + zone.ID + "/dns_records?per_page=5000&page="

	var plan, floor time.Duration
	for b.Loop() {
		start := time.Now()
		cfplan(b, env, "-chdir="+dir, "plan", "-detailed-exitcode")
		middle := time.Now()
		fetchAndDecode(b, list)
		parseAndEvaluate(b, source)
		plan += middle.Sub(start)
		floor += time.Since(middle)
	}
	b.ReportMetric(float64(plan)/float64(floor), "x-floor")
	b.ReportMetric(float64(plan.Milliseconds())/float64(b.N), "ms/plan")
}

// BenchmarkManyZones runs whole commands over 100 and over 200 zones with a change each, and
// reports how much more memory they allocate for twice the zones (x-bytes), including the memory of
// the sandbox. The ratio is 2 if the work grows linearly.
func BenchmarkManyZones(b *testing.B) {
	commands := [][]string{
		{"plan", "-var=last=2"},
		{"apply", "-auto-approve", "-var=last=2"},
		{"rollback", "-auto-approve"},
		{"doctor"},
		{"state", "history"},
	}
	for b.Loop() {
		few, many := allocated(b, 100, commands), allocated(b, 200, commands)
		for i, args := range commands {
			b.ReportMetric(float64(many[i])/float64(few[i]), "x-bytes/"+args[0])
		}
	}
}

// allocated runs the commands on a configuration with the given number of zones, and returns how
// many bytes each command allocates.
func allocated(b *testing.B, zones int, commands [][]string) (bytes []uint64) {
	b.Helper()
	dir := b.TempDir()
	var there []sandbox.Zone
	source := "variable \"last\" {\n  default = \"1\"\n}\n"
	for i := range zones {
		name := fmt.Sprintf("z%d.example", i)
		there = append(there, sandbox.Zone{Name: name, Plan: "free"})
		source += fmt.Sprintf("zone %q {\n  record \"A\" \"www\" {\n    content = \"192.0.2.${var.last}\"\n  }\n}\n", name)
	}
	if err := os.WriteFile(filepath.Join(dir, "dns.cf.hcl"), []byte(source), 0o600); err != nil {
		b.Fatal(err)
	}

	server := httptest.NewServer(sandbox.New(sandbox.Options{Seed: sandbox.Seed{Zones: there}}))
	defer server.Close()
	env := []string{
		"CLOUDFLARE_API_TOKEN=benchmark", "CFPLAN_NAMESERVERS=127.0.0.1:9", "CFPLAN_RATE_LIMIT=1000000",
		"CLOUDFLARE_BASE_URL=" + server.URL + "/client/v4",
	}
	cfplan(b, env, "-chdir="+dir, "apply", "-auto-approve")
	for _, args := range commands {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		cfplan(b, env, append([]string{"-chdir=" + dir}, args...)...)
		runtime.ReadMemStats(&after)
		bytes = append(bytes, after.TotalAlloc-before.TotalAlloc)
	}
	return bytes
}

func manyBlocks(n int) []byte {
	var b bytes.Buffer
	b.WriteString("zone \"big.example\" {\n")
	for i := range n {
		fmt.Fprintf(&b, "  record \"A\" \"h%d\" {\n    content = \"192.0.2.%d\"\n    ttl     = 300\n  }\n", i, i%250+1)
	}
	b.WriteString("}\n")
	return b.Bytes()
}

func cfplan(b testing.TB, env []string, args ...string) {
	b.Helper()
	var out, errs bytes.Buffer
	if code := run(context.Background(), args, streams{bytes.NewReader(nil), &out, &errs}, env); code != exitDone {
		b.Fatalf("cfplan %v exited with %d\n%.2000s\n%s", args, code, out.String(), errs.String())
	}
}

// fetchAndDecode does the minimum that a client of the API must do.
func fetchAndDecode(b *testing.B, list string) {
	b.Helper()
	for page := 1; page <= 2; page++ {
		request, _ := http.NewRequest(http.MethodGet, fmt.Sprint(list, page), nil)
		request.Header.Set("Authorization", "Bearer benchmark")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			b.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil {
			b.Fatal(err)
		}
		var answer struct {
			Result []struct {
				ID, Name, Type, Content string
				TTL                     int
				Proxied                 bool
				Comment                 *string
				Tags                    []string
			}
		}
		if err := json.Unmarshal(body, &answer); err != nil || len(answer.Result) != 5000 {
			b.Fatalf("page %d: %d records, %v", page, len(answer.Result), err)
		}
	}
}

// parseAndEvaluate does the minimum that a reader of HCL must do.
func parseAndEvaluate(b *testing.B, source []byte) {
	b.Helper()
	f, diags := hclsyntax.ParseConfig(source, "dns.cf.hcl", hcl.InitialPos)
	if diags.HasErrors() {
		b.Fatal(diags)
	}
	var walk func(body *hclsyntax.Body)
	walk = func(body *hclsyntax.Body) {
		for _, a := range body.Attributes {
			if _, diags := a.Expr.Value(nil); diags.HasErrors() {
				b.Fatal(diags)
			}
		}
		for _, block := range body.Blocks {
			walk(block.Body)
		}
	}
	walk(f.Body.(*hclsyntax.Body))
}
