package cloudflare

import (
	"errors"
	"net/http"
	"testing"

	"github.com/cfplan/cfplan/internal/guidance"
)

func TestNoSuchZoneNeedsAnErrorAboutTheZone(t *testing.T) {
	for _, test := range []struct {
		err  Error
		want bool
	}{
		{Error{Kind: guidance.Refused, Status: 403, Code: 9109, Message: "Invalid zone identifier"}, true},
		{Error{Kind: guidance.Refused, Status: 403, Code: 9109, Message: "INVALID ZONE IDENTIFIER: x"}, true},
		{Error{Kind: guidance.Missing, Status: 404, Code: 81044}, true},
		{Error{Kind: guidance.Refused, Status: 403, Code: 9109, Message: "Invalid access token"}, false},
		{Error{Kind: guidance.Refused, Status: 403, Code: 10000, Message: "Authentication error"}, false},
		{Error{Kind: guidance.Unreachable, Status: 502, Code: 9109, Message: "Invalid zone identifier"}, false},
		{Error{Kind: guidance.Unreachable, Err: errors.New("lost")}, false},
	} {
		if got := test.err.NoSuchZone(); got != test.want {
			t.Errorf("NoSuchZone of %v = %v, want %v", &test.err, got, test.want)
		}
	}
}

func TestNotSentMeansThatCloudflareDidNothing(t *testing.T) {
	for _, test := range []struct {
		err  Error
		want bool
	}{
		{Error{Err: errors.New("given up while waiting")}, true},
		{Error{Status: http.StatusTooManyRequests}, true},
		{Error{InDoubt: true, Err: errors.New("lost")}, false},
		{Error{Status: http.StatusBadRequest, Code: 9005}, false},
		{Error{Status: http.StatusBadGateway, InDoubt: true}, false},
	} {
		if got := test.err.NotSent(); got != test.want {
			t.Errorf("NotSent of %v = %v, want %v", &test.err, got, test.want)
		}
	}
}

func TestExplanationHasTheChain(t *testing.T) {
	for _, test := range []struct {
		err  Error
		want string
	}{
		{Error{Code: 9109, Message: "Invalid access token", All: []APIError{{Code: 9109, Message: "Invalid access token"}}}, "Invalid access token"},
		{Error{Status: 502, Kind: guidance.Unreachable}, "Cloudflare's API has a failure"},
		{
			Error{Code: 6003, Message: "Invalid request headers", All: []APIError{
				{Code: 6003, Message: "Invalid request headers"},
				{Code: 6111, Message: "Invalid format for Authorization header"},
			}},
			"Invalid request headers: Invalid format for Authorization header (6111)",
		},
	} {
		if got := test.err.Explanation(); got != test.want {
			t.Errorf("Explanation of %v = %q, want %q", &test.err, got, test.want)
		}
	}
}
