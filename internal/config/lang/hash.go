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

// hashes are the hash functions that expressions can use for texts and files.
var hashes = map[string]func() hash.Hash{
	"md5":    md5.New,
	"sha1":   sha1.New,
	"sha256": sha256.New,
	"sha512": sha512.New,
}

// hashFunctions returns the functions that hash a text or a file in tree.
func hashFunctions(tree *Tree) map[string]fn {
	out := map[string]fn{
		"uuidv5": textual(func(args ...string) (string, error) {
			return uuidV5(args[0], args[1])
		}, "namespace", "name"),
	}

	for name, newHash := range hashes {
		out[name] = ofText(newHash, hex.EncodeToString)
		out["file"+name] = ofFile(tree, newHash, hex.EncodeToString)
	}
	for _, name := range []string{"sha256", "sha512"} {
		out["base64"+name] = ofText(hashes[name], base64.StdEncoding.EncodeToString)
		out["filebase64"+name] = ofFile(tree, hashes[name], base64.StdEncoding.EncodeToString)
	}
	return out
}

func ofText(newHash func() hash.Hash, encode func([]byte) string) fn {
	return textual(func(args ...string) (string, error) {
		return encode(digest(newHash(), args[0])), nil
	}, "str")
}

func ofFile(tree *Tree, newHash func() hash.Hash, encode func([]byte) string) fn {
	return textual(func(args ...string) (string, error) {
		content, err := tree.Read(args[0])
		return encode(digest(newHash(), string(content))), err
	}, "path")
}

func digest(h hash.Hash, s string) []byte {
	_, _ = h.Write([]byte(s)) // hash.Hash promises that Write never fails
	return h.Sum(nil)
}

// namespaces maps the names of namespaces to their UUIDs (RFC 9562, section 6.6).
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
