package config

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"golang.org/x/tools/txtar"
)

// manyBlocks is a zone of n record blocks as people write them.
func manyBlocks(n int) string {
	var b strings.Builder
	b.WriteString("zone \"example.com\" {\n")
	for i := range n {
		fmt.Fprintf(&b, "  record \"A\" \"host%d\" {\n    content = \"192.0.%d.%d\"\n    ttl     = 300\n    proxied = false\n    comment = \"host number %d\"\n  }\n\n", i, i/256, i%256, i)
	}
	b.WriteString("}\n")
	return b.String()
}

// BenchmarkLoad10000Blocks reports what loading costs in relation to parsing
// the file and evaluating each of its attributes, which nobody can do without.
func BenchmarkLoad10000Blocks(b *testing.B) {
	src := manyBlocks(10_000)
	dir := writeFiles(b, []txtar.File{{Name: "main.cf.hcl", Data: []byte(src)}})
	var floor time.Duration
	for b.Loop() {
		start := time.Now()
		parseAndEvaluate(b, src)
		floor += time.Since(start)
		if c, _, diags := Load(dir, Options{}); len(diags) > 0 || len(c.Zones[0].Records) != 10_000 {
			b.Fatal(diags)
		}
	}
	b.ReportMetric(float64(b.Elapsed()-floor)/float64(floor), "load/floor")
}

func parseAndEvaluate(b *testing.B, src string) {
	f, diags := hclsyntax.ParseConfig([]byte(src), "main.cf.hcl", hcl.InitialPos)
	if diags.HasErrors() {
		b.Fatal(diags)
	}
	evaluate(b, f.Body.(*hclsyntax.Body))
}

func evaluate(b *testing.B, body *hclsyntax.Body) {
	for _, a := range body.Attributes {
		if _, diags := a.Expr.Value(nil); diags.HasErrors() {
			b.Fatal(diags)
		}
	}
	for _, inner := range body.Blocks {
		evaluate(b, inner.Body)
	}
}

// BenchmarkForEach repeats one block 2,000 and 10,000 times in the same run: the
// cost of an instance must not depend on how many there are.
func BenchmarkForEach(b *testing.B) {
	few, many := 2_000, 10_000
	fewDir, manyDir := elementsDir(b, few), elementsDir(b, many)
	var spentOnFew time.Duration
	for b.Loop() {
		start := time.Now()
		loadElements(b, fewDir, few)
		spentOnFew += time.Since(start)
		loadElements(b, manyDir, many)
	}
	spentOnMany := b.Elapsed() - spentOnFew
	b.ReportMetric(float64(spentOnMany)/float64(spentOnFew), "10000/2000")
	b.ReportMetric(float64(spentOnMany.Microseconds())/float64(b.N*many), "µs/element")
}

func elementsDir(b *testing.B, n int) string {
	return writeFiles(b, []txtar.File{{Name: "main.cf.hcl", Data: []byte(manyElements(n))}})
}

func loadElements(b *testing.B, dir string, n int) {
	if c, _, diags := Load(dir, Options{}); len(diags) > 0 || len(c.Zones[0].Records) != n {
		b.Fatal(diags)
	}
}

func manyElements(n int) string {
	var b strings.Builder
	b.WriteString("locals {\n  hosts = {\n")
	for i := range n {
		fmt.Fprintf(&b, "    host%d = \"192.0.%d.%d\"\n", i, i/256, i%256)
	}
	b.WriteString(`  }
}
zone "example.com" {
  record "A" "host" {
    for_each = local.hosts
    name     = each.key
    content  = each.value
    comment  = "${each.key} of ${zone.name}, ${local.hosts[each.key]}"
  }
}
`)
	return b.String()
}
