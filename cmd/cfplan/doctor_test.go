package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/doctor"
	"github.com/cfplan/cfplan/internal/sandbox"
)

// printed returns the output of doctor for the given number of zones. Every third zone fails.
func printed(zones int) string {
	var out bytes.Buffer
	p := &checkPrinter{
		printer:  &printer{streams: streams{out: &out}, dir: &directory{}, noColor: true},
		shown:    map[string]string{},
		grouping: zones > fewZones,
	}
	p.add(doctor.Check{Name: "reachable", Status: doctor.OK, Detail: "It answers."})
	for i := range zones {
		c := doctor.Check{Name: "zone", Zone: fmt.Sprintf("z%d.example", i), Status: doctor.OK, Detail: "Visible."}
		if i%3 == 0 {
			c.Status, c.Detail, c.Guidance = doctor.Failed, "Not there.", []string{"Look for it."}
		}
		p.add(c)
	}
	p.add(doctor.Check{Name: "clock", Status: doctor.OK, Detail: "It is right."})
	p.flush()
	return out.String()
}

func TestDoctorNamesManyZonesInFewLines(t *testing.T) {
	var failed []string
	for i := 0; i < 60; i += 3 {
		failed = append(failed, fmt.Sprintf("z%d.example", i))
	}
	want := "✓ reachable: It answers.\n" +
		"✗ 334 zones: zone: Not there.\n    " + strings.Join(failed, ", ") + " and 314 more\n    1. Look for it.\n" +
		"✓ 666 zones: zone: Visible.\n    z1.example, z2.example, z4.example and 663 more\n" +
		"✓ clock: It is right.\n"
	if got := printed(1000); got != want {
		t.Errorf("1,000 zones are printed as\n%s\nwant\n%s", got, want)
	}
}

func TestDoctorPrintsFewZonesOneByOne(t *testing.T) {
	want := "✓ reachable: It answers.\n" +
		"✗ z0.example: zone: Not there.\n    1. Look for it.\n" +
		"✓ z1.example: zone: Visible.\n✓ z2.example: zone: Visible.\n" +
		"✗ z3.example: zone: Not there.\n    What to do: as for z0.example: zone, above.\n" +
		"✓ clock: It is right.\n"
	if got := printed(4); got != want {
		t.Errorf("four zones are printed as\n%s\nwant\n%s", got, want)
	}
}

// A check that fails because the run was interrupted is not a finding.
func TestAnInterruptedDoctorReportsNoFindings(t *testing.T) {
	api := httptest.NewServer(sandbox.New(sandbox.Options{Seed: sandbox.SampleSeed()}))
	defer api.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	var out, errs bytes.Buffer
	env := environment{"CLOUDFLARE_BASE_URL=" + api.URL + "/client/v4", "CLOUDFLARE_API_TOKEN=" + secretToken}
	code := run(ctx, []string{"doctor", "-chdir=" + t.TempDir(), "example.com"},
		streams{strings.NewReader(""), &out, &errs}, env)

	if code != exitInterrupted || !strings.Contains(errs.String(), "Interrupted") || strings.Contains(out.String(), "failed") {
		t.Errorf("exit code %d, want 130 and no conclusion:\n%s\n%s", code, &out, &errs)
	}
}
