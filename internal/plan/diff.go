package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// Input is one zone as it should be and as it was seen.
type Input struct {
	// Desired is the declared zone with its policy. A zone that is no longer
	// declared has a name and no records.
	Desired dns.Zone
	// Seen is the zone as Source found it.
	Seen   dns.Zone
	Source Source
	// Owned maps the IDs of the records that cfplan owns to the address of the
	// block that declared them last.
	Owned map[string]string
	// MovedFrom has the addresses of owned records in the state, by ID, if a moved block gives them another one in Owned.
	MovedFrom map[string]string
	// Sensitive has the attributes of records that cfplan owns which the state knows to be
	// sensitive, by ID.
	Sensitive map[string][]dns.Attribute
	// LetGo has the IDs of the owned records of which the state knows that their block has lifecycle.destroy = false.
	LetGo map[string]bool
	// Removed has the removed blocks.
	Removed dns.Removals
	// SensitiveAt is Sensitive by the address of the record.
	SensitiveAt map[string][]dns.Attribute
	// Last returns a record that cfplan owns as it last wrote it, by ID; not ok if
	// that is not known. Nil knows of none.
	Last func(id string) (last dns.Record, ok bool)
	// Release are desired records that are to be nobody's again, by key: those that
	// exist are given up, others made and given up.
	Release map[dns.Key]bool
	// Reclaim are records among Owned that are not cfplan's now and are to be: they
	// are adopted, and never destroyed.
	Reclaim map[string]bool
	// Protected are declared records whose prevent_destroy holds although Desired
	// has not got them, as on the way back to what was before them.
	Protected []dns.Record
	// Declare writes records as the configuration would declare them, for messages. Nil
	// leaves that out; so does an empty text.
	Declare func([]dns.Record) string
	// Selection leaves changes out.
	Selection Selection
	// AllowDestroy is how many records may be destroyed beyond the zone's limit
	// without a warning.
	AllowDestroy int
	// Destroy plans the removal of all that is owned. The declared records then
	// serve for nothing but their prevent_destroy.
	Destroy bool
}

// Diff says what would make the seen zone the desired one. Both sides must be
// canonical; neither is modified. The result does not depend on the order of
// either side's records.
//
// A record that exists is kept wherever the API can change it in place, so that
// it keeps its ID; a type change is a destroy and an add. A managed zone loses
// or changes nothing that is not owned; an exclusive one nothing that is
// ignored, that Cloudflare manages, or its own name servers. Neither touches
// what is outside of the configuration's scope.
func Diff(in Input) (Zone, []Diagnostic) {
	d := newDiffer(in)
	if !in.Destroy {
		d.matchKeys()
		d.matchLeftovers()
		d.matchReplaced()
		d.addLeftovers()
		d.destroyReplaced()
	}
	d.destroyLeftovers()
	d.findDrift()
	d.selectChanges()
	d.checkCollisions()
	d.checkPreventDestroy()
	d.checkForgotten()
	return d.result()
}

// differ is the work in progress of one Diff.
type differ struct {
	in      Input
	desired []dns.Record // sorted copy
	seen    []dns.Record // sorted copy
	met     []bool       // desired[i] has its counterpart
	taken   []bool       // seen[i] has its counterpart
	// ignoring are the declarations with ignore_changes, by the ID of their record.
	ignoring map[string]*dns.Declaration
	ignore   *dns.Patterns
	scope    *dns.ZoneScope
	// changing counts the changes of each name and type.
	changing map[place]int
	// replacing has the records that adopt = "replace" destroys, by what they are replaced for; see dependent.
	replacing map[bucket]bool
	replacers replacers
	sensitive sensitivity
	letGo     letGo
	zone      Zone
	diags     []Diagnostic
}

func newDiffer(in Input) *differ {
	d := &differ{in: in, seen: sorted(in.Seen.Records), sensitive: newSensitivity(in), letGo: newLetGo(in),
		ignore: dns.NewPatterns(in.Desired.Policy.Ignore, in.Desired.Name),
		scope:  in.Desired.Policy.Scope.In(in.Desired.Name)}
	if !in.Destroy {
		// The configuration declares nothing outside of its scope; what else asks for a plan may.
		d.desired = slices.DeleteFunc(sorted(in.Desired.Records), func(r dns.Record) bool { return !d.scope.Has(r) })
	}
	d.ignoring, d.changing, d.replacing = map[string]*dns.Declaration{}, map[place]int{}, map[bucket]bool{}
	d.replacers = newReplacers(in.Desired.Name, d.desired)
	d.met = make([]bool, len(d.desired))
	d.taken = make([]bool, len(d.seen))
	d.zone = Zone{Name: in.Desired.Name, ID: in.Seen.ID, Account: in.Desired.Policy.Account, Tier: in.Seen.Tier,
		Ownership: cmp.Or(in.Desired.Policy.Ownership, dns.Managed), Source: in.Source,
		Changes: []Change{}}
	return d
}

func sorted(records []dns.Record) []dns.Record {
	out := slices.Clone(records)
	slices.SortFunc(out, dns.Compare)
	return out
}

// standing is what cfplan may do to a record that exists.
type standing int

const (
	ours      standing = iota // may be changed and destroyed
	foreign                   // may be adopted where it is declared
	outside                   // of the configuration's scope: never touched
	untouched                 // Cloudflare's own: never touched
)

func (d *differ) standing(r dns.Record) standing {
	_, owned := d.in.Owned[r.ID]
	apexNS := r.Type == dns.NS && r.Name == d.zone.Name
	switch {
	case r.Keeper() != "":
		return untouched
	case !d.scope.Has(r):
		return outside
	case owned:
		return ours
	case apexNS:
		// The delegation itself. It can be adopted, never cleaned up.
		return foreign
	case d.zone.Ownership == dns.Exclusive && !d.ignored(r):
		return ours
	}
	return foreign
}

func (d *differ) owns(r dns.Record) bool {
	_, owned := d.in.Owned[r.ID]
	return owned
}

func (d *differ) ignored(r dns.Record) bool { return d.ignore.Match(r) }

// compare decides about a declared record and its counterpart in the zone.
func (d *differ) compare(want, have dns.Record) {
	after := keepIgnored(want, have)
	if want.Declared != nil && len(want.Declared.IgnoreChanges) > 0 {
		d.ignoring[have.ID] = want.Declared
	}
	same := after.Equal(have)
	switch st := d.standing(have); {
	case st == untouched && same:
		d.zone.Summary.Unchanged++
	case st == untouched:
		d.leave(have)
		d.fail(want, "Record is managed by Cloudflare", fmt.Sprintf(
			"%s is kept by %s and cannot be changed here. Remove its declaration, or turn %s off first.",
			d.sensitive.describe(have), have.ManagedBy, have.ManagedBy))
	case d.in.Reclaim[have.ID], st == foreign && !d.adoptedAsIs(have), d.toBeRemembered(want, have):
		d.adopt(want, have, after)
	case same && d.in.Release[want.Key()] && d.owns(have):
		d.change(Forget, want, &have, &have, "")
	case same:
		d.zone.Summary.Unchanged++
		d.moved(want, have)
		d.mark(want, have)
	default:
		d.change(Update, want, &have, &after, "")
	}
}

// moved notes a record whose block has got another address since.
func (d *differ) moved(want, have dns.Record) {
	from, to := cmp.Or(d.in.MovedFrom[have.ID], d.in.Owned[have.ID]), addressOf(want)
	if from != "" && to != "" && from != to && d.in.Selection.Matches(d.zone.Name, to, want.Type, want.Name) {
		d.zone.Moved = append(d.zone.Moved, Move{RecordID: have.ID, From: from, To: to})
	}
}

// adoptedAsIs: an exclusive zone is owned as a whole, so that its apex NS or an
// ignored record that is declared all the same needs no adoption.
func (d *differ) adoptedAsIs(have dns.Record) bool {
	return d.zone.Ownership == dns.Exclusive && !(have.Type == dns.NS && have.Name == d.zone.Name)
}

func (d *differ) addLeftovers() {
	for i, want := range d.desired {
		if !d.met[i] {
			d.change(Add, want, nil, &want, "")
		}
	}
}

func (d *differ) destroyLeftovers() {
	for j, have := range d.seen {
		switch {
		case d.taken[j]:
		case d.givesUp(have):
			d.change(Forget, have, &have, &have, d.letGo.why(d.in.Owned[have.ID]))
		case d.standing(have) == ours && !d.ignored(have) && !d.in.Reclaim[have.ID]:
			d.change(Destroy, have, &have, nil, d.whyDestroyed(have))
		default:
			d.leave(have)
		}
	}
}

// leave counts a record that stays as it is because it is not ours.
func (d *differ) leave(have dns.Record) {
	d.zone.Summary.Unmanaged++
	keeper := have.Keeper()
	if keeper == "" {
		return
	}
	if d.zone.KeptBy == nil {
		d.zone.KeptBy = map[string]int{}
	}
	d.zone.KeptBy[keeper]++
}

func (d *differ) whyDestroyed(have dns.Record) string {
	if d.in.Destroy {
		return ""
	}
	return whyDestroyed(d.owns(have))
}

// whyDestroyed says why a plan that is made of declarations destroys a record.
func whyDestroyed(owned bool) string {
	if owned {
		return "nothing declares this record any more"
	}
	return "the zone is exclusive and nothing declares this record"
}

// change notes one change. about is the record that names it: the declared one
// where there is one.
func (d *differ) change(a Action, about dns.Record, before, after *dns.Record, reason string) {
	c := Change{Action: a, Type: about.Type, Name: about.Name, Reason: reason, Risks: []Risk{}}
	c.Forget = (a == Add || a == Update) && d.in.Release[about.Key()]
	c.Address = addressOf(about)
	if before != nil {
		c.RecordID, c.Before = before.ID, ValuesOf(*before)
		c.Address = cmp.Or(c.Address, d.in.Owned[before.ID])
	}
	if after != nil {
		c.After = ValuesOf(*after)
	}
	c.Address = cmp.Or(c.Address, Address(d.zone.Name, about))
	c.LetGo = d.letGo.after(c, about)
	c.DeclaredAt, c.Sensitive = position(about), d.sensitive.of(about, c.RecordID, c.Address, d.in.Owned[c.RecordID])
	d.zone.Changes = append(d.zone.Changes, c)
	d.changing[place{c.Name, c.Type}]++
	d.zone.Summary.Count(c)
}

// Address is the address of a record that no block declares.
func Address(zone string, r dns.Record) string {
	return zone + "/" + string(r.Type) + "/" + dns.RelativeName(r.Name, zone)
}

func addressOf(r dns.Record) string {
	if r.Declared == nil {
		return ""
	}
	return r.Declared.Address
}

func position(r dns.Record) *Position {
	if r.Declared == nil || r.Declared.File == "" {
		return nil
	}
	return &Position{File: r.Declared.File, Line: r.Declared.Line}
}

func (d *differ) fail(about dns.Record, summary, detail string) {
	if !d.in.Selection.All() && !d.selected(about) {
		return
	}
	d.diags = append(d.diags, Diagnostic{Severity: dns.Error, Summary: summary, Detail: detail,
		Address: addressOf(about), Position: position(about)})
}

func (d *differ) result() (Zone, []Diagnostic) {
	slices.SortStableFunc(d.zone.Changes, compareChanges)
	slices.SortFunc(d.zone.Marked, func(a, b Mark) int { return strings.Compare(a.RecordID, b.RecordID) })
	slices.SortFunc(d.zone.Moved, func(a, b Move) int {
		return cmp.Or(strings.Compare(a.From, b.From), strings.Compare(a.RecordID, b.RecordID))
	})
	d.checkLimit()
	return d.zone, d.diags
}

// compareChanges orders by name and type; at one name what goes comes before
// what arrives, as it will happen.
func compareChanges(a, b Change) int {
	return cmp.Or(
		strings.Compare(a.Name, b.Name),
		cmp.Compare(actionOrder(a.Action), actionOrder(b.Action)),
		strings.Compare(string(a.Type), string(b.Type)),
		strings.Compare(a.content(), b.content()),
		strings.Compare(a.RecordID, b.RecordID),
	)
}

func actionOrder(a Action) int { return slices.Index([]Action{Destroy, Update, Adopt, Add, Forget}, a) }

func (c Change) content() string { return c.either().Content }

// either is the record as it will be, or as it was if it is destroyed.
func (c Change) either() dns.Record {
	v := c.After
	if v == nil {
		v = c.Before
	}
	return v.Record(c.Name, c.Type)
}

// Count counts a change. An adoption that changes the record counts twice: as one and as a
// change.
func (s *Summary) Count(c Change) { s.add(countOf(c, 1)) }

// uncount takes back what Count counted.
func (s *Summary) uncount(c Change) { s.add(countOf(c, -1)) }

// countOf is a summary that counts one change n times.
func countOf(c Change, n int) Summary {
	switch {
	case c.Action == Add:
		return Summary{Add: n}
	case c.Action == Update:
		return Summary{Change: n}
	case c.Action == Destroy:
		return Summary{Destroy: n}
	case c.Action == Forget:
		return Summary{Forget: n}
	case c.Writes():
		return Summary{Adopt: n, Change: n}
	default:
		return Summary{Adopt: n}
	}
}
