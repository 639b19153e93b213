package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// Input is what Diff needs to know about one zone.
type Input struct {
	// Desired is the declared zone with its policy. If the configuration no longer declares the zone, Desired has
	// only a name.
	Desired dns.Zone
	// Seen is the zone as Source found it.
	Seen   dns.Zone
	Source Source
	// Owned maps the ID of each record that cfplan owns to the address of the block that
	// declared it last.
	Owned map[string]string
	// MovedFrom maps the IDs of owned records to their addresses in the state, if a moved
	// block gives them another address in Owned.
	MovedFrom map[string]string
	// Sensitive maps the IDs of owned records to the attributes that are sensitive according
	// to the state.
	Sensitive map[string][]dns.Attribute
	// LetGo has the IDs of owned records whose block has lifecycle.destroy = false according
	// to the state.
	LetGo map[string]bool
	// Removed has the removed blocks.
	Removed dns.Removals
	// SensitiveAt is like Sensitive, but its keys are the addresses of the records.
	SensitiveAt map[string][]dns.Attribute
	// Last returns the owned record with the ID as cfplan last wrote it. ok is false if the state does not know that.
	// If Last is nil, it is not known for any record.
	Last func(id string) (last dns.Record, ok bool)
	// Release has the keys of desired records that cfplan must not own afterwards. cfplan creates those that do not
	// exist, and gives all of them up.
	Release map[dns.Key]bool
	// Reclaim has the IDs of records in Owned that cfplan does not own now but must own again. Diff adopts these
	// records and never destroys them.
	Reclaim map[string]bool
	// Protected has declared records whose prevent_destroy applies although they are not in Desired. A rollback needs
	// them, because its Desired is an earlier zone.
	Protected []dns.Record
	// Declare returns the text with which a configuration declares records. Messages show the text; if Declare is nil
	// or returns "", they leave it out.
	Declare func([]dns.Record) string
	// Selection leaves changes out.
	Selection Selection
	// AllowDestroy is the number of records that may be destroyed, in all, without a warning if the
	// zone's limit is lower.
	AllowDestroy int
	// Destroy makes Diff plan the destruction of all owned records. Diff then uses only the prevent_destroy of the
	// declared records.
	Destroy bool
}

// Diff returns the changes that turn the seen zone into the desired one, and problems that
// prevent them. Both zones must be canonical; Diff modifies neither. The result does not depend
// on the order of their records.
//
// If the API can change a record in place, Diff does so, so that the record keeps its ID, even if its name
// changes. A change of the type is a destroy and an add. In a managed zone, Diff changes and destroys only owned
// records. In an exclusive zone, it changes and destroys all records except ignored records, records that
// Cloudflare manages, and the zone's own name servers. In both kinds of zones, it leaves alone everything outside
// of the configuration's scope.
func Diff(in Input) (Zone, []Diagnostic) {
	d := newDiffer(in)
	if !in.Destroy {
		d.matchKeys()
		d.matchLeftovers()
		d.matchReplaced()
		d.matchRenamed()
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

// differ is the state of one call of Diff.
type differ struct {
	in      Input
	desired []dns.Record // sorted copy
	seen    []dns.Record // sorted copy
	met     []bool       // desired[i] is paired
	taken   []bool       // seen[i] is paired
	// ignoring has the declarations with ignore_changes, by the ID of their record.
	ignoring map[string]*dns.Declaration
	ignore   *dns.Patterns
	scope    *dns.ZoneScope
	// changing counts the changes of each name and type.
	changing map[place]int
	// replacing has the buckets of the records that adopt = "replace" destroys; see dependent.
	replacing map[bucket]bool
	replacers replacers
	// renamed has the indices of desired records that rename an existing record.
	renamed map[int]bool
	// signed has the names whose delegation cannot be renamed, and protector knows what prevent_destroy protects.
	// Both are filled on first use.
	signed    map[string]bool
	protector *protector
	sensitive sensitivity
	letGo     letGo
	zone      Zone
	diags     []Diagnostic
}

func newDiffer(in Input) *differ {
	d := &differ{
		in:        in,
		seen:      sorted(in.Seen.Records),
		ignoring:  map[string]*dns.Declaration{},
		ignore:    dns.NewPatterns(in.Desired.Policy.Ignore, in.Desired.Name),
		scope:     in.Desired.Policy.Scope.In(in.Desired.Name),
		changing:  map[place]int{},
		replacing: map[bucket]bool{},
		renamed:   map[int]bool{},
		sensitive: newSensitivity(in),
		letGo:     newLetGo(in),
		zone: Zone{
			Name:      in.Desired.Name,
			ID:        in.Seen.ID,
			Account:   in.Desired.Policy.Account,
			Tier:      in.Seen.Tier,
			Ownership: cmp.Or(in.Desired.Policy.Ownership, dns.Managed),
			Source:    in.Source,
			Changes:   []Change{},
		},
	}

	if !in.Destroy {
		// A configuration declares nothing outside of its scope, but the desired zone of a rollback may have such
		// records.
		d.desired = slices.DeleteFunc(sorted(in.Desired.Records), func(r dns.Record) bool { return !d.scope.Has(r) })
	}
	d.replacers = newReplacers(in.Desired.Name, d.desired)
	d.met = make([]bool, len(d.desired))
	d.taken = make([]bool, len(d.seen))
	return d
}

func sorted(records []dns.Record) []dns.Record {
	out := slices.Clone(records)
	slices.SortFunc(out, dns.Compare)
	return out
}

// standing says what cfplan may do to a record that exists.
type standing int

const (
	ours      standing = iota // may be changed and destroyed
	foreign                   // may be adopted if it is declared
	outside                   // is outside of the configuration's scope: never touched
	untouched                 // belongs to Cloudflare: never touched
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
		// These records delegate the zone itself. cfplan may adopt them, but must not destroy them as undeclared.
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

// compare notes the change, if any, that turns have into the declared record want with which it is paired.
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
			"%s keeps %s, so cfplan cannot change it. Remove its declaration, or turn %s off first.",
			have.ManagedBy, d.sensitive.describe(have), have.ManagedBy))
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

// moved notes a record whose block now has another address.
func (d *differ) moved(want, have dns.Record) {
	from, to := cmp.Or(d.in.MovedFrom[have.ID], d.in.Owned[have.ID]), addressOf(want)
	if from != "" && to != "" && from != to && d.in.Selection.Matches(d.zone.Name, to, want.Type, want.Name) {
		d.zone.Moved = append(d.zone.Moved, Move{RecordID: have.ID, From: from, To: to})
	}
}

// adoptedAsIs reports whether a declared record needs no adoption. cfplan owns an exclusive zone as a whole, so no
// declared record in it needs an adoption, not even an ignored one. Only NS records at the apex do.
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

// leave counts a record that stays unchanged because cfplan does not manage it.
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

// whyDestroyed says why a plan destroys a record that is not declared.
func whyDestroyed(owned bool) string {
	if owned {
		return "the configuration no longer declares this record"
	}
	return "the zone is exclusive and the configuration does not declare this record"
}

// change notes one change. about is the declared record, or the record in the zone if none is
// declared.
func (d *differ) change(a Action, about dns.Record, before, after *dns.Record, reason string) {
	c := Change{Action: a, Type: about.Type, Name: about.Name, Reason: reason, Risks: []Risk{}}
	c.Forget = (a == Add || a == Update) && d.in.Release[about.Key()]

	c.Address = addressOf(about)
	if before != nil {
		c.RecordID, c.Before = before.ID, ValuesOf(*before)
		if before.Name != c.Name {
			c.PreviousName = before.Name
		}
		c.Address = cmp.Or(c.Address, d.in.Owned[before.ID])
	}
	if after != nil {
		c.After = ValuesOf(*after)
	}
	c.Address = cmp.Or(c.Address, Address(d.zone.Name, about))

	c.LetGo = d.letGo.after(c, about)
	c.DeclaredAt = position(about)
	c.Sensitive = d.sensitive.of(about, c.RecordID, c.Address, d.in.Owned[c.RecordID])
	if c.Renames() {
		c.Sensitive = dns.JoinSensitive(c.Sensitive, d.sensitive.of(*before, c.RecordID))
	}

	d.zone.Changes = append(d.zone.Changes, c)
	for _, name := range c.names() {
		d.changing[place{name, c.Type}]++
	}
	d.zone.Summary.Count(c)
}

// Address returns the address of a record that no block declares.
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
	d.diags = append(d.diags, Diagnostic{
		Severity: dns.Error,
		Summary:  summary,
		Detail:   detail,
		Address:  addressOf(about),
		Position: position(about),
	})
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

// compareChanges orders changes by name, action and type. At one name, destroys come before adds, because apply
// executes them in this order.
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

// either returns the record as it will be, or as it was if the change destroys it.
func (c Change) either() dns.Record {
	if c.After == nil {
		return c.BeforeRecord()
	}
	return c.AfterRecord()
}

// Count adds a change to the summary. An adoption that changes the record counts twice: as an adoption and as a
// change.
func (s *Summary) Count(c Change) { s.add(countOf(c, 1)) }

// uncount reverses Count.
func (s *Summary) uncount(c Change) { s.add(countOf(c, -1)) }

// countOf returns a summary that counts one change n times.
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
