package zonefile

import (
	"fmt"
	"math"
	"regexp"
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
	if f.owner == "" && !f.lost {
		f.fault(f.at, "zonefile-syntax", dns.AttrName, "Record without a name", "The line begins with a blank, which stands for the name of the record before it, and there is none before it in this file.")
		return
	}

	h, ok := f.header(words)
	if h.ttl != nil && *h.ttl <= maxTTL {
		f.stated = h.ttl
	}
	switch {
	case !ok && f.lost:
		f.checkOwner(h)
	case !ok:
		f.fault(f.at, "zonefile-syntax", dns.AttrType, "Record without a type", "A record is written as in %q: the name, the TTL and the class if need be, the type, the value.", "www 300 IN A 192.0.2.1")
	case h.typ == "SOA":
		f.authority(h)
	case f.ownServer(h, l.note):
		host, _ := dns.CanonicalName(f.absolute(h.rest[0])) // if it cannot be read, it makes no difference
		f.skip(dns.Record{Name: f.owner, Type: dns.NS, Content: host})
	case f.checkType(h) && f.checkOwner(h) && f.checkTTL(h):
		f.read(h, l.note)
	}
}

// read reads the value of a record that is to be kept.
func (f *file) read(h header, comment string) {
	if v, ok := f.value(h); ok {
		f.keep(h, v, comment)
	}
}

// setOwner reads the name of a record. What is wrong with it is told by checkOwner.
func (f *file) setOwner(text string) {
	f.owner, f.unfit = dns.CanonicalName(f.absolute(text))
	f.lost = f.unfit != nil
	if f.lost || dns.Inside(f.owner, f.opts.Zone) {
		return
	}

	f.lost = true
	f.unfit = &dns.Problem{
		Severity: dns.Error,
		Rule:     "name-outside-zone",
		Attr:     dns.AttrName,
		Summary:  "Name outside the zone",
		Detail: fmt.Sprintf("%s is not in the zone %s. A name without a final dot is relative to the $ORIGIN; one that has the dot is full.",
			dns.Show(f.owner), dns.Show(f.opts.Zone)),
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
	case strings.HasSuffix(name, ".@"): // GoDaddy's exports have _sip._tls.@
		return f.absolute(strings.TrimSuffix(name, ".@"))
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
	ttl   *int
	class string
	typ   dns.Type
	rest  []string
	// ttlText and written are the TTL and the type as the file has them.
	ttlText, written string
}

// header reads TTL and class, which may stand in any order or not at all, and
// the type.
func (f *file) header(words []string) (h header, ok bool) {
	for i, w := range words {
		upper := strings.ToUpper(w)
		if ttl, known := readTTL(w); known && h.ttl == nil {
			h.ttl, h.ttlText = &ttl, w
			continue
		}
		if h.class == "" && isClass(upper) {
			h.class = upper
			continue
		}
		if ageing.MatchString(upper) {
			continue
		}
		h.typ, h.written, h.rest = typeOf(upper), w, words[i+1:]
		return h, true
	}
	return h, false
}

// ageing is the mark of Windows' DNS server on records that clients registered themselves.
var ageing = regexp.MustCompile(`^\[AGE:[0-9]+\]$`)

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

// checkTTL reports a TTL that DNS does not know.
func (f *file) checkTTL(h header) bool {
	if h.ttl == nil || *h.ttl <= maxTTL {
		return true
	}
	f.badTTL(h.ttlText)
	return false
}

func (f *file) badTTL(text string) {
	f.fault(f.at, "ttl", dns.AttrTTL, "Invalid TTL", "%s is not a TTL. Write seconds, such as 3600, or units, such as 1h30m; it can be at most %d seconds.", dns.Show(text), maxTTL)
}

// keep adds a record that is not there yet.
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
	if f.spendRecord(f.at) && f.isNew(e.Record) {
		f.first[e.Key()] = len(f.entries)
		f.entries = append(f.entries, e)
	}
}

// ttl returns the TTL of a record: its own, that of $TTL, the minimum of the SOA, or that of the
// last record which had one.
func (f *file) ttl(h header) (ttl int, given bool) {
	switch {
	case h.ttl != nil:
		return *h.ttl, true
	case f.given != nil:
		return *f.given, true
	case f.minimum != nil:
		return f.minimumTTL(), true
	case f.stated != nil:
		return *f.stated, true
	}
	return dns.AutoTTL, false
}
