package plan

import (
	"maps"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
)

// Mark is an owned record whose sensitive attributes or lifecycle.destroy differ from the state.
type Mark struct {
	RecordID  string          `json:"record_id"`
	Sensitive []dns.Attribute `json:"sensitive"`
	// LetGo is as in [Change].
	LetGo bool `json:"let_go,omitempty"`
}

// sensitivity knows which attributes of a zone's records must not be shown. If a declaration is sensitive, its live
// record is too. The live record stays sensitive after the declaration is removed, because the state remembers it.
type sensitivity struct {
	zone string
	// byID is Input.Sensitive.
	byID map[string][]dns.Attribute
	// byAddress has the sensitive attributes of the configuration's blocks, and Input.SensitiveAt.
	byAddress map[string][]dns.Attribute
	// names has the names that must not be shown in any record. The zone's own name is never among them.
	names map[string]bool
}

func newSensitivity(in Input) sensitivity {
	s := sensitivity{
		zone:      in.Desired.Name,
		byID:      in.Sensitive,
		byAddress: map[string][]dns.Attribute{},
		names:     map[string]bool{},
	}

	maps.Copy(s.byAddress, in.SensitiveAt)
	for _, r := range slices.Concat(in.Desired.Records, in.Protected) {
		if d := r.Declared; d != nil && len(d.Sensitive) > 0 {
			s.byAddress[d.Address] = dns.JoinSensitive(s.byAddress[d.Address], d.Sensitive)
			s.addName(r, d.Sensitive)
		}
	}

	if len(s.byID)+len(s.byAddress) == 0 {
		return s
	}
	for _, r := range in.Seen.Records {
		s.addName(r, dns.JoinSensitive(s.byID[r.ID], s.byAddress[in.Owned[r.ID]]))
	}
	return s
}

func (s sensitivity) addName(r dns.Record, sensitive []dns.Attribute) {
	if slices.Contains(sensitive, dns.AttrName) && r.Name != s.zone {
		s.names[r.Name] = true
	}
}

// of returns the sensitive attributes of a record with the given ID and addresses.
func (s sensitivity) of(r dns.Record, id string, addresses ...string) []dns.Attribute {
	var declared, byName []dns.Attribute
	if r.Declared != nil {
		declared = r.Declared.Sensitive
	}
	if s.names[r.Name] {
		byName = []dns.Attribute{dns.AttrName}
	}

	lists := [][]dns.Attribute{declared, byName, s.byID[id]}
	for _, address := range addresses {
		lists = append(lists, s.byAddress[address])
	}
	return dns.JoinSensitive(lists...)
}

// describe is Describe with the name masked if it is sensitive.
func (s sensitivity) describe(r dns.Record) string {
	if s.names[r.Name] {
		r.Name = dns.SensitiveValue
	}
	return Describe(r)
}

// mark notes an owned record whose sensitive attributes or lifecycle.destroy differ from the state.
func (d *differ) mark(want, have dns.Record) {
	if want.Declared == nil || !d.owns(have) {
		return
	}

	now := dns.JoinSensitive(want.Declared.Sensitive)
	known := slices.Equal(now, dns.JoinSensitive(d.in.Sensitive[have.ID])) && want.Declared.LetGo == d.in.LetGo[have.ID]
	if known || !d.in.Selection.Matches(d.zone.Name, addressOf(want), want.Type, want.Name) {
		return
	}

	d.zone.Marked = append(d.zone.Marked, Mark{
		RecordID:  have.ID,
		Sensitive: orEmpty(now),
		LetGo:     want.Declared.LetGo,
	})
}

// toBeRemembered reports whether a record of an exclusive zone must be adopted, although such records normally
// need no adoption. It must if it has a sensitive attribute or destroy = false, because the state must still know
// that after the declaration is removed.
func (d *differ) toBeRemembered(want, have dns.Record) bool {
	return want.Declared != nil && (len(want.Declared.Sensitive) > 0 || want.Declared.LetGo) && !d.owns(have)
}
