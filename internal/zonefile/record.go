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

// record reads a line that is not a directive.
func (f *file) record(l line) {
	words := l.words
	if l.owner {
		f.setOwner(words[0])
		words = words[1:]
	}
	if f.owner == "" && !f.lost {
		f.fault(f.at, "zonefile-syntax", dns.AttrName, "Record without a name",
			"The line begins with a blank, which stands for the name of the record before it, "+
				"but this file has no record before it.")
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
		f.fault(f.at, "zonefile-syntax", dns.AttrType, "Record without a type",
			"Write a record as in %q: the name, optionally the TTL and the class, the type, the value.",
			"www 300 IN A 192.0.2.1")
	case h.typ == "SOA":
		f.authority(h)
	case f.ownServer(h, l.note):
		host, _ := dns.CanonicalName(f.absolute(h.rest[0])) // Parse skips the record even if its host is invalid
		f.skip(dns.Record{Name: f.owner, Type: dns.NS, Content: host})
	case f.checkType(h) && f.checkOwner(h) && f.checkTTL(h):
		f.read(h, l.note)
	}
}

// read parses the value of a record and adds the record to the entries.
func (f *file) read(h header, comment string) {
	if v, ok := f.value(h); ok {
		f.keep(h, v, comment)
	}
}

// setOwner parses the name of a record. If the name is not valid, checkOwner reports that later.
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
		Detail: fmt.Sprintf("%s is not in the zone %s. A name without a final dot is relative to the $ORIGIN; "+
			"a name with a final dot is a full name.", dns.Show(f.owner), dns.Show(f.opts.Zone)),
	}
}

// absolute returns the full form of a name, without a final dot.
func (f *file) absolute(text string) string {
	name := unescapeName(text)
	switch {
	case name == "@" && f.origin != "":
		return f.origin
	case name == "@":
		return "."
	case name == ".":
		return name
	case strings.HasSuffix(name, ".@"): // GoDaddy's exports have names such as _sip._tls.@
		return f.absolute(strings.TrimSuffix(name, ".@"))
	case strings.HasSuffix(name, ".") && !strings.HasSuffix(name, `\.`):
		return strings.TrimSuffix(name, ".")
	case f.origin == "":
		return name
	}
	return name + "." + f.origin
}

// unescapeName resolves the escapes in a name. Some programs escape every character that is not a
// letter, such as the asterisk as \042. unescapeName keeps an escaped dot, because the dot alone would
// separate labels. The name is then refused.
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

// escaped returns the character at the start of s, and the number of bytes that spell it. A backslash
// that does not begin an escape stands for itself.
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

// header holds the parts of a record between its name and its value. rest holds the words of the value.
type header struct {
	ttl   *int
	class string
	typ   dns.Type
	rest  []string
	// ttlText and written are the TTL and the type as the file spells them.
	ttlText, written string
}

// header parses the TTL and the class, which are optional and may be in any order, and the type.
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
		if aging.MatchString(upper) {
			continue
		}

		h.typ, h.written, h.rest = typeOf(upper), w, words[i+1:]
		return h, true
	}
	return h, false
}

// aging matches the mark that the Windows DNS server gives to records that clients registered
// themselves.
var aging = regexp.MustCompile(`^\[AGE:[0-9]+\]$`)

// typeOf resolves a type by its number, such as TYPE65 (RFC 3597, section 5). Older programs write types
// that they do not know in this form.
func typeOf(word string) dns.Type {
	digits, numbered := strings.CutPrefix(word, "TYPE")
	n, err := strconv.ParseUint(digits, 10, 16)
	if !numbered || err != nil {
		return dns.Type(word)
	}

	if name, known := mdns.TypeToString[uint16(n)]; known {
		return dns.Type(name)
	}
	return dns.Type(word)
}

func isClass(word string) bool {
	_, known := mdns.StringToClass[word]
	number, numbered := strings.CutPrefix(word, "CLASS")
	_, err := strconv.ParseUint(number, 10, 16)
	return known || numbered && err == nil
}

// unknownType returns the problem that a record block with this type would have, plus a hint for zone files.
func unknownType(t dns.Type) *dns.Problem {
	_, problem := dns.ParseContent(t, "")
	out := *problem
	out.Detail += " In a zone file, the type follows the name, the TTL and the class."
	return &out
}

// maxTTL is the largest TTL in DNS, in seconds (RFC 2181, section 8).
const maxTTL = math.MaxInt32

// readTTL parses a TTL in seconds, or with BIND's units, as in 1h30m. It returns maxTTL+1 for a TTL
// that is too large. ok is false if s is not a TTL.
func readTTL(s string) (ttl int, ok bool) {
	units := map[byte]int{'s': 1, 'm': 60, 'h': 3600, 'd': 86400, 'w': 604800}
	number, digits := 0, 0
	for i := range len(s) {
		c := s[i] | 0x20 // in lower case; this does not change digits
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

// checkTTL checks that the TTL of a record is not too large for DNS, and reports a problem if it is.
func (f *file) checkTTL(h header) bool {
	if h.ttl == nil || *h.ttl <= maxTTL {
		return true
	}
	f.badTTL(h.ttlText)
	return false
}

func (f *file) badTTL(text string) {
	f.fault(f.at, "ttl", dns.AttrTTL, "Invalid TTL",
		"%s is not a TTL. Write seconds, such as 3600, or units, such as 1h30m; the maximum is %d seconds.",
		dns.Show(text), maxTTL)
}

// keep adds a record to the entries, unless it repeats an earlier one.
func (f *file) keep(h header, v dns.Value, comment string) {
	n, why := readNote(comment)
	if why != "" {
		f.fault(f.at, "tags", dns.AttrTags, "Invalid tags", "%s", why)
		return
	}
	if len(n.unknown) > 0 {
		f.caution(f.at, "tags", dns.AttrTags, "Reserved tag left out",
			"%s begins with cf-, which Cloudflare reserves. cfplan does not know this tag.", dns.Show(n.unknown[0]))
	}

	e := Entry{File: f.at.file, Line: f.at.line, HasProxied: n.proxied != nil}
	e.Record = dns.Record{
		Name:           f.owner,
		Type:           h.typ,
		Content:        v.Content,
		Priority:       v.Priority,
		Proxied:        n.proxied != nil && *n.proxied,
		Comment:        n.comment,
		Tags:           n.tags,
		Settings:       n.settings,
		PrivateRouting: n.private,
	}
	e.TTL, e.HasTTL = f.ttl(h)
	if e.Proxied {
		e.TTL = dns.AutoTTL
	}

	if f.spendRecord(f.at) && f.isNew(e.Record) {
		f.first[e.Key()] = len(f.entries)
		f.entries = append(f.entries, e)
	}
}

// ttl returns the TTL of a record. It comes from the record itself, from $TTL, from the minimum of the
// SOA, or from the last record with a TTL. given is false if the file has none of these.
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
