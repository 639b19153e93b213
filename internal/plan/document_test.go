package plan_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

func saved(t testing.TB) []byte {
	t.Helper()
	z, diags := plan.Diff(plan.Input{
		Desired: dns.Zone{Name: zoneName, Records: []dns.Record{a("www.example.com", "192.0.2.2"), a("x.example.com", "192.0.2.1")}},
		Seen:    dns.Zone{Name: zoneName, ID: "z", Records: []dns.Record{id("1", a("www.example.com", "192.0.2.1"))}},
		Owned:   map[string]string{"1": "x"},
		Source:  plan.Source{Kind: plan.SourceLive},
	})

	p := plan.New("0.1.0", time.Unix(1767225600, 0), []plan.Zone{z}, nil, diags)
	p.Seal()
	var b bytes.Buffer
	if err := plan.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestDecodeSaysWhyItRefusesADocument(t *testing.T) {
	good := string(saved(t))
	for _, tt := range []struct{ name, text, want string }{
		{"empty", "", "empty"},
		{"blank", " \n", "empty"},
		{"not JSON", "hello", "not a plan"},
		{"truncated", good[:len(good)/2], "truncated"},
		{"another document", `{"version": 4}`, "no format_version"},
		{"newer", strings.Replace(good, `"format_version": "1.0"`, `"format_version": "2.0"`, 1), "make the plan again"},
		{"altered value", strings.Replace(good, "192.0.2.2", "192.0.2.66", 1), "altered"},
		{"altered mode", strings.Replace(good, `"mode": "live"`, `"mode": "read_only"`, 1), "altered"},
		{"added member", strings.Replace(good, `"mode"`, `"extra": 1, "mode"`, 1), "altered"},
		{"removed hash", strings.Replace(good, `"hash": "sha256:`, `"hash": "`, 1), "altered"},
		{"null", "null", "not a plan"},
		{"a list", "[]", "not a plan"},
		{"two plans", good + good, "not a plan"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := plan.Decode(strings.NewReader(tt.text))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Decode = %v, %v; want an error with %q", p, err, tt.want)
			}
		})
	}
}

func TestDecodeRefusesImpossibleChangesWithACorrectHash(t *testing.T) {
	p, err := plan.Decode(bytes.NewReader(saved(t)))
	if err != nil {
		t.Fatal(err)
	}

	p.Zones[0].Changes[0].Before = nil
	p.Seal()
	var b bytes.Buffer
	if err := plan.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	if _, err := plan.Decode(&b); !errors.Is(err, plan.ErrAltered) {
		t.Errorf("Decode of a change without before = %v, want ErrAltered", err)
	}
}

func TestPlanIsLiveOnlyIfAllItsZonesAre(t *testing.T) {
	live := plan.Zone{Name: "a", Source: plan.Source{Kind: plan.SourceLive}}
	cached := plan.Zone{Name: "b", Source: plan.Source{Kind: plan.SourceCache}}
	for _, tt := range []struct {
		zones []plan.Zone
		want  plan.Mode
	}{
		{nil, plan.Live},
		{[]plan.Zone{live}, plan.Live},
		{[]plan.Zone{live, cached}, plan.ReadOnly},
	} {
		if got := plan.New("", time.Time{}, tt.zones, nil, nil).Mode; got != tt.want {
			t.Errorf("mode of %+v = %s, want %s", tt.zones, got, tt.want)
		}
	}
}

// In these documents, a few bytes become a value of some hundred bytes. Decode must still accept a plan with
// variables and outputs of any form.
func TestDecodeRefusesDocumentsThatGrowInMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("a large document: not with -short")
	}

	many := func(entry string) string { return "[" + strings.Repeat(entry+",", 1000) + entry + "]" }
	for _, part := range []string{
		`"zones":` + many(`{}`), `"zones":` + many(`null`), `"degraded":` + many(`{ }`), `"diagnostics":` + many(`{"summary":""}`),
		`"zones":[{"name":"example.com","changes":` + many(`{}`) + `}]`,
		`"zones":[{"name":"example.com","changes":[{"action":"add","name":"www","risks":` + many(`null`) + `}]}]`,
		`"zones":` + strings.Repeat("[", 200) + strings.Repeat("]", 200),
		`"variables":{"a":{"value":"` + strings.Repeat("x", 17<<20) + `"}}`,
	} {
		_, err := plan.Decode(strings.NewReader(`{"format_version":"1.0",` + part + "}"))
		if !errors.Is(err, plan.ErrAltered) || !strings.Contains(err.Error(), "entries") &&
			!strings.Contains(err.Error(), "nested") && !strings.Contains(err.Error(), "16 MiB") {
			t.Errorf("Decode of %.80s = %v, want an error because it would become too large", part, err)
		}
	}

	p := plan.New("0.1.0", time.Time{}, nil, nil, nil)
	p.Outputs = []plan.Output{{Name: "any", Value: []any{nil, map[string]any{}, []any{}}}}
	p.Seal()
	var b bytes.Buffer
	if err := plan.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	if _, err := plan.Decode(&b); err != nil {
		t.Errorf("Decode of a plan with an output of short entries = %v, want nil", err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(saved(f))
	f.Add([]byte(`{"format_version":"1.0","zones":[{"changes":[{"action":"add"}]}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := plan.Decode(bytes.NewReader(text))
		if err == nil && !p.Sealed() {
			t.Error("Decode accepts a plan that does not match its hash")
		}
	})
}
