package dns

import (
	"strings"

	mdns "github.com/miekg/dns"
)

// Field describes one member of a type's structured data, by Cloudflare's name.
type Field struct {
	Name string
	// Number reports whether the field is a number; otherwise it is a string.
	Number bool
	// Fraction reports whether the number may have a fraction (LOC).
	Fraction bool
	// Min and Max are the smallest and the largest number allowed.
	Min, Max float64
	// Optional reports whether the field may be left out. Its value is then zero (the minutes of
	// a LOC) or empty (the parameters of an HTTPS).
	Optional bool
}

// Fields returns the fields of the structured data of t in the order of its presentation form. It
// returns nil for types that have only content (A, AAAA, CNAME, MX, NS, OPENPGPKEY, PTR, TXT).
func Fields(t Type) []Field {
	f, ok := formOf(t)
	if !ok {
		return nil
	}
	out := make([]Field, len(f.members))
	for i, m := range f.members {
		out[i] = m.Field
	}
	return out
}

// kind says which values a member can have and how they are written.
type kind int

const (
	kindNumber    kind = iota
	kindText           // any printable text; a quoted string in presentation form
	kindTag            // CAA's letters and digits
	kindDirection      // LOC's N, S, E, W
	kindHost           // host name, or a lone dot if there is no host
	kindHex            // this and the following kinds take the rest of the line
	kindBase64
	kindParameters // parameters of RFC 9460, in presentation form
)

// member is a field together with how it is parsed and written.
type member struct {
	Field
	kind kind
	// decimals is the number of decimals that a number is written with.
	decimals int
	// names maps mnemonics in upper case to the numbers that they stand for.
	names map[string]int
	// choices are the two letters that a direction may have, such as NS.
	choices string
}

// form describes the values of a type.
type form struct {
	members []member
	// example is an example value in presentation form.
	example string
}

func (f form) names() []string {
	out := make([]string, len(f.members))
	for i, m := range f.members {
		out[i] = m.Name
	}
	return out
}

// layout returns the names of the fields in the order of the presentation form.
func (f form) layout() string { return strings.Join(f.names(), " ") }

func formOf(t Type) (form, bool) {
	f, ok := forms[t]
	return f, ok
}

func whole(name string, most float64) member {
	return member{Field: Field{Name: name, Number: true, Max: most}}
}

func byte8(name string) member  { return whole(name, 255) }
func word16(name string) member { return whole(name, 65535) }

func of(k kind, name string) member { return member{Field: Field{Name: name}, kind: k} }

func optional(m member) member {
	m.Optional = true
	return m
}

func named(m member, names map[string]int) member {
	m.names = names
	return m
}

// algorithms are the mnemonics of DNSSEC (RFC 4034, appendix A.1). certTypes are the mnemonics of
// certificate types (RFC 4398, section 2.1).
var (
	algorithms = mnemonics(mdns.StringToAlgorithm)
	certTypes  = mnemonics(mdns.StringToCertType)
)

func mnemonics[N uint8 | uint16](from map[string]N) map[string]int {
	out := make(map[string]int, len(from))
	for name, n := range from {
		out[strings.ToUpper(name)] = int(n)
	}
	return out
}

// forms describes the types with structured data. The fields have Cloudflare's names and the order
// of the presentation form in the RFC of each type.
var forms = map[Type]form{
	CAA: {
		[]member{byte8("flags"), of(kindTag, "tag"), of(kindText, "value")},
		`0 issue "letsencrypt.org"`,
	},
	CERT: {
		[]member{
			named(word16("type"), certTypes), word16("key_tag"),
			named(byte8("algorithm"), algorithms), of(kindBase64, "certificate"),
		},
		`PKIX 0 0 MIIB…`,
	},
	DNSKEY: {
		[]member{
			word16("flags"), byte8("protocol"),
			named(byte8("algorithm"), algorithms), of(kindBase64, "public_key"),
		},
		`257 3 13 mdsswUyr…`,
	},
	DS: {
		[]member{
			word16("key_tag"), named(byte8("algorithm"), algorithms),
			byte8("digest_type"), of(kindHex, "digest"),
		},
		`2371 13 2 1f98c3…`,
	},
	HTTPS: {serviceMembers, `1 . alpn="h2,h3"`},
	SVCB:  {serviceMembers, `1 svc.example.com alpn="dot" port="853"`},
	LOC:   {locMembers, `37 46 46.000 N 122 23 35.000 W 0.00m 1.00m 10000.00m 10.00m`},
	NAPTR: {
		[]member{
			word16("order"), word16("preference"), of(kindText, "flags"),
			of(kindText, "service"), of(kindText, "regex"), of(kindHost, "replacement"),
		},
		`100 10 "S" "SIP+D2T" "" _sip._tcp.example.com`,
	},
	SMIMEA: {daneMembers, `3 1 1 0d6fce…`},
	TLSA:   {daneMembers, `3 1 1 0d6fce…`},
	SRV: {
		[]member{word16("priority"), word16("weight"), word16("port"), of(kindHost, "target")},
		`10 5 5060 sip.example.com`,
	},
	SSHFP: {
		[]member{byte8("algorithm"), byte8("type"), of(kindHex, "fingerprint")},
		`4 2 9f86d0…`,
	},
	URI: {
		[]member{word16("priority"), word16("weight"), of(kindText, "target")},
		`10 1 "https://www.example.com/"`,
	},
}

var (
	daneMembers = []member{
		byte8("usage"), byte8("selector"), byte8("matching_type"), of(kindHex, "certificate"),
	}
	serviceMembers = []member{
		word16("priority"), of(kindHost, "target"), optional(of(kindParameters, "value")),
	}
)
