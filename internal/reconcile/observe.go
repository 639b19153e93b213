package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/parallel"
	"github.com/cfplan/cfplan/internal/plan"
)

// target is a zone to observe: a declared zone, or a zone that is no longer declared but has
// records that cfplan owns.
type target struct {
	name string
	// id is pinned or stored; it is empty if the zone must be looked up by name.
	id string
	// pinned is true if the configuration gives the ID.
	pinned bool
	// snapshotted is true if an earlier run has seen the zone with this ID.
	snapshotted bool
	// accountWas is the account that the state has for the zone.
	accountWas string
	// ownedUnder is the ID of the zone that has owned records, as far as the state
	// knows; it is empty if there are none.
	ownedUnder string
	declared   dns.Zone
	// undeclared is true if the configuration does not declare the zone; declared then has only its
	// name.
	undeclared bool
	// protected are the records of the configuration, for their prevent_destroy, if declared is something
	// else, as in a rollback.
	protected []dns.Record
	// release and reclaim are the fields of the same names of plan.Input.
	release map[dns.Key]bool
	reclaim map[string]bool
}

// observation is what was seen of a target, or why nothing was.
type observation struct {
	target
	zone   dns.Zone
	source plan.Source
	// degraded is set if the zone was refused.
	degraded *plan.Degradation
	// notRefreshed is true if the zone is from its snapshot, which shows nothing to do.
	notRefreshed bool
	// err is set if there is nothing to compare with.
	err error
	// owned has the addresses of owned records by record ID; nil if the state has them.
	owned map[string]string
	// oldTier is true if the zone's plan at Cloudflare is from a snapshot.
	oldTier bool
	// odd has the fields of the zone's records that are not as the API describes them.
	odd []cloudflare.Odd
	// missing says, for each possible stand-in, why it is not available.
	missing []string
}

// live reports whether there is something to compare with that is not a stand-in.
func (o observation) live() bool { return o.source.Kind == plan.SourceLive && o.err == nil }

// targets lists the zones that the configuration declares or in which the state has records or an open
// request, sorted by name.
func targets(desired []dns.Zone, known stored) []target {
	byName := map[string]target{}
	for name, z := range known.state.Zones {
		if len(z.Owned) > 0 || z.Journal != nil {
			byName[name] = target{
				name:       name,
				id:         known.of(name).id(),
				declared:   dns.Zone{Name: name, Policy: dns.Policy{Account: z.Account}},
				undeclared: true,
				accountWas: z.Account,
				ownedUnder: z.ID,
			}
		}
	}

	for _, z := range desired {
		t := target{name: z.Name, id: z.ID, pinned: z.ID != "", declared: z}
		was := known.of(z.Name)
		if was.zone != nil {
			t.accountWas = was.zone.Account
		}
		if was.zone == nil || t.accountWas == t.account() { // another account may have another zone of that name
			t.id = cmp.Or(t.id, was.id())
		}
		t.snapshotted = was.snapshot != nil && was.snapshot.Head().ID == t.id
		if was.zone != nil && len(was.zone.Owned) > 0 {
			t.ownedUnder = was.zone.ID
		}
		byName[z.Name] = t
	}
	return slices.SortedFunc(maps.Values(byName), func(a, b target) int { return strings.Compare(a.name, b.name) })
}

// observer reads zones live.
type observer struct {
	clients     clients
	now         func() time.Time
	parallelism int
	progress    func(Progress)
}

// observe reads every target live. Each zone fails on its own: each observation has a live zone or
// an error.
func (o *observer) observe(ctx context.Context, targets []target) []observation {
	seen := make([]observation, len(targets))
	found, failed := o.lookUp(ctx, targets)
	steps := countZones(o.progress, Reading, targets, func(t target) string { return t.name })

	g := parallel.New(o.parallelism)
	for i, t := range targets {
		g.Go(func() error {
			seen[i] = o.observeOne(ctx, t, found[t.name], failed[t.name])
			steps.add(t.name, 1)
			return nil
		})
	}
	_ = g.Wait() // the goroutines report through seen alone
	return seen
}

// lookUp finds all zones whose ID is not known, in one go. For each zone that it could not find,
// failed has the error.
func (o *observer) lookUp(ctx context.Context, targets []target) (found map[string]dns.Zone, failed map[string]error) {
	byAccount := map[string][]string{}
	var names []string
	for _, t := range targets {
		if t.id == "" && o.clients.of(t.account()) != nil {
			names, byAccount[t.account()] = append(names, t.name), append(byAccount[t.account()], t.name)
		}
	}
	if len(names) == 0 {
		return nil, nil
	}

	countZones(o.progress, LookingUp, names, func(name string) string { return name })
	found, failed = map[string]dns.Zone{}, map[string]error{}
	for _, account := range slices.Sorted(maps.Keys(byAccount)) {
		zones, errs := o.clients.of(account).FindEach(ctx, byAccount[account])
		for _, name := range byAccount[account] {
			switch matches := zones[name]; {
			case errs[name] != nil:
				failed[name] = errs[name]
			case len(matches) == 1:
				found[name] = matches[0]
			default:
				failed[name] = zoneCountError(name, account, matches)
			}
		}
	}
	return found, failed
}

// zoneCountError returns the error for a name with no zone or with several. A zone that is not found must not
// be taken for an empty zone: a token that may not see a zone gets an empty list of zones.
func zoneCountError(name, account string, matches []dns.Zone) error {
	of := ""
	if account != "" {
		of = " of " + accountText(account)
	}
	if len(matches) == 0 {
		return &ZoneError{Zone: name, Summary: "Zone not found", Detail: fmt.Sprintf(
			"Cloudflare lists no zone named %s for these credentials%s. Either the zone does not exist in the "+
				"account, or the token may not see it: its Zone Resources must include %s, with the permission "+
				"Zone → Zone → Read.", name, of, name)}
	}
	ids := make([]string, len(matches))
	for i, z := range matches {
		ids[i] = z.ID
	}
	return &ZoneError{Zone: name, Summary: "Zone name is ambiguous", Detail: fmt.Sprintf(
		"the credentials%s see %d zones named %s (IDs %s). Choose one with id = \"…\" in its zone block.",
		of, len(matches), name, strings.Join(ids, ", "))}
}

// observeOne reads one target. found is the zone that was found by its name, if it had to be looked
// up.
func (o *observer) observeOne(ctx context.Context, t target, found dns.Zone, failed error) observation {
	seen := observation{target: t, zone: found}
	if seen.zone.Name == "" {
		seen.zone = dns.Zone{Name: t.name, ID: t.id}
	}
	if failed != nil {
		seen.err = failed
		return seen
	}
	if seen.err = o.clients.checkAccount(t.name, t.account()); seen.err != nil {
		return seen
	}
	if seen.err = movedPin(t); seen.err != nil {
		return seen
	}

	api := o.clients.of(t.account())
	// at is the time of the request, so that a list that takes long does not seem newer than changes that are
	// applied meanwhile.
	var at time.Time
	sending := func() { at = o.now().UTC() }
	list, err := api.RecordsSince(ctx, seen.zone.ID, sending)
	if err != nil && o.foundAgain(ctx, &seen, err) {
		list, err = api.RecordsSince(ctx, seen.zone.ID, sending)
	}
	if err != nil {
		seen.err = err
		return seen
	}

	seen.zone.Records, seen.odd = list.Records, list.Odd
	seen.source = plan.Source{Kind: plan.SourceLive, FetchedAt: at}
	if seen.err = movedAccount(seen); seen.err == nil {
		seen.err = o.rightZone(ctx, seen)
	}
	return seen
}
