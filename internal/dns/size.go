package dns

import (
	"encoding/base64"

	mdns "github.com/miekg/dns"
)

// maxWire is the size that Cloudflare allows the data of one record in a DNS
// message, in bytes.
const maxWire = 4096

// smallContent is a length of content that cannot reach maxWire in any type:
// nothing grows more than the address :: in a list of hints, two characters and
// a comma that become sixteen bytes.
const smallContent = maxWire / 8

// headerSize is what stands before the data of a record at the root: name, type,
// class, TTL and length.
const headerSize = 1 + 2 + 2 + 4 + 2

// wireSize returns the length of a record's data in a DNS message, or something
// below the limit for what is short.
func wireSize(r Record) int {
	if len(r.Content) <= smallContent {
		return len(r.Content)
	}
	switch r.Type {
	case TXT:
		n := len(TXTValue(r.Content))
		return n + (n+maxString-1)/maxString // each string has its length before it
	case OPENPGPKEY:
		return base64.StdEncoding.DecodedLen(len(r.Content))
	}
	rr, err := mdns.NewRR(". 1 IN " + string(r.Type) + " " + r.Content)
	if err != nil || rr == nil {
		return len(r.Content) // no type is longer in a message than in text
	}
	return mdns.Len(rr) - headerSize
}
