package cloudflare

import (
	"net/http"
	"strings"

	"github.com/cfplan/cfplan/internal/guidance"
)

// Kind says what a failure means for what happens next.
type Kind = guidance.Kind

// The kinds of failure.
const (
	Refused     = guidance.Refused
	Unreachable = guidance.Unreachable
	Rejected    = guidance.Rejected
	Missing     = guidance.Missing
)

// invalidHeaders is the code that only its chain explains.
const invalidHeaders = 6003

// Guidance looks e up in the catalogue of refusals; unknown codes get general
// advice.
func (e *Error) Guidance() guidance.Entry {
	f := guidance.Failure{Trouble: e.anyTrouble(), Status: e.Status, Code: e.Code, Message: e.Message,
		Needs: e.needs(), RayID: e.RayID, Seen: e.seen}
	for _, a := range e.All {
		f.Chain = append(f.Chain, a.Code)
	}
	if !e.until.IsZero() {
		f.Until = e.untilText()
	}
	return guidance.For(f)
}

func (e *Error) classify() { e.Kind = e.Guidance().Kind }

// anyTrouble is the trouble of an error that was not made here, too.
func (e *Error) anyTrouble() guidance.Trouble {
	if e.trouble == "" && e.Status == 0 && e.Code == 0 && e.Err != nil {
		return transportTrouble(e.Err)
	}
	return e.trouble
}

// needs is the permission that the request needed (Cloudflare's documentation of
// API token permissions).
func (e *Error) needs() guidance.Need {
	path, _, _ := strings.Cut(e.Path, "?")
	switch records := strings.Contains(path, "/dns_records"); {
	case records && e.Method == http.MethodGet:
		return guidance.DNSRead
	case records:
		return guidance.DNSWrite
	case strings.HasPrefix(path, "/zones"):
		return guidance.ZoneRead
	default:
		return ""
	}
}
