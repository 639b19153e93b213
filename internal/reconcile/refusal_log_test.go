package reconcile

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/guidance"
)

func logged(note func(*refusalLog)) []string {
	var b bytes.Buffer
	l := &refusalLog{}
	note(l)
	log := slog.New(slog.NewTextHandler(&b, nil))
	l.write(log)
	l.write(log) // must not write the same entries again
	return strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
}

func refusedWith(code int, message, ray string) error {
	return fmt.Errorf("zone: %w", &cloudflare.Error{
		Kind: guidance.Refused, Method: "GET", Path: "/zones", Status: 403, Code: code, Message: message, RayID: ray,
	})
}

func TestRefusalsWithTheSameCauseShareOneLine(t *testing.T) {
	t.Parallel()
	lines := logged(func(l *refusalLog) {
		for i := range 1000 {
			l.note(fmt.Sprintf("z%03d.example", 999-i), refusedWith(9109, "Invalid access token", fmt.Sprintf("ray%03d-AMS",
				999-i)), "cache")
		}
		l.note("other.example", refusedWith(9109, "Invalid zone identifier", "ray-other"), "none")
		l.note("fine.example", nil, "none")
		l.note("rejected.example", &cloudflare.Error{Kind: guidance.Rejected, Status: 400, Code: 9005}, "none")
		l.note("lost.example", errors.New("no answer from Cloudflare"), "none")
	})
	if len(lines) != 2 {
		t.Fatalf("%d lines, want 2:\n%s", len(lines), strings.Join(lines, "\n"))
	}
	one, many := lines[0], lines[1]
	if !strings.Contains(one, "zone=other.example") || strings.Contains(one, "zones=") {
		t.Errorf("the line of one zone is %s, want its name and no count", one)
	}
	if n := strings.Count(many, "ray0"); n != 10 || !strings.Contains(many, "ray000-AMS,ray001-AMS") {
		t.Errorf("the line of many has %d ray IDs, want the first 10: %s", n, many)
	}
	for _, want := range []string{"zones=1000", "z000.example,z001.example", "and 990 more", "code=9109", "instead=cache"} {
		if !strings.Contains(many, want) {
			t.Errorf("the line of many lacks %q: %s", want, many)
		}
	}
}

func TestOneLineSaysWhatStandsInForItsZones(t *testing.T) {
	t.Parallel()
	lines := logged(func(l *refusalLog) {
		l.note("b.example", refusedWith(10000, "Authentication error", ""), "dns")
		l.note("a.example", refusedWith(10000, "Authentication error", "ray1"), "cache")
		l.note("c.example", refusedWith(10000, "Authentication error", "ray1"), "cache")
	})
	if len(lines) != 1 || !strings.Contains(lines[0], "zone=a.example,b.example,c.example") ||
		!strings.Contains(lines[0], "ray=ray1 ") || !strings.Contains(lines[0], "instead=cache,dns") {
		t.Errorf("logged %q, want one line with both stand-ins", lines)
	}
}

// Without credentials nothing is sent, so nothing is refused. LogsRefusal recognizes both kinds of lines.
func TestTheLogSaysIfNothingWasSent(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		refusedLogged: refusedWith(9109, "Invalid access token", ""),
		unsentLogged:  &cloudflare.Error{Kind: guidance.Refused, Message: "no credentials"},
	} {
		lines := logged(func(l *refusalLog) { l.note("a.example", err, "none") })
		if !strings.Contains(lines[0], want) || !LogsRefusal(slog.Record{Message: want}) {
			t.Errorf("%v is logged as %s, want %q", err, lines[0], want)
		}
	}
	if LogsRefusal(slog.Record{Message: "the snapshots could not be read"}) {
		t.Error("every line of the log counts as a refusal")
	}
}
