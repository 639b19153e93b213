package cloudflare

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/guidance"
)

// chain returns an error with an error_chain, in the form of Cloudflare's API gateway.
func chain(status, code int, message string, inner int, innerMessage string) answer {
	a := refusal(status, code, message)
	nested := fmt.Sprintf(`,"error_chain":[{"code":%d,"message":"%s"}]}],"messages"`, inner, innerMessage)
	a.body = strings.Replace(a.body, `}],"messages"`, nested, 1)
	return a
}

func TestFailuresAreClassified(t *testing.T) {
	html := answer{status: 200, body: "<html>sign in</html>", header: http.Header{"Content-Type": {"text/html"}}}
	with := func(a answer, status int) answer { a.status = status; return a }
	tests := map[string]struct {
		answer  answer
		kind    guidance.Kind
		code    int
		title   string
		message string
	}{
		"location":            {refusal(403, 9109, "Cannot use the access token from location: 203.0.113.7"), guidance.Refused, 9109, "The token may not be used from this address", "Cannot use the access token from location: 203.0.113.7"},
		"invalid token":       {refusal(403, 9109, "Invalid access token"), guidance.Refused, 9109, "The API token is unknown to Cloudflare", "Invalid access token"},
		"invalid zone":        {refusal(403, 9109, "Invalid zone identifier"), guidance.Refused, 9109, "The zone is unknown or not visible to the token", "Invalid zone identifier"},
		"out of scope":        {refusal(403, 9109, "Unauthorized to access requested resource"), guidance.Refused, 9109, "The token lacks a permission for this resource", "Unauthorized to access requested resource"},
		"max failures":        {refusal(403, 9109, "Max auth failures reached, please wait"), guidance.Refused, 9109, "Too many failed logins from this address", "Max auth failures reached, please wait"},
		"9109, unknown":       {refusal(403, 9109, "Something new"), guidance.Refused, 9109, "Cloudflare refuses the token", "Something new"},
		"9109 as 400":         {refusal(400, 9109, "Invalid access token"), guidance.Refused, 9109, "The API token is unknown to Cloudflare", "Invalid access token"},
		"no permission":       {refusal(403, 10000, "Authentication error"), guidance.Refused, 10000, "The token may not read DNS records", "Authentication error"},
		"10000 as 400":        {refusal(400, 10000, "Authentication error"), guidance.Refused, 10000, "The token may not read DNS records", "Authentication error"},
		"key and mail":        {refusal(403, 9103, "Unknown X-Auth-Key or X-Auth-Email"), guidance.Refused, 9103, "The global API key and the email address do not match", "Unknown X-Auth-Key or X-Auth-Email"},
		"headers missing":     {refusal(400, 9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers"), guidance.Refused, 9106, "Credentials did not arrive at Cloudflare", "Missing X-Auth-Key, X-Auth-Email or Authorization headers"},
		"bad token":           {chain(400, 6003, "Invalid request headers", 6111, "Invalid format for Authorization header"), guidance.Refused, 6003, "The API token is malformed", "Invalid request headers"},
		"bad key":             {chain(400, 6003, "Invalid request headers", 6103, "Invalid format for X-Auth-Key header"), guidance.Refused, 6003, "The global API key is malformed", "Invalid request headers"},
		"bad mail":            {chain(400, 6003, "Invalid request headers", 6102, "Invalid format for X-Auth-Email header"), guidance.Refused, 6003, "The email address is malformed", "Invalid request headers"},
		"bad headers":         {refusal(400, 6003, "Invalid request headers"), guidance.Refused, 6003, "Cloudflare cannot read the credentials", "Invalid request headers"},
		"invalid API token":   {refusal(401, 1000, "Invalid API Token"), guidance.Refused, 1000, "The API token is not valid", "Invalid API Token"},
		"no bearer":           {refusal(400, 1001, `Missing "Authorization" header`), guidance.Refused, 1001, "The Authorization header is missing", `Missing "Authorization" header`},
		"10001":               {refusal(400, 10001, "Unable to authenticate request"), guidance.Refused, 10001, "Cloudflare cannot tell who sent the request", "Unable to authenticate request"},
		"403, unknown":        {refusal(403, 4711, "No"), guidance.Refused, 4711, "Cloudflare refuses the request", "No"},
		"Actor":               {refusal(403, 0, "Actor 'x' requires permission 'com.cloudflare.api.account.zone.list' to list zones"), guidance.Refused, 0, "The token lacks the permission that the message names", "Actor 'x' requires permission 'com.cloudflare.api.account.zone.list' to list zones"},
		"PUT not allowed":     {refusal(403, 10000, "PUT method not allowed for the api_token authentication scheme"), guidance.Refused, 10000, "The request went to a path that tokens cannot use", "PUT method not allowed for the api_token authentication scheme"},
		"7003 alone":          {refusal(404, 7003, "Could not route to /zones/x"), guidance.Rejected, 7003, "Cloudflare's API has nothing at this path", "Could not route to /zones/x"},
		"401, no code":        {answer{status: 401, body: `{"success":false,"errors":[]}`}, guidance.Refused, 0, "Cloudflare refuses the credentials", ""},
		"403, no code":        {answer{status: 403, body: `{"success":false,"errors":[]}`}, guidance.Refused, 0, "Cloudflare refuses the request", ""},
		"200, no reason":      {answer{status: 200, body: `{"success":false,"errors":[]}`}, guidance.Unreachable, 0, "The API reports a failure and gives no reason", ""},
		"200, null as errors": {answer{status: 200, body: `{"success":false,"errors":null,"result":null}`}, guidance.Unreachable, 0, "The API reports a failure and gives no reason", ""},
		"401 as HTML":         {with(html, 401), guidance.Unreachable, 0, "Something in front of the API refuses the request", ""},
		"403 as HTML":         {with(html, 403), guidance.Unreachable, 0, "Something in front of the API refuses the request", ""},
		"Freenom":             {refusal(403, 1038, "You cannot use this API for domains with a .cf TLD"), guidance.Refused, 1038, "Cloudflare's API does not serve this top-level domain", "You cannot use this API for domains with a .cf TLD"},
		"Email Routing":       {refusal(403, 890190, "This zone is managed by Email Routing."), guidance.Rejected, 890190, "Email Routing keeps this zone's mail records", "This zone is managed by Email Routing."},
		"no route":            {refusal(400, 7003, "Could not route to /zones/x"), guidance.Rejected, 7003, "Cloudflare's API has nothing at this path", "Could not route to /zones/x"},
		"no record":           {refusal(404, 81044, "Record does not exist."), guidance.Missing, 81044, "The record does not exist", "Record does not exist."},
		"old wrapper":         {chain(400, 1004, "DNS Validation Error", 9005, "Content for A record must be a valid IPv4 address."), guidance.Rejected, 9005, "The content of an A record is not an IPv4 address", "Content for A record must be a valid IPv4 address."},
		"400, unknown":        {refusal(400, 4711, "No"), guidance.Rejected, 4711, "Cloudflare rejects the request", "No"},
		"string error":        {answer{status: 400, body: `{"success":false,"errors":["No"]}`}, guidance.Rejected, 0, "Cloudflare rejects the request", "No"},
		"one string error":    {answer{status: 400, body: `{"success":false,"errors":"No"}`}, guidance.Rejected, 0, "Cloudflare rejects the request", "No"},
		"code as a string":    {answer{status: 403, body: `{"success":false,"errors":[{"code":"9109","message":"Invalid access token"}]}`}, guidance.Refused, 9109, "The API token is unknown to Cloudflare", "Invalid access token"},
		"no errors":           {answer{status: 400, body: `{"success":false,"errors":null}`}, guidance.Rejected, 0, "Cloudflare rejects the request", ""},
		"only errors":         {answer{status: 403, body: `{"errors":[{"code":10000,"message":"Authentication error"}]}`}, guidance.Refused, 10000, "The token may not read DNS records", "Authentication error"},
		"200 but no success":  {with(refusal(0, 10000, "Authentication error"), 200), guidance.Refused, 10000, "The token may not read DNS records", "Authentication error"},
		"200 as HTML":         {html, guidance.Unreachable, 0, "The answer does not come from Cloudflare's API", ""},
		"200 and nothing":     {answer{status: 200}, guidance.Unreachable, 0, "The answer does not come from Cloudflare's API", ""},
		"200 and null":        {answer{status: 200, body: "null"}, guidance.Unreachable, 0, "The answer does not come from Cloudflare's API", ""},
		"200 and a list":      {answer{status: 200, body: "[]"}, guidance.Unreachable, 0, "The answer does not come from Cloudflare's API", ""},
		"200, no success":     {answer{status: 200, body: `{"result":[]}`}, guidance.Unreachable, 0, "The answer does not come from Cloudflare's API", ""},
		"200, odd result":     {ok(`"records"`), guidance.Unreachable, 0, "Cloudflare's answer cannot be read", "the answer does not have a result of the requested kind"},
		"200, odd record":     {ok(`[{"id":7}]`), guidance.Unreachable, 0, "Cloudflare's answer cannot be read", "number 1 of the list, record without a name (ID unknown): the field id cannot be read: it is a number"},
		"200, record no name": {ok(`[{"id":"a","type":"A"}]`), guidance.Unreachable, 0, "Cloudflare's answer cannot be read", "number 1 of the list, A without a name (ID a): the field name cannot be read: it is missing"},
		"200, no result":      {ok(`null`), guidance.Unreachable, 0, "Cloudflare's answer cannot be read", "the answer has no result"},
		"404 as HTML":         {with(html, 404), guidance.Unreachable, 0, "The answer does not come from Cloudflare's API", ""},
		"redirect":            {answer{status: 302, header: http.Header{"Location": {"http://127.0.0.1:1/"}}}, guidance.Unreachable, 0, "The answer does not come from Cloudflare's API", ""},
		"429":                 {refusal(429, 971, "Please wait and consider throttling your request speed"), guidance.Unreachable, 971, "Cloudflare's rate limit is exceeded", "Please wait and consider throttling your request speed"},
		"429 as HTML":         {with(html, 429), guidance.Unreachable, 0, "Cloudflare's rate limit is exceeded", ""},
		"502 as HTML":         {with(html, 502), guidance.Unreachable, 0, "Cloudflare's API has a failure", ""},
		"500 with 10000":      {refusal(500, 10000, "Authentication error"), guidance.Unreachable, 10000, "Cloudflare's API has a failure", "Authentication error"},
		"520 as HTML":         {with(html, 520), guidance.Unreachable, 0, "Cloudflare's edge could not reach its own API", ""},
		"connection cut":      {answer{cut: true}, guidance.Unreachable, 0, "The connection to the API broke", ""},
		"cut in the body":     {answer{cut: true, body: `{"result":[`}, guidance.Unreachable, 0, "The connection to the API broke", ""},
		"messages mislead":    {answer{status: 400, body: `{"success":false,"errors":[{"code":9005,"message":"no"}],"messages":[{"code":10000,"message":"This API Token is valid and active"}]}`}, guidance.Rejected, 9005, "The content of an A record is not an IPv4 address", "no"},
	}

	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := serve(t, test.answer).client().Records(context.Background(), zoneID)
			e := asError(t, err)
			if e.Kind != test.kind || e.Code != test.code || e.Message != test.message {
				t.Errorf("kind, code, message = %s, %d, %q, want %s, %d, %q (%v)",
					e.Kind, e.Code, e.Message, test.kind, test.code, test.message, e)
			}
			if g := e.Guidance(); g.Title != test.title {
				t.Errorf("guidance is titled %q, want %q", g.Title, test.title)
			}
			if e.InDoubt {
				t.Error("InDoubt = true for a read, want false")
			}
		})
	}
}

func TestChainIsKept(t *testing.T) {
	s := serve(t, chain(400, 6003, "Invalid request headers", 6111, "Invalid format for Authorization header"))
	_, err := s.client().Records(context.Background(), zoneID)
	e := asError(t, err)
	codes := make([]int, len(e.All))
	for i, a := range e.All {
		codes[i] = a.Code
	}
	if !slices.Equal(codes, []int{6003, 6111}) {
		t.Errorf("codes = %v, want 6003 and 6111", codes)
	}
	if !strings.Contains(e.Error(), "6111 Invalid format for Authorization header") {
		t.Errorf("error = %q, want the code and message of the chain in it", e.Error())
	}
}

func TestErrorIsOneLine(t *testing.T) {
	a := refusal(403, 10000, "Authentication error")
	a.header = http.Header{"Cf-Ray": {"8f1e2d3c4b5a6978-FRA"}}
	_, err := serve(t, a).client().GetZone(context.Background(), zoneID)
	want := "GET /zones/" + zoneID + ": 403 Forbidden: Authentication error (code 10000, ray 8f1e2d3c4b5a6978-FRA)"
	if err.Error() != want {
		t.Errorf("error = %q, want %q", err, want)
	}
}

func TestHostileMessageIsEscapedAndCut(t *testing.T) {
	a := refusal(403, 4711, "red \x1b[31m\nline\u202e"+strings.Repeat("x", 5000))
	a.header = http.Header{"Cf-Ray": {"8f\"<script>"}}
	_, err := serve(t, a).client().Records(context.Background(), zoneID)
	e := asError(t, err)
	if strings.ContainsAny(e.Message+e.Error(), "\x1b\n\u202e") || !strings.HasPrefix(e.Message, `red \u001b[31m\u000aline\u202e`) {
		t.Errorf("message = %q, want all control characters escaped", e.Message)
	}
	if n := len([]rune(e.Message)); n != longestText {
		t.Errorf("message has %d characters, want %d", n, longestText)
	}
	if e.RayID != "" {
		t.Errorf("ray = %q, want none", e.RayID)
	}
}

func TestDeepAndLongErrorsAreBounded(t *testing.T) {
	deep := strings.Repeat(`{"code":1,"message":"m","error_chain":[`, 5000) + strings.Repeat(`]}`, 5000)
	wide := strings.Repeat(`{"code":1,"message":"m"},`, 100_000) + `{"code":1}`
	for name, errs := range map[string]string{"deep": deep, "wide": wide} {
		_, err := serve(t, answer{status: 400, body: `{"success":false,"errors":[` + errs + `]}`}).client().Records(context.Background(), zoneID)
		if e := asError(t, err); len(e.All) > mostErrors || len(e.Error()) > 20*longestText {
			t.Errorf("%s: kept %d errors in %d bytes, want at most %d in %d", name, len(e.All), len(e.Error()), mostErrors, 20*longestText)
		}
	}
}
