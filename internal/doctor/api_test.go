package doctor_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/doctor"
	"github.com/cfplan/cfplan/internal/sandbox"
)

func TestUnreachableAPISkipsChecksThatNeedIt(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		breakIt             func(*world)
		detail, cause, step string
	}{
		"no server": {
			func(w *world) { w.server.Close() },
			"connection refused", "", "CLOUDFLARE_BASE_URL",
		},
		"gateway error": {
			func(w *world) { w.api.Fail(sandbox.GatewayError(http.StatusBadGateway)) },
			"HTTP status 502", "", "cloudflarestatus.com",
		},
		"web page": {
			func(w *world) { w.api.Fail(sandbox.NotJSON()) },
			"HTTP status 200", "", "CLOUDFLARE_BASE_URL",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.Zones = append(w.Zones, dns.Zone{Name: "example.org"})
			w.remember(t, now)
			test.breakIt(w)

			got := w.examine(t)
			if outline := got.outline()[:5]; outline[2] != "failed reachable" ||
				outline[3] != "skipped example.com: zone" || outline[4] != "skipped example.org: zone" {
				t.Errorf("checks = %q, want the zones skipped", outline)
			}
			failed := got.one(t, "reachable", doctor.Failed)
			says(t, failed, test.detail)
			if failed.Cause == "" {
				t.Error("the check has no cause")
			}
			advises(t, failed, failed.Cause, test.step)

			// The state is still tested, because a plan is then made from its snapshots.
			got.one(t, "snapshot", doctor.OK)
		})
	}
}

func TestForbiddenBaseURLFailsTheCredentials(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.API = cloudflare.New(cloudflare.Options{BaseURL: "https://user:S3CR3T@api.example/", Credentials: w.Credentials})

	failed := w.examine(t).one(t, "credentials", doctor.Failed)
	says(t, failed, "the base URL holds a user name or password")
	advises(t, failed, "base URL", "unset CLOUDFLARE_BASE_URL")
}

func TestAccessComparesVisibleAndDeclaredZones(t *testing.T) {
	t.Parallel()
	id := dns.Zone{Name: "example.com", ID: "0123456789abcdef0123456789abcdef"}
	for name, test := range map[string]struct {
		zones    []sandbox.Zone
		token    sandbox.Token
		examined []dns.Zone
		declared int
		status   doctor.Status
		detail   string
		step     string
	}{
		"sees what is declared": {
			zones: []sandbox.Zone{exampleZone("example.com")}, declared: 1,
			examined: []dns.Zone{{Name: "example.com"}},
			status:   doctor.OK, detail: "The credentials see 1 zone.",
		},
		"sees more than is declared": {
			zones: []sandbox.Zone{exampleZone("example.com"), exampleZone("example.org")}, declared: 1,
			examined: []dns.Zone{{Name: "example.com"}},
			status:   doctor.Warning, detail: "The credentials see 2 zones; the configuration has 1.", step: "Specific zone",
		},
		"no configuration to compare with": {
			zones:  []sandbox.Zone{exampleZone("example.com"), exampleZone("example.org")},
			status: doctor.OK, detail: "The credentials see 2 zones.",
		},
		"sees nothing": {
			examined: []dns.Zone{{Name: "example.com"}}, declared: 1,
			status: doctor.Failed, detail: "The credentials see no zone at all.", step: "Zone → Zone → Read",
		},
		"may not list zones whose IDs are known": {
			zones:    []sandbox.Zone{{Name: id.Name, ID: id.ID, Plan: "free"}},
			token:    sandbox.Token{Permissions: []string{"DNS Write"}},
			examined: []dns.Zone{id}, declared: 1,
			status: doctor.Warning, detail: "The tested zones do not need that",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.token.Value = userToken
			w := worldOf(t, sandbox.Options{Seed: sandbox.Seed{Zones: test.zones, Tokens: []sandbox.Token{test.token}}})
			w.Zones, w.Declared = test.examined, test.declared

			access := w.examine(t).one(t, "access", test.status)
			says(t, access, test.detail)
			if test.step != "" {
				advises(t, access, "", test.step)
			}
		})
	}
}

func TestWrongClockGetsAWarning(t *testing.T) {
	t.Parallel()
	for skew, status := range map[time.Duration]doctor.Status{
		0: doctor.OK, time.Hour: doctor.Warning, -time.Hour: doctor.Warning,
	} {
		w := newWorld(t)
		server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			rw.Header().Set("Date", time.Now().Add(skew).UTC().Format(http.TimeFormat))
			w.api.ServeHTTP(rw, r)
		}))
		t.Cleanup(server.Close)
		w.server = server
		w.use(w.Credentials)

		clock := w.examine(t).one(t, "clock", status)
		if status == doctor.Warning {
			says(t, clock, "This machine's clock differs from Cloudflare's by ")
			advises(t, clock, "", "NTP")
		}
	}
}

func TestFewRemainingRequestsGetAWarning(t *testing.T) {
	t.Parallel()
	for limit, status := range map[int]doctor.Status{40: doctor.Warning, 400: doctor.OK} {
		w := worldOf(t, sandbox.Options{
			RateLimit: limit,
			Seed: sandbox.Seed{
				Zones:  []sandbox.Zone{exampleZone("example.com")},
				Tokens: []sandbox.Token{{Value: userToken}},
			},
		})

		left := w.examine(t).one(t, "rate limit", status)
		if status == doctor.Warning {
			says(t, left, "requests are left before Cloudflare blocks this user")
			advises(t, left, "", "wait five minutes")
		}
	}
}
