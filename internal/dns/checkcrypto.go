package dns

import "slices"

// hashes are the lengths in bytes of the digests that a field can announce.
type hashes map[int]int

// Lengths of digests: SSHFP's types (RFC 4255, RFC 6594), DS's (RFC 3658, 4509,
// 5933, 6605), TLSA's and SMIMEA's matching types (RFC 6698).
var (
	sshfpHashes = hashes{1: 20, 2: 32}
	dsHashes    = hashes{1: 20, 2: 32, 3: 32, 4: 48}
	daneHashes  = hashes{1: 32, 2: 64}
)

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
		c.checkDigest(data, "digest_type", "digest", dsHashes)
	case SSHFP:
		c.assigned(data, "algorithm", 1, 2, 3, 4, 6)
		c.assigned(data, "type", 1, 2)
		c.checkDigest(data, "type", "fingerprint", sshfpHashes)
	case DNSKEY:
		c.assigned(data, "protocol", 3)
		c.assigned(data, "flags", 0, 128, 256, 257, 384, 385)
	}
}

func (c *checker) assigned(data map[string]any, name string, choices ...int) {
	if n := number(data, name); !slices.Contains(choices, n) {
		c.caution("unassigned", name, "Unusual "+name, "%d has no meaning as the %s of a %s record. Those in use are %s.", n, name, c.Type, list(choices))
	}
}

func (c *checker) checkDigest(data map[string]any, announced, name string, known hashes) {
	want, ok := known[number(data, announced)]
	digest, _ := data[name].(string)
	if have := len(digest) / 2; ok && have != want {
		c.caution("digest-length", name, "Digest of the wrong length",
			"With a %s of %d the %s has %d bytes; this one has %d and cannot match anything.", announced, number(data, announced), name, want, have)
	}
}
