package importer

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/genconfig"
)

// octoSilent are the attributes for which octoDNS has no key.
var octoSilent = []dns.Attribute{dns.AttrSettings, dns.AttrPrivateRouting}

// values reads the values of a record. Each value becomes a record at Cloudflare; a repeated value counts
// once.
func (o octoReader) values(z *octoZone, r octoRecord, s octoSettings) {
	ttl, ok := o.ttl(r, s)
	if !ok {
		return
	}
	special := map[dns.Key]octoValueSettings{}
	for _, own := range s.values {
		if record, ok := o.value(z, r, own.value); ok {
			special[record.Key()] = own
		}
	}

	notes := r.notes
	seen := map[dns.Key]bool{}
	for _, item := range o.valuesOf(r) {
		record, ok := o.value(z, r, item)
		key := record.Key()
		if !ok || seen[key] {
			continue
		}
		seen[key] = true

		record.TTL = ttl
		if s.proxied && record.Type.Proxiable() {
			record.Proxied, record.TTL = true, dns.AutoTTL
		}
		record.Comment, record.Tags = s.of(special[key])
		z.Records = append(z.Records, Record{
			Named:  genconfig.Named{Record: record, Notes: append(notes, o.notesOf(item)...)},
			Silent: octoSilent,
			At:     originAt(item.file.name, item.Line),
		})
		notes = nil
		delete(special, key)
	}
	o.warnUnused(r, s, special)
}

// of returns the comment and the tags of a value: its own, else those of the record.
func (s octoSettings) of(own octoValueSettings) (comment string, tags []string) {
	comment, tags = s.comment, s.tags
	if own.comment != nil {
		comment = *own.comment
	}
	if own.tags != nil {
		tags = *own.tags
	}
	return comment, dns.CanonicalTags(tags)
}

// warnUnused warns of settings for values that the record does not have.
func (o octoReader) warnUnused(r octoRecord, s octoSettings, unused map[dns.Key]octoValueSettings) {
	places := make(map[*yaml.Node]bool, len(unused))
	for _, own := range unused {
		places[own.value.Node] = true
	}
	for _, own := range s.values {
		if places[own.value.Node] {
			o.warn(own.value, "Unknown value", "%s has an entry of octodns.cloudflare.values for a value that the record does not have. "+
				"cfplan ignores the entry.", r.title())
		}
	}
}

// ttl returns the TTL of a record. A TTL of 1 means one second to octoDNS, not automatic, so ttl replaces it
// by the shortest TTL of Cloudflare.
func (o octoReader) ttl(r octoRecord, s octoSettings) (int, bool) {
	field, given := r.fields["ttl"]
	ttl := octoTTL
	if given {
		v, ok := o.resolve(field.value)
		if !ok {
			return 0, false
		}
		if ttl, ok = o.seconds(v); !ok {
			return 0, false
		}
	}

	switch {
	case s.autoTTL:
		ttl = dns.AutoTTL
	case ttl == dns.AutoTTL:
		ttl = dns.MinTTL
		o.warn(field.at, "TTL brought into range", "%s gets a TTL of %d instead of 1, which is one second to octoDNS. "+
			"octoDNS spells an automatic TTL octodns.cloudflare.auto-ttl.", r.title(), ttl)
	}
	return ttl, true
}

// valuesOf returns the values of a record as the file spells them. The keys value and values may each have
// one value or a list.
func (o octoReader) valuesOf(r octoRecord) []yamlValue {
	one, hasOne := r.fields["value"]
	several, hasSeveral := r.fields["values"]
	switch {
	case hasOne && hasSeveral:
		o.fail(several.at, "Values given twice", "%s has both value and values. Keep one of them.", r.title())
		return nil
	case hasOne:
		several = one
	}

	if hasOne || hasSeveral {
		if values := o.list(several.value); len(values) > 0 {
			return values
		}
	}
	o.fail(r.at, "Missing value", "%s has no value.", r.title())
	return nil
}

// value reads one value as a record with only the name, type and value set.
func (o octoReader) value(z *octoZone, r octoRecord, item yamlValue) (dns.Record, bool) {
	if !o.spend(stepsOfRecord, item) {
		return dns.Record{}, false
	}
	v, ok := o.resolve(item)
	if !ok {
		return dns.Record{}, false
	}
	s := spelling{name: r.absolute(z.Name), typ: string(r.cloudflareType()), ttl: octoTTL}
	if !o.spell(&s, r, v) {
		return dns.Record{}, false
	}
	record, problems := s.record(z.Name)
	for _, p := range problems {
		o.report(p.Severity, v, p.Summary, "%s: %s", r.title(), p.Detail)
	}
	return record, len(problems) == 0
}

// spell reads a value into s, in the form that the type has.
func (o octoReader) spell(s *spelling, r octoRecord, v yamlValue) bool {
	typ := r.cloudflareType()
	members, structured := octoMembers[typ]
	if structured {
		return o.members(s, r, v, members)
	}

	text, ok := o.text(v)
	switch {
	case !ok:
	case typ == dns.TXT:
		s.content = quotedText(octoText(text))
	case typ == dns.CNAME || typ == dns.NS || typ == dns.PTR:
		s.content = text
		ok = o.checkHost(r, v, text)
	default:
		s.content = text
	}
	return ok
}

// checkHost refuses host names without a dot, as octoDNS does, because a reader would take them as relative.
func (o octoReader) checkHost(r octoRecord, v yamlValue, host string) bool {
	if host == "" || strings.Contains(host, ".") {
		return true
	}
	o.fail(v, "Relative host name", "%s points at %s, which is not a full name. octoDNS takes full names with a dot at the end.",
		r.title(), dns.Show(host))
	return false
}

// octoText returns the bytes for which a text of a TXT stands. octoDNS escapes the quotation marks in the
// text and puts the rest unchanged between quotation marks, so that a backslash begins an escape (RFC 1035,
// section 5.1). The escaped semicolon is a habit of octoDNS. octoText removes quotation marks around the text
// and between its chunks.
func octoText(text string) string {
	if len(text) > 1 && text[0] == '"' {
		text = text[1 : len(text)-1]
	}
	text = strings.ReplaceAll(text, `" "`, "")
	content := `"` + octoQuotes(text) + `"`
	v, p := dns.ParseContent(dns.TXT, content)
	if p != nil {
		return text
	}
	return dns.TXTValue(v.Content)
}

// octoQuotes escapes the quotation marks that have no backslash before them.
func octoQuotes(text string) string {
	var b strings.Builder
	escaped := false
	for i := range len(text) {
		if text[i] == '"' && !escaped {
			b.WriteByte('\\')
		}
		b.WriteByte(text[i])
		escaped = text[i] == '\\' && !escaped
	}
	return b.String()
}

// quotedText returns the bytes as one string of a TXT in presentation form.
func quotedText(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

// notesOf returns the YAML comments beside a value.
func (o octoReader) notesOf(v yamlValue) []string {
	notes := yamlNotes(v)
	if v.Kind == yaml.MappingNode {
		for _, n := range v.Content {
			notes = append(notes, yamlNotes(v.child(n))...)
		}
	}
	return notes
}

// yamlNotes returns the lines of the YAML comments that belong to a value or a key, without the leading "#".
func yamlNotes(v yamlValue) []string {
	var out []string
	for _, comment := range []string{v.HeadComment, v.LineComment, v.FootComment} {
		for line := range strings.Lines(comment) {
			if line = strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(line), "#")); line != "" {
				out = append(out, line)
			}
		}
	}
	return out
}
