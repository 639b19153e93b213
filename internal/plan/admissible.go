package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// Bounds are what the configuration, the state and the live zone allow a plan to do to one zone now. A plan file
// cannot widen them: its hash is not a signature, so cfplan does not trust what the file says about itself.
type Bounds struct {
	// Declared is the zone as the configuration declares it, with its policy.
	Declared dns.Zone
	// Undeclared reports whether the configuration does not declare the zone. Declared then has only its name and its
	// limits.
	Undeclared bool
	// Live is the zone as it is now.
	Live dns.Zone
	// Owned maps the ID of each record that cfplan owns to the address of the block that declared it last.
	Owned map[string]string
	// Sensitive and SensitiveAt are as in [Input].
	Sensitive, SensitiveAt map[string][]dns.Attribute
	// LetGo and Removed are as in [Input].
	LetGo   map[string]bool
	Removed dns.Removals
	// Rollback reports whether the plan undoes applies. If it does, Back has the changes that undo them according
	// to the history, and no other change is allowed.
	Rollback bool
	Back     []Change
	// Destroy reports whether the plan destroys all owned records. Such a plan has no limit and does nothing else.
	Destroy bool
	// AllowDestroy is the number of records that may be destroyed, in all, if the zone's limit is lower.
	AllowDestroy int
}

// Violation describes something in a plan that the bounds do not allow.
type Violation struct {
	// Subject names the part of the plan that is not allowed: a change with its record, a move, or the zone.
	Subject string
	// Why says which rule forbids it.
	Why string
	// Limit reports whether the zone would lose more records than its limit allows.
	Limit bool
}

// Admissible returns everything in one zone's plan that the bounds do not allow. If [Diff] makes the plan now and
// reports no problem, Admissible returns nothing. A saved plan may be older than the configuration, so its changes
// may differ from those that Diff would make now, but none of them may touch what the configuration, the state or
// the zone protects.
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

	if risk, beyond := i.limit(); beyond && destroysOf(i.counted()) > b.AllowDestroy {
		out = append(out, Violation{Subject: z.Name, Why: strings.TrimSuffix(risk.Text, "."), Limit: true})
	}
	return out
}

func destroysOf(z Zone) int {
	all, _ := destroys(z, false)
	return all
}

// inspector checks the changes of one zone.
type inspector struct {
	zone   Zone
	bounds Bounds
	live   map[string]dns.Record // by ID
	// declared has the declared records by key. addresses maps each address to the places of its records.
	declared  map[dns.Key]dns.Record
	addresses map[string][]place
	protector protector
	replacers replacers
	// there has the buckets of the records that cfplan owns after the plan; see ownedAfterwards.
	there     map[bucket]bool
	ignore    *dns.Patterns
	scope     *dns.ZoneScope
	sensitive sensitivity
	letGo     letGo
	// back has the changes in Bounds.Back.
	back map[backID]Change
	// changes counts the changes of each record by ID. adds counts the new records of each key.
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
		if c.Action == Add || c.Renames() {
			i.adds[c.AfterRecord().Key()]++
		}
	}

	i.there = i.ownedAfterwards()
	return i
}

// backID identifies a change of Bounds.Back.
type backID struct {
	recordID, digest string
	forget           bool
}

func backIDOf(c Change) backID { return backID{c.RecordID, c.Digest(), c.Forget} }

// describe names a change with its record. A sensitive name is masked.
func (i *inspector) describe(c Change) string {
	return string(c.Action) + " " + i.sensitive.describe(c.either())
}

// exclusive reports whether cfplan owns the whole zone. Both the plan and the configuration must say that it does.
func (i *inspector) exclusive() bool {
	return !i.bounds.Undeclared &&
		i.zone.Ownership == dns.Exclusive &&
		i.bounds.Declared.Policy.Ownership == dns.Exclusive
}

func (i *inspector) owns(r dns.Record) bool {
	_, owned := i.bounds.Owned[r.ID]
	return owned
}

func (i *inspector) declares(r dns.Record) bool {
	_, declared := i.declared[r.Key()]
	return declared
}

// declaresAt reports whether the configuration declares a moved record at its new address. If the record no longer
// exists, any declaration at that address will do.
func (i *inspector) declaresAt(m Move) bool {
	have, exists := i.live[m.RecordID]
	places := i.addresses[m.To]
	return len(places) > 0 && (!exists || slices.Contains(places, place{have.Name, have.Type}))
}

func (i *inspector) ignored(r dns.Record) bool { return i.ignore.Match(r) }

// delegates reports whether the record is one of the zone's own name servers.
func (i *inspector) delegates(r dns.Record) bool { return r.Type == dns.NS && r.Name == i.zone.Name }

// limit returns a risk if the zone would lose more records than its limit allows; otherwise ok is false.
func (i *inspector) limit() (risk Risk, ok bool) {
	if i.bounds.Destroy {
		return Risk{}, false
	}

	return LimitRisk(i.counted(), i.bounds.Declared.Policy.MaxDestroy, i.bounds.Live.Records)
}

// counted returns the zone with the changes that count for its limit. It leaves out adds of records that are not
// declared, because they do not make up for destroyed records. A rename to a name that is not declared counts as a
// destroy.
func (i *inspector) counted() Zone {
	z := i.zone
	z.Changes = nil
	for _, c := range i.zone.Changes {
		switch {
		case i.bounds.Rollback, c.Action != Add && !c.Renames(), i.declaresResult(c):
			z.Changes = append(z.Changes, c)
		case c.Renames():
			z.Changes = append(z.Changes, c.WithoutRename()[0])
		}
	}
	return z
}

// declaresResult reports whether the configuration declares the record that an add or a rename results in. For a
// rename, the declared content may differ, because the block may ignore its content (lifecycle.ignore_changes).
func (i *inspector) declaresResult(c Change) bool {
	if i.declares(c.AfterRecord()) {
		return true
	}
	have := i.live[c.RecordID]
	return c.Renames() && c.After.Content == have.Content &&
		slices.Contains(i.addresses[i.bounds.Owned[c.RecordID]], place{c.Name, c.Type})
}

// forbids says why a change is not allowed, or returns "" if it is allowed.
func (i *inspector) forbids(c Change) string {
	name, problem := dns.CanonicalName(c.Name)
	switch {
	case problem != nil || name != c.Name || !dns.Inside(c.Name, i.zone.Name):
		return "its name is not inside the zone " + i.zone.Name
	case !i.inScope(c):
		return "it is outside of the scope" + i.bounds.Declared.Policy.Scope.Place()
	case c.RecordID != "" && i.changes[c.RecordID] > 1:
		return "the plan has more than one change of this record"
	case i.bounds.Destroy && c.Action != Destroy && c.Action != Forget:
		return "a plan of cfplan destroy can only destroy records, or give them up if they have destroy = false"
	case i.bounds.Rollback && !i.leadsBack(c):
		return "it is not among the changes that undo these applies according to the history"
	case c.Forget && !i.bounds.Rollback:
		return "only a rollback may give up a record that it writes"
	case c.Action == Add:
		return i.forbidsAdd(c)
	default:
		return i.forbidsTouch(c)
	}
}

// inScope reports whether the name of the change, and the previous name of a rename, are in the scope.
func (i *inspector) inScope(c Change) bool {
	outside := func(name string) bool { return !i.scope.Has(dns.Record{Name: name, Type: c.Type}) }
	return !slices.ContainsFunc(c.names(), outside)
}

// leadsBack reports whether the change is one of those that undo the applies; see Bounds.Back.
func (i *inspector) leadsBack(c Change) bool {
	_, leads := i.back[backIDOf(c)]
	return leads
}

// forbidsAdd says why a record may not be added.
func (i *inspector) forbidsAdd(c Change) string {
	r := c.AfterRecord()
	switch {
	case i.adds[r.Key()] > 1:
		return "the plan adds this record more than once"
	case i.bounds.Rollback:
		return ""
	case i.bounds.Undeclared:
		return "the configuration does not declare the zone, so nothing may be added to it"
	case !i.declares(r) && i.delegates(r):
		return "it would be one of the zone's own name servers, and the configuration does not declare it"
	case !i.declares(r) && i.ignored(r):
		return "an ignore block of the configuration leaves its name alone"
	case !canonical(c):
		return "its value is not in the form in which cfplan writes it"
	}
	return ""
}

// canonical reports whether the content that a change writes has the form that package config gives to contents.
// cfplan would not recognize a record in another form.
func canonical(c Change) bool {
	v, problem := dns.ParseContent(c.Type, c.After.Content)
	return problem == nil && v.Content == c.After.Content
}

// forbidsTouch says why an existing record may not be changed, destroyed, adopted or given up.
func (i *inspector) forbidsTouch(c Change) string {
	have, exists := i.live[c.RecordID]
	switch {
	case !exists:
		return "the zone has no such record"
	case !have.Equal(c.BeforeRecord()):
		sensitive := i.sensitive.of(have, have.ID, i.bounds.Owned[have.ID])
		return "the record is not as the plan says it is: " + differences(c.BeforeRecord(), have, sensitive)
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

// forbidsAdopt says why a record may not be adopted. It may be adopted if its name, type and content are declared,
// if a declared record with adopt = "replace" replaces it, or in an exclusive zone if it may be changed.
func (i *inspector) forbidsAdopt(c Change, have dns.Record) string {
	switch {
	case i.bounds.Rollback:
		return ""
	case c.After.Content != have.Content && i.exclusive() && i.declares(c.AfterRecord()):
		return i.forbidsUpdate(c, have)
	case i.replacesInPlace(c, have):
		return i.forbidsReplacement(c, have)
	case c.After.Content != have.Content:
		return "a record may be adopted only if its name, type and content are equal to its declaration"
	case i.bounds.Undeclared || !i.declares(have):
		return "the configuration does not declare the record"
	}
	return ""
}

func (i *inspector) forbidsUpdate(c Change, have dns.Record) string {
	switch {
	case c.Renames():
		return i.forbidsRename(c, have)
	case i.ignored(have) && !i.declares(have):
		return "an ignore block of the configuration leaves it alone"
	case !i.bounds.Rollback && c.After.Content != have.Content && !canonical(c):
		return "its value is not in the form in which cfplan writes it"
	}
	return i.foreign(have)
}

// forbidsRename says why a record may not be renamed. It judges a rename as a destroy and an add.
func (i *inspector) forbidsRename(c Change, have dns.Record) string {
	if !i.owns(have) {
		return "cfplan does not own the record"
	}
	parts := c.WithoutRename()
	if why := i.forbidsDestroy(parts[0], have); why != "" {
		return why
	}
	return i.forbidsAdd(parts[1])
}

func (i *inspector) forbidsDestroy(c Change, have dns.Record) string {
	if i.ignored(have) {
		return "an ignore block of the configuration leaves it alone"
	}

	if why := i.foreign(have); why != "" && !i.makesRoom(have) {
		return why
	}
	if owner, owned := i.bounds.Owned[have.ID]; owned && !i.bounds.Rollback && i.letGo.of(have.ID, owner) {
		return "it must be given up instead of destroyed: " + i.letGo.why(owner)
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

// foreign says why cfplan may not change or destroy the record, or returns "" if it may.
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
