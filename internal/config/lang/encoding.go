package lang

import (
	"encoding/base64"
	"errors"
	"net/url"
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
