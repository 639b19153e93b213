package sandbox

import (
	"fmt"
	"net/http"
)

// EdgeChallenge replaces the API's answer by the page that Cloudflare's edge uses to challenge a browser.
func EdgeChallenge() Fault {
	f := htmlPage(http.StatusForbidden, "Just a moment...")
	f.Mitigated = "challenge"
	return f
}

// EdgeBlock replaces the API's answer by the page that Cloudflare's edge uses to block a client. The number,
// such as 1020, says why; 1015 is a rate limit.
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
