package doctor_test

import (
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/doctor"
	"github.com/cfplan/cfplan/internal/sandbox"
)

// Each kind of refusal fails one check first. The checks after it still report what the API answers, because
// Cloudflare may refuse a token for one call and not for another.
func TestBadTokenFailsTheCheckThatDetectsIt(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		known sandbox.Token // the sandbox's only token
		sent  string        // if another token is sent

		fails               string // the first failed step
		detail, cause, step string
	}{
		"unknown": {
			known: sandbox.Token{Value: userToken}, sent: oldToken,
			fails: "token", detail: "Invalid API Token (code 1000",
			cause: "it was rolled, deleted or copied incorrectly", step: "https://dash.cloudflare.com/profile/api-tokens",
		},
		"expired": {
			known: sandbox.Token{Value: userToken, Status: "expired"},
			fails: "token", detail: "Cloudflare says that the token is expired.",
			step: "Make a new one, or enable it again",
		},
		"disabled": {
			known: sandbox.Token{Value: userToken, Status: "disabled"},
			fails: "token", detail: "Cloudflare says that the token is disabled.",
			step: "Make a new one, or enable it again",
		},
		"not valid yet": {
			known: sandbox.Token{Value: userToken, NotBefore: now.Add(48 * time.Hour)},
			fails: "token", detail: "The token is not valid before 2026-11-29.",
			step: "Wait until then",
		},
		"refused from this address": {
			known: sandbox.Token{Value: userToken, IPs: []string{"203.0.113.7"}},
			fails: "access", detail: "Cannot use the access token from location: 127.0.0.1",
			cause: "Client IP Address Filtering", step: "Client IP Address Filtering",
		},
		"global key in the token's place": {
			known: sandbox.Token{Value: userToken}, sent: globalKey,
			fails: "token", detail: "code 6003",
			cause: "has the form of a global API key", step: "set CLOUDFLARE_API_KEY and CLOUDFLARE_EMAIL instead",
		},
		"may not read zones": {
			known: sandbox.Token{Value: userToken, Permissions: []string{"DNS Read"}},
			fails: "access", detail: "Authentication error (code 10000",
			cause: "Zone → Zone → Read", step: "Zone → Zone → Read",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := withToken(t, test.known)
			if test.sent != "" {
				w.use(cloudflare.Credentials{Token: test.sent})
			}

			got := w.examine(t)
			failed := firstFailed(t, got)
			if failed.Name != test.fails {
				t.Errorf("first failed check is %q, want %q: %s", failed.Name, test.fails, failed.Detail)
			}
			says(t, failed, test.detail)
			advises(t, failed, test.cause, test.step)
		})
	}
}

func firstFailed(t *testing.T, got checks) doctor.Check {
	t.Helper()
	for _, c := range got {
		if c.Status == doctor.Failed {
			return c
		}
	}
	t.Fatalf("no check failed, want one: %q", got.outline())
	return doctor.Check{}
}

// A token whose IP filter excludes this machine's address passes the check "token", because the call that verifies a
// token ignores the filter. The token fails every other call.
func TestTokenWithIPFilterPassesOnlyItsVerification(t *testing.T) {
	t.Parallel()
	w := withToken(t, sandbox.Token{Value: userToken, IPs: []string{"203.0.113.7"}})
	w.examine(t).are(t,
		"ok state", "ok credentials", "ok reachable",
		"ok token", "failed access", "failed example.com: zone",
		"ok clock", "skipped rate limit", "warning example.com: snapshot",
	)
}

func TestTooManyFailedLoginsFailAccess(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.api.Fail(sandbox.MaxAuthFailures().On("GET", "/zones"))

	access := w.examine(t).one(t, "access", doctor.Failed)
	says(t, access, "Max auth failures reached")
	advises(t, access, "wrong", "minutes")
}

func TestUnknownGlobalKeyFailsAccess(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.use(cloudflare.Credentials{Key: globalKey, Email: email})

	access := w.examine(t).one(t, "access", doctor.Failed)
	says(t, access, "Unknown X-Auth-Key or X-Auth-Email (code 9103")
	advises(t, access, "do not belong to the same user", "Compare CLOUDFLARE_EMAIL")
}

func TestTokenThatExpiresSoonGetsAWarning(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		left   time.Duration
		status doctor.Status
		detail string
	}{
		"tomorrow":             {24 * time.Hour, doctor.Warning, "Active, but it expires on 2026-11-28."},
		"just under two weeks": {14*24*time.Hour - time.Second, doctor.Warning, "expires on 2026-12-11"},
		"two weeks":            {14 * 24 * time.Hour, doctor.OK, "Active until 2026-12-11."},
		"expired, yet active":  {-time.Hour, doctor.Warning, "expires on 2026-11-27"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := withToken(t, sandbox.Token{Value: userToken, ExpiresOn: now.Add(test.left)})
			says(t, w.examine(t).one(t, "token", test.status), test.detail)
		})
	}
}

func TestAccountTokenIsVerifiedByItsAccount(t *testing.T) {
	t.Parallel()
	// The older form of a token does not show whether it belongs to a user or to an account.
	for _, value := range []string{accountToken, oldToken} {
		w := withToken(t, sandbox.Token{Value: value, AccountID: account, ExpiresOn: now.Add(100 * 24 * time.Hour)})
		got := w.examine(t)
		says(t, got.one(t, "token", doctor.OK), "Active until 2027-03-07.")
		got.one(t, "read records", doctor.OK)
	}
}

func TestWorkingTokenNeedsNoVerification(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.api.Fail(sandbox.Unsuccessful(1000, "Invalid API Token").On("GET", "/tokens/verify"))

	got := w.examine(t)
	says(t, got.one(t, "token", doctor.Skipped), "The token works but could not be verified")
	if !doctor.Healthy(got) {
		t.Errorf("Healthy = false although the token works: %q", got.outline())
	}
}
