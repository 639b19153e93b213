package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// Bounds are what the configuration, the state and the live zone let a plan do to one zone now. A plan file says of
// itself what it may do, and its hash is no signature: what it says does not widen the bounds.
type Bounds struct {
	// Declared is the zone as the configuration declares it, with its policy.
	Declared dns.Zone
	// Undeclared: the configuration does not declare the zone, and Declared has its name and its limits alone.
	Undeclared bool
	// Live is the zone as it is.
	Live dns.Zone
	// Owned maps the IDs of the records that cfplan owns to the address of the block that declared them last.
	Owned map[string]string
	// Sensitive and SensitiveAt are those of [Input].
	Sensitive, SensitiveAt map[string][]dns.Attribute
	// LetGo and Removed are those of [Input].
	LetGo   map[string]bool
	Removed dns.Removals
	// Rollback: the plan takes applies back. Back are the changes that lead back by the history, and the only ones that
	// are allowed.
	Rollback bool
	Back     []Change
	// Destroy: the plan removes what is owned. It has no limit and does nothing else.
	Destroy bool
	// AllowDestroy is how many records may be destroyed beyond the zone's limit.
	AllowDestroy int
}

// Violation is something in a plan that the bounds do not allow.
type Violation struct {
	// Subject names what is not allowed: a change with its record, a move, or the zone.
	Subject string
	// Why says which rule forbids it.
	Why string
	// Limit: the zone would lose more than its limit.
	Limit bool
}

// Admissible returns everything in one zone's plan that the bounds do not allow, nothing for a plan that [Diff] makes
// now. The changes need not be those that Diff would make: a saved plan may be older than the configuration. But none
// of them touches what the configuration, the state or the zone protects.
func Admissible(z Zone, b Bounds) []Violation {
	i := newInspector(z, b)
	var out []Violation
	for _, c := range z.Changes {
		if why := i.forbids(c); why != "" {
			out = append(out, Violation{Subject: i.describe(c), Why: why})
		}
	}
	for _, m := range z.Moved {
		if b.Rollback || b.Destroy || !i.declaresAt(m) {
			out = append(out, Violation{
				Subject: fmt.Sprintf("move of %s to %s", m.From, m.To),
				Why:     "the configuration does not declare the record at the new address",
			})
		}
	}
	if risk, beyond := i.limit(); beyond && destroysOf(z) > b.AllowDestroy {
		out = append(out, Violation{Subject: z.Name, Why: strings.TrimSuffix(risk.Text, "."), Limit: true})
	}
	return out
}

func destroysOf(z Zone) int {
	all, _ := destroys(z, false)
	return all
}

// inspector looks at the changes of one zone.
type inspector struct {
	zone   Zone
	bounds Bounds
	live   map[string]dns.Record // by ID
	// declared are the keys of the declared records, addresses their addresses.
	declared  map[dns.Key]dns.Record
	addresses map[string][]place
	protector protector
	replacers replacers
	// there has what cfplan owns once the plan is carried out.
	there     map[bucket]bool
	ignore    *dns.Patterns
	scope     *dns.ZoneScope
	sensitive sensitivity
	letGo     letGo
	// back has the changes that lead back.
	back map[backID]Change
	// changes counts the changes of each record, adds the new records of each key.
	changes map[string]int
	adds    map[dns.Key]int
}

func newInspector(z Zone, b Bounds) *inspector {
	i := &inspector{
		zone:      z,
		bounds:    b,
		live:      make(map[string]dns.Record, len(b.Live.Records)),
		declared:  make(map[dns.Key]dns.Record, len(b.Declared.Records)),
		addresses: make(map[string][]place, len(b.Declared.Records)),
		protector: newProtector(b.Declared, b.Declared.Records...),
		replacers: replacersWithin(b),
		ignore:    dns.NewPatterns(b.Declared.Policy.Ignore, z.Name),
		scope:     b.Declared.Policy.Scope.In(z.Name),
		changes:   make(map[string]int, len(z.Changes)),
		adds:      map[dns.Key]int{},
		back:      make(map[backID]Change, len(b.Back)),
		sensitive: newSensitivity(Input{
			Desired:     b.Declared,
			Seen:        b.Live,
			Owned:       b.Owned,
			Sensitive:   b.Sensitive,
			SensitiveAt: b.SensitiveAt,
		}),
	}
	i.letGo = newLetGo(Input{Desired: b.Declared, LetGo: b.LetGo, Removed: b.Removed})
	for _, c := range b.Back {
		i.back[backIDOf(c)] = c
	}
	for _, r := range b.Live.Records {
		i.live[r.ID] = r
	}
	for _, r := range b.Declared.Records {
		i.declared[r.Key()] = r
		i.addresses[addressOf(r)] = append(i.addresses[addressOf(r)], place{r.Name, r.Type})
	}
	for _, c := range z.Changes {
		i.changes[c.RecordID]++
		if c.Action == Add {
			i.adds[c.After.Record(c.Name, c.Type).Key()]++
		}
	}
	i.there = i.ownedAfterwards()
	return i
}

// backID names a change that leads back.
type backID struct {
	recordID, digest string
	forget           bool
}

func backIDOf(c Change) backID { return backID{c.RecordID, c.Digest(), c.Forget} }

// describe names a change with its record. A sensitive name is masked.
func (i *inspector) describe(c Change) string {
	return string(c.Action) + " " + i.sensitive.describe(c.either())
}

// exclusive reports whether the zone is owned as a whole: the stricter of the plan and the configuration wins.
func (i *inspector) exclusive() bool {
	return !i.bounds.Undeclared && i.zone.Ownership == dns.Exclusive && i.bounds.Declared.Policy.Ownership == dns.Exclusive
}

func (i *inspector) owns(r dns.Record) bool {
	_, owned := i.bounds.Owned[r.ID]
	return owned
}

func (i *inspector) declares(r dns.Record) bool {
	_, declared := i.declared[r.Key()]
	return declared
}

// declaresAt reports whether the configuration declares a moved record at its new address. A record that is gone is
// nobody's loss.
func (i *inspector) declaresAt(m Move) bool {
	have, exists := i.live[m.RecordID]
	places := i.addresses[m.To]
	return len(places) > 0 && (!exists || slices.Contains(places, place{have.Name, have.Type}))
}

func (i *inspector) ignored(r dns.Record) bool { return i.ignore.Match(r) }

// delegates reports whether the record is one of the zone's own name servers.
func (i *inspector) delegates(r dns.Record) bool { return r.Type == dns.NS && r.Name == i.zone.Name }

// limit returns the risk of a zone that would lose more than its limit.
func (i *inspector) limit() (Risk, bool) {
	if i.bounds.Destroy {
		return Risk{}, false
	}

	// A record that nothing declares is no replacement for one that goes.
	z := i.zone
	z.Changes = slices.DeleteFunc(slices.Clone(z.Changes), func(c Change) bool {
		return c.Action == Add && !i.bounds.Rollback && !i.declares(c.After.Record(c.Name, c.Type))
	})
	return LimitRisk(z, i.bounds.Declared.Policy.MaxDestroy, i.bounds.Live.Records)
}

// forbids says why a change is not allowed; it is empty if it is.
func (i *inspector) forbids(c Change) string {
	name, problem := dns.CanonicalName(c.Name)
	switch {
	case problem != nil || name != c.Name || !dns.Inside(c.Name, i.zone.Name):
		return "its name is not inside the zone " + i.zone.Name
	case !i.scope.Has(dns.Record{Name: c.Name, Type: c.Type}):
		return "it is outside of the scope" + i.bounds.Declared.Policy.Scope.Place()
	case c.RecordID != "" && i.changes[c.RecordID] > 1:
		return "the plan has more than one change of this record"
	case i.bounds.Destroy && c.Action != Destroy && c.Action != Forget:
		return "a plan of cfplan destroy does nothing but destroy, or give up what has destroy = false"
	case i.bounds.Rollback && !i.leadsBack(c):
		return "it does not lead back to before the applies that the plan takes back, as the history has them"
	case c.Forget && !i.bounds.Rollback:
		return "only a rollback gives up a record that it writes"
	case c.Action == Add:
		return i.forbidsAdd(c)
	default:
		return i.forbidsTouch(c)
	}
}

// leadsBack reports whether the way back has the change.
func (i *inspector) leadsBack(c Change) bool {
	_, leads := i.back[backIDOf(c)]
	return leads
}

// forbidsAdd says why a record may not be added.
func (i *inspector) forbidsAdd(c Change) string {
	r := c.After.Record(c.Name, c.Type)
	switch {
	case i.adds[r.Key()] > 1:
		return "the plan adds this record more than once"
	case i.bounds.Rollback:
		return ""
	case i.bounds.Undeclared:
		return "the configuration does not declare the zone, so nothing is added to it"
	case !i.declares(r) && i.delegates(r):
		return "it would be one of the zone's own name servers, and the configuration does not declare it"
	case !i.declares(r) && i.ignored(r):
		return "an ignore block of the configuration leaves its name alone"
	case !canonical(c):
		return "its value is not in the form in which cfplan writes it"
	}
	return ""
}

// canonical reports whether the value that a change writes is in the form that config gives it. Otherwise the record
// would not be recognised afterwards.
func canonical(c Change) bool {
	v, problem := dns.ParseContent(c.Type, c.After.Content)
	return problem == nil && v.Content == c.After.Content
}

// forbidsTouch says why a record that exists may not be changed, destroyed, adopted or given up.
func (i *inspector) forbidsTouch(c Change) string {
	have, exists := i.live[c.RecordID]
	switch {
	case !exists:
		return "the zone has no such record"
	case !have.Equal(c.Before.Record(c.Name, c.Type)):
		sensitive := i.sensitive.of(have, have.ID, i.bounds.Owned[have.ID])
		return "the record is not as the plan says it is: " + differences(c.Before.Record(c.Name, c.Type), have, sensitive)
	case have.Keeper() != "":
		return fmt.Sprintf("%s keeps the record", have.Keeper())
	}

	switch c.Action {
	case Adopt:
		return i.forbidsAdopt(c, have)
	case Forget:
		return i.forbidsForget(have)
	case Destroy:
		return i.forbidsDestroy(c, have)
	default:
		return i.forbidsUpdate(c, have)
	}
}

// forbidsAdopt says why a record may not be adopted: only one that is declared as it is, or in an exclusive zone one
// that might be changed anyway.
func (i *inspector) forbidsAdopt(c Change, have dns.Record) string {
	switch {
	case i.bounds.Rollback:
		return ""
	case c.After.Content != have.Content && i.exclusive() && i.declares(c.After.Record(c.Name, c.Type)):
		return i.forbidsUpdate(c, have)
	case i.replacesInPlace(c, have):
		return i.forbidsReplacement(c, have)
	case c.After.Content != have.Content:
		return "only a record that is equal in name, type and content to its declaration is adopted"
	case i.bounds.Undeclared || !i.declares(have):
		return "the configuration does not declare the record"
	}
	return ""
}

func (i *inspector) forbidsUpdate(c Change, have dns.Record) string {
	switch {
	case i.ignored(have) && !i.declares(have):
		return "an ignore block of the configuration leaves it alone"
	case !i.bounds.Rollback && c.After.Content != have.Content && !canonical(c):
		return "its value is not in the form in which cfplan writes it"
	}
	return i.foreign(have)
}

func (i *inspector) forbidsDestroy(c Change, have dns.Record) string {
	if i.ignored(have) {
		return "an ignore block of the configuration leaves it alone"
	}
	if why := i.foreign(have); why != "" && !i.makesRoom(have) {
		return why
	}
	if owner, owned := i.bounds.Owned[have.ID]; owned && !i.bounds.Rollback && i.letGo.of(have.ID, owner) {
		return "it is given up instead of destroyed: " + i.letGo.why(owner)
	}

	g, protected := i.protector.guardianOf(c, i.bounds.Owned[have.ID])
	if !protected && !i.bounds.Rollback {
		g, protected = i.protector.replacerOf(c, i.bounds.Owned[have.ID])
	}
	if !protected {
		return ""
	}
	place := ""
	if g.at != nil {
		place = fmt.Sprintf(" (%s:%d)", g.at.File, g.at.Line)
	}
	return fmt.Sprintf("%s%s has lifecycle.prevent_destroy set", g.address, place)
}

// foreign says why the record is not cfplan's to change or destroy.
func (i *inspector) foreign(have dns.Record) string {
	switch {
	case i.owns(have):
		return ""
	case i.exclusive() && i.delegates(have):
		return "it is one of the zone's own name servers"
	case i.exclusive():
		return ""
	case i.zone.Ownership == dns.Exclusive:
		return "cfplan does not own the record, and the configuration does not declare the zone as exclusive"
	default:
		return "cfplan does not own the record"
	}
}
