package importer

import (
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// addZone notes the names of zones that a resource or a look-up has. The first name of an ID counts.
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

// zoneID returns the ID of the zone of a record, or "".
func (a terraformAttributes) zoneID() string {
	id, _ := looseText(a.ZoneID)
	return id
}

// ownZone returns the name of the zone as far as a record alone tells: provider 1 has it as domain, and provider 3 and
// 4 have both the full name and the one that was written, which is usually relative.
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

// nameZones finds the names of all zones of the records: the state's zones first, then what records tell of their zone,
// then what is known from elsewhere.
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

// guessZone takes the only zone of the state for the one to import if nothing tells its name and there is nothing to ask.
func (s *terraformState) guessZone(in Input, ids []string) {
	if in.ZoneName == nil && in.Zone != "" && len(ids) == 1 && s.zoneNames[ids[0]] == "" {
		s.zoneNames[ids[0]] = in.Zone
		s.guessed = ids[0]
	}
}

// zoneOf returns the name of the zone of a record, or "".
func (s *terraformState) zoneOf(a terraformAttributes) string {
	if id := a.zoneID(); id != "" {
		return s.zoneNames[id]
	}
	return a.ownZone()
}
