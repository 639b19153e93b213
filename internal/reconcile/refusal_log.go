package reconcile

import (
	"cmp"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"

	"github.com/cfplan/cfplan/internal/cloudflare"
)

// The messages with which refusals are logged.
const (
	refusedLogged = "Cloudflare refused or could not be reached"
	unsentLogged  = "nothing could be sent to Cloudflare"
)

// LogsRefusal reports whether a line of the log is about refusals.
func LogsRefusal(r slog.Record) bool { return r.Message == refusedLogged || r.Message == unsentLogged }

const (
	// mostRays is how many ray IDs one line has at most.
	mostRays = 10
	// mostLoggedZones is how many zones one line names at most.
	mostLoggedZones = 10
)

// refusalLog collects the refusals of a run, so that those with the same cause share one line: a
// bad token is refused once for each of a thousand zones. The zero value is ready to use, and safe
// for concurrent use.
type refusalLog struct {
	mu      sync.Mutex
	entries []refusalEntry
}

type refusalEntry struct {
	zone, instead string
	err           *cloudflare.Error
}

// note records err if it is a refusal. instead names what is used in place of the live zone.
func (l *refusalLog) note(zone string, err error, instead string) {
	refusal := refusalOf(err)
	if refusal == nil {
		return
	}

	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = append(l.entries, refusalEntry{zone, instead, refusal})
}

// write logs the refusals, with what Cloudflare's support asks for.
func (l *refusalLog) write(log *slog.Logger) {
	l.mu.Lock()
	defer l.mu.Unlock()
	slices.SortFunc(l.entries, func(a, b refusalEntry) int { return cmp.Compare(a.zone, b.zone) })

	for _, same := range l.byCause() {
		e := same[0].err
		attrs := []any{
			"zone", namesInLog(same), "method", e.Method, "path", e.Path, "status", e.Status,
			"code", e.Code, "message", e.Message, "ray", raysInLog(same), "instead", insteadInLog(same),
		}
		if e.Account != "" {
			attrs = append(attrs, "account", e.Account)
		}
		if len(same) > 1 {
			attrs = append(attrs, "zones", len(same))
		}
		text := refusedLogged
		if e.Method == "" {
			text = unsentLogged
		}
		log.Warn(text, attrs...)
	}
	l.entries = nil
}

// byCause returns the entries in groups with the same cause, in the order of their first ones.
func (l *refusalLog) byCause() [][]refusalEntry {
	var groups [][]refusalEntry
	at := map[string]int{}
	for _, e := range l.entries {
		cause := fmt.Sprintf("%q %d %d %q %s",
			e.err.Account, e.err.Status, e.err.Code, e.err.Message, e.err.Guidance().Cause())
		i, known := at[cause]
		if !known {
			i = len(groups)
			at[cause] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], e)
	}
	return groups
}

// namesInLog names the zones of a group, or the first of many.
func namesInLog(group []refusalEntry) string {
	names := uniqueOf(group, func(e refusalEntry) string { return e.zone })
	if more := len(names) - mostLoggedZones; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:mostLoggedZones], ","), more)
	}
	return strings.Join(names, ",")
}

func raysInLog(group []refusalEntry) string {
	rays := uniqueOf(group, func(e refusalEntry) string { return e.err.RayID })
	return strings.Join(rays[:min(len(rays), mostRays)], ",")
}

func insteadInLog(group []refusalEntry) string {
	return strings.Join(uniqueOf(group, func(e refusalEntry) string { return e.instead }), ",")
}

// uniqueOf returns what the entries say, each text once, without empty ones.
func uniqueOf(group []refusalEntry, say func(refusalEntry) string) []string {
	var out []string
	seen := map[string]bool{"": true}
	for _, e := range group {
		if text := say(e); !seen[text] {
			seen[text] = true
			out = append(out, text)
		}
	}
	return out
}
