package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/fnv"
)

// identifier returns 32 lower-case hexadecimal digits that depend on nothing
// but the arguments, so that runs repeat.
func identifier(seed uint64, kind string, parts ...any) string {
	sum := sha256.Sum256(fmt.Append(nil, seed, " ", kind, " ", fmt.Sprint(parts...)))
	return hex.EncodeToString(sum[:16])
}

// auditID spells an identifier the way Cf-Auditlog-Id does, as a UUID.
func auditID(id string) string {
	return id[:8] + "-" + id[8:12] + "-" + id[12:16] + "-" + id[16:20] + "-" + id[20:]
}

// shuffle is a record's place among its equals in a list: always the same, and
// unrelated to name or age, because Cloudflare promises no order there.
func shuffle(seed uint64, id string) uint64 {
	h := fnv.New64a()
	_, _ = fmt.Fprint(h, seed, id) // a hash never fails to be written
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
