package reconcile

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/nameserver"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/state"
)

// DefaultFallback is what stands in for a zone that is refused: its snapshot,
// however old, or else what its name servers answer.
func DefaultFallback() []plan.SourceKind { return []plan.SourceKind{plan.SourceCache, plan.SourceDNS} }

// fallBack finds a stand-in for each zone that Cloudflare refuses, from the first
// of the chain that has one, and leaves every other failure as it is. Zones fall
// back one by one: one that is refused leaves the others live.
func (r *Reconciler) fallBack(ctx context.Context, seen []sighting, m memory, chain []plan.SourceKind) {
	var g errgroup.Group
	g.SetLimit(max(1, r.Parallelism))
	for i := range seen {
		if refusal := refusalOf(seen[i].err); refusal != nil {
			g.Go(func() error {
				r.standIn(ctx, &seen[i], refusal, m.of(seen[i].name), chain)
				return nil
			})
		}
	}
	_ = g.Wait() // the sightings have the errors
}

// refusalOf returns err as what a stand-in helps against, or nil.
func refusalOf(err error) *cloudflare.Error {
	var e *cloudflare.Error
	if errors.As(err, &e) && e.Kind.ReadOnly() {
		return e
	}
	return nil
}

func (r *Reconciler) standIn(ctx context.Context, s *sighting, refusal *cloudflare.Error, known known, chain []plan.SourceKind) {
	s.degraded = degradation(s.name, refusal)
	instead := "none"
	for _, kind := range chain {
		if why := r.from(ctx, kind, s, known); why != "" {
			s.missing = append(s.missing, why)
			continue
		}
		s.err, instead = nil, string(kind)
		break
	}
	r.logRefusal(s.name, refusal, instead)
}

// from takes the zone from one source, and says why where it has none.
func (r *Reconciler) from(ctx context.Context, kind plan.SourceKind, s *sighting, known known) (why string) {
	switch {
	case kind == plan.SourceCache:
		return fromSnapshot(s, known.snapshot)
	case kind == plan.SourceDNS && r.DNS != nil:
		return r.fromNameServers(ctx, s, known.zone)
	case kind == plan.SourceSample:
		return r.fromSample(s)
	default:
		return "the fallback " + string(kind) + " is not to be had here"
	}
}

func fromSnapshot(s *sighting, known *state.Snapshot) (why string) {
	switch {
	case known == nil:
		return "no snapshot of it has been saved that could stand in"
	case s.pinned && known.Head().ID != s.id:
		return "its snapshot is of a zone with another ID"
	}
	zone, err := known.Zone()
	if err != nil {
		return err.Error()
	}
	s.zone = zone
	s.source = plan.Source{Kind: plan.SourceCache, FetchedAt: known.FetchedAt}
	return ""
}

// fromNameServers asks the zone's own servers for everything that is declared, or
// owned as far as the state knows.
func (r *Reconciler) fromNameServers(ctx context.Context, s *sighting, known *state.Zone) (why string) {
	view, err := r.DNS.View(ctx, s.declared, ownedNames(known))
	if err != nil {
		return "its name servers did not help: " + err.Error()
	}
	s.zone = dns.Zone{Name: s.name, ID: s.id, Records: view.Records}
	s.owned = view.Owned
	s.source = plan.Source{Kind: plan.SourceDNS, FetchedAt: r.Now().UTC(), Servers: view.Servers, Untold: view.Untold}
	return ""
}

func ownedNames(known *state.Zone) []nameserver.Known {
	if known == nil {
		return nil
	}
	var out []nameserver.Known
	for _, id := range slices.Sorted(maps.Keys(known.Owned)) {
		o := known.Owned[id]
		out = append(out, nameserver.Known{Address: o.Address, Name: o.Name, Type: o.Type})
	}
	return out
}

// judge says how far a zone that is not live can be trusted, and what is new in it.
func judge(z *plan.Zone, known known, now time.Time) {
	if z.Source.Kind == plan.SourceLive {
		return
	}
	if z.Source.Kind == plan.SourceCache {
		if known.zone != nil {
			z.Source.AppliedAt = known.zone.AppliedAt
		}
		if known.snapshot != nil && known.snapshot.Pending != nil {
			z.MarkPending(known.snapshot.Pending)
		}
	}
	z.Source.Confidence = z.Source.Trust(now)
}

// logRefusal writes one line for each refusal, with what Cloudflare's support asks
// for and with what is used instead.
func (r *Reconciler) logRefusal(zone string, err error, instead string) {
	e := refusalOf(err)
	if e == nil {
		return
	}
	r.log().Warn("Cloudflare refused or could not be reached", "zone", zone, "method", e.Method, "path", e.Path,
		"status", e.Status, "code", e.Code, "message", e.Message, "ray", e.RayID, "instead", instead)
}

func degradation(zone string, e *cloudflare.Error) *plan.Degradation {
	g := e.Guidance()
	return &plan.Degradation{Zone: zone, Code: e.Code, HTTPStatus: e.Status, Message: e.Explanation(),
		Cause: g.Cause(), Guidance: g.Steps, RayID: e.RayID}
}

// fromCache is a sighting without any request.
func fromCache(t target, known *state.Snapshot) sighting {
	s := sighting{target: t}
	if why := fromSnapshot(&s, known); why != "" {
		s.err = &ZoneError{Zone: t.name, Summary: "No cached snapshot",
			Detail: strings.ToUpper(why[:1]) + why[1:] + ". Run cfplan plan or cfplan refresh with working credentials once."}
	}
	return s
}
