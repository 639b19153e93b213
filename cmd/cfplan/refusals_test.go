package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/cfplan/cfplan/internal/sandbox"
)

const secretToken = "a-token-that-is-a-secret"

// mishap is one way in which Cloudflare refuses or cannot be reached.
type mishap struct {
	// name is the name in docs/refusals.md.
	name string
	// fault is a fault of the API, and env sets variables to wrong values. A mishap has one of the two.
	fault *sandbox.Fault
	env   map[string]string
	// says is a regular expression that the output of plan must match.
	says string
	// harmless is true if cfplan can still make a live plan.
	harmless bool
}

func faulty(name, says string, f sandbox.Fault) mishap {
	return mishap{name: name, fault: &f, says: says}
}

func misset(name, says string, env ...string) mishap {
	f := mishap{name: name, says: says, env: map[string]string{}}
	for i := 0; i < len(env); i += 2 {
		f.env[env[i]] = env[i+1]
	}
	return f
}

func ref(f sandbox.Fault) *sandbox.Fault { return &f }

func status(status, code int, message string) sandbox.Fault {
	return sandbox.Fault{Status: status, Code: code, Message: message}
}

// mishaps returns every failure that docs/refusals.md lists.
func mishaps() []mishap {
	return []mishap{
		faulty("9109, the IP filter of the token", "location: 203.0.113.7", sandbox.RefuseIP("203.0.113.7")),
		faulty("9109, a token that Cloudflare does not know", "Invalid access token", sandbox.InvalidAccessToken()),
		faulty("9109, a zone that the token may not see", "Invalid zone identifier", sandbox.InvalidZoneIdentifier()),
		faulty("9109, a permission that is missing", "Unauthorized to access requested resource", sandbox.UnauthorizedResource()),
		faulty("9109, too many failed logins", "Max auth failures reached", sandbox.MaxAuthFailures()),
		faulty("9109, with a message that is not known", "9109", status(403, 9109, "Something new")),
		faulty("10000, no permission to read DNS records", "DNS", sandbox.AuthenticationError().On("", "dns_records")),
		faulty("10000, no permission for any call", "10000", sandbox.AuthenticationError()),
		faulty("9103, key and email do not match", "9103", status(403, 9103, "Unknown X-Auth-Key or X-Auth-Email")),
		faulty("9106, no credentials arrived", "9106", status(400, 9106,
			"Missing X-Auth-Key, X-Auth-Email or Authorization headers")),
		faulty("1000, an invalid token", "1000", status(401, 1000, "Invalid API Token")),
		faulty("1001, no Authorization header", "1001", status(400, 1001, `Missing "Authorization" header`)),
		faulty("401 without a code", "401", status(401, 0, "")),
		faulty("403 with an unknown code", "12345", status(403, 12345, "Something new")),
		faulty("10000, a method that tokens cannot use", "PUT method not allowed",
			status(403, 10000, "PUT method not allowed for the api_token authentication scheme")),
		faulty("10001, a credential that the call does not accept", "10001", status(400, 10001, "Unable to authenticate request")),
		faulty("403 without a code, with a message that names the permission", "requires permission",
			status(403, 0, "Actor 'x' requires permission 'com.cloudflare.api.account.zone.list' to list zones")),
		faulty("a challenge page of the edge", "cf-mitigated|challenges this machine", sandbox.EdgeChallenge()),
		faulty("1006, a block page of the edge", "1006", sandbox.EdgeBlock(1006)),
		faulty("1010, a block page of the edge", "1010", sandbox.EdgeBlock(1010)),
		faulty("1020, a block page of the edge", "1020", sandbox.EdgeBlock(1020)),
		faulty("200 with success: false and no error", "gives no reason", sandbox.NoReason()),
		faulty("403 in HTML, from a proxy", "403", sandbox.Fault{Status: 403, Body: "<html>Access denied</html>"}),
		misset("6003, a malformed token", "6111", "CLOUDFLARE_API_TOKEN", "not a token!"),
		misset("6003, a malformed key", "6103", "CLOUDFLARE_API_TOKEN", "", "CLOUDFLARE_API_KEY", "not a key!", "CLOUDFLARE_EMAIL", "who@example.com"),
		misset("no credentials", "CLOUDFLARE_API_TOKEN", "CLOUDFLARE_API_TOKEN", ""),
		misset("both a token and a key", "unset", "CLOUDFLARE_API_KEY", "0123456789abcdef0123456789abcdef01234", "CLOUDFLARE_EMAIL", "who@example.com"),
		misset("a key without its email", "CLOUDFLARE_EMAIL", "CLOUDFLARE_API_TOKEN", "", "CLOUDFLARE_API_KEY", "0123456789abcdef0123456789abcdef01234"),
		misset("a credentials file that is missing", "CLOUDFLARE_API_TOKEN_FILE", "CLOUDFLARE_API_TOKEN", "", "CLOUDFLARE_API_TOKEN_FILE", "missing"),
		faulty("429, for longer than cfplan waits", "429", sandbox.RateLimited(300*time.Second)),
		faulty("429 in HTML", "429", sandbox.RateLimitedHTML(300*time.Second)),
		faulty("502 in HTML, from a gateway", "502", sandbox.GatewayError(http.StatusBadGateway)),
		faulty("200 in HTML, from a login page", "does not come from Cloudflare.s API", sandbox.NotJSON()),
		faulty("a record that this version of cfplan cannot read", "field content cannot be read: it is a list", sandbox.OddField("", "content", "[]").On("GET", "dns_records")),
		misset("an address at which no server listens", "curl", "CLOUDFLARE_BASE_URL", "http://127.0.0.1:9/client/v4"),
		{name: "10000, no permission to change DNS records", fault: ref(sandbox.AuthenticationError().On("POST", "")), harmless: true},
		{name: "an empty list of zones", fault: ref(sandbox.EmptyZoneList()), harmless: true},
		misset("a host that DNS does not know", "resolver", "CLOUDFLARE_BASE_URL", "https://api.cloudflare.invalid/client/v4"),
	}
}

// story is the script for each mishap: a live plan, the refusal, a read-only plan, applies that cfplan refuses, and
// the recovery.
const story = `# %[1]s
exec cfplan apply -auto-approve
cp changed.hcl dns.cf.hcl
exec cfplan plan -out=live.cfplan
stdout '^Plan: 0 to add, 1 to change, 0 to destroy.$'
stdout '^Saved the plan to: live.cfplan'

sandbox refuse '%[1]s'
%[2]ssandbox reset
exits 3 cfplan plan -detailed-exitcode -out=refused.cfplan
stdout -count=1 '^Read-only plan'
stdout '%[3]s'
stdout '^Cause: '
stdout '^  1\. '
stdout 'snapshot of .* old, taken after the last apply'
stdout 'How sure: high'
stdout 'already pending then'
stdout '~ content = "192.0.2.40" -> "192.0.2.50"'
stdout '^Plan: 0 to add, 1 to change, 0 to destroy.$'
stderr -count=1 'level=WARN .*zone=example.com .*instead=cache'
exits 0 cfplan plan
exits 1 cfplan plan -require-live
exits 1 cfplan plan -fallback=none
! exec cfplan apply refused.cfplan
stderr 'Error: Read-only plan cannot be applied'
! exec cfplan apply live.cfplan
! exec cfplan apply -auto-approve
stdout '^Read-only plan'
stderr 'Error: Read-only plan cannot be applied'
! exec cfplan destroy -auto-approve
! exec cfplan refresh
sandbox writes 0

sandbox heal
%[4]sexec cfplan apply live.cfplan
stdout 'Apply complete! Records: 0 added, 1 changed, 0 destroyed.'
exits 0 cfplan plan -detailed-exitcode
stdout '^No changes.'

-- dns.cf.hcl --
zone "example.com" {
  record "A" "shop" { content = "192.0.2.40" }
}
-- changed.hcl --
zone "example.com" {
  record "A" "shop" { content = "192.0.2.50" }
}
`

// TestEveryRefusalHasItsStory runs the same script for each mishap.
func TestEveryRefusalHasItsStory(t *testing.T) {
	if testing.Short() {
		t.Skip("runs a story for each failure: not with -short")
	}

	dir := t.TempDir()
	var files []string
	for i, f := range mishaps() {
		if f.harmless {
			continue
		}
		var set, unset strings.Builder
		for name, value := range f.env {
			fmt.Fprintf(&set, "env KEPT_%[1]s=$%[1]s\nenv %[1]s='%[2]s'\n", name, value)
			fmt.Fprintf(&unset, "env %[1]s=$KEPT_%[1]s\n", name)
		}
		name := filepath.Join(dir, fmt.Sprintf("%02d.txtar", i))
		text := fmt.Sprintf(story, f.name, set.String(), f.says, unset.String())
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, name)
	}
	testscript.Run(t, testscript.Params{Files: files, RequireExplicitExec: true, Setup: startSandbox, Cmds: scriptCommands()})
}

// refuse makes the API fail as the mishap of that name does.
func (s *stand) refuse(ts *testscript.TestScript, name string) {
	for _, f := range mishaps() {
		if f.name == name {
			if f.fault != nil {
				s.api.Fail(*f.fault)
			}
			return
		}
	}
	ts.Fatalf("there is no mishap %q", name)
}
