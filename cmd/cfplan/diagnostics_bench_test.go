package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/config"
)

// mistakes are configurations with n mistakes of one kind, by file name.
var mistakes = map[string]func(n int) map[string]string{
	"warning":         zoneOf(`record "TXT" "h%d" { content = "v=spf1 ptr -all" }`),
	"value":           zoneOf(`record "A" "h%d" { content = "x%[1]d" }`),
	"syntax":          zoneOf(`record "TXT" "h%d" { content = "\q%[1]d" }`),
	"unknownVariable": zoneOf(`record "A" "h%d" { content = var.x%[1]d }`),
	"oneName":         zoneOf("record \"TXT\" \"www\" { content = \"t%d\" }\n record \"TXT\" \"www\" { content = \"t%[1]d\" }"),
	"spfChain":        zoneOf(`record "TXT" "s%d" { content = "v=spf1 a a a a a a a a a a include:t%[1]d.example.com include:s0.example.com -all" }`),
	"wildcardNS": zoneOf(
		"record \"NS\" \"*.d%d\" { content = \"ns.example.net\" }\n record \"A\" \"*.d%[1]d\" { content = \"192.0.2.1\" }"),
	"zoneFile": func(n int) map[string]string {
		return map[string]string{
			"dns.cf.hcl": "zone \"example.com\" {\n zonefile { path = \"db\" }\n}\n",
			"db":         repeated("h%d 300 IN A x\n", n),
		}
	},
	"unknownName": func(n int) map[string]string {
		return map[string]string{"dns.cf.hcl": "", "a.auto.cfvars": repeated("name%d = 1\n", n)}
	},
}

func zoneOf(format string) func(int) map[string]string {
	return func(n int) map[string]string {
		return map[string]string{"dns.cf.hcl": "zone \"example.com\" {\n" + repeated(" "+format+"\n", n) + "}\n"}
	}
}

func repeated(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// BenchmarkDiagnostics checks configurations with many mistakes of one kind and reports them. It
// measures the time of reporting as a ratio to the time of the check (report/check), and the time of
// both as a ratio to a check of as many records without mistakes (faulty/sound). Neither ratio
// should grow with the number of mistakes.
func BenchmarkDiagnostics(b *testing.B) {
	sound := zoneOf(`record "A" "h%d" { content = "192.0.2.1" }`)
	for kind, files := range mistakes {
		for _, n := range []int{500, 1000, 2000, 4000} {
			b.Run(fmt.Sprintf("%s/%d", kind, n), func(b *testing.B) {
				withMistakes, without := benchmarkDir(b, files(n)), benchmarkDir(b, sound(n))
				p := &printer{streams: streams{err: io.Discard}, dir: &directory{withMistakes}}
				var check, report, floor time.Duration
				for b.Loop() {
					start := time.Now()
					config.Load(without, config.Options{})
					loaded := time.Now()
					_, sources, diags := config.Load(withMistakes, config.Options{})
					checked := time.Now()
					p.diagnose(diags, sources)
					floor += loaded.Sub(start)
					check += checked.Sub(loaded)
					report += time.Since(checked)
				}
				b.ReportMetric(float64(report)/float64(check), "report/check")
				b.ReportMetric(float64(check+report)/float64(floor), "faulty/sound")
			})
		}
	}
}

func benchmarkDir(b *testing.B, files map[string]string) string {
	dir := b.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	return dir
}
