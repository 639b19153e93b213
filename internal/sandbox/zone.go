package sandbox

import (
	"cmp"
	"slices"
	"time"
)

// Zone is a zone as a seed describes it.
type Zone struct {
	// ID is 32 hexadecimal digits; if empty, the sandbox makes it from the name.
	ID string `json:"id,omitempty"`
	// Name is the zone's name. Two zones may have the same name, which Cloudflare allows in different accounts.
	Name string `json:"name"`
	// Plan is the legacy_id of the zone's plan: free (the default), pro, business or enterprise.
	Plan string `json:"plan,omitempty"`
	// Status is active (the default), initializing, pending or moved.
	Status string `json:"status,omitempty"`
	// Type is full (the default), partial, secondary or internal.
	Type   string `json:"type,omitempty"`
	Paused bool   `json:"paused,omitempty"`
	// NameServers are the assigned name servers; if nil, the sandbox makes up two.
	NameServers []string `json:"name_servers,omitempty"`
	// AccountID and AccountName describe the account that owns the zone.
	AccountID   string `json:"account_id,omitempty"`
	AccountName string `json:"account_name,omitempty"`
	// UnicodeName makes the zone's own object show an internationalized name in Unicode, as Cloudflare may
	// do. Record names are never in Unicode.
	UnicodeName bool `json:"unicode_name,omitempty"`
	// PrivateRouting reports whether the account has private routing. If it has, private addresses can be
	// proxied.
	PrivateRouting bool `json:"private_routing,omitempty"`
	// RecordQuota, if not 0, replaces the plan's limit of records.
	RecordQuota int       `json:"record_quota,omitempty"`
	CreatedOn   time.Time `json:"created_on,omitzero"`
	ModifiedOn  time.Time `json:"modified_on,omitzero"`
	Records     []Record  `json:"records,omitempty"`
}

// freeQuotaCut is the time at which Cloudflare lowered the quota of new free zones.
var freeQuotaCut = time.Date(2024, 9, 1, 0, 0, 0, 0, time.UTC)

// quota returns the largest number of records that the zone may have.
func (z Zone) quota() int {
	switch {
	case z.RecordQuota > 0:
		return z.RecordQuota
	case z.Plan != "free":
		return 3500
	case !z.CreatedOn.IsZero() && z.CreatedOn.Before(freeQuotaCut):
		return 1000
	}
	return 200
}

// batchLimit returns the largest number of operations in one batch.
func (z Zone) batchLimit() int {
	if z.Plan == "free" {
		return 200
	}
	return 3500
}

func (z Zone) minTTL() int {
	if z.Plan == "enterprise" {
		return 30
	}
	return 60
}

func (z Zone) commentLimit() int {
	if z.Plan == "free" {
		return 100
	}
	return 500
}

// annotates reports whether records may have comments and tags.
func (z Zone) annotates() bool { return z.Type == "full" || z.Type == "partial" }

func (z Zone) tagQuota() int {
	if z.Plan == "free" {
		return 0
	}
	return 20
}

// stored is a record in its zone. Nothing changes a stored record: an edit puts a new one in its place, so
// that a rollback can restore the old one.
type stored struct {
	Record
	order   uint64
	encoded []byte
}

// json returns the record as it appears in answers. It encodes the record only once.
func (s *stored) json() []byte {
	if s.encoded == nil {
		s.encoded = s.wire(s.order)
	}
	return s.encoded
}

// zone is a zone with its records, indexed by ID and by name.
type zone struct {
	info    Zone // without Records
	seed    uint64
	records map[string]*stored
	byName  map[string][]*stored
	// held is the number of records at and below each name. A name with 0 does not exist; a name that has
	// records only below it is an empty non-terminal.
	held    map[string]int
	changes uint32 // for the serial of the SOA
	made    int    // number of record IDs made so far
	// pasts are earlier versions that lists may still show, the earliest first.
	pasts []past
}

func newZone(info Zone, seed uint64) *zone {
	info.Records = nil
	return &zone{
		info:    info,
		seed:    seed,
		records: map[string]*stored{},
		byName:  map[string][]*stored{},
		held:    map[string]int{},
	}
}

// newID returns a new ID that no record of the zone has.
func (z *zone) newID() string {
	for {
		z.made++
		if id := identifier(z.seed, "record", z.info.ID, " ", z.made); z.records[id] == nil {
			return id
		}
	}
}

// put stores r. It replaces the record with the same ID, if there is one.
func (z *zone) put(r Record) *stored {
	z.remove(r.ID)
	s := &stored{Record: r, order: shuffle(z.seed, r.ID)}
	z.restore(s)
	return s
}

func (z *zone) restore(s *stored) {
	z.records[s.ID] = s
	z.byName[s.Name] = append(z.byName[s.Name], s)
	for _, name := range z.path(s.Name) {
		z.held[name]++
	}
	z.changes++
}

// remove removes a record and returns it, or nil if there is none.
func (z *zone) remove(id string) *stored {
	s := z.records[id]
	if s == nil {
		return nil
	}
	delete(z.records, id)
	rest := slices.DeleteFunc(z.byName[s.Name], func(o *stored) bool { return o == s })
	if len(rest) == 0 {
		delete(z.byName, s.Name)
	} else {
		z.byName[s.Name] = rest
	}

	for _, name := range z.path(s.Name) {
		if z.held[name]--; z.held[name] == 0 {
			delete(z.held, name)
		}
	}

	z.changes++
	return s
}

// path returns a name of the zone and the names above it, up to the apex.
func (z *zone) path(name string) []string {
	var out []string
	for _, above := range enclosing(name) {
		out = append(out, above)
		if above == z.info.Name {
			break
		}
	}
	return out
}

// all returns the records in their shuffled order.
func (z *zone) all() []*stored {
	out := make([]*stored, 0, len(z.records))
	for _, s := range z.records {
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b *stored) int {
		return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// snapshot returns sorted copies of the records for Go callers.
func (z *zone) snapshot() []Record {
	out := make([]Record, 0, len(z.records))
	for _, s := range z.records {
		out = append(out, s.clone())
	}
	slices.SortFunc(out, compareRecords)
	return out
}

// transaction remembers how to undo the changes to a zone.
type transaction struct {
	zone *zone
	undo []func()
}

func (t *transaction) put(r Record) *stored {
	old := t.zone.records[r.ID]
	s := t.zone.put(r)
	t.undo = append(t.undo, func() {
		t.zone.remove(r.ID)
		if old != nil {
			t.zone.restore(old)
		}
	})
	return s
}

func (t *transaction) remove(id string) *stored {
	old := t.zone.remove(id)
	if old != nil {
		t.undo = append(t.undo, func() { t.zone.restore(old) })
	}
	return old
}

// rollback restores the zone to its state at the beginning of the transaction.
func (t *transaction) rollback() {
	for _, undo := range slices.Backward(t.undo) {
		undo()
	}
	t.undo = nil
}

// changed reports whether the transaction changed anything.
func (t *transaction) changed() bool { return len(t.undo) > 0 }
