package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/fnv"
)

// identifier returns 32 lower-case hexadecimal digits that depend only on the arguments, so that every run
// has the same identifiers.
func identifier(seed uint64, kind string, parts ...any) string {
	sum := sha256.Sum256(fmt.Append(nil, seed, " ", kind, " ", fmt.Sprint(parts...)))
	return hex.EncodeToString(sum[:16])
}

// auditID returns an identifier in the form of the header Cf-Auditlog-Id, a UUID.
func auditID(id string) string {
	return id[:8] + "-" + id[8:12] + "-" + id[12:16] + "-" + id[16:20] + "-" + id[20:]
}

// shuffle returns the number by which a list sorts records that are otherwise equal. The number of a record
// is always the same, but unrelated to its name or age, because Cloudflare promises no order.
func shuffle(seed uint64, id string) uint64 {
	h := fnv.New64a()
	_, _ = fmt.Fprint(h, seed, id) // writing to a hash never fails
	return h.Sum64()
}

func isIdentifier(s string) bool {
	if len(s) != 32 {
		return false
	}
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
