package importer

import (
	"fmt"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/genconfig"
	"github.com/cfplan/cfplan/internal/plan"
)

// source converts the records of the state to zones.
func (s *terraformState) source(in Input) (*Source, []plan.Diagnostic) {
	if d, other := otherKind(in, Terraform); other && !s.isState() {
		return nil, []plan.Diagnostic{d}
	}
	if !s.isState() {
		return nil, []plan.Diagnostic{failure("Not a state", "%s is JSON, but not a Terraform state. %s",
			dns.Show(in.Name), formats[Terraform].advice)}
	}
	s.nameZones(in)

	zones := map[string]*terraformZone{}
	var names []string
	for _, i := range s.records {
		name := s.zoneOf(i.attributes)
		if name == "" {
			continue
		}
		if zones[name] == nil {
			zones[name] = &terraformZone{name: name, byID: map[string]*terraformInstance{}}
			names = append(names, name)
		}
		zones[name].instances = append(zones[name].instances, i)
	}

	src := &Source{Remarks: s.remarks(in)}
	slices.Sort(names)
	for _, name := range names {
		z := zones[name]
		z.id = z.chooseID(in)
		s.zoneIDs[name] = z.id
		z.read(s)
		if in.Zone == "" || in.Zone == name {
			s.diags = append(s.diags, z.diags...)
		}
		src.Zones = append(src.Zones, z.zone())
	}
	src.release = s.release
	return src, append(s.diags, s.unnamed(in)...)
}

// terraformZone is a zone with its instances.
type terraformZone struct {
	name      string
	id        string
	instances []*terraformInstance
	records   []Record
	// of has the instance of each record.
	of    []*terraformInstance
	left  []Left
	byID  map[string]*terraformInstance
	diags []plan.Diagnostic
}

func (z *terraformZone) zone() Zone {
	nameTerraform(z.records, z.of)
	return Zone{Name: z.name, ID: z.id, Records: z.records, Left: z.left}
}

// chooseID returns the ID of the zone, or "". If the state has several zones with the name, it returns the ID
// of the live zone.
func (z *terraformZone) chooseID(in Input) string {
	var ids []string
	known := map[string]bool{}
	for _, i := range z.instances {
		if id := i.attributes.zoneID(); id != "" && !known[id] {
			known[id] = true
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return ""
	}
	if len(ids) > 1 && in.ZoneName != nil {
		for _, id := range ids {
			if cloudflareID.MatchString(id) && in.ZoneName(id) == z.name {
				return id
			}
		}
	}
	return ids[0]
}

// read reads the instances of the zone as records, or leaves them out with a reason.
func (z *terraformZone) read(s *terraformState) {
	for _, i := range z.instances {
		at := Origin{Position: &plan.Position{File: s.file, Line: i.line}, Address: i.String()}
		if reason := z.whyNot(i); reason != "" {
			z.left = append(z.left, Left{Omission: genconfig.Omission{Record: i.spelled(), Reason: reason}, At: at})
			continue
		}

		r := i.record(z.name)
		for _, p := range r.problems {
			z.diags = append(z.diags, problemAt(p, at))
		}
		switch {
		case len(r.problems) > 0:
		case r.reason != "":
			z.left = append(z.left, Left{Omission: genconfig.Omission{Record: r.record, Reason: r.reason}, At: at})
		default:
			z.records = append(z.records, Record{Named: genconfig.Named{Record: r.record}, Silent: r.silent, At: at})
			z.of = append(z.of, i)
		}
	}
}

// whyNot returns the reason to leave an instance out, independent of its record, or "".
func (z *terraformZone) whyNot(i *terraformInstance) string {
	if i.deposed {
		return "deposed: Terraform would destroy it"
	}
	if zoneID := i.attributes.zoneID(); zoneID != "" && z.id != zoneID {
		return "it belongs to another zone of this name, with the ID " + dns.Show(zoneID)
	}
	id := i.attributes.id()
	if id == "" {
		return ""
	}
	if other := z.byID[id]; other != nil {
		return "it is the same record as " + other.String()
	}
	z.byID[id] = i
	return ""
}

// remarks returns sentences about the state as a whole.
func (s *terraformState) remarks(in Input) []string {
	var out []string
	addresses := func(is func(*terraformInstance) bool) []string {
		var found []string
		for _, i := range s.records {
			zone := s.zoneOf(i.attributes)
			if zone != "" && (in.Zone == "" || in.Zone == zone) && !i.deposed && is(i) {
				found = append(found, i.String())
			}
		}
		return found
	}

	if found := addresses(func(i *terraformInstance) bool { return i.tainted }); len(found) > 0 {
		out = append(out, fmt.Sprintf("Terraform would replace these tainted instances. "+
			"cfplan imports them as they are: %s.", shortList(found)))
	}
	if found := addresses(func(i *terraformInstance) bool { return i.sensitive }); len(found) > 0 {
		out = append(out, fmt.Sprintf("Terraform hides sensitive values of these instances. "+
			"The configuration that cfplan writes shows them: %s.",
			shortList(found)))
	}
	if len(s.foreign) > 0 {
		out = append(out, fmt.Sprintf("DNS records of other providers were left out: %s.", shortList(s.foreign)))
	}
	if s.others > 0 {
		out = append(out, fmt.Sprintf("cfplan manages only DNS records. Terraform keeps %s of the state.",
			english.Count(s.others, "other resource")))
	}
	if s.guessed != "" {
		out = append(out, fmt.Sprintf("The state does not name its zone, which has the ID %s. "+
			"cfplan assumes that the zone is %s.",
			dns.Show(s.guessed), in.Zone))
	}
	return out
}

// unnamed returns a diagnostic about records of zones whose names are not known. If the user names a zone and
// the state has it, the other zones do not matter.
func (s *terraformState) unnamed(in Input) []plan.Diagnostic {
	counts := map[string]int{}
	var ids []string
	for _, i := range s.records {
		zone := s.zoneOf(i.attributes)
		if zone != "" && zone == in.Zone {
			return nil
		}
		if id := i.attributes.zoneID(); zone == "" {
			if counts[id]++; counts[id] == 1 {
				ids = append(ids, id)
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}

	slices.Sort(ids)
	total := 0
	for n, id := range ids {
		total += counts[id]
		ids[n] = dns.Show(id)
	}
	d := failure("Zone without a name",
		"The state does not name the zones with these IDs, and the credentials cannot see them: %s. "+
			"cfplan leaves out their %s.", shortList(ids), english.Count(total, "record"))
	d.Severity = dns.Warning
	return []plan.Diagnostic{d}
}
