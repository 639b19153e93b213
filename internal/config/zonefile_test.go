package config

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// The zone file has characters that would control the terminal of the user.
func TestZoneFileLinesAreShownWithoutControlCharacters(t *testing.T) {
	dir := writeFiles(t, []txtar.File{
		{Name: "main.cf.hcl", Data: []byte("zone \"example.com\" {\n  zonefile { path = \"x.zone\" }\n}\n")},
		{Name: "x.zone", Data: []byte("a 60 A \x1b[31m\u009b1m\xff\x07ü\n")},
	})
	_, files, diags := Load(dir, Options{})
	shown := describeDiagnostics(t, files, diags)
	if strings.ContainsAny(shown, "\x1b\u009b\x07") || !strings.Contains(shown, "a 60 A ?[31m??1m??ü") {
		t.Errorf("the diagnostics show the line as %q, want no control characters", shown)
	}
}

// The zone file has the largest number of records that a zone may have.
func TestEveryRecordOfALargeZoneFileHasItsLine(t *testing.T) {
	var b strings.Builder
	const records = 3500
	for i := range records {
		fmt.Fprintf(&b, "h%d 60 A 192.0.2.1\n", i)
	}
	dir := writeFiles(t, []txtar.File{
		{Name: "main.cf.hcl", Data: []byte("zone \"example.com\" {\n  zonefile { path = \"x.zone\" }\n}\n")},
		{Name: "x.zone", Data: []byte(b.String())},
	})
	c, files, diags := Load(dir, Options{})
	if diags.HasErrors() || len(c.Zones[0].Records) != records {
		t.Fatalf("Load returns %d records, want %d\n%s", len(c.Zones[0].Records), records, describeDiagnostics(t, files, diags))
	}
	for _, r := range c.Zones[0].Records {
		if want := fmt.Sprintf("h%d.example.com", r.Declared.Line-1); r.Name != want || r.Declared.File != "x.zone" {
			t.Errorf("%s is declared at %s:%d, which is the line of %s", r.Name, r.Declared.File, r.Declared.Line, want)
		}
	}
}
