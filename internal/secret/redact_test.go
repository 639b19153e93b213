package secret_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/cfplan/cfplan/internal/secret"
)

const credential = "cfut_0123456789abcdefghijABCDEFGHIJ_-/+=0123abcd"

func TestStrikeFindsEverySpelling(t *testing.T) {
	escaped := strings.Map(func(r rune) rune { return r }, credential)
	percent, double, unicode, html := "", "", "", ""
	for i, c := range []byte(escaped) {
		hex := fmt.Sprintf("%02x", c)
		if i%2 == 0 {
			hex = strings.ToUpper(hex)
		}
		percent += "%" + hex
		double += "%25" + hex
		unicode += `\u00` + hex
		html += "&#x" + hex + ";"
	}
	quoted, _ := json.Marshal(credential)

	for name, text := range map[string]string{
		"as it is":          credential,
		"query":             url.QueryEscape(credential),
		"query, lower case": strings.ToLower(url.QueryEscape("_/+=")) + url.QueryEscape(credential),
		"path":              url.PathEscape(credential),
		"each byte":         percent,
		"twice":             double,
		"JSON":              string(quoted),
		"JSON, slashes":     strings.ReplaceAll(credential, "/", `\/`),
		"JSON, each byte":   unicode,
		"HTML":              html,
		"base64":            base64.StdEncoding.EncodeToString([]byte(credential)),
		"Basic":             "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("x-access-token:"+credential)),
		"base64 in a URL":   url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(credential + "?>?>"))),
		"base64 in lines":   wrapped(base64.StdEncoding.EncodeToString([]byte("user:"+credential)), 7, "\r\n"),
	} {
		got := secret.NewRedactor(credential).Strike("before " + text + " after")
		if !strings.Contains(got, secret.Struck) || !strings.HasPrefix(got, "before ") || !strings.HasSuffix(got, " after") {
			t.Errorf("%s: Strike(%q) = %q, want the credential struck out", name, text, got)
		}
		if strings.Contains(got, "0123456789") || strings.Contains(strings.ToLower(got), "%2501") {
			t.Errorf("%s: Strike(%q) = %q contains a part of the credential", name, text, got)
		}
	}
}

func wrapped(s string, width int, end string) string {
	var b strings.Builder
	for ; len(s) > width; s = s[width:] {
		b.WriteString(s[:width] + end)
	}
	return b.String() + s
}

func TestStrikeKeepsOtherTexts(t *testing.T) {
	r := secret.NewRedactor(credential, "short", "")
	for _, text := range []string{"", "short words stay", "cfut_ alone", base64.StdEncoding.EncodeToString([]byte("something else of some length")), "%63%66ut"} {
		if got := r.Strike(text); got != text {
			t.Errorf("Strike(%q) = %q, want it unchanged", text, got)
		}
	}
	if got := (secret.Redactor{}).Strike(credential); got != credential {
		t.Errorf("a redactor without credentials struck out %q", got)
	}
}

func TestStrikeTakesTheLongestCredentialFirst(t *testing.T) {
	r := secret.NewRedactor("abcdef", "abcdefghij")
	if got := r.Strike("abcdefghij abcdef"); got != "[redacted] [redacted]" {
		t.Errorf("Strike = %q, want both credentials struck out completely", got)
	}
}

func TestStrikeHandlesAVeryLongCredential(t *testing.T) {
	long := strings.Repeat("0123456789abcdef", 10_000)
	if got := secret.NewRedactor(long).Strike("<" + long + ">"); got != "<[redacted]>" {
		t.Errorf("Strike of a credential of %d bytes leaves %d bytes, want only <[redacted]>", len(long), len(got))
	}
}

var base64Run = regexp.MustCompile(`[A-Za-z0-9+/]+`)

// TestStrikeFindsACredentialInsideEncodedText encodes a credential with random text around it in base64. Then
// it decodes the result of Strike from every offset and looks for the credential.
func TestStrikeFindsACredentialInsideEncodedText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		token := rapid.StringMatching(`[A-Za-z0-9_/+=~.-]{6,60}`).Draw(t, "token")
		before := rapid.SliceOfN(rapid.Byte(), 0, 9).Draw(t, "before")
		after := rapid.SliceOfN(rapid.Byte(), 0, 9).Draw(t, "after")
		text := string(before) + token + string(after)

		coded := base64.StdEncoding.EncodeToString([]byte(text))
		if rapid.Bool().Draw(t, "URL alphabet") {
			coded = base64.RawURLEncoding.EncodeToString([]byte(text))
		}
		got := secret.NewRedactor(token).Strike("x " + coded + " y")
		for _, run := range base64Run.FindAllString(strings.NewReplacer("-", "+", "_", "/").Replace(got), -1) {
			for i := range min(4, len(run)) {
				part := run[i:]
				if data, _ := base64.RawStdEncoding.DecodeString(part[:len(part)-len(part)%4]); strings.Contains(string(data), token) {
					t.Fatalf("Strike(%q) = %q, which still contains %q", coded, got, token)
				}
			}
		}
		if !strings.Contains(got, secret.Struck) {
			t.Fatalf("Strike(%q) = %q, want something struck out", coded, got)
		}

		percent := randomPercent(t, token)
		if percent != token && strings.Contains(percent, token) {
			return // the token is also found inside the escapes, such as a 0 in %30, so a harmless part of an escape stays
		}
		if got := secret.NewRedactor(token).Strike("x " + percent + " y"); got != "x [redacted] y" {
			t.Fatalf("Strike(%q) = %q, want x [redacted] y", "x "+percent+" y", got)
		}
	})
}

// randomPercent percent-encodes some bytes of s, with hexadecimal digits in upper or lower case.
func randomPercent(t *rapid.T, s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		switch form := rapid.IntRange(0, 2).Draw(t, "form"); form {
		case 0:
			b.WriteByte(c)
		case 1:
			fmt.Fprintf(&b, "%%%02x", c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func FuzzStrike(f *testing.F) {
	f.Add(credential, "x")
	f.Add("a b\"c/d\\é", "%2")
	f.Fuzz(func(t *testing.T, token, around string) {
		if len(token) < 6 || len(token) > 100 {
			return
		}
		got := secret.NewRedactor(token).Strike(around + token + around)
		if strings.Contains(got, token) && !strings.Contains(around+secret.Struck+around, token) {
			t.Errorf("Strike left %q in %q", token, got)
		}
	})
}
