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

// manyBlocks returns a zone with n record blocks in the form in which people write them.
func manyBlocks(n int) string {
	var b strings.Builder
	b.WriteString("zone \"example.com\" {\n")
	for i := range n {
		fmt.Fprintf(&b,
			"  record \"A\" \"host%d\" {\n    content = \"192.0.%d.%d\"\n    ttl     = 300\n    proxied = false\n"+
				"    comment = \"host number %d\"\n  }\n\n", i, i/256, i%256, i)
	}
	b.WriteString("}\n")
	return b.String()
}

// BenchmarkLoad10000Blocks reports the cost of loading, divided by the minimum cost: parsing the file and
// evaluating each of its attributes.
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

// BenchmarkForEach repeats one block 2,000 and 10,000 times in the same run. The cost of an instance must not
// depend on the number of instances.
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

// BenchmarkForEachInModule repeats one block 10,000 times inside and outside a module, in the same run.
func BenchmarkForEachInModule(b *testing.B) {
	const n = 10_000
	outside := elementsDir(b, n)
	inside := writeFiles(b, []txtar.File{
		{Name: "main.cf.hcl", Data: []byte("module \"hosts\" { source = \"./hosts\" }\n")},
		{Name: "hosts/main.cf.hcl", Data: []byte(manyElements(n))},
	})
	var spentOutside time.Duration
	for b.Loop() {
		start := time.Now()
		loadElements(b, outside, n)
		spentOutside += time.Since(start)
		loadElements(b, inside, n)
	}
	b.ReportMetric(float64(b.Elapsed()-spentOutside)/float64(spentOutside), "inside/outside")
}

// BenchmarkModulePerZone calls a module with ten records for 200 and for 1,000 zones in the same run. The
// cost of an instance must not depend on the number of instances. The benchmark also reports the cost divided
// by the cost of the same records in one zone block with for_each.
func BenchmarkModulePerZone(b *testing.B) {
	few, many := moduleForZones(b, 200), moduleForZones(b, 1_000)
	plain := writeFiles(b, []txtar.File{{Name: "main.cf.hcl", Data: []byte(zonesLocals(1_000) +
		"zone \"site\" {\n  for_each = local.zones\n  name = each.key\n" + lines(
		"  record \"A\" \"h%d\" { content = each.value }\n", 10) + "}\n")}})
	load := func(dir string, zones int) time.Duration {
		start := time.Now()
		if c, _, diags := Load(dir, Options{}); len(diags) > 0 || len(c.Zones) != zones {
			b.Fatal(diags)
		}
		return time.Since(start)
	}

	var onFew, onMany, onPlain time.Duration
	for b.Loop() {
		onFew += load(few, 200)
		onMany += load(many, 1_000)
		onPlain += load(plain, 1_000)
	}
	b.ReportMetric(float64(onMany)/float64(onFew), "1000/200")
	b.ReportMetric(float64(onMany)/float64(onPlain), "module/for_each")
	b.ReportMetric(float64(onMany.Microseconds())/float64(b.N*1_000), "µs/module")
}

func moduleForZones(b *testing.B, n int) string {
	return writeFiles(b, []txtar.File{
		{Name: "main.cf.hcl", Data: []byte(zonesLocals(n) +
			"module \"site\" {\n  source = \"./site\"\n  for_each = local.zones\n  domain = each.key\n" +
			"  address = each.value\n}\n")},
		{Name: "site/main.cf.hcl", Data: []byte("variable \"domain\" { type = string }\nvariable \"address\" { type = string }\n" +
			"zone \"site\" {\n  name = var.domain\n" + lines("  record \"A\" \"h%d\" { content = var.address }\n", 10) + "}\n")},
	})
}

func zonesLocals(n int) string {
	return "locals {\n  zones = {\n" + lines("    \"z%d.example\" = \"192.0.2.1\"\n", n) + "  }\n}\n"
}
