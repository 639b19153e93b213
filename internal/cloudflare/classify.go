package cloudflare

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/cfplan/cfplan/internal/guidance"
)

// Guidance returns the entry of the catalogue for e. An unknown code gets general advice.
func (e *Error) Guidance() guidance.Entry {
	f := guidance.Failure{Trouble: e.anyTrouble(), Status: e.Status, Code: e.Code, Message: e.Message,
		Needs: e.needs(), RayID: e.RayID, Seen: e.seen, Account: e.account, Named: e.Account}
	for _, a := range e.All {
		f.Chain = append(f.Chain, a.Code)
	}
	if !e.until.IsZero() {
		f.Until = e.untilText()
	}
	return guidance.For(f)
}

// Concern returns which records of the request the error may be about.
func (e *Error) Concern() guidance.Concern { return e.Guidance().Concern }

// NoSuchZone reports whether the zone in the request does not exist or is not visible to the credentials.
// Cloudflare does not distinguish the two.
func (e *Error) NoSuchZone() bool {
	return e.Kind == guidance.Missing || e.Concern().Subject == guidance.TheZone
}

// NotSent reports whether Cloudflare has done nothing with the request, because the client gave up before it
// sent the request, or because the rate limit or Cloudflare's edge turned the request away.
func (e *Error) NotSent() bool {
	return !e.InDoubt && (e.Status == 0 || e.Status == http.StatusTooManyRequests || e.stoppedAtEdge())
}

// Explanation returns Cloudflare's message and the messages of the error's chain, which may say more: the
// message of 6003 names no header, but its chain does. Without a message, it returns the title of the error's
// guidance. For an edge page, the number follows the title.
func (e *Error) Explanation() string {
	text := e.Message
	switch {
	case text == "":
		text = e.Guidance().Title
	case e.trouble == guidance.EdgeBlock, e.trouble == guidance.EdgeError:
		text = e.Guidance().Title + ": " + text
	}

	for _, inner := range e.All {
		if inner.Code != e.Code && inner.Message != e.Message {
			text += fmt.Sprintf(": %s (%d)", inner.Message, inner.Code)
		}
	}
	return text
}

func (e *Error) classify() { e.Kind = e.Guidance().Kind }

// anyTrouble returns the trouble of an error, even if another package made the error.
func (e *Error) anyTrouble() guidance.Trouble {
	if e.trouble == "" && e.Status == 0 && e.Code == 0 && e.Err != nil {
		return transportTrouble(e.Err)
	}
	return e.trouble
}

// needs returns the permission that the request needed (see Cloudflare's documentation of API token
// permissions).
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
