package lang

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// CheckJSON is CheckSource for a file of the configuration in JSON. It also checks the strings in the file,
// because they are templates.
func CheckJSON(src []byte) error { return checkJSON(src, CheckTemplate) }

// checkJSON checks JSON. If checkText is not nil, it also checks each string with it.
func checkJSON(src []byte, checkText func([]byte) error) error {
	n := newNesting(hclsyntax.TokenOBrace)
	line, digits := 1, 0
	for i := 0; i < len(src); i++ {
		digits++
		switch c := src[i]; {
		case isDigit(c):
			if digits > maxDigits {
				return depthError{line, tooManyDigits}
			}
			continue
		case c == '\n':
			line++
		case c == '[':
			n.open(hclsyntax.TokenOBrack)
		case c == '{':
			n.open(hclsyntax.TokenOBrace)
		case c == ']':
			n.close(hclsyntax.TokenOBrack)
		case c == '}':
			n.close(hclsyntax.TokenOBrace)
		case c == '"':
			text := jsonText(src[i:])
			if err := checkJSONText(text, line, checkText); err != nil {
				return err
			}
			i += len(text) - 1
		}

		digits = 0
		if what := n.complaint(); what != "" {
			return depthError{line, what}
		}
	}
	return nil
}

// jsonText returns the string at the beginning of src, with its quotation marks. The string ends where
// hcl ends it, even where hcl is wrong: a control character ends it, but a quotation mark does not if a
// format character before it combines with the mark.
func jsonText(src []byte) []byte {
	escaped := false
	for i := 1; i < len(src); {
		c := src[i]
		switch {
		case c == '\\':
			escaped = !escaped
			i++
		case c == '"':
			i++
			if !escaped {
				return src[:i]
			}
			escaped = false
		case c < ' ':
			return src[:i]
		case c < utf8.RuneSelf:
			i++
			escaped = false
		default:
			r, size := utf8.DecodeRune(src[i:])
			i += size
			if unicode.Is(unicode.Prepended_Concatenation_Mark, r) && i < len(src) && src[i] >= ' ' {
				i++
			}
			escaped = false
		}
	}
	return src
}

// checkJSONText resolves the escapes of a string and checks the result.
func checkJSONText(text []byte, line int, check func([]byte) error) error {
	if check == nil || !bytes.ContainsAny(text, `{\`) {
		return nil
	}
	var said string
	var deep depthError
	err := json.Unmarshal(text, &said)
	if err == nil && errors.As(check([]byte(said)), &deep) {
		deep.line = line // a JSON string is on one line of the file
		return deep
	}
	return nil // the parser reports an invalid string
}
