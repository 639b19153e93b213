package dns

import (
	"encoding/base64"
	"slices"
)

// lengths are those in bytes that a number announces.
type lengths map[int]int

// Lengths of digests: SSHFP's types (RFC 4255, RFC 6594), DS's (IANA's registry:
// RFC 4509, 5933, 6605, 9558, 9563), TLSA's and SMIMEA's matching types (RFC
// 6698). Lengths of DNSSEC's keys on elliptic curves (RFC 6605, RFC 8080).
var (
	sshfpHashes = lengths{1: 20, 2: 32}
	dsHashes    = lengths{1: 20, 2: 32, 3: 32, 4: 48, 5: 32, 6: 32}
	daneHashes  = lengths{1: 32, 2: 64}
	curveKeys   = lengths{13: 64, 14: 96, 15: 32, 16: 57}
)

// signers are the algorithms of DNSSEC that are assigned, with the two that
// delete a DS (RFC 8078) and are private (RFC 4034).
var signers = []int{0, 3, 5, 6, 7, 8, 10, 12, 13, 14, 15, 16, 17, 23, 253, 254}

// checkCrypto warns of numbers that nothing is assigned to and of digests that
// can match nothing. These are no errors, as registries grow.
func (c *checker) checkCrypto(data map[string]any) {
	switch c.Type {
	case TLSA, SMIMEA:
		c.assigned(data, "usage", 0, 1, 2, 3, 255)
		c.assigned(data, "selector", 0, 1, 255)
		c.assigned(data, "matching_type", 0, 1, 2, 255)
		c.checkDigest(data, "matching_type", "certificate", daneHashes)
	case DS:
		c.assigned(data, "algorithm", signers...)
		c.assigned(data, "digest_type", 0, 1, 2, 3, 4, 5, 6)
		c.checkDigest(data, "digest_type", "digest", dsHashes)
	case SSHFP:
		c.assigned(data, "algorithm", 1, 2, 3, 4, 6)
		c.assigned(data, "type", 1, 2)
		c.checkDigest(data, "type", "fingerprint", sshfpHashes)
	case DNSKEY:
		c.assigned(data, "protocol", 3)
		c.assigned(data, "flags", 0, 128, 256, 257, 384, 385)
		c.assigned(data, "algorithm", signers...)
		c.checkCurveKey(data)
	case CERT:
		c.assigned(data, "type", 1, 2, 3, 4, 5, 6, 7, 8, 253, 254)
	}
}

func (c *checker) assigned(data map[string]any, name string, choices ...int) {
	if n := number(data, name); !slices.Contains(choices, n) {
		c.caution("unassigned", name, "Unusual "+name, "%d has no meaning as the %s of a %s record. Those in use are %s.", n, name, c.Type, list(choices))
	}
}

func (c *checker) checkDigest(data map[string]any, announced, name string, known lengths) {
	want, ok := known[number(data, announced)]
	digest, _ := data[name].(string)
	if have := len(digest) / 2; ok && have != want {
		c.caution("digest-length", name, "Digest of the wrong length",
			"With a %s of %d the %s has %d bytes; this one has %d and cannot match anything.", announced, number(data, announced), name, want, have)
	}
}

func (c *checker) checkCurveKey(data map[string]any) {
	want, ok := curveKeys[number(data, "algorithm")]
	text, _ := data["public_key"].(string)
	key, err := base64.StdEncoding.DecodeString(text)
	if ok && err == nil && len(key) != want {
		c.caution("key-length", "public_key", "Key of the wrong length", "With an algorithm of %d the public key has %d bytes; this one has %d.", number(data, "algorithm"), want, len(key))
	}
}
