package guidance_test

import (
	"testing"

	"github.com/cfplan/cfplan/internal/guidance"
)

// The messages are quoted from public reports.
func TestMessageDistinguishesEntriesOfACode(t *testing.T) {
	for _, c := range []struct {
		status, code int
		message      string
		title        string
		kind         guidance.Kind
	}{
		{400, 10001, "Unable to authenticate request", "Cloudflare cannot tell who sent the request", guidance.Refused},
		{400, 9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers", "Credentials did not arrive at Cloudflare", guidance.Refused},
		{403, 9109, "Unauthorized to access requested resource", "The token lacks a permission for this resource", guidance.Refused},
		{403, 9109, "Invalid access token", "The API token is unknown to Cloudflare", guidance.Refused},
		{403, 9109, "Invalid zone identifier", "The zone is unknown or not visible to the token", guidance.Refused},
		{403, 9109, "cannot use the access token from location: 203.0.113.7", "The token may not be used from this address", guidance.Refused},
		{403, 9109, "Max auth failures reached, please wait", "Too many failed logins from this address", guidance.Refused},
		{403, 9109, "Something else", "Cloudflare refuses the token", guidance.Refused},
		{403, 10000, "Authentication error", "The token lacks a permission", guidance.Refused},
		{403, 10000, "PUT method not allowed for the api_token authentication scheme", "The request went to a path that tokens cannot use", guidance.Refused},
		{405, 10000, "DELETE method not allowed for the api_token authentication scheme", "The request went to a path that tokens cannot use", guidance.Refused},
		{400, 1001, `Missing "Authorization" header`, "The Authorization header is missing", guidance.Refused},
		{400, 1001, "List accounts endpoint does not support account owned tokens.", "The call does not accept a token of an account", guidance.Refused},
		{400, 1001, "Failed common permission check against resources.", "The token lacks a permission for these resources", guidance.Refused},
		{400, 1001, "Something else", "Cloudflare refuses the call", guidance.Refused},
		{403, 0, "Actor 'com.cloudflare.api.token.1' requires permission 'com.cloudflare.api.account.zone.list' to list zones",
			"The token lacks the permission that the message names", guidance.Refused},
		{403, 0, "", "Cloudflare refuses the request", guidance.Refused},
		{400, 9100, "type is a required field.", "A field of the record is missing", guidance.Rejected},
		{400, 9101, "weight is a required data field.", "A field of the record is missing", guidance.Rejected},
		{400, 9008, "Invalid priority, priority must be set and be between 0 and 65535", "The priority is missing or out of range", guidance.Rejected},
		{400, 9015, "Record content exceeds the allowed length of 4096 wire format bytes.", "The content is too long", guidance.Rejected},
		{400, 83011, "Combined content length of records with this name and type exceeds the limit.", "All contents of the name together are too long", guidance.Rejected},
		{400, 9051, "Invalid TXT record. Record may only contain printable ASCII!", "The TXT has characters beyond ASCII", guidance.Rejected},
		{400, 9207, "Content-type must be application/json.", "Cloudflare did not read the request as JSON", guidance.Rejected},
		{400, 9313, "DNS record comment exceeds the maximum length of 100 characters.", "The comment is too long", guidance.Rejected},
		{403, 9313, "DNS record comment exceeds the maximum length of 100 characters.", "The comment is too long", guidance.Rejected},
		{400, 81053, "An A, AAAA, or CNAME record with that host already exists.", "Another record stands in the way", guidance.Rejected},
		{400, 81055, "NS records cannot exist on the same name as any other record type.", "NS records and others exclude each other", guidance.Rejected},
		{400, 81045, "Record quota exceeded", "The record quota is used up", guidance.Rejected},
		{400, 89018, "Cannot create a non-glue record that is beneath a delegated child zone.", "The name is below a delegated one", guidance.Rejected},
		{400, 9021, "TTL must be between 60 and 86400 seconds, or 1 for Automatic.", "The TTL is out of range", guidance.Rejected},
		{400, 7003, "Could not route to /client/v4/zones/x", "Cloudflare's API has nothing at this path", guidance.Rejected},
		{404, 7003, "Could not route to /client/v4/zones/x", "Cloudflare's API has nothing at this path", guidance.Rejected},
		{400, 9003, "This record type cannot be proxied to that address.", "A private or special address cannot be proxied", guidance.Rejected},
		{400, 9004, "This record type cannot be proxied.", "The record cannot be proxied", guidance.Rejected},
	} {
		e := guidance.For(guidance.Failure{Status: c.status, Code: c.code, Message: c.message})
		if e.Title != c.title || e.Kind != c.kind {
			t.Errorf("HTTP %d, code %d, %q is %q (%s), want %q (%s)",
				c.status, c.code, c.message, e.Title, e.Kind, c.title, c.kind)
		}
	}
}

// A page of Cloudflare's edge has a number, which is not an error code of the API.
func TestEdgePagesHaveEntriesByNumber(t *testing.T) {
	for number, title := range map[int]string{
		1006: "Cloudflare's edge blocks this machine's address",
		1008: "Cloudflare's edge blocks this machine's address",
		1009: "Cloudflare's edge blocks the country of this address",
		1010: "Cloudflare's edge blocks this client",
		1015: "Cloudflare's edge limits requests from this address",
		1020: "Cloudflare's edge denies access by a rule",
	} {
		for _, status := range []int{403, 429, 503} {
			e := guidance.For(guidance.Failure{Trouble: guidance.EdgeBlock, Status: status, Code: number})
			if e.Title != title || e.Kind != guidance.Unreachable {
				t.Errorf("edge page %d with HTTP %d is %q (%s), want %q (%s)",
					number, status, e.Title, e.Kind, title, guidance.Unreachable)
			}
		}
		if !guidance.EdgeStops(number) {
			t.Errorf("EdgeStops(%d) = false, want true: the request did not reach the API", number)
		}
	}

	for _, number := range []int{1101, 0} {
		if guidance.EdgeStops(number) {
			t.Errorf("EdgeStops(%d) = true, want false: a write may have been carried out", number)
		}
	}
}
