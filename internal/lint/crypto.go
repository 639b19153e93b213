package lint

import (
	"encoding/base64"
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
)

// curveKeys maps the numbers of DNSSEC's elliptic-curve algorithms to the length of their public
// keys in bytes (RFC 6605, RFC 8080).
var curveKeys = map[int]int{13: 64, 14: 96, 15: 32, 16: 57}

// signers lists the assigned DNSSEC algorithms. 0 deletes a DS (RFC 8078); 253 and 254 are for
// private use (RFC 4034).
var signers = []int{0, 3, 5, 6, 7, 8, 10, 12, 13, 14, 15, 16, 17, 23, 253, 254}

// checkCrypto warns of unassigned numbers and of keys that cannot work. These are warnings and not
// errors, because registries grow.
func (c *checker) checkCrypto(data map[string]any) {
	switch c.Type {
	case dns.TLSA, dns.SMIMEA:
		c.assigned(data, "usage", 0, 1, 2, 3, 255)
		c.assigned(data, "selector", 0, 1, 255)
		c.assigned(data, "matching_type", 0, 1, 2, 255)
	case dns.DS:
		c.assigned(data, "algorithm", signers...)
		c.assigned(data, "digest_type", 0, 1, 2, 3, 4, 5, 6)
	case dns.SSHFP:
		c.assigned(data, "algorithm", 1, 2, 3, 4, 6)
		c.assigned(data, "type", 1, 2)
	case dns.DNSKEY:
		c.assigned(data, "protocol", 3)
		c.assigned(data, "flags", 0, 128, 256, 257, 384, 385)
		c.assigned(data, "algorithm", signers...)
		c.checkCurveKey(data)
	case dns.CERT:
		c.assigned(data, "type", 1, 2, 3, 4, 5, 6, 7, 8, 253, 254)
	}
}

func (c *checker) assigned(data map[string]any, name string, choices ...int) {
	if n := number(data, name); !slices.Contains(choices, n) {
		c.caution("unassigned", dns.Attribute(name), "Unusual "+name,
			"%d has no meaning as the %s of a %s record. The assigned numbers are %s.",
			n, name, c.Type, list(choices))
	}
}

func (c *checker) checkCurveKey(data map[string]any) {
	want, ok := curveKeys[number(data, "algorithm")]
	text, _ := data["public_key"].(string)
	key, err := base64.StdEncoding.DecodeString(text)
	if ok && err == nil && len(key) != want {
		c.caution("key-length", "public_key", "Key of the wrong length",
			"A public key of algorithm %d has %d bytes; this one has %d.",
			number(data, "algorithm"), want, len(key))
	}
}
