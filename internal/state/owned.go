package state

import (
	"maps"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// OwnedRecord is an owned record with its zone and its ID. state show -json prints its JSON.
type OwnedRecord struct {
	Zone    string      `json:"zone"`
	ID      string      `json:"id"`
	Address string      `json:"address"`
	Name    string      `json:"name"`
	Type    dns.Type    `json:"type"`
	Last    *Remembered `json:"last_written"`
	// Sensitive lists the attributes that must not be shown; see Masked.
	Sensitive []dns.Attribute `json:"sensitive,omitempty"`
	// LetGo is [Owned].LetGo.
	LetGo bool `json:"let_go,omitempty"`
}

// OwnedRecords lists all owned records, sorted by zone and ID.
func (s *State) OwnedRecords() []OwnedRecord {
	var out []OwnedRecord
	for _, zone := range slices.Sorted(maps.Keys(s.Zones)) {
		z := s.Zones[zone]
		for _, id := range slices.Sorted(maps.Keys(z.Owned)) {
			o := z.Owned[id]
			out = append(out, OwnedRecord{
				Zone:      zone,
				ID:        id,
				Address:   o.Address,
				Name:      o.Name,
				Type:      o.Type,
				Last:      o.Last,
				Sensitive: o.Sensitive,
				LetGo:     o.LetGo,
			})
		}
	}

	return out
}

// OwnedAt lists the owned records of an address, or the record with an ID, sorted by zone and ID. If there
// are none, the error is an *EditError that names similar addresses.
func (s *State) OwnedAt(name string) ([]OwnedRecord, error) {
	records := s.ownedAt(name)
	if len(records) == 0 {
		return nil, s.notOwned(name)
	}
	return records, nil
}

func (s *State) ownedAt(name string) []OwnedRecord {
	return slices.DeleteFunc(s.OwnedRecords(), func(r OwnedRecord) bool { return r.Address != name && r.ID != name })
}

// mostInstances limits the hint about a missing address to a few lines.
const mostInstances = 10

// notOwned explains that the state does not have an address. If it is the address of a block with for_each
// or count, the explanation lists the instances.
func (s *State) notOwned(name string) error {
	var known, instances []string
	for _, r := range s.OwnedRecords() {
		known = append(known, r.Address)
		if strings.HasPrefix(r.Address, name+"[") {
			instances = append(instances, r.Address)
		}
	}

	slices.Sort(instances)
	hint := dns.DidYouMean(name, known)
	if instances = slices.Compact(instances); len(instances) > 0 {
		hint = " There are: " + strings.Join(instances[:min(len(instances), mostInstances)], ", ") + "."
	}

	return refuse(NotOwned, strings.TrimSpace(hint+" cfplan state list shows all."), "cfplan owns no record under %q",
		name)
}
