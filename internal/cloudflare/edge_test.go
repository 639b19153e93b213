package cloudflare

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/guidance"
)

func page(status int, body string, header ...string) answer {
	a := answer{status: status, body: body, header: http.Header{"Content-Type": {"text/html"}}}
	for i := 0; i < len(header); i += 2 {
		a.header.Set(header[i], header[i+1])
	}
	return a
}

const (
	challengePage = `<!DOCTYPE html><html><head><title>Just a moment...</title></head></html>`
	deniedPage    = `<!DOCTYPE html><h1><span class="cf-error-type">Error</span> <span class="cf-error-code">1020</span></h1>`
)

func TestEdgePagesAreRecognized(t *testing.T) {
	for name, test := range map[string]struct {
		answer  answer
		trouble guidance.Trouble
		code    int
		title   string
	}{
		"challenge, 403":   {page(403, challengePage, "Cf-Mitigated", "challenge"), guidance.EdgeChallenge, 0, "Cloudflare's edge challenges this machine"},
		"challenge, 503":   {page(503, challengePage, "Cf-Mitigated", "challenge"), guidance.EdgeChallenge, 0, "Cloudflare's edge challenges this machine"},
		"challenge, 429":   {page(429, challengePage, "Cf-Mitigated", "challenge"), guidance.EdgeChallenge, 0, "Cloudflare's edge challenges this machine"},
		"1006":             {page(403, "error code: 1006"), guidance.EdgeBlock, 1006, "Cloudflare's edge blocks this machine's address"},
		"1010":             {page(403, "error code: 1010\n"), guidance.EdgeBlock, 1010, "Cloudflare's edge blocks this client"},
		"1015":             {page(429, "error code: 1015"), guidance.EdgeBlock, 1015, "Cloudflare's edge limits requests from this address"},
		"1020":             {page(403, "Error code: 1020"), guidance.EdgeBlock, 1020, "Cloudflare's edge denies access by a rule"},
		"1020 as HTML":     {page(403, deniedPage), guidance.EdgeBlock, 1020, "Cloudflare's edge denies access by a rule"},
		"1015 as JSON":     {page(429, `{"title":"x","status":429,"cloudflare_error":true,"error_code":1015}`), guidance.EdgeBlock, 1015, "Cloudflare's edge limits requests from this address"},
		"1101":             {page(500, "error code: 1101"), guidance.EdgeError, 1101, "Cloudflare's edge answers with an error of its own"},
		"502 in words":     {page(502, "error code: 502"), "", 0, "Cloudflare's API has a failure"},
		"no number":        {page(403, "<html>error code: 1020 is what we fight</html>"), guidance.ForeignRefusal, 0, "Something in front of the API refuses the request"},
		"JSON of others":   {page(403, `{"error_code":1020}`), guidance.ForeignRefusal, 0, "Something in front of the API refuses the request"},
		"number too large": {page(403, `{"cloudflare_error":true,"error_code":9109}`), guidance.ForeignRefusal, 0, "Something in front of the API refuses the request"},
		"deep in a page":   {page(403, strings.Repeat(" ", mostEdgePage)+deniedPage), guidance.ForeignRefusal, 0, "Something in front of the API refuses the request"},
		"the API's word":   {refusal(403, 9109, "error code: 1020"), "", 9109, "Cloudflare refuses the token"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := serve(t, test.answer).client().Records(context.Background(), zoneID)
			e := asError(t, err)
			if e.trouble != test.trouble || e.Code != test.code || e.Guidance().Title != test.title {
				t.Errorf("trouble %q, code %d, title %q, want %q, %d, %q (%v)",
					e.trouble, e.Code, e.Guidance().Title, test.trouble, test.code, test.title, e)
			}
			if !e.Kind.ReadOnly() {
				t.Errorf("kind = %s, want one that makes a plan read-only", e.Kind)
			}
		})
	}
}

// The error shows the number of an edge page, and does not blame an odd token.
func TestEdgePageShowsItsNumberAndBlamesNoToken(t *testing.T) {
	odd := func(o *Options) { o.Credentials.Token = "cfut_short" }
	for _, a := range []answer{page(403, "error code: 1020"), page(403, challengePage, "Cf-Mitigated", "challenge"), page(403, "<html>")} {
		_, err := serve(t, a).client(odd).Records(context.Background(), zoneID)
		e := asError(t, err)
		if causes := e.Guidance().Causes; slices.ContainsFunc(causes, func(c string) bool { return strings.Contains(c, "cut short") }) {
			t.Errorf("%v: causes = %q, want none about the token", e, causes)
		}
		const want = "Cloudflare's edge denies access by a rule: error code: 1020"
		if strings.HasPrefix(a.body, "error code") && (e.Explanation() != want || !strings.Contains(e.Error(), "1020")) {
			t.Errorf("explanation = %q, want %q; the error is %q", e.Explanation(), want, e)
		}
	}
}

// The edge turns a request away before it reaches the API, so a write has changed nothing. An error from
// behind the edge leaves the write in doubt.
func TestWriteStoppedAtTheEdgeIsNotInDoubt(t *testing.T) {
	for name, test := range map[string]struct {
		answer   answer
		doubt    bool
		requests int
	}{
		"challenge, 503": {page(503, challengePage, "Cf-Mitigated", "challenge"), false, 1},
		"1020":           {page(403, "error code: 1020"), false, 1},
		"1006, 503":      {page(503, "error code: 1006"), false, 1},
		"1101":           {page(500, "error code: 1101"), true, 1},
		"502":            {page(502, "error code: 502"), true, 1},
	} {
		s := serve(t, test.answer)
		_, err := s.client().ApplyBatch(context.Background(), zoneID, oneDelete)
		e := asError(t, err)
		if e.InDoubt != test.doubt || e.NotSent() == test.doubt || len(s.requests()) != test.requests {
			t.Errorf("%s: in doubt %v, not sent %v, %d requests, want in doubt %v, %d requests (%v)",
				name, e.InDoubt, e.NotSent(), len(s.requests()), test.doubt, test.requests, e)
		}
	}
}

func TestReadsStoppedAtTheEdgeAreRetriedOnlyIfItMayHelp(t *testing.T) {
	for name, test := range map[string]struct {
		answer   answer
		requests int
	}{
		"challenge, 503": {page(503, challengePage, "Cf-Mitigated", "challenge"), 1},
		"1020":           {page(403, "error code: 1020"), 1},
		"1015":           {page(429, "error code: 1015"), readTries},
	} {
		s := serve(t, test.answer)
		if _, err := s.client().Records(context.Background(), zoneID); err == nil || len(s.requests()) != test.requests {
			t.Errorf("%s: %d requests, want %d (%v)", name, len(s.requests()), test.requests, err)
		}
	}
}

// The steps for an account's token name the account's page first, even if nothing could be sent.
func TestStepsForAnAccountTokenNameTheAccountsPageFirst(t *testing.T) {
	for token, account := range map[string]bool{"cfat_" + token4 + "0123abcd": true, "cfut_" + token4 + "0123abcd": false, "cfat_\u00fc": true} {
		_, err := serve(t, refusal(403, 9109, "Invalid access token")).client(func(o *Options) { o.Credentials.Token = token }).
			Records(context.Background(), zoneID)
		steps := strings.Join(asError(t, err).Guidance().Steps, "\n")
		if first := strings.Index(steps, guidance.AccountTokens) < strings.Index(steps, guidance.UserTokens); first != account {
			t.Errorf("the account's page comes first: %v, want %v: %s", first, account, steps)
		}
	}
}
