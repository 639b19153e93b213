package sandbox

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

const globalKey = "c2547eb745079dac9320b638f5e225cf483cc5cfdda41"

func TestMalformedCredentialsAreRefused(t *testing.T) {
	c := start(t, Options{})
	for _, tt := range []struct {
		name         string
		headers      []string
		status, code int
		chain        int
	}{
		{"token", []string{"Authorization", "Bearer abc_DEF-123"}, 200, 0, 0},
		{"scheme in lower case", []string{"Authorization", "bearer abc"}, 200, 0, 0},
		{"40 hex digits are a token", []string{"Authorization", "Bearer " + strings.Repeat("a1", 20)}, 200, 0, 0},
		{"key and mail", []string{"X-Auth-Key", globalKey, "X-Auth-Email", "me@example.com"}, 200, 0, 0},
		{"nothing", nil, 400, 9106, 0},
		{"mail without key", []string{"X-Auth-Email", "me@example.com"}, 400, 9106, 0},
		{"empty header", []string{"Authorization", ""}, 400, 6003, 6111},
		{"empty token", []string{"Authorization", "Bearer "}, 400, 6003, 6111},
		{"blank in token", []string{"Authorization", "Bearer your token"}, 400, 6003, 6111},
		{"too long", []string{"Authorization", "Bearer " + strings.Repeat("x", 201)}, 400, 6003, 6111},
		{"another scheme", []string{"Authorization", "Basic abc"}, 400, 6003, 6111},
		{"global key as token", []string{"Authorization", "Bearer " + strings.Repeat("f", 37)}, 400, 6003, 6111},
		{"bad key", []string{"X-Auth-Key", "nonsense", "X-Auth-Email", "me@example.com"}, 400, 6003, 6103},
		{"bad mail", []string{"X-Auth-Key", globalKey, "X-Auth-Email", "me"}, 400, 6003, 6102},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := c.with(tt.headers...).want(tt.status, tt.code, "GET", "/zones", "")
			if tt.chain != 0 && (len(r.Errors[0].Chain) != 1 || r.Errors[0].Chain[0].Code != tt.chain) {
				t.Errorf("chain = %v, want %d", r.Errors[0].Chain, tt.chain)
			}
		})
	}
}

func TestQuirkForbiddenAnswersMissingCredentialsWith403(t *testing.T) {
	c := start(t, Options{Quirks: Quirks{Forbidden: true}})
	c.with().want(403, 9106, "GET", "/zones", "")
}

// strict returns a sandbox whose seed has tokens and keys, so that it refuses all other credentials.
func strict(t *testing.T) *client {
	return start(t, Options{ClientIP: "203.0.113.7", Seed: Seed{
		Zones: []Zone{{Name: "example.com", Records: []Record{{Type: "A", Name: "@", Content: "192.0.2.1"}}}, {Name: "example.org"}},
		Keys:  []Key{{Email: "me@example.com", Key: globalKey}},
		Tokens: []Token{
			{Value: "all"},
			{Value: "one-zone", Zones: []string{"example.org"}},
			{Value: "zone-reader", Permissions: []string{"Zone Read"}},
			{Value: "dns-reader", Permissions: []string{"DNS Read"}},
			{Value: "writer", Permissions: []string{"Zone Read", "DNS Write"}},
			{Value: "dns-writer", Permissions: []string{"DNS Write"}},
			{Value: "nothing", Permissions: []string{}},
			{Value: "office", IPs: []string{"198.51.100.0/24"}},
			{Value: "home", IPs: []string{"203.0.113.7"}},
			{Value: "expired", Status: "expired"},
			{Value: "account", AccountID: strings.Repeat("a", 32)},
		}}})
}

func TestTokenMayDoOnlyWhatItsSeedAllows(t *testing.T) {
	c := strict(t)
	zone := "/zones/" + c.zoneID("example.com")
	const a = `{"type":"A","name":"x","content":"192.0.2.9","ttl":1}`
	for _, tt := range []struct {
		token, method, path, body string
		status, code              int
	}{
		{"all", "GET", zone + "/dns_records", "", 200, 0},
		{"unknown", "GET", "/zones", "", 403, 9109},
		{"expired", "GET", "/zones", "", 403, 9109},
		{"one-zone", "GET", zone, "", 403, 9109},
		{"one-zone", "GET", zone + "/dns_records", "", 403, 9109},
		{"one-zone", "GET", "/zones?name=example.com", "", 200, 0},
		{"zone-reader", "GET", "/zones", "", 200, 0},
		{"zone-reader", "GET", zone + "/dns_records", "", 403, 10000},
		{"dns-reader", "GET", "/zones", "", 403, 10000},
		{"dns-reader", "GET", zone, "", 200, 0},
		{"dns-reader", "GET", zone + "/dns_records", "", 200, 0},
		{"dns-reader", "GET", zone + "/dns_records/export", "", 200, 0},
		{"dns-reader", "POST", zone + "/dns_records", a, 403, 10000},
		{"dns-reader", "POST", zone + "/dns_records/batch", `{}`, 403, 10000},
		{"writer", "GET", zone + "/dns_records", "", 200, 0},
		{"writer", "POST", zone + "/dns_records", a, 200, 0},
		{"dns-writer", "GET", "/zones", "", 403, 10000},
		{"dns-writer", "GET", zone, "", 200, 0},
		{"dns-writer", "GET", zone + "/dns_records", "", 200, 0},
		{"account", "GET", zone, "", 403, 9109}, // the zone belongs to another account
		{"nothing", "GET", zone, "", 403, 10000},
		{"office", "GET", "/zones", "", 403, 9109},
		{"home", "GET", "/zones", "", 200, 0},
		{"all", "GET", "/zones/" + strings.Repeat("0", 32), "", 403, 9109},
	} {
		t.Run(tt.token+" "+tt.method+" "+tt.path, func(t *testing.T) {
			c.with("Authorization", "Bearer "+tt.token).want(tt.status, tt.code, tt.method, tt.path, tt.body)
		})
	}
}

func TestMessageOf9109NamesTheCause(t *testing.T) {
	c := strict(t)
	for _, tt := range []struct{ token, path, message string }{
		{"unknown", "/zones", "Invalid access token"},
		{"office", "/zones", "Cannot use the access token from location: 203.0.113.7"},
		{"one-zone", "/zones/" + c.zoneID("example.com"), "Invalid zone identifier"},
	} {
		r := c.with("Authorization", "Bearer "+tt.token).want(403, 9109, "GET", tt.path, "")
		if r.Errors[0].Message != tt.message {
			t.Errorf("%s: message = %q, want %q", tt.token, r.Errors[0].Message, tt.message)
		}
	}
}

func TestListOmitsZonesThatTheTokenCannotSee(t *testing.T) {
	r := strict(t).with("Authorization", "Bearer one-zone").want(200, 0, "GET", "/zones?name=example.com", "")
	if string(r.Result) != "[]" || r.ResultInfo.TotalCount != 0 {
		t.Errorf("result = %s with %+v, want an empty list", r.Result, r.ResultInfo)
	}
}

func TestKeyIsAcceptedOnlyWithItsEmail(t *testing.T) {
	c := strict(t)
	c.with("X-Auth-Key", globalKey, "X-Auth-Email", "me@example.com").want(200, 0, "GET", "/zones", "")
	c.with("X-Auth-Key", globalKey, "X-Auth-Email", "you@example.com").want(403, 9103, "GET", "/zones", "")
}

func TestVerifyKnowsOnlyTokensOfItsKind(t *testing.T) {
	c := strict(t)
	account := "/accounts/" + strings.Repeat("a", 32) + "/tokens/verify"
	for _, tt := range []struct {
		headers      []string
		path         string
		status, code int
	}{
		{[]string{"Authorization", "Bearer all"}, "/user/tokens/verify", 200, 0},
		{[]string{"Authorization", "Bearer office"}, "/user/tokens/verify", 200, 0}, // the IP filter is ignored here
		{[]string{"Authorization", "Bearer expired"}, "/user/tokens/verify", 200, 0},
		{[]string{"Authorization", "Bearer unknown"}, "/user/tokens/verify", 401, 1000},
		{[]string{"Authorization", "Bearer account"}, "/user/tokens/verify", 401, 1000},
		{[]string{"Authorization", "Bearer account"}, account, 200, 0},
		{[]string{"Authorization", "Bearer all"}, account, 401, 1000},
		{[]string{"Authorization", "Bearer not one"}, "/user/tokens/verify", 400, 6003},
		{[]string{"X-Auth-Key", globalKey, "X-Auth-Email", "me@example.com"}, "/user/tokens/verify", 400, 1001},
	} {
		c.with(tt.headers...).want(tt.status, tt.code, "GET", tt.path, "")
	}

	r := c.with("Authorization", "Bearer all").do("GET", "/user/tokens/verify", "")
	if len(r.Messages) != 1 || r.Messages[0].Code != 10000 {
		t.Errorf("messages = %v, want code 10000 with success", r.Messages)
	}
	r = c.with("Authorization", "Bearer expired").do("GET", "/user/tokens/verify", "")
	if got := into[struct{ Status string }](t, r.Result).Status; got != "expired" {
		t.Errorf("status = %q, want expired", got)
	}
}

func TestMaxAuthFailuresBlocksAnAddressForAWhile(t *testing.T) {
	now := noon
	c := start(t, Options{MaxAuthFailures: 2, Now: func() time.Time { return now }, Seed: Seed{Tokens: []Token{{Value: "good"}}}})
	good, bad := c.with("Authorization", "Bearer good"), c.with("Authorization", "Bearer bad")
	bad.want(403, 9109, "GET", "/zones", "")
	good.want(200, 0, "GET", "/zones", "") // only failures in a row count
	bad.want(403, 9109, "GET", "/zones", "")
	bad.want(403, 9109, "GET", "/zones", "")
	if r := good.want(403, 9109, "GET", "/zones", ""); r.Errors[0].Message != "Max auth failures reached" {
		t.Errorf("message = %q, want %q", r.Errors[0].Message, "Max auth failures reached")
	}
	now = now.Add(5 * time.Minute)
	good.want(200, 0, "GET", "/zones", "")
}

func TestRateLimitBlockOutlastsItsWindow(t *testing.T) {
	now := noon
	c := start(t, Options{RateLimit: 1, Now: func() time.Time { return now }})
	c.want(200, 0, "GET", "/zones", "")
	now = now.Add(4 * time.Minute)
	c.want(http.StatusTooManyRequests, 971, "GET", "/zones", "")
	now = now.Add(4 * time.Minute) // without the block, this would be a new window
	if r := c.want(http.StatusTooManyRequests, 971, "GET", "/zones", ""); r.Header.Get("Retry-After") != "60" {
		t.Errorf("Retry-After = %q, want 60", r.Header.Get("Retry-After"))
	}
}

func TestRateLimitBlocksForFiveMinutes(t *testing.T) {
	now := noon
	c := start(t, Options{RateLimit: 2, Now: func() time.Time { return now }})
	for range 2 {
		c.want(200, 0, "GET", "/zones", "")
	}

	r := c.want(http.StatusTooManyRequests, 971, "GET", "/zones", "")
	if got := r.Header.Get("Retry-After"); got != "300" {
		t.Errorf("Retry-After = %q, want 300", got)
	}

	c.with("Authorization", "Bearer other").want(200, 0, "GET", "/zones", "")
	now = now.Add(299 * time.Second)
	c.want(http.StatusTooManyRequests, 971, "GET", "/zones", "")
	now = now.Add(time.Second)
	c.want(200, 0, "GET", "/zones", "")
}
