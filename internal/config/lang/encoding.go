package lang

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/ianaindex"
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

// base64GzipFunc compresses a text. The result may differ between versions of Go.
var base64GzipFunc = textual(func(args ...string) (string, error) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write([]byte(args[0])); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(packed.Bytes()), nil
}, "str")

var textEncodeBase64Func = textual(func(args ...string) (string, error) {
	charset, err := charsetOf(args[1])
	if err != nil {
		return "", err
	}
	b, err := charset.NewEncoder().Bytes([]byte(args[0]))
	if err != nil {
		return "", fmt.Errorf("the text has characters that %s does not have", args[1])
	}
	return base64.StdEncoding.EncodeToString(b), nil
}, "string", "encoding")

var textDecodeBase64Func = textual(func(args ...string) (string, error) {
	charset, err := charsetOf(args[1])
	if err != nil {
		return "", err
	}
	b, err := base64.StdEncoding.DecodeString(args[0])
	if err != nil {
		return "", errors.New("the text is not valid Base64")
	}

	// Decoders replace invalid bytes with U+FFFD.
	out, err := charset.NewDecoder().String(string(b))
	if err != nil || strings.ContainsRune(out, utf8.RuneError) {
		return "", fmt.Errorf("the bytes are not a text in %s", args[1])
	}
	return out, nil
}, "source", "encoding")

// charsetOf returns the encoding with an IANA name, such as UTF-16LE.
func charsetOf(name string) (encoding.Encoding, error) {
	charset, err := ianaindex.IANA.Encoding(name)
	if err != nil || charset == nil {
		return nil, fmt.Errorf("%q is not the name of a supported encoding, such as UTF-16LE or ISO-8859-1", name)
	}
	return charset, nil
}
