package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// target is a zone to observe: a declared one, or one that is declared no more
// but has records of ours.
type target struct {
	name   string
	id     string // pinned or remembered; empty where it must be looked up
	pinned bool
	seen   bool // under this ID, by an earlier run
	// ownedUnder is the ID of the zone that has records of ours, as far as the state
	// knows; empty where there are none.
	ownedUnder string
	declared   dns.Zone
	// protected are declared records, for their prevent_destroy, where declared is
	// something else than the configuration.
	protected []dns.Record
	// release and reclaim are those of plan.Input.
	release map[dns.Key]bool
	reclaim map[string]bool
}

// sighting is what was seen of a target, or why nothing was.
type sighting struct {
	target
	zone     dns.Zone
	source   plan.Source
	degraded *plan.Degradation // set where zone is not live
	err      error             // set where there is nothing to compare with
	owned    map[string]string // by record ID; nil where the state tells
	// remembered: the zone's plan is from an earlier look.
	remembered bool
	missing    []string // why nothing stands in, for each thing that might have
}

// live reports whether there is something to compare with that is no stand-in.
func (s sighting) live() bool { return s.source.Kind == plan.SourceLive && s.err == nil }

// targets lists the zones that concern the configuration and the state, by name.
func targets(desired []dns.Zone, m memory) []target {
	byName := map[string]target{}
	for name, z := range m.Zones {
		if len(z.Owned) > 0 || z.Journal != nil {
			byName[name] = target{name: name, id: m.of(name).id(), declared: dns.Zone{Name: name}, ownedUnder: z.ID}
		}
	}
	for _, z := range desired {
		t := target{name: z.Name, id: z.ID, pinned: z.ID != "", declared: z}
		known := m.of(z.Name)
		t.id = cmp.Or(t.id, known.id())
		t.seen = known.snapshot != nil && known.snapshot.Head().ID == t.id
		if known.zone != nil && len(known.zone.Owned) > 0 {
			t.ownedUnder = known.zone.ID
		}
		byName[z.Name] = t
	}
	return slices.SortedFunc(maps.Values(byName), func(a, b target) int { return strings.Compare(a.name, b.name) })
}

// observe reads every target live. Zones fail one by one: each sighting has a
// live zone or an error.
func (r *Reconciler) observe(ctx context.Context, targets []target) []sighting {
	seen := make([]sighting, len(targets))
	unknown := map[string]error{}
	found := r.lookUp(ctx, targets, unknown)
	count := r.counter("reading", len(targets))
	var g errgroup.Group
	g.SetLimit(max(1, r.Parallelism))
	for i, t := range targets {
		g.Go(func() error {
			seen[i] = r.observeOne(ctx, t, found[t.name], unknown[t.name])
			count.add(t.name, 1)
			return nil
		})
	}
	_ = g.Wait() // the goroutines report through seen alone
	return seen
}

// lookUp finds the zones whose ID is not known, all in one go, and notes for
// each that could not be found why.
func (r *Reconciler) lookUp(ctx context.Context, targets []target, unknown map[string]error) map[string]dns.Zone {
	var names []string
	for _, t := range targets {
		if t.id == "" {
			names = append(names, t.name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	found := map[string]dns.Zone{}
	zones, errs := r.API.FindEach(ctx, names)
	for _, name := range names {
		switch matches := zones[name]; {
		case errs[name] != nil:
			unknown[name] = errs[name]
		case len(matches) == 1:
			found[name] = matches[0]
		default:
			unknown[name] = zoneCountError(name, matches)
		}
	}
	return found
}

// zoneCountError: a token that may not see a zone gets an empty list, so no zone
// is never an empty zone.
func zoneCountError(name string, matches []dns.Zone) error {
	if len(matches) == 0 {
		return &ZoneError{Zone: name, Summary: "Zone not found", Detail: fmt.Sprintf(
			"Cloudflare lists no zone named %s for these credentials. Either the zone does not exist in the account, "+
				"or the token may not see it: its Zone Resources must include %s, with the permission Zone → Zone → Read.", name, name)}
	}
	ids := make([]string, len(matches))
	for i, z := range matches {
		ids[i] = z.ID
	}
	return &ZoneError{Zone: name, Summary: "Zone name is ambiguous", Detail: fmt.Sprintf(
		"the credentials see %d zones named %s (IDs %s). Say which one is meant with id = \"…\" in its zone block.",
		len(matches), name, strings.Join(ids, ", "))}
}

func (r *Reconciler) observeOne(ctx context.Context, t target, found dns.Zone, unknown error) sighting {
	s := sighting{target: t, zone: found}
	if s.zone.Name == "" {
		s.zone = dns.Zone{Name: t.name, ID: t.id}
	}
	if unknown != nil {
		s.err = unknown
		return s
	}
	if s.err = movedPin(t); s.err != nil {
		return s
	}
	// A list that takes long must not pass for newer than what is applied meanwhile.
	at := r.Now().UTC()
	records, err := r.API.Records(ctx, s.zone.ID)
	if err != nil && r.foundAgain(ctx, &s, err) {
		records, err = r.API.Records(ctx, s.zone.ID)
	}
	if err != nil {
		s.err = err
		return s
	}
	s.zone.Records = records
	s.source = plan.Source{Kind: plan.SourceLive, FetchedAt: at}
	s.err = r.rightZone(ctx, s)
	return s
}
