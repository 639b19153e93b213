package zonefile

import (
	"math"
	"slices"
	"strconv"
	"strings"

	mdns "github.com/miekg/dns"

	"github.com/cfplan/cfplan/internal/dns"
)

// record reads a line as a record.
func (f *file) record(l line) {
	words := l.words
	if l.owner {
		f.setOwner(words[0])
		words = words[1:]
	}
	switch {
	case f.lost:
		return
	case f.owner == "":
		f.fault(f.at, "zonefile-syntax", dns.AttrName, "Record without a name", "The line begins with a blank, which stands for the name of the record before it, and there is none before it in this file.")
		return
	}
	h, ok := f.header(words)
	if !ok {
		return
	}
	if h.ttl != nil {
		f.stated = h.ttl
	}
	if h.typ == "SOA" {
		f.skip(dns.Record{Name: f.owner, Type: "SOA"})
		return
	}
	v, ok := f.value(h)
	if !ok {
		return
	}
	f.keep(h, v, l.note)
}

// setOwner reads the name of a record.
func (f *file) setOwner(text string) {
	name, problem := dns.CanonicalName(f.absolute(text))
	f.owner, f.lost = name, problem != nil
	switch {
	case problem != nil:
		f.add(f.at, problem)
	case name != f.opts.Zone && !strings.HasSuffix(name, "."+f.opts.Zone):
		f.lost = true
		f.fault(f.at, "name-outside-zone", dns.AttrName, "Name outside the zone", "%s is not in the zone %s. A name without a final dot is relative to the $ORIGIN; one that has the dot is full.", dns.Show(name), dns.Show(f.opts.Zone))
	}
}

// absolute returns the full name that a name stands for, without a final dot.
func (f *file) absolute(text string) string {
	name := unescapeName(text)
	switch {
	case name == "@" && f.origin != "":
		return f.origin
	case name == "@":
		return "."
	case name == ".":
		return name
	case strings.HasSuffix(name, ".") && !strings.HasSuffix(name, `\.`):
		return strings.TrimSuffix(name, ".")
	case f.origin == "":
		return name
	}
	return name + "." + f.origin
}

// unescapeName resolves escapes, which some programs write for every character
// that is not a letter, such as \042 for the asterisk. The escape of a dot stays
// and is refused: the dot would become one between labels.
func unescapeName(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		c, n := escaped(s[i:])
		if c == '.' && n > 1 {
			b.WriteByte('\\')
		}
		b.WriteByte(c)
		i += n
	}
	return b.String()
}

// escaped reads the character at the start of s, which may be an escape of n
// bytes. A backslash that begins none is itself.
func escaped(s string) (c byte, n int) {
	if s[0] != '\\' || len(s) == 1 {
		return s[0], 1
	}
	if len(s) >= 4 {
		if v, err := strconv.ParseUint(s[1:4], 10, 8); err == nil {
			return byte(v), 4
		}
	}
	return s[1], 2
}

// header is what stands between the name and the value.
type header struct {
	ttl  *int
	typ  dns.Type
	rest []string
}

// header reads TTL and class, which may stand in any order or not at all, and
// the type.
func (f *file) header(words []string) (h header, ok bool) {
	class := ""
	for i, w := range words {
		upper := strings.ToUpper(w)
		if ttl, known := readTTL(w); known && h.ttl == nil {
			if ttl > maxTTL {
				f.badTTL(w)
				return h, false
			}
			h.ttl = &ttl
			continue
		}
		if class == "" && isClass(upper) {
			class = upper
			continue
		}
		h.typ, h.rest = typeOf(upper), words[i+1:]
		return h, f.checkClass(class) && f.checkType(h.typ, w)
	}
	f.fault(f.at, "zonefile-syntax", dns.AttrType, "Record without a type", "A record is written as in %q: the name, the TTL and the class if need be, the type, the value.", "www 300 IN A 192.0.2.1")
	return h, false
}

// typeOf resolves TYPE65 and the like (RFC 3597, section 5), in which older
// programs write types that they do not know.
func typeOf(word string) dns.Type {
	if n, err := strconv.ParseUint(strings.TrimPrefix(word, "TYPE"), 10, 16); err == nil && strings.HasPrefix(word, "TYPE") {
		if name, known := mdns.TypeToString[uint16(n)]; known {
			return dns.Type(name)
		}
	}
	return dns.Type(word)
}

func isClass(word string) bool {
	_, known := mdns.StringToClass[word]
	number, numbered := strings.CutPrefix(word, "CLASS")
	_, err := strconv.ParseUint(number, 10, 16)
	return known || numbered && err == nil
}

func (f *file) checkClass(class string) bool {
	if slices.Contains([]string{"", "IN", "CLASS1"}, class) {
		return true
	}
	f.fault(f.at, "zonefile-class", "", "Unsupported class", "Cloudflare has records of the class IN only, and this one is of the class %s.", dns.Show(class))
	return false
}

// signatures are what a signed zone has besides its records.
var signatures = []dns.Type{"RRSIG", "NSEC", "NSEC3", "NSEC3PARAM", "CDS", "CDNSKEY", "ZONEMD"}

// unsupported says what to do instead of the types that Cloudflare cannot hold.
var unsupported = map[dns.Type]string{
	"SPF":   " The type was given up (RFC 7208, section 3.1): write the same text as TXT.",
	"DNAME": " Write a CNAME for each name, or a wildcard CNAME with the name *.",
	"ALIAS": " Write a CNAME: it works at the top of the zone too, where Cloudflare answers with the addresses of its target.",
	"ANAME": " Write a CNAME: it works at the top of the zone too, where Cloudflare answers with the addresses of its target.",
	"A6":    " Write the address as AAAA (RFC 6563).",
	"RP":    " Leave it out, or write what it says as TXT.",
	"HINFO": " Leave it out, or write what it says as TXT.",
}

func (f *file) checkType(t dns.Type, written string) bool {
	_, known := mdns.StringToType[string(t)]
	advice, advised := unsupported[t]
	switch {
	case t.Writable() || t == "SOA":
		return true
	case slices.Contains(signatures, t):
		f.caution(f.at, "zonefile-signature", dns.AttrType, "DNSSEC record left out", "Cloudflare signs zones itself, so that %s records are not taken over.", t)
	case known || advised:
		f.fault(f.at, "type", dns.AttrType, "Unsupported record type", "Cloudflare has no records of the type %s.%s", t, advice)
	default:
		f.add(f.at, unknownType(dns.Type(strings.ToUpper(written))))
	}
	return false
}

// unknownType has the words that a record block gets.
func unknownType(t dns.Type) *dns.Problem {
	_, problem := dns.ParseContent(t, "")
	out := *problem
	out.Detail += " In a zone file, the type stands behind the name, the TTL and the class."
	return &out
}

// maxTTL is the largest TTL that DNS knows, in seconds (RFC 2181, section 8).
const maxTTL = math.MaxInt32

// readTTL reads seconds, or BIND's numbers with units, as in 1h30m. A TTL that is
// too large is one above maxTTL.
func readTTL(s string) (ttl int, ok bool) {
	units := map[byte]int{'s': 1, 'm': 60, 'h': 3600, 'd': 86400, 'w': 604800}
	number, digits := 0, 0
	for i := range len(s) {
		c := s[i] | 0x20 // lower case; digits have the bit already
		unit := units[c]
		switch {
		case s[i] >= '0' && s[i] <= '9':
			number = min(number*10+int(s[i]-'0'), maxTTL+1)
			digits++
		case unit > 0 && digits > 0:
			ttl = min(ttl+number*unit, maxTTL+1)
			number, digits = 0, 0
		default:
			return 0, false
		}
	}
	return min(ttl+number, maxTTL+1), s != ""
}

func (f *file) badTTL(text string) {
	f.fault(f.at, "ttl", dns.AttrTTL, "Invalid TTL", "%s is not a TTL. Write seconds, such as 3600, or units, such as 1h30m; it can be at most %d seconds.", dns.Show(text), maxTTL)
}

// keep adds a record, or skips it where Cloudflare keeps it itself.
func (f *file) keep(h header, v dns.Value, comment string) {
	n, why := readNote(comment)
	if why != "" {
		f.fault(f.at, "tags", dns.AttrTags, "Invalid tags", "%s", why)
		return
	}
	if len(n.unknown) > 0 {
		f.caution(f.at, "tags", dns.AttrTags, "Reserved tag left out", "%s begins with cf-, which Cloudflare keeps for itself, and is not known here.", dns.Show(n.unknown[0]))
	}
	e := Entry{File: f.at.file, Line: f.at.line, HasProxied: n.proxied != nil}
	e.Record = dns.Record{Name: f.owner, Type: h.typ, Content: v.Content, Priority: v.Priority,
		Comment: n.comment, Tags: n.tags, Settings: n.settings, PrivateRouting: n.private, Proxied: n.proxied != nil && *n.proxied}
	e.TTL, e.HasTTL = f.ttl(h)
	if e.Proxied {
		e.TTL = dns.AutoTTL
	}
	switch {
	case e.Type == dns.NS && e.Name == f.opts.Zone && (n.assigned || assigned(e.Content)):
		f.skip(e.Record)
	case f.spendRecord(f.at):
		f.entries = append(f.entries, e)
	}
}

// assigned recognises the name servers that Cloudflare gives to zones.
func assigned(host string) bool { return strings.HasSuffix(host, ".ns.cloudflare.com") }

func (f *file) skip(r dns.Record) {
	if f.spendRecord(f.at) && f.opts.Skipped != nil {
		f.opts.Skipped(r, f.at.file, f.at.line)
	}
}

func (f *file) ttl(h header) (ttl int, given bool) {
	for _, t := range []*int{h.ttl, f.given, f.stated} {
		if t != nil {
			return *t, true
		}
	}
	return dns.AutoTTL, false
}
