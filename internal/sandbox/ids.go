package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/fnv"
)

// identifier returns 32 lower-case hexadecimal digits that depend only on the arguments, so that runs can
// be repeated.
func identifier(seed uint64, kind string, parts ...any) string {
	sum := sha256.Sum256(fmt.Append(nil, seed, " ", kind, " ", fmt.Sprint(parts...)))
	return hex.EncodeToString(sum[:16])
}

// auditID returns an identifier in the form of Cf-Auditlog-Id, a UUID.
func auditID(id string) string {
	return id[:8] + "-" + id[8:12] + "-" + id[12:16] + "-" + id[16:20] + "-" + id[20:]
}

// shuffle returns a record's place among equal records in a list. It is always the same but unrelated to
// name or age, because Cloudflare promises no order there.
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
