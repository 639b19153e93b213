package cloudflare

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"

	"github.com/cfplan/cfplan/internal/guidance"
)

// edgePage is a page that Cloudflare's edge sent instead of an answer of the API.
type edgePage struct {
	trouble guidance.Trouble
	// number is the page's number, from 1000 to 1999, or 0 if it has none.
	number int
}

// mostEdgePage is the number of bytes of a body in which readEdge searches for the number of an edge page.
const mostEdgePage = 64 << 10

// edgeNumber finds the number in a page for programs, whose whole text is "error code: 1020", or in a page
// for browsers.
var edgeNumber = regexp.MustCompile(`(?i)^\s*error code: (1\d{3})\s*$|class="cf-error-code">(1\d{3})<`)

// readEdge recognizes the pages with which Cloudflare's edge challenges or blocks a client. Other answers
// that do not come from the API, such as the answers of a proxy, are not edge pages.
func readEdge(x *exchange) (edgePage, bool) {
	if x.status < 400 {
		return edgePage{}, false
	}
	if x.header.Get("Cf-Mitigated") == "challenge" {
		return edgePage{trouble: guidance.EdgeChallenge}, true
	}

	number := edgeNumberOf(x.body)
	switch {
	case number == 0:
		return edgePage{}, false
	case guidance.EdgeStops(number):
		return edgePage{guidance.EdgeBlock, number}, true
	default:
		return edgePage{guidance.EdgeError, number}, true
	}
}

func edgeNumberOf(body []byte) int {
	if number := edgeProblem(body); number != 0 {
		return number
	}

	found := edgeNumber.FindSubmatch(body[:min(len(body), mostEdgePage)])
	if found == nil {
		return 0
	}
	number, err := strconv.Atoi(string(bytes.Join(found[1:], nil)))
	if err != nil {
		return 0
	}
	return number
}

// edgeProblem returns the number in a JSON page, which the edge sends to clients that accept JSON, or 0.
func edgeProblem(body []byte) int {
	var problem struct {
		Cloudflare bool `json:"cloudflare_error"`
		Number     int  `json:"error_code"`
	}
	if len(body) > mostEdgePage || json.Unmarshal(body, &problem) != nil || !problem.Cloudflare {
		return 0
	}
	if problem.Number < 1000 || problem.Number > 1999 {
		return 0
	}
	return problem.Number
}

// setEdge fills in an error from an edge page.
func (e *Error) setEdge(p edgePage) {
	e.trouble = p.trouble
	if p.trouble == guidance.EdgeChallenge {
		e.Err = errors.New("a challenge page of Cloudflare's edge came instead of an answer (cf-mitigated: challenge)")
		return
	}
	e.Code, e.Message, e.Err = p.number, fmt.Sprintf("error code: %d", p.number), nil
}

// stoppedAtEdge reports whether Cloudflare's edge turned the request away before the API got it.
func (e *Error) stoppedAtEdge() bool {
	return e.trouble == guidance.EdgeChallenge || e.trouble == guidance.EdgeBlock
}

// statusTrouble returns the trouble of an answer that does not come from the API, or "" if the status says
// enough.
func statusTrouble(status int) guidance.Trouble {
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return guidance.ForeignRefusal
	case status == http.StatusTooManyRequests, status >= 500:
		return ""
	default:
		return guidance.NotTheAPI
	}
}
