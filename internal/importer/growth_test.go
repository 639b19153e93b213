package importer

import (
	"fmt"
	"strings"
	"testing"
)

// manyOctoRecords returns a zone in YAML with n records. Some of them have comments or aliases.
func manyOctoRecords(n int) string {
	var b strings.Builder
	b.WriteString("base: &base {type: A, value: 192.0.2.1}\n")
	for i := range n - 1 {
		switch i % 3 {
		case 0:
			fmt.Fprintf(&b, "# host %d\nhost-%d:\n  type: A\n  ttl: 300\n  value: 192.0.2.%d\n", i, i, i%250)
		case 1:
			fmt.Fprintf(&b, "host-%d: *base\n", i)
		default:
			fmt.Fprintf(&b, "host-%d:\n  <<: *base\n  octodns:\n    cloudflare:\n      proxied: true\n", i)
		}
	}
	return b.String()
}

// manyIRRecords returns the output of print-ir with n records.
func manyIRRecords(n int) string {
	records := make([]string, n)
	for i := range records {
		records[i] = fmt.Sprintf("{\n\"type\": \"A\",\n\"ttl\": 300,\n\"name\": \"host-%d\",\n\"meta\": {\"cloudflare_proxy\": \"on\"},\n"+
			"\"filepos\": \"[line:%d:3]\",\n\"target\": \"192.0.2.%d\"}", i, i, i%250)
	}
	return irText("", records...)
}

// manyLines returns a function that writes n records between a head and a foot. The format of a record takes
// the number of the record twice.
func manyLines(head, format, separator, foot string) func(n int) string {
	return func(n int) string {
		lines := make([]string, n)
		for i := range lines {
			lines[i] = fmt.Sprintf(format, i, i%250)
		}
		return head + strings.Join(lines, separator) + foot
	}
}

// many has, for each format, a function that writes a zone of n records.
var many = map[Kind]func(n int) string{
	OctoDNS:    manyOctoRecords,
	DNSControl: manyIRRecords,
	BIND:       manyLines("$TTL 300\n", "host-%d A 192.0.2.%d ; here", "\n", "\n"),
	CSV:        manyLines("name,type,content,comment\n", "host-%d,A,192.0.2.%d,\"two\nlines\"", "\n", "\n"),
	Cloudflare: manyLines("[", `{"id":"%032x","name":"host-%[1]d.example.com","type":"A","content":"192.0.2.%d","ttl":300}`, ",\n", "]"),
	Route53: manyLines(`{"ResourceRecordSets":[`,
		`{"Name":"host-%d.example.com.","Type":"A","TTL":300,"ResourceRecords":[{"Value":"192.0.2.%d"}]}`, ",\n", "]}"),
}

// BenchmarkRead reads 10,000 records in each format.
func BenchmarkRead(b *testing.B) {
	for kind, write := range many {
		text := write(10_000)
		b.Run(string(kind), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				src, diags := readText(kind, "example.com", text)
				if hasErrors(diags) || len(src.Zones[0].Records) != 10_000 {
					b.Fatal(spelledOut(diags))
				}
			}
		})
	}
}

// Ten times the records take about ten times the memory.
func TestReadingGrowsLinearly(t *testing.T) {
	if testing.Short() {
		t.Skip("reads large sources: not with -short")
	}

	for kind, write := range many {
		allocations := func(n int) float64 {
			text := write(n)
			return testing.AllocsPerRun(1, func() {
				if src, diags := readText(kind, "example.com", text); hasErrors(diags) || len(src.Zones[0].Records) != n {
					t.Fatal(spelledOut(diags))
				}
			})
		}
		if small, large := allocations(200), allocations(2000); large > 12*small {
			t.Errorf("%s: %v allocations for 200 records and %v for 2,000, want at most 12 times as many", kind, small, large)
		}
	}
}
