package doctor_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/doctor"
	"github.com/cfplan/cfplan/internal/sandbox"
)

// described writes groups as "STATUS NAME: COUNT".
func described(groups []doctor.Group) []string {
	var out []string
	for _, g := range groups {
		out = append(out, fmt.Sprintf("%s %s: %d", g.Status, g.Name, max(1, len(g.Zones))))
	}
	return out
}

// manyZones returns a world with n zones. The fourth and the fifth are not visible, and the sixth is paused.
func manyZones(t *testing.T, n int) *world {
	var zones []sandbox.Zone
	var declared []dns.Zone
	for i := range n {
		name := fmt.Sprintf("z%d.example", i)
		declared = append(declared, dns.Zone{Name: name})
		if i == 3 || i == 4 {
			continue
		}
		zone := exampleZone(name)
		zone.Paused = i == 5
		for range i % 7 {
			zone.Records = append(zone.Records, sandbox.Record{Type: "TXT", Name: "@", Content: fmt.Sprintf("%d", len(zone.Records))})
		}
		zones = append(zones, zone)
	}

	w := worldOf(t, sandbox.Options{Seed: sandbox.Seed{Zones: zones, Tokens: []sandbox.Token{{Value: userToken}}}})
	w.Zones, w.Declared = declared, n
	return w
}

func TestZonesWithTheSameOutcomeAreOneGroup(t *testing.T) {
	w := manyZones(t, 60)
	checks := w.Run(context.Background())

	var ofZones []doctor.Check
	for _, c := range checks {
		if c.Zone != "" {
			ofZones = append(ofZones, c)
		}
	}
	groups := doctor.Grouped(ofZones)
	want := []string{"ok zone: 57", "ok read records: 58", "failed zone: 2", "warning zone: 1", "warning snapshot: 60"}
	if d := cmp.Diff(want, described(groups)); d != "" {
		t.Errorf("groups (-want +got):\n%s", d)
	}
	if bad := groups[2]; !cmp.Equal(bad.Zones, []string{"z3.example", "z4.example"}) || len(bad.Guidance) == 0 {
		t.Errorf("group of the failed zones = %+v, want both zones and guidance", bad)
	}
	if paused := groups[3]; paused.Zone != "z5.example" || !strings.Contains(paused.Detail, "(ID ") {
		t.Errorf("group of a single zone = %+v, want its check unchanged", paused)
	}
}

// Errors of the API contain the zone's ID and a ray ID. These must not make them different outcomes.
func TestRefusalsOfZonesAreOneGroup(t *testing.T) {
	w := manyZones(t, 60)
	w.use(cloudflare.Credentials{Token: userToken})
	w.api.Fail(sandbox.AuthenticationError())
	var ofZones []doctor.Check
	for _, c := range w.Run(context.Background()) {
		if c.Zone != "" && c.Name == "zone" {
			ofZones = append(ofZones, c)
		}
	}

	groups := doctor.Grouped(ofZones)
	if len(groups) != 1 || len(groups[0].Zones) != 60 || groups[0].Cause == "" {
		t.Errorf("groups = %v, want one of 60 zones with its cause", described(groups))
	}
}

func TestOutcomesBeyondTwentyAreOneGroup(t *testing.T) {
	var checks []doctor.Check
	for i := range 1000 {
		checks = append(checks, doctor.Check{
			Name:   "zone",
			Zone:   fmt.Sprintf("z%d.example", i),
			Status: doctor.Failed,
			Detail: fmt.Sprint("fault ", i),
		})
	}

	groups := doctor.Grouped(checks)
	if len(groups) != 21 {
		t.Fatalf("%d groups, want 21", len(groups))
	}

	for i, g := range groups[:20] {
		if g.Zone != checks[i].Zone || g.Detail != checks[i].Detail {
			t.Errorf("group %d is %+v, want the check of %s", i, g, checks[i].Zone)
		}
	}

	if rest := groups[20]; len(rest.Zones) != 980 || len(rest.Guidance) != 1 {
		t.Errorf("the last group has %d zones and the guidance %q, want 980 zones and one step", len(rest.Zones), rest.Guidance)
	}
}
