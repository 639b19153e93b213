package importer

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/genconfig"
	"github.com/cfplan/cfplan/internal/plan"
)

// savedAnswers is the state of reading saved answers of Cloudflare's API. The file may have envelopes, lists
// of records and single records in any order, one after the other or in further lists, as curl and jq write
// them.
type savedAnswers struct {
	gathering
	in   Input
	walk *jsonWalk
	// records are the records in the order of the file, each once. seen has their IDs, because pages may
	// overlap.
	records []savedRecord
	seen    map[string]bool
	pages   []savedPage
}

type savedRecord struct {
	cloudflare.SavedRecord
	silent []dns.Attribute
	at     Origin
}

// savedPage describes an envelope that has a total of the records of its query.
type savedPage struct {
	// first is the index of the page's first record, and records is their number, which may be 0.
	first, records int
	// total is the number of records of all pages, as Cloudflare counts them.
	total int
}

func readCloudflare(in Input) (*Source, []plan.Diagnostic) {
	if d, other := otherKind(in, Cloudflare); other {
		return nil, []plan.Diagnostic{d}
	}
	a := &savedAnswers{in: in, walk: newJSONWalk(in.Text), seen: map[string]bool{}}
	for a.walk.next() {
		if err := a.value(0); err != nil {
			return nil, append(a.diags, a.walk.problem(in.Name, err))
		}
	}
	if hasErrors(a.diags) {
		return nil, a.diags
	}

	names := a.zoneNames()
	for i, r := range a.records {
		a.take(r, names[i])
	}
	a.checkPages(names)
	return &Source{Zones: a.zones}, a.diags
}

// deepestAnswer is the largest depth to which answers and lists may be nested.
const deepestAnswer = 5

// value reads an answer, a record, or a list of either.
func (a *savedAnswers) value(depth int) error {
	line := a.walk.line()
	switch first := a.walk.peek(); {
	case depth > deepestAnswer:
		return &shapeError{line, "The lists are nested too deeply to be answers of Cloudflare's API."}
	case first == '[':
		return a.walk.list("A list", func() error { return a.value(depth + 1) })
	case first == '{':
		return a.object(depth)
	case first == 'n' || first == 0: // null, or the end of the text, which the decoder reports
		return a.walk.skip()
	}
	return &shapeError{line, "A record must be an object."}
}

// envelope has the members of an object other than its records.
type envelope struct {
	// members are the names of the members that do not belong to an envelope.
	members []string
	// answers reports whether the object has members of an envelope.
	answers bool
	success *bool
	errors  json.RawMessage
	info    struct {
		Total *float64 `json:"total_count"`
	}
	page savedPage
}

// object reads an envelope or a record.
func (a *savedAnswers) object(depth int) error {
	start, at := a.walk.valueAt(), originAt(a.in.Name, a.walk.line())
	e := envelope{page: savedPage{first: len(a.records)}}
	err := a.walk.object("An answer", func(key string) error { return a.member(&e, key, depth) })
	switch {
	case err != nil:
		return err
	case e.answers:
		a.close(e, at)
		return nil
	case slices.Contains(e.members, "name_servers"):
		return &shapeError{at.Line, "This is a zone and not a DNS record. " + formats[Cloudflare].advice}
	case !slices.Contains(e.members, "type") && !slices.Contains(e.members, "name"):
		return &shapeError{at.Line, "This is neither an answer of Cloudflare's API nor a DNS record from one."}
	}
	return a.record(a.walk.text[start:a.walk.dec.InputOffset()], e.members, at)
}

// member reads one member of an object.
func (a *savedAnswers) member(e *envelope, key string, depth int) error {
	var raw json.RawMessage
	switch key {
	case "result":
		e.answers = true
		return a.value(depth + 1)
	case "success", "errors", "result_info":
		if err := a.walk.decode(&raw); err != nil {
			return err
		}
	default:
		e.members = append(e.members, key)
		return a.walk.skip()
	}

	e.answers = true
	switch key {
	case "success":
		_ = json.Unmarshal(raw, &e.success) // a value that is not a boolean counts as absent
	case "errors":
		e.errors = raw
	case "result_info":
		_ = json.Unmarshal(raw, &e.info) // without result_info, cfplan does not notice missing pages
	}
	return nil
}

// close checks an envelope after its records have been read.
func (a *savedAnswers) close(e envelope, at Origin) {
	if e.success != nil && !*e.success {
		a.fail(at, "Answer is a refusal",
			"Cloudflare refused the request%s. Send it again with a token that may read the zone's DNS records.",
			refusals(cloudflare.ReadSavedErrors(e.errors)))
		return
	}
	if total := e.info.Total; total != nil && *total > 0 && *total < mostRecords {
		e.page.records = len(a.records) - e.page.first
		e.page.total = int(*total)
		a.pages = append(a.pages, e.page)
	}
}

// refusals returns the errors of an answer as a text for a message.
func refusals(all []cloudflare.APIError) string {
	var words []string
	for _, e := range all {
		words = append(words, fmt.Sprintf("code %d, %s", e.Code, dns.Show(e.Message)))
	}
	if len(words) == 0 {
		return ""
	}
	return ": " + strings.Join(words, "; ")
}

// record reads one record. members are the names of its members.
func (a *savedAnswers) record(raw json.RawMessage, members []string, at Origin) error {
	if len(a.records) >= mostRecords || len(a.diags) >= mostProblems {
		return &shapeError{at.Line, fmt.Sprintf("The file has more than %d records, or more than %d problems. The rest was not read.",
			mostRecords, mostProblems)}
	}
	r, err := cloudflare.ReadSaved(raw)
	if err != nil {
		a.fail(at, "Unreadable record", "%v.", err)
		return nil
	}
	if r.ID != "" && a.seen[r.ID] {
		return nil
	}

	a.seen[r.ID] = true
	for _, odd := range r.Odd {
		if field, _, _ := strings.Cut(odd.Field, "."); !slices.Contains(members, field) {
			continue // a missing attribute is written as it is live
		}
		a.diags = append(a.diags, problemAt(&dns.Problem{
			Severity: dns.Warning,
			Summary:  "Odd field",
			Detail:   fmt.Sprintf("%s: the field %s.", odd.Record, odd),
		}, at))
	}
	a.records = append(a.records, savedRecord{r, unsaid(members), at})
	return nil
}

// unsaid returns the attributes that a record of an answer does not have. Old answers have no comment and no settings.
func unsaid(members []string) []dns.Attribute {
	var out []dns.Attribute
	for _, attr := range []dns.Attribute{
		dns.AttrTTL, dns.AttrProxied, dns.AttrComment, dns.AttrTags, dns.AttrSettings, dns.AttrPrivateRouting,
	} {
		if !slices.Contains(members, string(attr)) {
			out = append(out, attr)
		}
	}
	return out
}

// zoneNames returns the zone of each record: the zone that the record states, else the longest known zone
// that contains the record's name, else "".
func (a *savedAnswers) zoneNames() []string {
	names := make([]string, len(a.records))
	byID := map[string]string{}
	known := map[string]bool{}
	if a.in.Zone != "" {
		known[a.in.Zone] = true
	}
	for i, r := range a.records {
		if names[i] = a.statedZone(r, byID); names[i] != "" {
			known[names[i]] = true
		}
	}
	for i, r := range a.records {
		if names[i] == "" {
			names[i] = zoneAround(r.Name, known)
		}
	}
	return names
}

// statedZone returns the zone that a record states by name or ID, or "". byID caches the names of zones by
// their IDs.
func (a *savedAnswers) statedZone(r savedRecord, byID map[string]string) string {
	name := r.ZoneName
	if name == "" && isID(r.ZoneID) && a.in.ZoneName != nil {
		if _, asked := byID[r.ZoneID]; !asked {
			byID[r.ZoneID] = a.in.ZoneName(r.ZoneID)
		}
		name = byID[r.ZoneID]
	}
	canonical, p := dns.CanonicalName(name)
	if p != nil {
		return ""
	}
	return canonical
}

// isID reports whether a text has the form of a Cloudflare ID.
func isID(s string) bool { return len(s) == 32 && strings.Trim(s, "0123456789abcdef") == "" }

// zoneAround returns the longest of the zones that contain the name, or "".
func zoneAround(name string, zones map[string]bool) string {
	for {
		if zones[name] {
			return name
		}
		_, rest, more := strings.Cut(name, ".")
		if !more {
			return ""
		}
		name = rest
	}
}

// take adds a record to its zone, or leaves it out.
func (a *savedAnswers) take(r savedRecord, zone string) {
	if zone == "" && a.in.Zone == "" {
		a.fail(r.at, "Zone not named", "%s does not say which zone %s belongs to. Name the zone, as in "+
			"cfplan import example.com -from=cloudflare -in=FILE.", dns.Show(a.in.Name), dns.Show(r.Name))
		return
	}
	if zone == "" {
		a.leave(a.in.Zone, r.Record, r.at, outside)
		return
	}
	if reason := whyNotDeclared(r.Record, zone); reason != "" {
		a.leave(zone, r.Record, r.at, reason)
		return
	}
	z := a.zone(zone)
	if z.ID == "" && isID(r.ZoneID) {
		z.ID = r.ZoneID
	}
	z.Records = append(z.Records, Record{Named: genconfig.Named{Record: r.Record}, Silent: r.silent, At: r.at})
}

// whyNotDeclared returns the reason why a record of an answer cannot be declared, or "" if it can.
func whyNotDeclared(r dns.Record, zone string) string {
	switch {
	case r.ManagedBy != "":
		return "kept by " + r.ManagedBy
	case r.Type == "SOA", r.Type == dns.NS && r.Name == zone:
		return own(r.Type)
	case !r.Type.Writable():
		return "Cloudflare's API cannot write this type"
	case r.NoPriority:
		return "Cloudflare's answer has no priority for it"
	}
	name, p := dns.CanonicalName(r.Name)
	if p != nil || name != r.Name {
		return "its name is not one that can be declared"
	}
	if !dns.Inside(name, zone) {
		return outside
	}
	if v, p := dns.ParseContent(r.Type, r.Content); p != nil || v.Content != r.Content {
		return "its value is not one that can be declared"
	}
	return ""
}

// checkPages warns of each zone for which the answers count more records than the file has.
func (a *savedAnswers) checkPages(names []string) {
	read, total := map[string]int{}, map[string]int{}
	var zones []string
	for _, page := range a.pages {
		zone := a.in.Zone
		if page.records > 0 {
			zone = names[page.first]
		}
		if total[zone] == 0 {
			zones = append(zones, zone)
		}
		total[zone] = max(total[zone], page.total)
		read[zone] += page.records
	}
	for _, zone := range zones {
		if read[zone] < total[zone] {
			d := failure("Pages are missing",
				"%s has %d of the %s that Cloudflare counts in %s. Save the other pages too, one after the other.",
				dns.Show(a.in.Name), read[zone], english.Count(total[zone], "record"), dns.Show(zone))
			d.Severity = dns.Warning
			a.diags = append(a.diags, d)
		}
	}
}
