package config

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/hashicorp/hcl/v2"
)

// shortly formats each error as LINE SUMMARY.
func shortly(diags hcl.Diagnostics) []string {
	out := []string{}
	for _, d := range diags {
		out = append(out, fmt.Sprintf("%d %s", d.Subject.Start.Line, d.Summary))
	}
	return out
}

const wellQuoted = `zone "example.com" {
  record "A" "www" {
    content = "192.0.2.1"
    ttl     = 300
  }
  record "MX" "@" { content = "mx.example.net" }
  record "A" "many" {
    content = ["192.0.2.1", "192.0.2.2"]
    tags = [
      "a:b",
      "c:d",
    ]
    settings = { "a" = "b", c = "d" }
  }
}
# A "comment.
zone "example.org" {
  record "TXT" "@" { content = "say \"${var.word}\", ${join(" ", ["a"])}" }
}
variable "word" { default = "x" }
`

func TestAMissingQuotationMarkIsOneError(t *testing.T) {
	for _, c := range []struct {
		name, from, to string
		want           []string
	}{
		{"nothing is missing", "", "", []string{}},
		{"after a label", `"www" {`, `"www {`, []string{"2 Missing quotation mark"}},
		{"before a label", `"A" "www" {`, `A" "www" {`, []string{"2 Missing quotation mark"}},
		{"after a zone's name", `zone "example.com" {`, `zone "example.com {`, []string{"1 Missing quotation mark"}},
		{"before a zone's name", `zone "example.org" {`, `zone example.org" {`, []string{"17 Missing quotation mark"}},
		{"after a value", `"192.0.2.1"
`, `"192.0.2.1
`, []string{"3 Missing quotation mark"}},
		{"before a value", `content = "192.0.2.1"
`, `content = 192.0.2.1"
`, []string{"3 Missing quotation mark"}},
		{"after a value on the block's line", `"mx.example.net" }`, `"mx.example.net }`, []string{"6 Missing quotation mark"}},
		{"in a list", `"192.0.2.1", "192.0.2.2"]`, `"192.0.2.1, "192.0.2.2"]`, []string{"8 Missing quotation mark"}},
		{"at the end of a list", `"192.0.2.2"]`, `"192.0.2.2]`, []string{"8 Missing quotation mark"}},
		{"on a line of a list", `"a:b",`, `"a:b,`, []string{"10 Missing quotation mark"}},
		{"in an object", `"b", c`, `"b, c`, []string{"13 Missing quotation mark"}},
		{"in the last line", `default = "x" }
`, `default = "x }`, []string{"20 Missing quotation mark"}},
		{"a text over several lines", `"mx.example.net"`, "\"mx.\n  example.net\"", []string{"6 String over several lines"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(wellQuoted, c.from, c.to, 1)
			_, diags := parseWhole("main.cf.hcl", []byte(text))
			if got := shortly(diags); !slices.Equal(got, c.want) {
				t.Errorf("errors are %q, want %q in\n%s", got, c.want, text)
			}
		})
	}
}

func TestAMissingQuotationMarkHidesNoOtherMistake(t *testing.T) {
	text := strings.NewReplacer(`"www" {`, `"www {`, `"192.0.2.2"]`, `"192.0.2.2]`, `default = "x"`, `default = `).Replace(wellQuoted)
	_, diags := parseWhole("main.cf.hcl", []byte(text))
	want := []string{"2 Missing quotation mark", "8 Missing quotation mark", "20 Invalid expression"}
	if got := shortly(diags); !slices.Equal(got, want) {
		t.Errorf("errors are %q, want %q", got, want)
	}
}

// The part of the file that can be parsed must still declare its names.
func TestAFileWithAMissingQuotationMarkDeclaresItsNames(t *testing.T) {
	for _, c := range [][2]string{{`"www" {`, `"www {`}, {`"A" "www" {`, `A" "www" {`}, {`"192.0.2.1"
`, `"192.0.2.1
`}} {
		f, _ := parseWhole("main.cf.hcl", []byte(strings.Replace(wellQuoted, c[0], c[1], 1)))
		content, _, _ := f.Body.PartialContent(rootSchema)
		var got []string
		for _, b := range content.Blocks {
			got = append(got, b.Type+" "+b.Labels[0])
		}
		if want := []string{"zone example.com", "zone example.org", "variable word"}; !slices.Equal(got, want) {
			t.Errorf("with %q: the file declares %q, want %q", c[1], got, want)
		}
	}
}

// Whichever quotation mark is missing, the first error must be at its position, and the rest of the file must still be
// parsed.
func TestAnyMissingQuotationMarkIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var marks []int
		for i := range len(wellQuoted) {
			line := wellQuoted[strings.LastIndexByte(wellQuoted[:i], '\n')+1:]
			if wellQuoted[i] == '"' && !strings.HasPrefix(line, "#") && wellQuoted[i-1] != '\\' && !strings.HasPrefix(line, `  record "TXT"`) {
				marks = append(marks, i)
			}
		}
		at := rapid.SampledFrom(marks).Draw(t, "mark")
		text := wellQuoted[:at] + wellQuoted[at+1:]
		want := 1 + strings.Count(wellQuoted[:at], "\n")

		_, diags := parseWhole("main.cf.hcl", []byte(text))
		if len(diags) != 1 || diags[0].Subject.Start.Line != want {
			t.Errorf("errors are %q, want one in line %d of\n%s", shortly(diags), want, text)
		}
	})
}

func TestTTLHint(t *testing.T) {
	for text, want := range map[string]string{
		"10s": " Cloudflare accepts 60 to 86400 seconds.", "2w": " Cloudflare accepts 60 to 86400 seconds.",
		"5m": " Write 300.", "300s": " Write 300.", "1h30m": " Write 5400.", "1D": " Write 86400.", "2 hours": " Write 7200.",
		"1d 0h": " Write 86400.", "Auto": ` Write "auto".`, "soon": "", "5 parsecs": "", "5m!": "", "": "", "99999999m": "",
	} {
		if got := ttlHint(text); got != want {
			t.Errorf("ttlHint(%q) = %q, want %q", text, got, want)
		}
	}
}
