package main

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/sandbox"
)

// importSamples are the samples of internal/importer: a file of each tool, and the records that must come out.
const importSamples = "../../internal/importer/testdata/samples"

// sampleZoneIDs are the IDs of the zones, by name, as the samples have them.
var sampleZoneIDs = map[string]string{
	"example.com": "000000000000000000000000000000aa",
	"example.org": "000000000000000000000000000000bb",
}

type importSample struct {
	Source  string           `json:"source"`
	Zone    string           `json:"zone"`
	Records []sandbox.Record `json:"records"`
}

// Each sample is imported while the live zone has the described records and one more. The files are formatted and valid,
// the next plan is empty, and cfplan owns exactly the described records.
func TestThePlanAfterImportingASampleIsEmpty(t *testing.T) {
	if testing.Short() {
		t.Skip("many runs of the program: not with -short")
	}

	paths, err := filepath.Glob(importSamples + "/*/*.want.json")
	if err != nil || len(paths) < 20 {
		t.Fatalf("%d samples (%v), want at least 20", len(paths), err)
	}
	for _, path := range paths {
		name, _ := filepath.Rel(importSamples, path)
		t.Run(strings.TrimSuffix(name, ".want.json"), func(t *testing.T) {
			t.Parallel()
			sample := readImportSample(t, path)
			if len(sample.Records) == 0 {
				t.Skip("the sample has no record to import")
			}
			source, err := filepath.Abs(filepath.Join(filepath.Dir(path), sample.Source))
			if err != nil {
				t.Fatal(err)
			}
			p := sampleSite(t, sample)
			before := p.api.Records(sample.Zone)

			p.must("import", sample.Zone, "-from="+filepath.Base(filepath.Dir(path)), "-in="+source)
			p.must("fmt", "-check")
			p.must("validate")
			p.must("plan", "-detailed-exitcode")
			p.destroysExactly(sample)
			if after := p.api.Records(sample.Zone); !sameRecords(before, after) {
				t.Errorf("the records are %v, want %v as before", after, before)
			}
		})
	}
}

func readImportSample(t *testing.T, path string) importSample {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var sample importSample
	if err := json.Unmarshal(text, &sample); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return sample
}

// sampleSite returns a site whose zone has the records of the sample, and one that the sample does not describe.
func sampleSite(t *testing.T, sample importSample) *site {
	t.Helper()
	path := program(t)
	other := sandbox.Record{Name: "unmanaged." + sample.Zone, Type: "A", Content: "192.0.2.200", TTL: 300}
	seed := sandbox.Seed{Zones: []sandbox.Zone{{
		ID:      sampleZoneIDs[sample.Zone],
		Name:    sample.Zone,
		Plan:    "business",
		Records: append(slices.Clone(sample.Records), other),
	}}}
	if err := seed.Check(); err != nil {
		t.Fatalf("the sample is not a zone of Cloudflare: %v", err)
	}
	p := &site{t: t, program: path, dir: t.TempDir(), api: sandbox.New(sandbox.Options{Seed: seed})}
	server := httptest.NewServer(p.api)
	t.Cleanup(server.Close)
	p.env = append(os.Environ(), "CLOUDFLARE_BASE_URL="+server.URL+"/client/v4", "CLOUDFLARE_API_TOKEN="+secretToken,
		"CFPLAN_NAMESERVERS=127.0.0.1:9")
	return p
}

// destroysExactly checks that a destroy plan has the described records and no other.
func (p *site) destroysExactly(sample importSample) {
	p.t.Helper()
	c, out := p.command(p.t.Context(), "plan", "-destroy", "-json")
	c.Stderr = nil
	if err := c.Run(); err != nil {
		p.t.Fatalf("plan -destroy: %v\n%s", err, out)
	}
	var destroyed plan.Plan
	if err := json.Unmarshal(out.Bytes(), &destroyed); err != nil {
		p.t.Fatal(err)
	}

	var got, want []string
	for _, c := range destroyed.Zones[0].Changes {
		got = append(got, c.RecordID)
	}
	for _, r := range p.api.Records(sample.Zone) {
		if !strings.HasPrefix(r.Name, "unmanaged.") {
			want = append(want, r.ID)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		p.t.Errorf("a destroy plan has the records %q, want %q", got, want)
	}
}

func sameRecords(a, b []sandbox.Record) bool {
	text := func(r []sandbox.Record) string {
		out, _ := json.Marshal(r)
		return string(out)
	}
	return text(a) == text(b)
}
