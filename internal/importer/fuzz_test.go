package importer

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
)

// fuzz reads arbitrary bytes as a format, beginning with its samples. Read must not panic, each diagnostic
// must have a text, and the records must be canonical.
func fuzz(f *testing.F, kind Kind) {
	paths, err := filepath.Glob(filepath.Join("testdata/samples", string(kind), "*"))
	if err != nil || len(paths) == 0 {
		f.Fatalf("found no samples: %v", err)
	}
	for _, path := range paths {
		if text, err := os.ReadFile(path); err == nil { // the error is that path is a directory; skip it
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, zone := range []string{"example.com", ""} {
			src, diags := Read(kind, Input{Name: "in.dat", Text: text, Zone: zone, ZoneName: func(id string) string { return sampleZones[id] }})
			for _, d := range diags {
				if d.Summary == "" || d.Detail == "" || d.Severity == "" {
					t.Errorf("diagnostic %+v, want a summary, a detail and a severity", d)
				}
			}
			if !hasErrors(diags) {
				checkCanonical(t, src)
			}
		}
	})
}

func checkCanonical(t *testing.T, src *Source) {
	t.Helper()
	for _, z := range src.Zones {
		for _, r := range z.Records {
			rec := r.Record
			name, p := dns.CanonicalName(rec.Name)
			if p != nil || name != rec.Name || !dns.Inside(name, z.Name) {
				t.Errorf("%+v: want a canonical name in %s", rec, z.Name)
			}
			v, p := dns.ParseContent(rec.Type, rec.Content)
			if p != nil || v.Content != rec.Content {
				t.Errorf("%+v: parsing the content again gives %q, %v; want no change", rec, v.Content, p)
			}
			if !slices.Equal(dns.CanonicalTags(rec.Tags), rec.Tags) || rec.TTL < dns.AutoTTL {
				t.Errorf("%+v: want canonical tags and a TTL of at least %d", rec, dns.AutoTTL)
			}
		}
	}
}

func FuzzReadBIND(f *testing.F)       { fuzz(f, BIND) }
func FuzzReadCSV(f *testing.F)        { fuzz(f, CSV) }
func FuzzReadCloudflare(f *testing.F) { fuzz(f, Cloudflare) }
func FuzzReadRoute53(f *testing.F)    { fuzz(f, Route53) }
