package dns

import (
	"slices"
	"strings"

	mdns "github.com/miekg/dns"
)

// Type is a DNS record type in upper case, such as "A" or "HTTPS".
type Type string

// The 21 types that clients can write with Cloudflare's API.
const (
	A          Type = "A"
	AAAA       Type = "AAAA"
	CAA        Type = "CAA"
	CERT       Type = "CERT"
	CNAME      Type = "CNAME"
	DNSKEY     Type = "DNSKEY"
	DS         Type = "DS"
	HTTPS      Type = "HTTPS"
	LOC        Type = "LOC"
	MX         Type = "MX"
	NAPTR      Type = "NAPTR"
	NS         Type = "NS"
	OPENPGPKEY Type = "OPENPGPKEY"
	PTR        Type = "PTR"
	SMIMEA     Type = "SMIMEA"
	SRV        Type = "SRV"
	SSHFP      Type = "SSHFP"
	SVCB       Type = "SVCB"
	TLSA       Type = "TLSA"
	TXT        Type = "TXT"
	URI        Type = "URI"
)

var writable = []Type{
	A, AAAA, CAA, CERT, CNAME, DNSKEY, DS, HTTPS, LOC, MX, NAPTR, NS,
	OPENPGPKEY, PTR, SMIMEA, SRV, SSHFP, SVCB, TLSA, TXT, URI,
}

// Types returns the writable types in alphabetical order.
func Types() []Type { return slices.Clone(writable) }

// Writable reports whether t is one of [Types].
func (t Type) Writable() bool { return slices.Contains(writable, t) }

// Registered reports whether t is in IANA's registry of resource record types, writable or not, or
// is a type by its number such as "TYPE65534" (RFC 3597, section 5).
func (t Type) Registered() bool {
	if digits, ok := strings.CutPrefix(string(t), "TYPE"); ok && allDigits(digits) {
		return true
	}
	_, ok := mdns.StringToType[string(t)]
	return ok
}

// Proxiable reports whether Cloudflare can proxy records of this type at all.
func (t Type) Proxiable() bool { return t == A || t == AAAA || t == CNAME }
