package sandbox

import (
	"fmt"
	"net/http"
)

// EdgeChallenge answers with the page with which Cloudflare's edge challenges a browser, in place of the API.
func EdgeChallenge() Fault {
	f := htmlPage(http.StatusForbidden, "Just a moment...")
	f.Mitigated = "challenge"
	return f
}

// EdgeBlock answers with the page with which Cloudflare's edge turns a client away, such as 1020. 1015 is a
// rate limit.
func EdgeBlock(number int) Fault {
	f := Fault{
		Status:      http.StatusForbidden,
		Body:        fmt.Sprintf("error code: %d", number),
		ContentType: "text/plain; charset=UTF-8",
	}
	if number == 1015 {
		f.Status = http.StatusTooManyRequests
	}
	return f
}

// NoReason answers 200 with success false and no error; the request has no effect.
func NoReason() Fault {
	return Fault{
		Status:      http.StatusOK,
		Body:        `{"result":null,"success":false,"errors":[],"messages":[]}`,
		ContentType: "application/json",
	}
}
