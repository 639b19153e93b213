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
	"net/url"
	"strings"
	"unicode/utf8"
)

var base64EncodeFunc = textual(func(args ...string) (string, error) {
	return base64.StdEncoding.EncodeToString([]byte(args[0])), nil
}, "str")

var base64DecodeFunc = textual(func(args ...string) (string, error) {
	b, err := base64.StdEncoding.DecodeString(args[0])
	if err != nil {
		return "", errors.New("the text is not valid Base64")
	}
	if !utf8.Valid(b) {
		return "", errors.New("the decoded bytes are not valid UTF-8")
	}
	return string(b), nil
}, "str")

var urlEncodeFunc = textual(func(args ...string) (string, error) { return url.QueryEscape(args[0]), nil }, "str")

func hashFunctions() map[string]fn {
	hexadecimal := func(newHash func() hash.Hash) fn {
		return textual(func(args ...string) (string, error) { return hex.EncodeToString(digest(newHash(), args[0])), nil }, "str")
	}
	return map[string]fn{
		"md5":    hexadecimal(md5.New),
		"sha1":   hexadecimal(sha1.New),
		"sha256": hexadecimal(sha256.New),
		"sha512": hexadecimal(sha512.New),
		"base64sha256": textual(func(args ...string) (string, error) {
			return base64.StdEncoding.EncodeToString(digest(sha256.New(), args[0])), nil
		}, "str"),
		"uuidv5": textual(func(args ...string) (string, error) { return uuidV5(args[0], args[1]) }, "namespace", "name"),
	}
}

func digest(h hash.Hash, s string) []byte {
	_, _ = h.Write([]byte(s)) // never fails, says hash.Hash
	return h.Sum(nil)
}

// wellKnown are the name spaces of RFC 9562, section 6.6.
var wellKnown = map[string]string{
	"dns":  "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
	"url":  "6ba7b811-9dad-11d1-80b4-00c04fd430c8",
	"oid":  "6ba7b812-9dad-11d1-80b4-00c04fd430c8",
	"x500": "6ba7b814-9dad-11d1-80b4-00c04fd430c8",
}

// uuidV5 makes a UUID from a name (RFC 9562, section 5.5).
func uuidV5(namespace, name string) (string, error) {
	if known := wellKnown[namespace]; known != "" {
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
