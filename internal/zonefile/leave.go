package zonefile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/english"
)

// This file handles the records of a zone file that Parse does not return: records that Cloudflare
// keeps itself, records that Cloudflare cannot hold, and repeated records.

// authority skips the SOA. If no TTL comes before the SOA, its minimum is the TTL of the records that
// have none, as in BIND.
func (f *file) authority(h header) {
	if f.lost {
		f.checkOwner(h)
		return
	}

	// In Cloudflare's exports, the final dot of the SOA's owner is missing.
	if f.owner == f.opts.Zone+"."+f.opts.Zone {
		f.owner = f.opts.Zone
	}
	if h.ttl == nil && f.given == nil && f.stated == nil && len(h.rest) == soaWords {
		f.setMinimum(h.rest[soaWords-1])
	}
	f.skip(dns.Record{Name: f.owner, Type: "SOA"})
}

// soaWords is the number of words in an SOA: the name server, the mailbox, the serial, three time values
// and the minimum.
const soaWords = 7

// minimum is the last number of an SOA, in seconds. It serves as the TTL of records that have none.
type minimum struct {
	at      place
	seconds int
	// warned reports whether the parser has warned that the minimum is out of range.
	warned bool
}

// setMinimum stores the minimum of the SOA, if it is valid.
func (f *file) setMinimum(text string) {
	if seconds, ok := readTTL(text); ok {
		f.minimum = &minimum{at: f.at, seconds: seconds}
	}
}

// minimumTTL returns the minimum of the SOA, brought into Cloudflare's range. A warning about the range points at the
// SOA, because the records' own lines do not mention this TTL.
func (f *file) minimumTTL() int {
	m := f.minimum
	ttl := min(max(m.seconds, dns.MinTTL), dns.MaxTTL)
	if ttl != m.seconds && !m.warned {
		m.warned = true
		f.caution(m.at, "zonefile-minimum", dns.AttrTTL, "TTL brought into range",
			"The SOA's minimum is the TTL of the records that have none. Cloudflare accepts %d to %d seconds, so cfplan uses %d.",
			dns.MinTTL, dns.MaxTTL, ttl)
	}
	return ttl
}

// ownServer reports whether a record is one of the zone's own NS records. Parse skips these, because
// Cloudflare assigns other name servers when a zone moves there. A record with the tag
// cf-name-server:false is an ordinary record.
func (f *file) ownServer(h header, comment string) bool {
	if h.typ != dns.NS || f.lost || f.owner != f.opts.Zone || len(h.rest) == 0 || !isIN(h.class) {
		return false
	}

	n, why := readNote(comment)
	return why != "" || n.assigned == nil || *n.assigned
}

// skip passes a record of the zone that Cloudflare keeps itself to Skipped.
func (f *file) skip(r dns.Record) {
	f.ours = true
	f.report(r)
}

// report charges the budget for a record that Parse does not return, and passes it to Skipped.
func (f *file) report(r dns.Record) {
	if f.spendRecord(f.at) && f.opts.Skipped != nil {
		f.opts.Skipped(r, f.at.file, f.at.line)
	}
}

// isIN reports whether a class is IN (internet), which is also the default.
func isIN(class string) bool { return class == "" || class == "IN" || class == "CLASS1" }

// signatures lists the record types that DNSSEC signing adds to a zone.
var signatures = []dns.Type{"RRSIG", "NSEC", "NSEC3", "NSEC3PARAM", "CDS", "CDNSKEY", "ZONEMD"}

// instead says what to write instead of a type that Cloudflare does not have. The last three types have no
// replacement: they are not registered, or were hardly ever used.
var instead = map[dns.Type]string{
	"SPF":   "write the same text as TXT (RFC 7208, section 3.1)",
	"DNAME": "write a CNAME for each name, or a wildcard CNAME with the name *",
	"ALIAS": "write a CNAME, for which Cloudflare answers with addresses even at the zone's own name",
	"ANAME": "write a CNAME, for which Cloudflare answers with addresses even at the zone's own name",
	"A6":    "write the address as AAAA (RFC 6563)",
	"RP":    "write its text as TXT",
	"HINFO": "write its text as TXT",
	"WKS":   "",
	"WINS":  "",
	"WINSR": "",
}

// checkType reports whether Cloudflare can hold records of the class and type. If it cannot, Parse
// does not check the other parts of the record.
func (f *file) checkType(h header) bool {
	alternative, listed := instead[h.typ]
	switch {
	case !isIN(h.class):
		f.refuse(h, "zonefile-class", "", "Unsupported class",
			"Cloudflare has only records of the class IN, but this one has the class %s.", dns.Show(h.class))
	case h.typ.Writable():
		return true
	case slices.Contains(signatures, h.typ):
		f.ours = true
		f.leaveSignature(h)
	case h.typ.Registered() || listed:
		f.refuse(h, "type", dns.AttrType, "Unsupported record type",
			"Cloudflare's API cannot write records of the type %s.%s", dns.Show(string(h.typ)), f.advice(alternative))
	default:
		f.add(f.at, unknownType(dns.Type(strings.ToUpper(h.written))))
	}
	return false
}

// leaveSignature leaves out a record of DNSSEC. It warns once for each type, because a signed zone has
// several of these records at every name.
func (f *file) leaveSignature(h header) {
	if f.signed[h.typ] {
		return
	}

	f.signed[h.typ] = true
	f.caution(f.at, "zonefile-signature", dns.AttrType, "DNSSEC records left out",
		"Cloudflare signs zones itself, so %s records are left out.", h.typ)
	if f.opts.LeaveOut {
		f.report(f.asWritten(h))
	}
}

// advice says what to do about a record that Cloudflare cannot hold.
func (f *file) advice(alternative string) string {
	switch {
	case f.opts.LeaveOut && alternative == "":
		return ""
	case f.opts.LeaveOut:
		return " You can " + alternative + "."
	case alternative == "":
		return " Remove the line."
	}
	return " Remove the line, or " + alternative + "."
}

// checkOwner reports whether a record can have its name. If several records take their name from the
// same line, checkOwner reports a problem with it only once.
func (f *file) checkOwner(h header) bool {
	if !f.lost {
		f.ours = true
		return true
	}

	p := f.unfit
	f.unfit = nil
	switch {
	case p == nil && f.owner != "" && f.opts.LeaveOut: // a further record at a name outside the zone
		f.report(f.asWritten(h))
	case p == nil:
	case p.Rule == "name-outside-zone":
		if f.stranger == "" {
			f.stranger = f.owner
		}
		f.refuse(h, p.Rule, p.Attr, p.Summary, "%s", p.Detail)
	default:
		f.add(f.at, p)
	}
	return false
}

// refuse reports a record that Cloudflare cannot hold. With LeaveOut it gives a warning, otherwise an
// error.
func (f *file) refuse(h header, rule string, attr dns.Attribute, summary, format string, args ...any) {
	detail := fmt.Sprintf(format, args...)
	if !f.opts.LeaveOut {
		f.fault(f.at, rule, attr, summary, "%s", detail)
		return
	}

	f.ours = f.ours || !f.lost
	f.caution(f.at, rule, attr, "Record left out", "The %s record at %s is left out. %s",
		dns.Show(string(h.typ)), dns.Show(f.owner), detail)
	f.report(f.asWritten(h))
}

// asWritten returns a record for Skipped, with its value as the file spells it.
func (f *file) asWritten(h header) dns.Record {
	r := dns.Record{Name: f.owner, Type: h.typ, Content: strings.Join(h.rest, " ")}
	if !isIN(h.class) {
		r.Type = dns.Type(h.class + " " + string(h.typ))
	}
	return r
}

// isNew reports whether Parse keeps a record. Parse keeps only the first of several records with the
// same name, type and content if they differ at most in TTL or comment, like a name server (RFC 2181,
// section 5). If they differ in more, Parse leaves the later ones out with LeaveOut. Without LeaveOut
// it keeps them, and package lint refuses them.
func (f *file) isNew(r dns.Record) bool {
	i, repeated := f.first[r.Key()]
	if !repeated {
		return true
	}

	first := f.entries[i]
	differs := dns.Changed(first.Record, r)
	slight := !slices.ContainsFunc(differs, func(a dns.Attribute) bool {
		return a != dns.AttrTTL && a != dns.AttrComment
	})

	switch {
	case len(differs) == 0:
	case slight || f.opts.LeaveOut:
		f.caution(f.at, "zonefile-repeated", "", "Repeated record left out",
			"%s %s has the same value at %s:%d but differs in %s. The first one is kept.",
			r.Type, dns.Show(r.Name), dns.Show(first.File), first.Line, listed(differs))
	default:
		return true
	}
	return false
}

// listed joins the names of attributes.
func listed(attrs []dns.Attribute) string {
	words := make([]string, len(attrs))
	for i, a := range attrs {
		words[i] = string(a)
	}
	return english.List(words, "and")
}

// checkEmpty refuses a file that has no record of the zone. The file may be truncated or belong to
// another zone. In an exclusive zone, such a file would destroy every record.
func (p *parser) checkEmpty(at place) {
	at.line = 1
	switch {
	case p.ours || p.errors > 0:
	case p.stranger != "":
		p.fault(at, "zonefile-empty", "", "No record of the zone",
			"%s has no record of the zone %s. The first name in it is %s: is it the file of another zone?",
			dns.Show(at.file), dns.Show(p.opts.Zone), dns.Show(p.stranger))
	default:
		p.fault(at, "zonefile-empty", "", "Empty zone file",
			"%s has no records. Is it the right file, and is it complete?", dns.Show(at.file))
	}
}
