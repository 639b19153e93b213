package doctor_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/doctor"
	"github.com/cfplan/cfplan/internal/sandbox"
)

func TestInvisibleZoneFailsAndHasNoFurtherChecks(t *testing.T) {
	t.Parallel()
	w := worldOf(t, sandbox.Options{Seed: sandbox.Seed{
		Zones:  []sandbox.Zone{exampleZone("example.com"), exampleZone("example.org")},
		Tokens: []sandbox.Token{{Value: userToken, Zones: []string{"example.org"}}},
	}})

	got := w.examine(t)
	got.are(t,
		"ok state", "ok credentials", "ok reachable", "ok token", "ok access",
		"failed example.com: zone", // and no further checks of the zone
		"ok clock", "ok rate limit", "warning example.com: snapshot",
	)
	failed := got.one(t, "zone", doctor.Failed)
	says(t, failed, "The credentials see no zone of that name")
	advises(t, failed, "", `Zone → Zone → Read (in the API: "Zone Read") and include the zone in its Zone Resources`)
}

func TestZoneCheckFindsWhatIsWrongWithAZone(t *testing.T) {
	t.Parallel()
	const id, other = "11111111111111111111111111111111", "22222222222222222222222222222222"
	example := func(change func(*sandbox.Zone)) sandbox.Zone {
		z := sandbox.Zone{Name: "example.com", ID: id, Plan: "pro"}
		if change != nil {
			change(&z)
		}
		return z
	}
	for name, test := range map[string]struct {
		zones               []sandbox.Zone
		pinned              string // the ID in the configuration
		status              doctor.Status
		detail, cause, step string
	}{
		"two of that name": {
			zones: []sandbox.Zone{example(nil), example(func(z *sandbox.Zone) {
				z.ID, z.AccountID = other, account
			})},
			status: doctor.Failed, detail: "The credentials see 2 zones of that name.", step: `id = "…" in the zone block`,
		},
		"one of the two is pinned": {
			zones: []sandbox.Zone{example(nil), example(func(z *sandbox.Zone) {
				z.ID, z.AccountID = other, account
			})},
			pinned: other,
			status: doctor.OK, detail: "Visible (ID " + other + ", pro plan).",
		},
		"ID of another zone": {
			zones:  []sandbox.Zone{example(nil), {Name: "example.org", ID: other}},
			pinned: other,
			status: doctor.Failed, detail: "The ID in the zone block belongs to example.org.", step: "Correct id in the zone block",
		},
		"unknown ID": {
			zones:  []sandbox.Zone{example(nil)},
			pinned: other,
			status: doctor.Failed, detail: "Invalid zone identifier (code 9109",
			cause: "Zone Resources", step: "compare it with the ID on the zone's Overview page",
		},
		"malformed ID": {
			zones:  []sandbox.Zone{example(nil)},
			pinned: "example.com",
			status: doctor.Failed, detail: "ID",
			cause: "incomplete, or is the zone's name", step: "Correct id in the zone block",
		},
		"pending": {
			zones: []sandbox.Zone{example(func(z *sandbox.Zone) {
				z.Status, z.NameServers = "pending", []string{"amy.ns.cloudflare.com", "bob.ns.cloudflare.com"}
			})},
			status: doctor.Warning, detail: "Its status is pending: its records are not served yet.",
			step: "at the registrar to amy.ns.cloudflare.com and bob.ns.cloudflare.com.",
		},
		"paused": {
			zones:  []sandbox.Zone{example(func(z *sandbox.Zone) { z.Paused = true })},
			status: doctor.Warning, detail: "It is paused: nothing is proxied.", step: "enable Cloudflare again",
		},
		"secondary": {
			zones:  []sandbox.Zone{example(func(z *sandbox.Zone) { z.Type = "secondary" })},
			status: doctor.Warning, detail: "It is a secondary zone", step: "Change the records at the primary",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := worldOf(t, sandbox.Options{Seed: sandbox.Seed{Zones: test.zones, Tokens: []sandbox.Token{{Value: userToken}}}})
			w.Zones = []dns.Zone{{Name: "example.com", ID: test.pinned}}

			got := w.examine(t)
			zone := got.one(t, "zone", test.status)
			says(t, zone, test.detail)
			if test.status != doctor.OK {
				advises(t, zone, test.cause, test.step)
			}
			read := strings.Contains(strings.Join(got.outline(), "\n"), "ok example.com: read records")
			if read != (test.status != doctor.Failed) {
				t.Errorf("read records ok = %v, want %v: %q", read, test.status != doctor.Failed, got.outline())
			}
		})
	}
}

// A failure in one zone does not affect the others.
func TestZonesAreTestedIndependently(t *testing.T) {
	t.Parallel()
	w := worldOf(t, sandbox.Options{Seed: sandbox.Seed{
		Zones: []sandbox.Zone{
			exampleZone("example.com"),
			exampleZone("example.net"),
			exampleZone("example.org"),
			exampleZone("hidden.example"),
		},
		Tokens: []sandbox.Token{{
			Value: userToken,
			Zones: []string{"example.com", "example.net", "example.org"},
		}},
	}})
	w.Write = true
	w.Zones = []dns.Zone{{Name: "example.com"}, {Name: "hidden.example"}, {Name: "example.net"}, {Name: "example.org"}}
	w.Declared = 4
	w.remember(t, now)
	w.api.Fail(
		sandbox.AuthenticationError().On("GET", "/dns_records").InZone("example.net"),
		sandbox.AuthenticationError().On("POST", "/dns_records/batch").InZone("example.org"),
	)

	got := w.examine(t)
	got.are(t,
		"ok state", "ok credentials", "ok reachable", "ok token", "ok access",
		"ok example.com: zone", "ok example.com: read records", "ok example.com: write records",
		"failed hidden.example: zone",
		"ok example.net: zone", "failed example.net: read records",
		"ok example.org: zone", "ok example.org: read records", "failed example.org: write records",
		"ok clock", "ok rate limit",
		"ok example.com: snapshot", "warning hidden.example: snapshot", "warning example.net: snapshot", "warning example.org: snapshot",
	)
}

func TestWritingIsNotTestedIfRecordsCannotBeRead(t *testing.T) {
	t.Parallel()
	w := withToken(t, sandbox.Token{Value: userToken, Permissions: []string{"Zone Read"}})
	w.Write = true

	got := w.examine(t)
	got.are(t,
		"ok state", "ok credentials", "ok reachable", "ok token", "ok access",
		"ok example.com: zone", "failed example.com: read records", // writing is not tested
		"ok clock", "ok rate limit", "warning example.com: snapshot",
	)
	failed := got.one(t, "read records", doctor.Failed)
	says(t, failed, "Authentication error (code 10000")
	advises(t, failed, "permission", `Zone → DNS → Read (in the API: "DNS Read"`)
}

func TestTokenWithoutDNSWriteFailsOnlyWriteRecords(t *testing.T) {
	t.Parallel()
	w := withToken(t, sandbox.Token{Value: userToken, Permissions: []string{"Zone Read", "DNS Read"}})
	if got := w.examine(t); !doctor.Healthy(got) {
		t.Errorf("Healthy = false although writing is not tested: %q", got.outline())
	}

	w.Write = true
	got := w.examine(t)
	got.one(t, "read records", doctor.OK)
	failed := got.one(t, "write records", doctor.Failed)
	says(t, failed, "Authentication error (code 10000")
	advises(t, failed, "permission", `Zone → DNS → Edit (in the API: "DNS Write")`)
	if n := len(w.api.Records("example.com")); n != 1 {
		t.Errorf("the zone has %d records, want 1: the test record must not remain", n)
	}
}

func TestWritingIsTestedOnlyOnRequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.examine(t)
	if writes := w.api.Writes(); len(writes) != 0 {
		t.Errorf("write requests: %v, want none", writes)
	}
}

func TestWriteCheckDeletesItsRecord(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(*world, context.CancelFunc){
		"no failure":                    func(*world, context.CancelFunc) {},
		"the answer is lost":            func(w *world, _ context.CancelFunc) { w.api.Fail(sandbox.CutAfterCommit().Once()) },
		"a gateway swallows the answer": func(w *world, _ context.CancelFunc) { w.api.Fail(sandbox.GatewayErrorAfterCommit(502).Once()) },
		"the user interrupts it": func(w *world, cancel context.CancelFunc) {
			w.api.Fail(sandbox.Meanwhile(http.MethodPost, "/batch", cancel))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.Write = true
			ctx, cancel := context.WithCancel(t.Context())
			t.Cleanup(cancel)
			prepare(w, cancel)

			says(t, w.examineIn(ctx, t).one(t, "write records", doctor.OK), "A test record was created and deleted again.")
			if n := len(w.api.Writes()); n != 2 {
				t.Errorf("%d write requests, want one to create the record and one to delete it", n)
			}
			if left := w.leftovers("example.com"); len(left) != 0 {
				t.Errorf("test records left in the zone: %q, want none", left)
			}
		})
	}
}

func TestWriteCheckNamesARecordThatItCannotDelete(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Write = true
	w.api.Fail(sandbox.Unsuccessful(9005, "not now").On("POST", "/batch").After(1))

	failed := w.examine(t).one(t, "write records", doctor.Failed)
	says(t, failed, "could not be deleted: ")
	left := w.leftovers("example.com")
	if len(left) != 1 {
		t.Fatalf("test records left in the zone: %q, want one", left)
	}
	name, _, _ := strings.Cut(left[0], " ")
	advises(t, failed, "", "Delete the TXT record "+name+" in the dashboard.")
}

// If no answer came and the zone's list does not show the record, the record may still appear later.
func TestWriteCheckNamesARecordThatMayExist(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Write = true
	w.api.Fail(sandbox.CutBeforeCommit().Once())

	var write checks
	for _, c := range w.examine(t) {
		if c.Name == "write records" {
			write = append(write, c)
		}
	}
	write.are(t, "failed example.com: write records", "warning example.com: write records")
	advises(t, write[1], "", "Look for the TXT record _cfplan-doctor-")
}
