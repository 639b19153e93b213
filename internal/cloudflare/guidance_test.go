package cloudflare

import (
	"errors"
	"strings"
	"testing"
)

func TestEveryRowCanBeReadAtNight(t *testing.T) {
	for _, r := range tableRows {
		g := (&Error{}).filled(r)
		if g.Title == "" || g.Cause == "" || len(g.Steps) == 0 || r.kind == "" {
			t.Errorf("row %+v is incomplete", r)
		}
		if strings.HasSuffix(g.Title, ".") || len(g.Title) > 80 {
			t.Errorf("%q is no short title without a full stop", g.Title)
		}
		for _, text := range append([]string{g.Cause}, g.Steps...) {
			if strings.ContainsAny(text, "{}") && !strings.Contains(text, "cloudflare { api_token") {
				t.Errorf("%q has an unfilled place", text)
			}
		}
	}
}

func TestEveryRowIsReached(t *testing.T) {
	for i, r := range tableRows {
		e := &Error{trouble: r.trouble, Status: max(r.from, 400), Message: r.says}
		if r.codes != nil {
			e.Code = r.codes[0]
		}
		if r.trouble != "" {
			e.Status = 0
		}
		e.All = []APIError{{Code: r.chain}}
		if got := e.row(); got.Title != r.Title || got.kind != r.kind {
			t.Errorf("row %d (%s) is hidden by %q", i, r.Title, got.Title)
		}
	}
}

func TestAddressIsToldToTheReader(t *testing.T) {
	tests := map[string]string{
		"Cannot use the access token from location: 203.0.113.7":           "203.0.113.7",
		"Cannot use the access token from location: 2001:DB8::7.":          "2001:db8::7",
		"Cannot use the access token from location: (198.51.100.9), sorry": "198.51.100.9",
		"Cannot use the access token from location: $(rm -rf ~)":           "named in Cloudflare's message",
		"Cannot use the access token from location":                        "named in Cloudflare's message",
	}
	for message, want := range tests {
		g := (&Error{Kind: Refused, Status: 403, Code: 9109, Message: message}).Guidance()
		if !strings.Contains(g.Cause, want) || !strings.Contains(strings.Join(g.Steps, "\n"), `"Is in" with the address `+want) {
			t.Errorf("%s: guidance %+v does not name %s", message, g, want)
		}
	}
}

func TestTokenStepsAreWhole(t *testing.T) {
	g := local(noCredentials, "no credentials").Guidance()
	for _, want := range []string{"My Profile → API Tokens", "Create Token", `"Edit zone DNS"`, "Zone → DNS → Edit", "Zone → Zone → Read",
		`"DNS Write"`, `"Zone Read"`, "Zone Resources", "Client IP Address Filtering", "export CLOUDFLARE_API_TOKEN="} {
		if !strings.Contains(strings.Join(g.Steps, "\n"), want) {
			t.Errorf("steps lack %q", want)
		}
	}
}

func TestExplain(t *testing.T) {
	tests := map[int]int{9109: 6, 10000: 1, 6003: 4, 6111: 1, 9103: 1, 9106: 1, 1000: 1, 1001: 1, 81058: 1, 81053: 1, 9005: 1, 971: 1, 890190: 1, 0: 0, 4711: 0, -1: 0}
	for code, want := range tests {
		if got := Explain(code); len(got) != want {
			t.Errorf("Explain(%d) has %d entries, want %d", code, len(got), want)
		}
	}
}

func TestGuidanceOfAnErrorMadeElsewhere(t *testing.T) {
	tests := map[string]*Error{
		"The token lacks a permission":        {Kind: Refused, Status: 403, Code: 10000},
		"The connection to the API broke":     {Kind: Unreachable, Err: errors.New("lost")},
		"Cloudflare's API has a failure":      {Kind: Unreachable, Status: 502},
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

func TestCallersCannotChangeTheTable(t *testing.T) {
	g := Explain(10000)[0]
	g.Steps[0] = "changed"
	if Explain(10000)[0].Steps[0] == "changed" {
		t.Error("Explain hands out the table itself")
	}
}
