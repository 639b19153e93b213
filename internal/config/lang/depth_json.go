package lang

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// CheckJSON is CheckSource for a file of the configuration in JSON. It also checks the texts
// in it, which are templates.
func CheckJSON(src []byte) error { return checkJSON(src, CheckTemplate) }

// checkJSON checks JSON, and each text in it with a function, unless that is nil.
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

// jsonText returns the text at the beginning of src, with its quotation marks. It ends where hcl
// ends it, even if that is wrong: at a control character, and not at a quotation mark that a
// preceding format character combines with.
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

// checkJSONText checks a text with its escapes resolved.
func checkJSONText(text []byte, line int, check func([]byte) error) error {
	if check == nil || !bytes.ContainsAny(text, `{\`) {
		return nil
	}
	var said string
	var deep depthError
	err := json.Unmarshal(text, &said)
	if err == nil && errors.As(check([]byte(said)), &deep) {
		deep.line = line // a text of JSON has no lines
		return deep
	}
	return nil // the parser reports what is no text
}
