package config

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"golang.org/x/tools/txtar"
)

const oneZone = "zone \"example.com\" {\n  record \"A\" \"www\" { content = \"192.0.2.1\" }\n}\n"

func TestSourcesThatAreNotTextAreOneError(t *testing.T) {
	for name, tt := range map[string]struct{ src, want string }{
		"UTF-16":        {"\xff\xfez\x00o\x00n\x00e\x00", "encoded in UTF-16 and not in UTF-8; save it as UTF-8"},
		"zero bytes":    {oneZone + strings.Repeat("\x00", 1000), "zero byte in line 4"},
		"invalid UTF-8": {strings.Repeat("\xff", 1000), "not a text in UTF-8; save it"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := writeFiles(t, []txtar.File{{Name: "main.cf.hcl", Data: []byte(tt.src)}})
			_, _, diags := Load(dir, Options{})
			if len(diags) != 1 || diags[0].Subject.Filename != "main.cf.hcl" || !strings.Contains(diags[0].Detail, tt.want) {
				t.Errorf("diagnostics are %v, want one in main.cf.hcl with %q", diags, tt.want)
			}
		})
	}
}

// Editors on Windows write a byte order mark and CRLF into UTF-8 files.
func TestMarksAndLineEndsOfWindowsAreRead(t *testing.T) {
	src := "\ufeff" + strings.ReplaceAll(oneZone, "\n", "\r\n")
	dir := writeFiles(t, []txtar.File{{Name: "main.cf.hcl", Data: []byte(src)}})
	if c, _, diags := Load(dir, Options{}); diags.HasErrors() || len(c.Zones[0].Records) != 1 {
		t.Errorf("diagnostics = %v, want the record", diags)
	}
}

// The second of three files exceeds the limits.
func TestFilesTogetherAreBounded(t *testing.T) {
	for name, tt := range map[string]struct {
		in   intake
		want string
	}{
		"bytes": {intake{bytes: 100, pieces: 1000}, "more than 128 MiB in total. Split the configuration"},
		"words": {intake{bytes: 1000, pieces: 40}, "more than 8 million words and signs in total. Split the configuration"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newReport()
			r.intake = &tt.in
			reads := 0
			read := func() ([]byte, error) { reads++; return []byte(oneZone), nil }
			for _, file := range []string{"a.cf.hcl", "b.cf.hcl", "c.cf.hcl"} {
				parseFile(r, file, read, maskSettings)
			}
			if reads != 2 {
				t.Errorf("Load reads %d files, want none after the file that exceeds the limit", reads)
			}

			diags := r.diagnostics()
			if len(diags) != 1 || diags[0].Subject.Filename != "b.cf.hcl" || !strings.Contains(diags[0].Detail, tt.want) {
				t.Errorf("diagnostics are %v, want one in b.cf.hcl with %q", diags, tt.want)
			}
		})
	}
}

// The test counts the words and signs of a configuration with 100,000 records.
func TestAHundredThousandRecordsAreWithinTheBounds(t *testing.T) {
	if testing.Short() {
		t.Skip("counts 100,000 records: not with -short")
	}

	var src strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&src, `
  record "CNAME" "host-%d.department" {
    content = "load-balancer.example.net"
    ttl     = 300
    proxied = false
    comment = "owned by the web team, see the wiki"
    tags    = ["team:web", "env:production"]
    settings {
      flatten_cname = true
    }
  }
`, i)
	}
	in := newIntake()
	for range 100 {
		if err := in.admit("main.cf.hcl", []byte(src.String())); err != nil {
			t.Fatal(err)
		}
	}
}

// Several zones read the same zone file, and the budget is enough for two of them. The excess must be reported once.
func TestZoneFilesTogetherAreBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("reads zone files up to the limit: not with -short")
	}

	dir := writeFiles(t, []txtar.File{
		{Name: "main.cf.hcl", Data: []byte("zone \"many\" {\n  name = \"a${each.key}.example\"\n  for_each = toset([\"1\", \"2\", \"3\", \"4\"])\n" +
			"  zonefile { path = \"x.zone\" }\n}\n")},
		{Name: "x.zone", Data: []byte("$GENERATE 1-40000 h$ 60 A 192.0.2.1\n")},
	})
	_, _, diags := Load(dir, Options{})
	var errors []string
	for _, d := range diags {
		if d.Severity == hcl.DiagError {
			errors = append(errors, fmt.Sprintf("%s:%d: %s", d.Subject.Filename, d.Subject.Start.Line, d.Detail))
		}
	}
	if len(errors) != 1 || !strings.HasPrefix(errors[0], "x.zone:1: The $GENERATE lines make more than 100000 records.") {
		t.Errorf("errors are %q, want one in x.zone", errors)
	}
}
