package reconcile

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/nameserver"
	"github.com/cfplan/cfplan/internal/parallel"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/state"
)

// DefaultFallback returns the sources that stand in for a refused zone: its snapshot, however old,
// then what its name servers answer.
func DefaultFallback() []plan.SourceKind { return []plan.SourceKind{plan.SourceCache, plan.SourceDNS} }

// standIns finds a source to plan from for each zone that Cloudflare refuses.
type standIns struct {
	// names asks name servers; it is nil if they must not be asked.
	names       *nameserver.Client
	now         func() time.Time
	parallelism int
	log         *slog.Logger
	refused     refusalLog
}

// fallBack finds a stand-in for each zone that Cloudflare refuses, from the first source of the
// chain that has the zone. It leaves all other failures as they are. Each zone falls back on its
// own: a refused zone does not affect the live ones.
func (s *standIns) fallBack(ctx context.Context, seen []observation, known stored, chain []plan.SourceKind) {
	g := parallel.New(s.parallelism)
	for i := range seen {
		if refusal := refusalOf(seen[i].err); refusal != nil {
			g.Go(func() error {
				s.replace(ctx, &seen[i], refusal, known.of(seen[i].name), chain)
				return nil
			})
		}
	}
	_ = g.Wait() // the observations have the errors
	s.refused.write(s.log)
}

// refusalOf returns err as a failure for which a stand-in helps, or nil.
func refusalOf(err error) *cloudflare.Error {
	var e *cloudflare.Error
	if errors.As(err, &e) && e.Kind.ReadOnly() {
		return e
	}
	return nil
}

// replace takes the zone from the first source of the chain that has it.
func (s *standIns) replace(
	ctx context.Context, seen *observation, refusal *cloudflare.Error, known storedZone, chain []plan.SourceKind,
) {
	seen.degraded = degradation(seen.name, refusal)
	instead := "none"
	for _, kind := range chain {
		if why := s.from(ctx, kind, seen, known); why != "" {
			seen.missing = append(seen.missing, why)
			continue
		}
		seen.err, instead = nil, string(kind)
		break
	}

	hidden := hiddenIn(seen.name, seen.declared.Records, known.zone)
	told := *refusal // it may name a record, whose name may be sensitive
	told.Message = hidden.Redact(refusal.Message)
	s.refused.note(seen.name, &told, instead)
}

// from takes the zone from one source. If the source does not have the zone, why says why not.
func (s *standIns) from(ctx context.Context, kind plan.SourceKind, seen *observation, known storedZone) (why string) {
	switch {
	case kind == plan.SourceCache:
		return fromSnapshot(seen, known.snapshot)
	case kind == plan.SourceDNS && s.names != nil:
		return s.fromNameServers(ctx, seen, known.zone)
	case kind == plan.SourceSample:
		return fromSample(seen, s.now())
	default:
		return "the fallback " + string(kind) + " is not available here"
	}
}

func fromSnapshot(seen *observation, snapshot *state.Snapshot) (why string) {
	switch {
	case snapshot == nil:
		return "no snapshot of it has been saved"
	case seen.pinned && snapshot.Head().ID != seen.id:
		return "its snapshot is of a zone with another ID"
	}

	zone, err := snapshot.Zone()
	if err != nil {
		return err.Error()
	}
	seen.zone = zone
	seen.source = plan.Source{Kind: plan.SourceCache, FetchedAt: snapshot.FetchedAt}
	return ""
}

// fromNameServers asks the zone's own servers for everything that is declared, or
// owned as far as the state knows.
func (s *standIns) fromNameServers(ctx context.Context, seen *observation, known *state.Zone) (why string) {
	view, err := s.names.View(ctx, seen.declared, ownedRecords(known))
	if err != nil {
		hidden := hiddenIn(seen.name, seen.declared.Records, known)
		return "its name servers did not help: " + hidden.Redact(err.Error())
	}

	seen.zone = dns.Zone{Name: seen.name, ID: seen.id, Records: view.Records}
	seen.owned = view.Owned
	seen.source = plan.Source{
		Kind:      plan.SourceDNS,
		FetchedAt: s.now().UTC(),
		Servers:   view.Servers,
		NotShown:  view.NotShown,
	}
	return ""
}

func ownedRecords(z *state.Zone) []nameserver.Known {
	if z == nil {
		return nil
	}
	var out []nameserver.Known
	for _, id := range slices.Sorted(maps.Keys(z.Owned)) {
		o := z.Owned[id]
		out = append(out, nameserver.Known{Address: o.Address, Name: o.Name, Type: o.Type})
	}
	return out
}

// judge says how far a zone that is not live can be trusted, and what is new in it.
func judge(z *plan.Zone, known storedZone, now time.Time) {
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

func degradation(zone string, e *cloudflare.Error) *plan.Degradation {
	g := e.Guidance()
	return &plan.Degradation{
		Zone:       zone,
		Account:    e.Account,
		Code:       e.Code,
		HTTPStatus: e.Status,
		Title:      g.Title,
		Message:    e.Explanation(),
		Cause:      g.Cause(),
		Guidance:   g.Steps,
		RayID:      e.RayID,
	}
}

// fromCache returns an observation without any request.
func fromCache(t target, snapshot *state.Snapshot) observation {
	seen := observation{target: t}
	if why := fromSnapshot(&seen, snapshot); why != "" {
		seen.err = &ZoneError{Zone: t.name, Summary: "No cached snapshot",
			Detail: strings.ToUpper(why[:1]) + why[1:] + ". Run cfplan plan or cfplan refresh with working " +
				"credentials once."}
	}
	return seen
}
