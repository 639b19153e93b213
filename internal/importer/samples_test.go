package importer

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// wanted is the expected result of reading a sample, from testdata/samples/KIND/X.want.json.
type wanted struct {
	Source  string         `json:"source"`
	Zone    string         `json:"zone"`
	Records []wantedRecord `json:"records"`
	LeftOut []string       `json:"left_out"`
}

// wantedRecord is an expected record, with the member names of Cloudflare's API.
type wantedRecord struct {
	ID       string         `json:"id"`
	Type     string         `json:"type"`
	Name     string         `json:"name"`
	Content  string         `json:"content"`
	Data     map[string]any `json:"data"`
	Priority *uint16        `json:"priority"`
	TTL      int            `json:"ttl"`
	Proxied  bool           `json:"proxied"`
	Comment  string         `json:"comment"`
	Tags     []string       `json:"tags"`
}

// sampleZones maps the zone IDs in the samples to the names of the zones.
var sampleZones = map[string]string{
	"000000000000000000000000000000aa": "example.com",
	"000000000000000000000000000000bb": "example.org",
}

func TestSamplesGiveTheirRecords(t *testing.T) {
	paths, err := filepath.Glob("testdata/samples/*/*.want.json")
	if err != nil || len(paths) == 0 {
		t.Fatalf("found no samples: %v", err)
	}
	for _, path := range paths {
		kind := Kind(filepath.Base(filepath.Dir(path)))
		if _, known := readers()[kind]; !known {
			continue
		}
		t.Run(strings.TrimPrefix(path, "testdata/samples/"), func(t *testing.T) {
			want := readWanted(t, path)
			if len(want.Records) == 0 {
				checkNothing(t, kind, filepath.Join(filepath.Dir(path), want.Source), want)
				return
			}
			src := readSource(t, kind, filepath.Join(filepath.Dir(path), want.Source), want.Zone)
			checkRecords(t, src.Zones[0], want)
			checkLeft(t, src, want)
		})
	}
}

// checkNothing checks that a source without a record to import gives an error that names the records left
// out.
func checkNothing(t *testing.T, kind Kind, path string, want wanted) {
	t.Helper()
	in := openInput(t, path)
	in.Zone = want.Zone
	_, diags := Read(kind, in)
	for _, w := range want.LeftOut {
		if !hasErrors(diags) || !strings.Contains(spelledOut(diags), strings.Fields(w)[0]) {
			t.Errorf("Read(%s, %s): %s; want an error that names %s", kind, path, spelledOut(diags), w)
		}
	}
}

func readWanted(t *testing.T, path string) wanted {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var w wanted
	if err := json.Unmarshal(text, &w); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return w
}

// readSource reads one zone of a file or directory.
func readSource(t *testing.T, kind Kind, path, zone string) *Source {
	t.Helper()
	in := openInput(t, path)
	in.Zone = zone
	in.ZoneName = func(id string) string { return sampleZones[id] }
	src, diags := Read(kind, in)
	if hasErrors(diags) || len(src.Zones) != 1 {
		t.Fatalf("Read(%s, %s) = %+v, %s; want one zone", kind, path, src, spelledOut(diags))
	}
	return src
}

// openInput opens a file or directory as the command import does.
func openInput(t *testing.T, path string) Input {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.IsDir() {
		return Input{Name: path, Dir: os.DirFS(path), IsDir: true}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return Input{Name: path, Text: text, Dir: os.DirFS(filepath.Dir(path))}
}

func spelledOut(diags []plan.Diagnostic) string {
	var b strings.Builder
	for _, d := range diags {
		line := 0
		if d.Position != nil {
			line = d.Position.Line
		}
		fmt.Fprintf(&b, "\n%s: %s: %s (line %d, %s)", d.Severity, d.Summary, d.Detail, line, d.Address)
	}
	return b.String()
}

func checkRecords(t *testing.T, z Zone, want wanted) {
	t.Helper()
	wantedIDs := slices.ContainsFunc(want.Records, func(w wantedRecord) bool { return w.ID != "" })
	var got, all []string
	for _, r := range z.Records {
		record := r.Record
		if !wantedIDs {
			record.ID = ""
		}
		got = append(got, recordText(record))
	}
	for _, w := range want.Records {
		all = append(all, recordText(w.record(t, want.Zone)))
	}
	slices.Sort(got)
	slices.Sort(all)
	if !slices.Equal(got, all) {
		t.Errorf("records:\n  %s\nwant:\n  %s", strings.Join(got, "\n  "), strings.Join(all, "\n  "))
	}
}

func recordText(r dns.Record) string {
	text, err := json.Marshal(r)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func (w wantedRecord) record(t *testing.T, zone string) dns.Record {
	t.Helper()
	s := spelling{
		name:     w.Name,
		typ:      w.Type,
		content:  w.Content,
		data:     w.Data,
		priority: w.Priority,
		ttl:      w.TTL,
		proxied:  w.Proxied,
		comment:  w.Comment,
		tags:     w.Tags,
	}
	r, problems := s.record(zone)
	if len(problems) > 0 {
		t.Fatalf("%s %s: %v", w.Type, w.Name, problems)
	}
	r.ID = w.ID
	return r
}

// checkLeft compares the records left out by name or address, and by type if the sample has one. A remark may
// name a source record that cannot be a Cloudflare record at all.
func checkLeft(t *testing.T, src *Source, want wanted) {
	t.Helper()
	z := src.Zones[0]
	remarked := 0
	for _, w := range want.LeftOut {
		words := strings.Fields(w)
		named := slices.ContainsFunc(z.Left, func(l Left) bool {
			own := []string{l.Record.Name, dns.RelativeName(l.Record.Name, z.Name), string(l.Record.Type), l.At.Address}
			return slices.Contains(own, words[0]) && l.Reason != ""
		})
		if !named && slices.ContainsFunc(src.Remarks, func(r string) bool { return strings.Contains(r, words[0]) }) {
			remarked++
		} else if !named {
			t.Errorf("left out = %+v, remarks = %q; want one of them to name %q", z.Left, src.Remarks, w)
		}
	}
	if len(z.Left)+remarked != len(want.LeftOut) {
		t.Errorf("left out = %+v, remarks = %q; want only %q", z.Left, src.Remarks, want.LeftOut)
	}
}
