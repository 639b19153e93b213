package dns

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSpellingsOfATextAreEqual(t *testing.T) {
	for _, tt := range []struct {
		want    string
		spelled []string
	}{
		{`"v=spf1 -all"`, []string{`v=spf1 -all`, `"v=spf1 -all"`, `"v=spf1" " -all"`, `"v=sp" "f1 -all"`, "\"v=spf1\"\t\" -all\"",
			`"v=spf1"" -all"`, `"" "v=spf1 -all"`, `"\118=spf1 -all"`, `"\v=spf1 -all"`, " \"v=spf1 -all\" \n"}},
		{`"a\"b\\c"`, []string{`"a\"b\\c"`, `"a\034b\092c"`, `"a\"" "b\\c"`}},
		{`"a\\b"`, []string{`a\b`}},
		{`"a\\\\b"`, []string{`a\\b`}},
		{`"{\"a\":[1,\"b\"]}"`, []string{`{"a":[1,"b"]}`}},
		{`"k=v; p"`, []string{`k=v; p`, `"k=v; p"`}},
		{`"grüße 日本"`, []string{`grüße 日本`, `"grüße 日本"`, `"gr\195\188\195\159e 日本"`}},
		{`"a\255\010\000b"`, []string{"a\xff\n\x00b", `"a\255\010\000b"`}},
		{`"\127\194\155m"`, []string{"\x7f\u009bm"}},
		{`" a "`, []string{` a `, `" a "`}},
		{`"$INCLUDE x (;)"`, []string{`$INCLUDE x (;)`}},
		{`"\""`, []string{`"`, `"\""`}},
		{`"a\""`, []string{`a"`, `"a\""`}},
		{`"5\" disk"`, []string{`5" disk`}},
		{`"say \"hi\""`, []string{`say "hi"`}},
		{`"p=MIG\" \"ABC"`, []string{`p=MIG" "ABC`}},
	} {
		for _, in := range tt.spelled {
			got, p := ParseContent(TXT, in)
			if p != nil || got.Content != tt.want {
				t.Errorf("ParseContent(TXT, %q) = %q, %v, want %q", in, got.Content, p, tt.want)
			}
		}
	}
}

func TestInvalidTextsAreRefused(t *testing.T) {
	for _, in := range []string{``, `""`, `"" ""`, `"a`, `"a\"`, `"a" b`, `"a" b "c"`, `"a" "b`,
		`"a\25"`, `"a\256"`, `"a\2x5"`, `"""`} {
		if got, p := ParseContent(TXT, in); p == nil {
			t.Errorf("ParseContent(TXT, %q) = %q, want a problem", in, got.Content)
		} else if p.Attr != "content" || p.Rule != "txt" {
			t.Errorf("ParseContent(TXT, %q): the problem %+v is not about the text", in, p)
		}
	}
}

func TestTXTValue(t *testing.T) {
	for in, want := range map[string]string{
		`"a\"b\\\255"`:  "a\"b\\\xff",
		`"v=spf1 -all"`: "v=spf1 -all",
		`""`:            "",
		`"not closed`:   `"not closed`,
	} {
		if got := TXTValue(in); got != want {
			t.Errorf("TXTValue(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSendContentSplitsTextsAt255Bytes(t *testing.T) {
	for _, text := range []string{
		"short", strings.Repeat("a", 255), strings.Repeat("a", 256), strings.Repeat("a", 1021),
		strings.Repeat("a", 254) + "ü" + "b", strings.Repeat("日", 300), strings.Repeat(`\"`, 300),
		strings.Repeat("\x80", 600), strings.Repeat("a", 253) + "\xf0\x9f\x98\x80z",
	} {
		v, p := ParseContent(TXT, quote(text))
		if p != nil {
			t.Fatalf("ParseContent(%q): %v", text, p)
		}

		sent := Record{Type: TXT, Content: v.Content}.SendContent()
		parts := sentChunks(t, sent)
		for i, c := range parts {
			if len(c) > 255 || c == "" {
				t.Errorf("chunk %d of %q has %d bytes, want at most 255", i, text, len(c))
			}
			if utf8.ValidString(text) && !utf8.ValidString(c) {
				t.Errorf("chunk %d of %q ends inside a character", i, text)
			}
		}

		if strings.Join(parts, "") != text {
			t.Errorf("the chunks of %q do not add up to it: %q", text, sent)
		}
		if back, _ := ParseContent(TXT, sent); back.Content != v.Content {
			t.Errorf("ParseContent(SendContent(%q)) = %q, want it unchanged", v.Content, back.Content)
		}
	}
}

// sentChunks parses quoted strings separated by one space.
func sentChunks(t *testing.T, sent string) (out []string) {
	t.Helper()
	for rest := sent; rest != ""; rest = strings.TrimPrefix(rest, " ") {
		end := closing(rest)
		if rest[0] != '"' || end < 0 {
			t.Fatalf("%q is not a list of quoted strings", sent)
		}

		text, ok := unescape(rest[1:end])
		if !ok {
			t.Fatalf("%q has an invalid escape", sent)
		}
		out, rest = append(out, text), rest[end+1:]
	}
	return out
}

func TestSendContentOfOtherTypesIsUnchanged(t *testing.T) {
	r := Record{Type: OPENPGPKEY, Content: strings.Repeat("QUJD", 200)}
	if got := r.SendContent(); got != r.Content {
		t.Errorf("SendContent() = %q, want it unchanged", got)
	}
}
