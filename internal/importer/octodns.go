package importer

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// octoReader reads the zone files of octoDNS's YamlProvider. The provider's configuration is not part of the
// source, so its defaults apply: default_ttl is 3600, and a semicolon may have a backslash before it.
type octoReader struct {
	*yamlReader
}

// octoTTL is octoDNS's default_ttl, in seconds.
const octoTTL = 3600

func readOctoDNS(in Input) (*Source, []plan.Diagnostic) {
	if !in.IsDir {
		if d, other := otherKind(in, OctoDNS); other {
			return nil, []plan.Diagnostic{d}
		}
	}

	o := octoReader{newYAMLReader(in)}
	src := &Source{release: releaseOctoDNS}
	for _, files := range o.find() {
		src.Zones = append(src.Zones, o.zone(files))
	}
	src.Remarks = o.unread()
	return src, o.diags
}

// octoZone is the state of reading one zone.
type octoZone struct {
	Zone
	// first has the place of the record of each name and type.
	first map[octoKey]yamlValue
}

type octoKey struct {
	name string
	typ  string
}

// zone reads the files of one zone.
func (o octoReader) zone(files octoFiles) Zone {
	z := &octoZone{Zone: Zone{Name: files.zone, Exclusive: true}, first: map[octoKey]yamlValue{}}
	for _, file := range files.files {
		text, ok := file.text, true
		if file.path != "" && text == nil {
			text, ok = o.read(o.top(file), file.path)
		}
		if !ok {
			continue
		}
		if root, ok := o.parse(text, &yamlFile{name: file.name, path: file.path}); ok {
			o.names(z, root)
		}
	}
	return z.Zone
}

// top returns a value at line 1 of a file, for messages about the whole file.
func (o octoReader) top(file octoFile) yamlValue {
	return yamlValue{Node: &yaml.Node{Kind: yaml.ScalarNode, Line: 1}, file: &yamlFile{name: file.name, path: file.path}}
}

// names reads the mapping of names to records, which is the whole content of a file.
func (o octoReader) names(z *octoZone, root yamlValue) {
	root, ok := o.resolve(root)
	switch {
	case !ok || isNull(root):
		return
	case root.kind() != yaml.MappingNode:
		o.fail(root, "Not a zone", "%s is not a zone of octoDNS, which is a mapping of names to records.", dns.Show(root.file.name))
		return
	}

	pairs := o.pairs(root)
	if isOctoConfig(pairs) {
		o.fail(root, "Configuration of octoDNS", "%s is octoDNS's own configuration, which has no records. Name the zone's file, "+
			"or the directory of the zones: in the configuration, it is the directory of a provider.", dns.Show(root.file.name))
		return
	}
	for _, p := range pairs {
		o.name(z, p)
	}
}

// isOctoConfig reports whether a mapping is octoDNS's configuration.
func isOctoConfig(pairs []yamlPair) bool {
	found := 0
	for _, p := range pairs {
		if p.key == "providers" || p.key == "zones" {
			found++
		}
	}
	return found == 2
}

func isNull(v yamlValue) bool {
	return v.kind() == yaml.ScalarNode && scalarKindOf(v.Node) == scalarNull
}

// name reads the records of one name: a single record, or a list of records.
func (o octoReader) name(z *octoZone, p yamlPair) {
	notes := yamlNotes(p.at)
	value, ok := o.resolve(p.value)
	if !ok {
		return
	}
	switch value.kind() {
	case yaml.MappingNode:
		o.record(z, p.key, value, notes)
	case yaml.SequenceNode:
		for _, item := range o.items(value) {
			one, ok := o.resolve(item)
			switch {
			case !ok:
			case one.kind() != yaml.MappingNode:
				o.fail(one, "Not a record", "The records of %s must each be a mapping with a type.", octoName(p.key))
			default:
				o.record(z, p.key, one, append(notes, yamlNotes(one)...))
				notes = nil
			}
		}
	default:
		o.fail(value, "Not a record", "The value of %s must be a record or a list of records. "+
			"A record is a mapping with a type.", octoName(p.key))
	}
}

// octoName returns a name for messages.
func octoName(name string) string {
	if name == "" {
		return "'' (the zone itself)"
	}
	return dns.Show(name)
}

// octoFields are the keys that a record may have.
var octoFields = []string{"type", "ttl", "value", "values", "octodns", "geo", "dynamic", "healthcheck", "lenient"}

// octoRecord is a record of octoDNS. It has all values of one name and type.
type octoRecord struct {
	name   string
	typ    string
	at     yamlValue
	fields map[string]yamlPair
	notes  []string
}

// title returns the words that name the record in messages.
func (r octoRecord) title() string {
	return fmt.Sprintf("The %s record at %s", dns.Show(r.typ), octoName(r.name))
}

// record reads one record with all of its values.
func (o octoReader) record(z *octoZone, name string, v yamlValue, notes []string) {
	if !o.spend(stepsOfRecord, v) {
		return
	}
	r := octoRecord{name: name, at: v, fields: map[string]yamlPair{}, notes: notes}
	for _, p := range o.pairs(v) {
		r.fields[p.key] = p
		r.notes = append(r.notes, yamlNotes(p.at)...)
	}
	if !o.typed(&r) {
		return
	}

	settings := o.settings(r)
	if reason := r.whyNot(settings); reason != "" {
		z.leave(r, reason)
		return
	}
	key := octoKey{strings.ToLower(name), r.typ}
	if first, twice := z.first[key]; twice {
		o.fail(v, "Repeated record", "%s appears twice: the first one is at %s:%d. Write one record per name and type, "+
			"with a list of values.", r.title(), first.file.name, first.Line)
		return
	}
	z.first[key] = v
	o.warnOf(r, settings)
	o.values(z, r, settings)
}

// typed reads the type of a record. It returns false and reports a problem if the type is missing or invalid.
func (o octoReader) typed(r *octoRecord) bool {
	field, ok := r.fields["type"]
	if !ok {
		o.fail(r.at, "Missing type", "The record of %s has no type.", octoName(r.name))
		return false
	}
	value, ok := o.resolve(field.value)
	if !ok {
		return false
	}
	text, ok := o.text(value)
	if !ok {
		return false
	}
	r.notes = append(r.notes, yamlNotes(value)...)
	r.typ = strings.ToUpper(text)
	return true
}

// octoLeft has the reasons to leave out records of types that are not DNS types, or that Cloudflare does not
// have.
var octoLeft = map[string]string{
	"URLFWD": "a page rule, not a DNS record",
	"DNAME":  "Cloudflare has no DNAME records; a CNAME for each name does the same",
	"SPF":    "the type is obsolete; the same text belongs in a TXT record",
}

// whyNot returns the reason to leave a record out, or "" to import it.
func (r octoRecord) whyNot(s octoSettings) string {
	_, valued := r.fields["values"]
	if _, one := r.fields["value"]; one {
		valued = true
	}
	reason, left := octoLeft[r.typ]
	switch {
	case s.ignored:
		return "octodns.ignored"
	case left:
		return reason
	case r.typ == "SOA":
		return own("SOA")
	case !r.cloudflareType().Writable():
		return "Cloudflare has no records of the type " + r.typ
	case r.typ == "NS" && (r.name == "" || r.name == "@"):
		return own(dns.NS)
	case !valued && r.feature() != "":
		return "it has only " + r.feature() + " values"
	case strings.HasSuffix(r.name, ".") && r.name != ".":
		return "its name ends in a dot, and octoDNS's names are relative"
	}
	return ""
}

// feature returns the key with which the record chooses between values, geo or dynamic, or "".
func (r octoRecord) feature() string {
	for _, name := range []string{"dynamic", "geo"} {
		if _, ok := r.fields[name]; ok {
			return name
		}
	}
	return ""
}

// cloudflareType returns the type that the record has at Cloudflare.
func (r octoRecord) cloudflareType() dns.Type {
	if r.typ == "ALIAS" {
		return dns.CNAME
	}
	return dns.Type(r.typ)
}

// leave leaves a record out.
func (z *octoZone) leave(r octoRecord, reason string) {
	left := Left{At: originAt(r.at.file.name, r.at.Line)}
	left.Record = dns.Record{Name: r.name, Type: dns.Type(r.typ)}
	if full, p := dns.AbsoluteName(r.absolute(z.Name), z.Name); p == nil {
		left.Record.Name = full
	}
	left.Reason = reason
	z.Left = append(z.Left, left)
}

// absolute returns the full name of a record. octoDNS's names are always relative, even if they end in the
// zone's name.
func (r octoRecord) absolute(zone string) string {
	switch {
	case r.name == "" || r.name == "@":
		return "@"
	case strings.HasSuffix(r.name, "."):
		return r.name
	}
	return r.name + "." + zone + "."
}

// warnOf warns of the parts of an imported record that have no counterpart at Cloudflare.
func (o octoReader) warnOf(r octoRecord, s octoSettings) {
	if feature := r.feature(); feature != "" {
		o.warn(r.at, "Plain values taken", "%s has %s values, which Cloudflare cannot hold. cfplan imports its plain values, "+
			"as octoDNS does for Cloudflare.", r.title(), feature)
	}
	if s.providers != "" {
		o.warn(r.at, "Providers not compared", "%s has octodns.%s, a list of octoDNS's providers. cfplan imports the record "+
			"anyway: check whether the record was meant for Cloudflare.", r.title(), s.providers)
	}
	o.warnUnknown(r.title(), "", mapPairs(r.fields), octoFields)
}

// warnUnknown warns of keys that octoDNS does not know, in the order of the file.
func (o octoReader) warnUnknown(title, prefix string, pairs []yamlPair, known []string) {
	for _, p := range pairs {
		if !slices.Contains(known, p.key) {
			o.warn(p.at, "Unknown key", "%s has %s, which octoDNS does not know.%s cfplan ignores the key.", title,
				dns.Show(prefix+p.key), dns.DidYouMean(p.key, known))
		}
	}
}
