package doctor_test

import (
	"testing"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/doctor"
	"github.com/cfplan/cfplan/internal/sandbox"
)

func TestGoodTokenPassesEveryCheck(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Write = true
	w.remember(t, now)

	got := w.examine(t)
	got.are(t,
		"ok state",
		"ok credentials", "ok reachable", "ok token", "ok access",
		"ok example.com: zone", "ok example.com: read records", "ok example.com: write records",
		"ok clock", "ok rate limit",
		"ok example.com: snapshot",
	)
	if !doctor.Healthy(got) {
		t.Error("Healthy = false although no check failed")
	}

	says(t, got.one(t, "credentials", doctor.OK), "A user's API token, from a test.")
	says(t, got.one(t, "reachable", doctor.OK), w.Endpoint+" answers.")
	says(t, got.one(t, "token", doctor.OK), "it does not expire")
	says(t, got.one(t, "access", doctor.OK), "The credentials see 1 zone.")
	says(t, got.one(t, "zone", doctor.OK), "Visible (ID "+w.zoneID(t, "example.com")+", free plan).")
	says(t, got.one(t, "read records", doctor.OK), "1 record.")
	says(t, got.one(t, "snapshot", doctor.OK), "1 record, as of 2026-11-27 12:00 UTC.")
}

func TestReachableNamesTheProxy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Proxy = "proxy.example:3128"
	says(t, w.examine(t).one(t, "reachable", doctor.OK), w.Endpoint+" answers, through the proxy proxy.example:3128.")
}

// If the credentials cannot be sent, the doctor sends no request at all.
func TestUnusableCredentialsAreNotSent(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		credentials         cloudflare.Credentials
		detail, cause, step string
	}{
		"none": {
			cloudflare.Credentials{},
			"no credentials", "Neither CLOUDFLARE_API_TOKEN nor CLOUDFLARE_API_KEY", "export CLOUDFLARE_API_TOKEN=",
		},
		"token and key": {
			cloudflare.Credentials{Token: userToken, Key: globalKey, Email: email},
			"two credentials at once", "Both CLOUDFLARE_API_TOKEN and CLOUDFLARE_API_KEY are set", "unset CLOUDFLARE_API_KEY",
		},
		"key without email": {
			cloudflare.Credentials{Key: globalKey},
			"without its email address", "CLOUDFLARE_EMAIL is not", "Set CLOUDFLARE_EMAIL",
		},
		"token that no header can carry": {
			cloudflare.Credentials{Token: userToken + "\x00"},
			"characters that no token has", "it is incomplete, contains quotes, spaces", "printf %s \"$CLOUDFLARE_API_TOKEN\" | wc -c",
		},
		"file that cannot be read": {
			cloudflare.Credentials{Fault: "the file of CLOUDFLARE_API_TOKEN_FILE cannot be used: it is empty"},
			"CLOUDFLARE_API_TOKEN_FILE cannot be used: it is empty", "CLOUDFLARE_API_TOKEN_FILE names is missing", `ls -l "$CLOUDFLARE_API_TOKEN_FILE"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.use(test.credentials)

			got := w.examine(t)
			got.are(t, "ok state", "failed credentials", "skipped example.com: zone", "warning example.com: snapshot")
			if doctor.Healthy(got) {
				t.Error("Healthy = true although a check failed")
			}
			failed := got.one(t, "credentials", doctor.Failed)
			says(t, failed, test.detail)
			advises(t, failed, test.cause, test.step)
			if n := len(w.api.Requests()); n != 0 {
				t.Errorf("%d requests were sent, want none", n)
			}
		})
	}
}

func TestCredentialsCheckNamesTheTokenFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Source = "the file of CLOUDFLARE_API_TOKEN_FILE (token.txt)"
	w.use(cloudflare.Credentials{Token: userToken + "\n"}) // echo adds the line break

	got := w.examine(t)
	c := got.one(t, "credentials", doctor.Warning)
	says(t, c, "A user's API token, from the file of CLOUDFLARE_API_TOKEN_FILE (token.txt).")
	advises(t, c, "", "white space or a line break around it, which cfplan removes")
	got.one(t, "read records", doctor.OK)
}

func TestOddTokenIsSentWithAWarning(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.use(cloudflare.Credentials{Token: "Bearer " + userToken})

	got := w.examine(t)
	advises(t, got.one(t, "credentials", doctor.Warning), "", "begins with the name of the scheme (Bearer)")
	access := got.one(t, "access", doctor.Failed)
	says(t, access, "code 6003")
	advises(t, access, "begins with the name of the scheme", "CLOUDFLARE_API_TOKEN")
}

func TestGlobalKeyGetsAWarning(t *testing.T) {
	t.Parallel()
	w := worldOf(t, sandbox.Options{Seed: sandbox.Seed{
		Zones: []sandbox.Zone{exampleZone("example.com"), exampleZone("example.org")},
		Keys:  []sandbox.Key{{Email: email, Key: globalKey}},
	}})
	w.use(cloudflare.Credentials{Key: globalKey, Email: email})

	got := w.examine(t)
	c := got.one(t, "credentials", doctor.Warning)
	says(t, c, "It can do everything that its user can, in all accounts.")
	advises(t, c, "", "Make a token instead")
	says(t, got.one(t, "token", doctor.Skipped), "A global API key cannot be verified")

	access := got.one(t, "access", doctor.Warning)
	says(t, access, "The credentials see 2 zones; the configuration has 1.")
	advises(t, access, "", "Specific zone")
	got.one(t, "read records", doctor.OK)
}
