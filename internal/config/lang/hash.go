package lang

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"strings"
)

func hashFunctions() map[string]fn {
	hexadecimal := func(newHash func() hash.Hash) fn {
		return textual(func(args ...string) (string, error) {
			return hex.EncodeToString(digest(newHash(), args[0])), nil
		}, "str")
	}

	return map[string]fn{
		"md5":    hexadecimal(md5.New),
		"sha1":   hexadecimal(sha1.New),
		"sha256": hexadecimal(sha256.New),
		"sha512": hexadecimal(sha512.New),
		"base64sha256": textual(func(args ...string) (string, error) {
			return base64.StdEncoding.EncodeToString(digest(sha256.New(), args[0])), nil
		}, "str"),
		"uuidv5": textual(func(args ...string) (string, error) {
			return uuidV5(args[0], args[1])
		}, "namespace", "name"),
	}
}

func digest(h hash.Hash, s string) []byte {
	_, _ = h.Write([]byte(s)) // hash.Hash promises that it never fails
	return h.Sum(nil)
}

// namespaces are those that RFC 9562 names in section 6.6.
var namespaces = map[string]string{
	"dns":  "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
	"url":  "6ba7b811-9dad-11d1-80b4-00c04fd430c8",
	"oid":  "6ba7b812-9dad-11d1-80b4-00c04fd430c8",
	"x500": "6ba7b814-9dad-11d1-80b4-00c04fd430c8",
}

// uuidV5 makes a UUID from a name (RFC 9562, section 5.5).
func uuidV5(namespace, name string) (string, error) {
	if known := namespaces[namespace]; known != "" {
		namespace = known
	}

	space, err := hex.DecodeString(strings.ReplaceAll(namespace, "-", ""))
	if err != nil || len(space) != 16 {
		return "", errors.New("the namespace must be dns, url, oid, x500 or a UUID")
	}

	b := digest(sha1.New(), string(space)+name)[:16]
	b[6] = b[6]&0x0f | 0x50
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]), nil
}
