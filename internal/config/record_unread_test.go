package config

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// One mistake in a record must not hide another, because users want to fix a file only once.
func TestEveryMistakeOfARecordIsReportedAtOnce(t *testing.T) {
	tests := map[string]struct {
		src  string
		want []string
	}{
		"a value and a TTL": {
			`record "A" "www" {
			   content = "192.0.2.300"
			   ttl     = 5
			 }`,
			[]string{
				`3 Invalid IPv4 address: example.com/A/www`,
				`4 Invalid TTL: example.com/A/www`,
			},
		},
		"every attribute": {
			`record "CNAME" "www" {
			   content = "a b"
			   ttl     = "5m"
			   proxied = "maybe"
			   tags    = ["cf-x"]
			   comment = "a\nb"
			   other   = 1
			   settings {
			     flatten_cname = 5
			   }
			 }`,
			[]string{
				`3 Invalid target: example.com/CNAME/www`,
				`4 Invalid TTL: example.com/CNAME/www`,
				`5 Unsuitable value: example.com/CNAME/www`,
				`6 Reserved tag: example.com/CNAME/www`,
				`7 Line break in a comment: example.com/CNAME/www`,
				`8 Unsupported argument: example.com/CNAME/www`,
				`10 Unsuitable value: example.com/CNAME/www`,
			},
		},
		"every element of a list": {
			`record "A" "www" {
			   content = [
			     "192.0.2.1",
			     null,
			     "1.2.3",
			     ["x"],
			     "::1",
			   ]
			   ttl = 5
			 }`,
			[]string{
				`5 Unsuitable value: example.com/A/www`,
				`6 Invalid IPv4 address: example.com/A/www`,
				`7 Unsuitable value: example.com/A/www`,
				`8 Invalid IPv4 address: example.com/A/www`,
				`10 Invalid TTL: example.com/A/www`,
			},
		},
		"the elements that can be read are checked": {
			`record "TXT" "_dmarc" {
			   content = [
			     null,
			     "v=DMARC1; p=nothing",
			   ]
			 }`,
			[]string{
				`4 Unsuitable value: example.com/TXT/_dmarc`,
				`5 Malformed DMARC record: example.com/TXT/_dmarc`,
			},
		},
		"an MX": {
			`record "MX" "@" {
			   content  = "mail..example.net"
			   priority = 70000
			   ttl      = 5
			 }`,
			[]string{
				`3 Invalid target: example.com/MX/@`,
				`4 Number out of range: example.com/MX/@`,
				`5 Invalid TTL: example.com/MX/@`,
			},
		},
		"structured data": {
			`record "SRV" "_sip._tcp" {
			   priority = -1
			   weight   = 1.5
			   port     = "x"
			   target   = "a b"
			   ttl      = 5
			 }`,
			[]string{
				`3 Invalid priority: example.com/SRV/_sip._tcp`,
				`4 Invalid weight: example.com/SRV/_sip._tcp`,
				`5 Unsuitable value: example.com/SRV/_sip._tcp`,
				`6 Invalid target: example.com/SRV/_sip._tcp`,
				`7 Invalid TTL: example.com/SRV/_sip._tcp`,
			},
		},
		"a value that is missing": {
			`record "A" "www" {
			   ttl = 5
			 }`,
			[]string{
				`2 Missing value: example.com/A/www`,
				`3 Invalid TTL: example.com/A/www`,
			},
		},
		"a type in lower case": {
			`record "a" "www" {
			   content = "192.0.2.300"
			   ttl     = 5
			 }`,
			[]string{
				`2 Unknown record type: example.com/a/www`,
				`3 Invalid IPv4 address: example.com/A/www`,
				`4 Invalid TTL: example.com/A/www`,
			},
		},
		"a name outside the zone": {
			`record "A" "www" {
			   name    = "www.example.org."
			   content = "192.0.2.300"
			   ttl     = 5
			 }`,
			[]string{
				`3 Name outside the zone: example.com/A/www`,
				`4 Invalid IPv4 address: example.com/A/www`,
				`5 Invalid TTL: example.com/A/www`,
			},
		},
		"the error names the instance": {
			`record "A" "www" {
			   for_each = { ok = "192.0.2.1", bad = "192.0.2.300" }
			   name     = each.key
			   content  = each.value
			 }`,
			[]string{`5 Invalid IPv4 address: example.com/A/www["bad"]`},
		},
		"errors about references and for_each name the record, too": {
			`record "A" "www" {
			   for_each = 5
			   content  = local.nothing
			 }`,
			[]string{
				`3 Invalid for_each argument: example.com/A/www`,
				`4 Reference to undeclared local value: example.com/A/www`,
			},
		},
		// A proxied record has no TTL of its own. Whether this record is proxied is not known.
		"an attribute that depends on one that cannot be read is not checked": {
			`record "A" "www" {
			   content = "192.0.2.1"
			   proxied = "maybe"
			   ttl     = 5
			 }`,
			[]string{`4 Unsuitable value: example.com/A/www`},
		},
		"warnings that are switched off are not shown": {
			`record "A" "www" {
			   content         = "192.0.2.300"
			   ttl             = 30
			   ignore_warnings = ["ttl-short"]
			 }`,
			[]string{`3 Invalid IPv4 address: example.com/A/www`},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := loadedDiagnostics(t, "zone \"example.com\" {\n"+test.src+"\n}\n")
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// loadedDiagnostics loads one file and returns the line, summary and record of every diagnostic.
func loadedDiagnostics(t *testing.T, src string) []string {
	t.Helper()
	dir := writeFiles(t, []txtar.File{{Name: "main.cf.hcl", Data: []byte(src)}})
	_, _, diags := Load(dir, Options{Version: "0.3.1"})

	var out []string
	for _, d := range diags {
		out = append(out, fmt.Sprintf("%d %s: %s", d.Subject.Start.Line, d.Summary, RecordOf(d)))
	}
	return out
}

func TestADefaultThatCannotBeReadIsReportedOnce(t *testing.T) {
	got := loadedDiagnostics(t, `zone "example.com" {
  defaults {
    proxied = "maybe"
  }
  record "A" "www" {
    content = "192.0.2.300"
    ttl     = 5
  }
}
`)
	want := []string{"3 Unsuitable value: ", "6 Invalid IPv4 address: example.com/A/www"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// The checks of a record that could not be read completely must not reveal its secrets.
func TestMistakesBesideASecretQuoteNothing(t *testing.T) {
	dir := writeFiles(t, []txtar.File{{Name: "main.cf.hcl", Data: []byte(`
variable "note" {
  sensitive = true
  default   = "hush\nhush"
}
zone "example.com" {
  record "A" "www" {
    content = "192.0.2.300"
    comment = var.note
    tags    = ["cf-team"]
  }
}
`)}})
	_, _, diags := Load(dir, Options{Version: "0.3.1"})

	seen := summaries(diags)
	for _, want := range []string{"Invalid IPv4 address", "Line break in a comment", "Reserved tag"} {
		if !strings.Contains(seen, want) {
			t.Errorf("%q is missing in %s", want, seen)
		}
	}
	for _, d := range diags {
		if strings.Contains(d.Detail, "hush") {
			t.Errorf("%s: %s", d.Summary, d.Detail)
		}
	}
}
