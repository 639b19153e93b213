package importer

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/plan"
)

// irReader reads the output of dnscontrol print-ir. This is DNSControl's intermediate representation, the
// result of running the JavaScript of its configuration. DNSControl leaves out fields that are zero, false or
// empty.
type irReader struct {
	in      Input
	diags   []plan.Diagnostic
	remarks []string
}

// irDomain is one D(…) of the configuration.
type irDomain struct {
	zone string
	// name is the zone's name with the tag, as in example.com!inside.
	name   string
	tagged bool
	line   int
	meta   map[string]string
	// keepsUnknown reports whether the domain has NO_PURGE, with which DNSControl leaves records alone that
	// it does not know.
	keepsUnknown bool
	ignored      []irPattern
	records      []irRecord
	// absent are records that must not exist.
	absent []irRecord
}

func readDNSControl(in Input) (*Source, []plan.Diagnostic) {
	if d, other := otherKind(in, DNSControl); other {
		return nil, []plan.Diagnostic{d}
	}
	r := &irReader{in: in}
	w := newJSONWalk(in.Text)
	domains, found, err := r.domains(w)
	if err == nil {
		err = w.end()
	}
	switch {
	case err != nil:
		return nil, append(r.diags, w.problem(in.Name, err))
	case !found:
		return nil, append(r.diags, failure("Wrong kind of file", "%s is not %s: it has no domains. %s",
			dns.Show(in.Name), formats[DNSControl].name, formats[DNSControl].advice))
	}

	src := &Source{release: releaseDNSControl}
	for _, d := range r.chosen(r.wanted(domains)) {
		src.Zones = append(src.Zones, r.zone(d))
	}
	src.Remarks = r.remarks
	return src, r.diags
}

// domains reads the document. found reports whether the document has a list of domains.
func (r *irReader) domains(w *jsonWalk) (domains []irDomain, found bool, err error) {
	err = w.object("The document", func(key string) error {
		if key != "domains" {
			return w.skip()
		}
		found = true
		return w.list("domains", func() error {
			d, err := r.domain(w)
			if err == nil && d.zone != "" {
				domains = append(domains, d)
			}
			return err
		})
	})
	return domains, found, err
}

// domain reads one domain. If the name is invalid, it reports that and leaves the zone empty.
func (r *irReader) domain(w *jsonWalk) (irDomain, error) {
	d := irDomain{line: w.line()}
	var name, unique, tag string
	err := w.object("A domain", func(key string) error {
		switch key {
		case "name":
			return r.decode(w, "The name of a domain", &name)
		case "uniquename":
			return r.decode(w, "The uniquename of a domain", &unique)
		case "tag":
			return r.decode(w, "The tag of a domain", &tag)
		case "meta":
			return r.decode(w, "The meta of a domain", &d.meta)
		case "keepunknown":
			return r.decode(w, "keepunknown", &d.keepsUnknown)
		case "unmanaged":
			return r.decode(w, "unmanaged", &d.ignored)
		case "records":
			return r.recordsOf(w, &d.records)
		case "recordsabsent":
			return r.recordsOf(w, &d.absent)
		}
		return w.skip()
	})
	if _, tagInName, tagged := strings.Cut(unique, "!"); tagged && tag == "" {
		tag = tagInName // the tag is normally in both members; this keeps views apart if one of them lacks it
	}
	if err == nil {
		r.setName(&d, name, tag)
	}
	return d, err
}

// setName sets the zone of a domain, or reports an invalid name.
func (r *irReader) setName(d *irDomain, name, tag string) {
	zone, p := dns.CanonicalName(name)
	if p != nil {
		r.fail(d.line, "Invalid zone name", "A domain has a name that no zone can have. %s", p.Detail)
		return
	}
	d.zone, d.name, d.tagged = zone, zone, tag != ""
	if d.tagged {
		d.name += "!" + tag
	}
}

// recordsOf reads a list of records into out.
func (r *irReader) recordsOf(w *jsonWalk, out *[]irRecord) error {
	return w.list("records", func() error {
		record := irRecord{line: w.line()}
		before := len(r.diags)
		if err := r.decode(w, "A record", &record); err != nil || len(r.diags) > before {
			return err
		}
		*out = append(*out, record)
		return nil
	})
}

// decode reads the next value. If the value has another shape, decode reports that, and reading goes on.
func (r *irReader) decode(w *jsonWalk, what string, v any) error {
	line := w.line()
	err := w.decode(v)
	if shape, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		where := what
		if shape.Field != "" {
			where = fmt.Sprintf("%s in the field %s", what, dns.Show(shape.Field))
		}
		r.fail(line, "Unexpected value", "%s has a value of another kind (%s) than dnscontrol print-ir writes.",
			where, strings.Trim(dns.Show(shape.Value), `"`))
		return nil
	}
	return err
}

func (r *irReader) fail(line int, summary, format string, args ...any) {
	r.diags = append(r.diags, plan.Diagnostic{
		Severity: dns.Error,
		Summary:  summary,
		Detail:   fmt.Sprintf(format, args...),
		Position: &plan.Position{File: r.in.Name, Line: line},
	})
}

func (r *irReader) remark(format string, args ...any) {
	r.remarks = append(r.remarks, fmt.Sprintf(format, args...))
}

// wanted returns the domains of the zone to import, or all domains if the user names no zone. A domain below
// that zone, such as sub.example.com, is a separate zone.
func (r *irReader) wanted(domains []irDomain) []irDomain {
	slices.SortStableFunc(domains, func(a, b irDomain) int { return cmp.Compare(a.zone, b.zone) })
	if r.in.Zone == "" {
		return domains
	}
	var out []irDomain
	var names []string
	for _, d := range domains {
		if d.zone == r.in.Zone {
			out = append(out, d)
		}
		names = append(names, dns.Show(d.name))
	}
	if len(out) == 0 && len(names) > 0 {
		r.diags = append(r.diags, otherZones(r.in, names))
	}
	return out
}

// chosen returns one domain for each zone, sorted by zone: the domain without a tag, or the only one. Tags
// distinguish the views of a zone (split horizon), and Cloudflare has only one view.
func (r *irReader) chosen(domains []irDomain) []irDomain {
	var out []irDomain
	for len(domains) > 0 {
		n := slices.IndexFunc(domains, func(d irDomain) bool { return d.zone != domains[0].zone })
		if n < 0 {
			n = len(domains)
		}
		views := domains[:n]
		domains = domains[n:]
		if i, ok := r.view(views); ok {
			out = append(out, views[i])
		}
	}
	return out
}

// view chooses one of the views of a zone and names the others in a remark. It returns false if it cannot
// choose.
func (r *irReader) view(views []irDomain) (int, bool) {
	chosen := slices.IndexFunc(views, func(d irDomain) bool { return !d.tagged })
	names := make([]string, 0, len(views))
	for i, d := range views {
		if i != chosen {
			names = append(names, dns.Show(d.name))
		}
	}
	switch {
	case chosen >= 0 && len(views) > 1:
		r.remark("%s also has %s, which %s not read: %s.",
			views[0].zone, english.Count(len(names), "view"), isOrAre(len(names)), shortList(names))
	case chosen < 0 && len(views) == 1:
		chosen = 0
		r.remark("%s is read from %s, its only view.", views[0].zone, names[0])
	case chosen < 0:
		r.fail(views[0].line, "Several views of a zone", "%s has several views, all with a tag: %s. Keep only the view "+
			"that Cloudflare serves, for example with dnscontrol print-ir | jq '.domains |= map(select(.uniquename == %s))'.",
			views[0].zone, shortList(names), strings.ReplaceAll(names[0], "'", ""))
	}
	return chosen, chosen >= 0
}

func isOrAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// zone converts a domain to a zone.
func (r *irReader) zone(d irDomain) Zone {
	z := Zone{Name: d.zone, Exclusive: !d.keepsUnknown}
	for _, record := range d.records {
		r.record(&z, d, record)
	}
	for _, record := range d.absent {
		z.Left = append(z.Left, r.left(d, record, "ENSURE_ABSENT: a record that must not exist"))
	}
	r.ignored(&z, d)
	return z
}
