package importer

import (
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// addZone records the names of the zones that a resource or a look-up has. If an ID has several names, the
// first one counts.
func (s *terraformState) addZone(a terraformAttributes) {
	s.nameZone(a.ID, a.Zone)
	s.nameZone(a.ID, a.Name)
	s.nameZone(a.ZoneID, a.Name)
	for _, list := range []any{a.Zones, a.Result} {
		zones, _ := list.([]any)
		for _, z := range zones {
			zone, _ := z.(map[string]any)
			s.nameZone(zone["id"], zone["name"])
		}
	}
}

func (s *terraformState) nameZone(id, name any) {
	known, _ := looseText(id)
	text, _ := looseText(name)
	zone, p := dns.CanonicalName(text)
	if known == "" || p != nil || s.zoneNames[known] != "" {
		return
	}
	s.zoneNames[known] = zone
}

// zoneID returns the ID of the record's zone, or "".
func (a terraformAttributes) zoneID() string {
	id, _ := looseText(a.ZoneID)
	return id
}

// ownZone returns the name of the zone if the record itself shows it, else "". Provider 1 has it as domain.
// Providers 3 and 4 have the record's full name, and the name as the configuration spells it, which is
// usually relative.
func (a terraformAttributes) ownZone() string {
	domain, _ := looseText(a.Domain)
	if zone, p := dns.CanonicalName(domain); p == nil {
		return zone
	}
	hostname, _ := looseText(a.Hostname)
	full, p := dns.CanonicalName(hostname)
	if p != nil {
		return ""
	}
	written, _ := looseText(a.Name)
	if written == "@" {
		return full
	}
	short, p := dns.CanonicalName(written)
	zone, ok := strings.CutPrefix(full, short+".")
	if p != nil || !ok || strings.HasSuffix(written, ".") {
		return ""
	}
	return zone
}

// nameZones finds the names of the zones of all records. It looks first at the zones in the state, then at
// the records themselves, then asks in.ZoneName.
func (s *terraformState) nameZones(in Input) {
	var ids []string
	for _, i := range s.records {
		id := i.attributes.zoneID()
		if id == "" {
			continue
		}
		ids = append(ids, id)
		if s.zoneNames[id] == "" {
			s.zoneNames[id] = i.attributes.ownZone()
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)

	for _, id := range ids {
		if s.zoneNames[id] == "" && in.ZoneName != nil && cloudflareID.MatchString(id) {
			s.zoneNames[id] = in.ZoneName(id)
		}
	}
	s.guessZone(in, ids)
}

// guessZone assumes that the only zone of the state is the one to import, if the state does not name it and
// no ZoneName can be asked.
func (s *terraformState) guessZone(in Input, ids []string) {
	if in.ZoneName == nil && in.Zone != "" && len(ids) == 1 && s.zoneNames[ids[0]] == "" {
		s.zoneNames[ids[0]] = in.Zone
		s.guessed = ids[0]
	}
}

// zoneOf returns the name of the record's zone, or "".
func (s *terraformState) zoneOf(a terraformAttributes) string {
	if id := a.zoneID(); id != "" {
		return s.zoneNames[id]
	}
	return a.ownZone()
}
