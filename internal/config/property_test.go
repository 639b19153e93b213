package config

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
	"pgregory.net/rapid"

	"github.com/cfplan/cfplan/internal/dns"
)

// pieces are top-level blocks. They make the same configuration in any order.
var pieces = []string{
	`variable "address" { default = "192.0.2.1" }`,
	`variable "list" {
  type    = list(string)
  default = ["b", "a"]
}`,
	`locals { one = "${local.two}1" }`,
	`locals { two = var.address }`,
	`output "o" { value = local.one }`,
	`output "p" { value = var.list }`,
	`cfplan {
  backend "local" { path = "x" }
}`,
	`zone "example.org" {
  record "TXT" "@" { content = "two" }
  record "TXT" "@" { content = "one" }
}`,
	`zone "each" {
  for_each = toset(var.list)
  name     = "${each.key}.example"
  record "A" "@" { content = var.address }
}`,
}

// recordPieces are blocks of one zone. They make the same zone in any order.
var recordPieces = []string{
	`record "A" "@" { content = [var.address, "192.0.2.7"] }`,
	`record "A" "a" {
  for_each = { x = 1, y = 2 }
  name     = each.key
  content  = "192.0.2.${each.value}"
}`,
	`record "TXT" "t" { content = local.one }`,
	`record "TXT" "t" { content = local.two }`,
	`defaults { ttl = 300 }`,
	`record "CNAME" "www" { content = "example.com" }`,
}

// The test distributes the same blocks over files in random ways.
func TestOrderOfFilesAndBlocksDoesNotMatter(t *testing.T) {
	want, diags := loadDealt(t, [][]string{append(slices.Clone(pieces), zoneOf(recordPieces))})
	if diags != "" {
		t.Fatal(diags)
	}
	rapid.Check(t, func(rt *rapid.T) {
		inside := rapid.Permutation(recordPieces).Draw(rt, "inside")
		blocks := rapid.Permutation(append(slices.Clone(pieces), zoneOf(inside))).Draw(rt, "blocks")
		hands := make([][]string, rapid.IntRange(1, 4).Draw(rt, "files"))
		for i, b := range blocks {
			n := rapid.IntRange(0, len(hands)-1).Draw(rt, fmt.Sprintf("file of %d", i))
			hands[n] = append(hands[n], b)
		}
		got, diags := loadDealt(t, hands)
		if diags != "" {
			rt.Fatal(diags)
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(dns.Renames{}, dns.Removals{})); diff != "" {
			rt.Fatalf("the order changes the configuration (-want +got)\n%s", diff)
		}
	})
}

// The test distributes the records of a zone over several zone blocks.
func TestBlocksOfAZoneAddUp(t *testing.T) {
	records := slices.DeleteFunc(slices.Clone(recordPieces), func(s string) bool { return strings.HasPrefix(s, "defaults") })
	facts := []string{
		`ownership = "exclusive"`, `id = "023e105f4ecef8ad9ca31a8372d0c353"`, "limits {\n  max_destroy = 4\n}",
	}
	want, diags := loadDealt(t, [][]string{append(slices.Clone(pieces), zoneOf(slices.Concat(facts, records)))})
	if diags != "" {
		t.Fatal(diags)
	}
	rapid.Check(t, func(rt *rapid.T) {
		blocks := make([][]string, rapid.IntRange(1, 4).Draw(rt, "blocks"))
		for _, r := range records {
			n := rapid.IntRange(0, len(blocks)-1).Draw(rt, "block of "+r)
			blocks[n] = append(blocks[n], r)
		}
		for _, f := range facts {
			said := rapid.Uint8Range(1, 1<<len(blocks)-1).Draw(rt, "blocks that say "+f)
			for n := range blocks {
				if said>>n&1 == 1 {
					blocks[n] = append(blocks[n], f)
				}
			}
		}

		hands := [][]string{pieces}
		for _, b := range blocks {
			spelling := rapid.SampledFrom([]string{"example.com", "EXAMPLE.com", "example.com."}).Draw(rt, "spelling")
			hands = append(hands, []string{strings.Replace(zoneOf(b), "example.com", spelling, 1)})
		}
		got, diags := loadDealt(t, hands)
		if diags != "" {
			rt.Fatal(diags)
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(dns.Renames{}, dns.Removals{})); diff != "" {
			rt.Fatalf("the blocks do not add up to the zone (-want +got)\n%s", diff)
		}
	})
}

func zoneOf(records []string) string {
	return "zone \"example.com\" {\n" + strings.Join(records, "\n") + "\n}"
}

// loadDealt loads a configuration with one file for each hand of blocks, and removes positions from the result.
func loadDealt(t *testing.T, hands [][]string) (*Config, string) {
	t.Helper()
	var files []txtar.File
	for i, hand := range hands {
		files = append(files, txtar.File{Name: fmt.Sprintf("%d.cf.hcl", i), Data: []byte(strings.Join(hand, "\n") + "\n")})
	}
	c, sources, diags := Load(writeFiles(t, files), Options{})
	c.Backend = &Backend{Type: c.Backend.Type, Attributes: c.Backend.Attributes}
	for i := range c.Zones {
		z := &c.Zones[i]
		z.Policy.File, z.Policy.Line = "", 0
		for j := range z.Records {
			z.Records[j].Declared = &dns.Declaration{Address: z.Records[j].Declared.Address}
		}
	}
	return c, describeDiagnostics(t, sources, diags)
}
