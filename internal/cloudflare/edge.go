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

// edgePage is what Cloudflare's edge answered in place of the API.
type edgePage struct {
	trouble guidance.Trouble
	// number is that of the page, from 1000 to 1999, or 0 if it has none.
	number int
}

// mostEdgePage bounds how much of a body is searched for the number of an edge page.
const mostEdgePage = 64 << 10

// edgeNumber finds the number in a page for programs (all of the text is "error code: 1020") and in one for people.
var edgeNumber = regexp.MustCompile(`(?i)^\s*error code: (1\d{3})\s*$|class="cf-error-code">(1\d{3})<`)

// readEdge recognises the pages with which Cloudflare's edge challenges or blocks a client. Other answers that are
// none of the API's are no edge pages, such as those of a proxy.
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

// edgeProblem reads the number of a page in JSON, which the edge sends to clients that ask for JSON.
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
		e.Err = errors.New("a challenge page of Cloudflare's edge came instead (cf-mitigated: challenge)")
		return
	}
	e.Code, e.Message, e.Err = p.number, fmt.Sprintf("error code: %d", p.number), nil
}

// stoppedAtEdge reports whether Cloudflare's edge turned the request away before the API got it.
func (e *Error) stoppedAtEdge() bool {
	return e.trouble == guidance.EdgeChallenge || e.trouble == guidance.EdgeBlock
}

// statusTrouble names what is wrong with an answer that is none of the API's. If its status says enough, the body has
// no trouble of its own.
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
