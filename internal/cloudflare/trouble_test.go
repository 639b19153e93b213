package cloudflare

import (
	"errors"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/guidance"
)

func TestGuidanceNamesTheRefusedAddress(t *testing.T) {
	message := "Cannot use the access token from location: 203.0.113.7"
	g := (&Error{Kind: guidance.Refused, Status: 403, Code: 9109, Message: message}).Guidance()
	if !strings.Contains(g.Cause(), "203.0.113.7") {
		t.Errorf("guidance = %+v, want a cause that names the address", g)
	}
}

// The request determines which permission is missing.
func TestGuidanceNamesTheMissingPermission(t *testing.T) {
	const no, path = "Authentication error", "/zones/023e105f4ecef8ad9ca31a8372d0c353"
	for want, e := range map[string]*Error{
		"Zone → Zone → Read (in":   {Method: "GET", Path: "/zones?name=example.com"},
		"Zone → Zone → Read (in t": {Method: "GET", Path: path},
		"Zone → DNS → Read (in":    {Method: "GET", Path: path + "/dns_records?page=1"},
		"Zone → DNS → Edit (in":    {Method: "POST", Path: path + "/dns_records/batch"},
		"that the call needs:":     {},
	} {
		e.Status, e.Code, e.Message = 403, 10000, no
		g := e.Guidance()
		if !strings.Contains(g.Cause(), want) || !strings.Contains(strings.Join(g.Steps, "\n"), want) {
			t.Errorf("%s %s: guidance %+v does not name %q", e.Method, e.Path, g, want)
		}
	}
}

func TestErrorsOfOtherPackagesGetGuidance(t *testing.T) {
	tests := map[string]*Error{
		"The token lacks a permission":        {Kind: guidance.Refused, Status: 403, Code: 10000},
		"The connection to the API broke":     {Kind: guidance.Unreachable, Err: errors.New("lost")},
		"Cloudflare's API has a failure":      {Kind: guidance.Unreachable, Status: 502},
		"Cloudflare rejects the request":      {},
		"Cloudflare refuses the credentials":  {Status: 401},
		"Cloudflare's rate limit is exceeded": {Status: 429, Code: 10000},
	}
	for want, e := range tests {
		if got := e.Guidance().Title; got != want {
			t.Errorf("%v: title %q, want %q", e, got, want)
		}
	}
}
