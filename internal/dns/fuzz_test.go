package dns

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func FuzzParseContent(f *testing.F) {
	for i, typ := range Types() {
		for _, tt := range contents {
			if tt.t == typ {
				f.Add(uint8(i), tt.want)
				f.Add(uint8(i), tt.spelled[0])
			}
		}
	}
	f.Add(uint8(2), "0 issue \"a\"\n$INCLUDE /etc/passwd")
	f.Add(uint8(7), `1 . key1="(" ; ) $GENERATE`)

	f.Fuzz(func(t *testing.T, i uint8, content string) {
		typ := Types()[int(i)%len(Types())]
		v, p := ParseContent(typ, content)
		if p != nil {
			checkWording(t, p)
			return
		}

		checkCanonical(t, typ, v)
		if live := ParseLive(typ, content, nil, nil); live != v {
			t.Errorf("ParseLive(%s, %q) = %+v, want %+v as declared", typ, content, live, v)
		}
		for _, p := range CheckParts(Record{Type: typ, Content: v.Content}) {
			checkWording(t, p)
		}
		if PriorityApart(typ) {
			checkPriorityApart(t, typ, v)
		}
	})
}

// checkCanonical checks the properties that every canonical content must have.
func checkCanonical(t *testing.T, typ Type, v Value) {
	t.Helper()
	if again, p := ParseContent(typ, v.Content); p != nil || again.Content != v.Content {
		t.Fatalf("ParseContent(%s, %q) = %q, %v, want the canonical content unchanged", typ, v.Content, again.Content, p)
	}
	if strings.ContainsFunc(v.Content, unicode.IsControl) || !utf8.ValidString(v.Content) {
		t.Errorf("%s: the canonical content %q has control characters or is not UTF-8", typ, v.Content)
	}
	if strings.TrimSpace(v.Content) != v.Content || v.Content == "" {
		t.Errorf("%s: the canonical content %q has blanks around it or is empty", typ, v.Content)
	}

	r := Record{Type: typ, Content: v.Content}
	if sent, p := ParseContent(typ, r.SendContent()); p != nil || sent.Content != v.Content {
		t.Errorf("%s: %q is sent as %q, which is parsed as %q, %v", typ, v.Content, r.SendContent(), sent.Content, p)
	}
	checkData(t, r)
}

func checkData(t *testing.T, r Record) {
	t.Helper()
	data := r.Data()
	if (data == nil) != (Fields(r.Type) == nil) {
		t.Fatalf("Data() of %s %q = %v, but the type has the fields %v", r.Type, r.Content, data, Fields(r.Type))
	}
	if data == nil {
		return
	}

	v, problems := ParseData(r.Type, data)
	if len(problems) > 0 || v.Content != r.Content {
		t.Errorf("%s %q: Data() = %v, which is parsed as %q, %v", r.Type, r.Content, data, v.Content, problems)
	}

	b, err := json.Marshal(data)
	var read map[string]any
	if err == nil {
		err = json.Unmarshal(b, &read)
	}
	if live := ParseLive(r.Type, "", read, nil); err != nil || live.Content != r.Content {
		t.Errorf("%s %q: its data, encoded as JSON and read back, is %q, %v", r.Type, r.Content, live.Content, err)
	}
}

func checkWording(t *testing.T, p *Problem) {
	t.Helper()
	if p.Rule == "" || p.Summary == "" || p.Detail == "" {
		t.Errorf("the problem %+v is incomplete", *p)
	}
	if len(p.Detail) > 2000 || !utf8.ValidString(p.Detail) || strings.ContainsFunc(p.Error(), unicode.IsControl) {
		t.Errorf("the texts of the problem %+v cannot be shown to a user", *p)
	}
}

// checkPriorityApart checks that the priority may be beside the content or in both places, and that two different
// priorities are refused.
func checkPriorityApart(t *testing.T, typ Type, v Value) {
	t.Helper()
	first, rest, _ := strings.Cut(v.Content, " ")
	priority := priorityOf(first)
	for _, content := range []string{rest, v.Content} {
		if got, p := ParseContentBeside(typ, content, priority); p != nil || got != v {
			t.Errorf("ParseContentBeside(%s, %q, %d) = %+v, %v, want %+v", typ, content, priority, got, p, v)
		}
	}
	if got, p := ParseContentBeside(typ, v.Content, priority^1); p == nil {
		t.Errorf("ParseContentBeside(%s, %q, %d) = %+v, want a problem: two priorities", typ, v.Content, priority^1, got)
	}
}

func FuzzParseLive(f *testing.F) {
	f.Add(uint8(16), "0 5222 talk.l.google.com", `{"priority":5,"weight":0,"port":5222,"target":"talk.l.google.com"}`, 5.0)
	f.Add(uint8(20), `1 "https://a/"`, `{"weight":1,"target":"https://a/"}`, 10.0)
	f.Add(uint8(2), "", `{"flags":0,"tag":"issue","value":"a"}`, 0.0)
	f.Add(uint8(7), "1 .", `{"priority":[],"value":{}}`, -1.0)

	f.Fuzz(func(t *testing.T, i uint8, content, raw string, priority float64) {
		typ := Types()[int(i)%len(Types())]
		var data map[string]any
		_ = json.Unmarshal([]byte(raw), &data) // input that is not JSON tests ParseLive without data

		before := ParseLive(typ, content, data, &priority)
		if after := ParseLive(typ, content, data, &priority); after != before {
			t.Errorf("ParseLive(%s, %q, %v) = %q, then %q for the same input", typ, content, data, before.Content, after.Content)
		}
		if again := ParseLive(typ, before.Content, nil, nil); again.Content != before.Content {
			t.Errorf("ParseLive(%s, %q) = %q, want its own result unchanged", typ, before.Content, again.Content)
		}

		v, problems := ParseData(typ, data)
		for _, p := range problems {
			checkWording(t, p)
		}
		if len(problems) == 0 {
			checkCanonical(t, typ, v)
		}
	})
}

func FuzzName(f *testing.F) {
	for _, s := range []string{
		"@", "www", "*.dev", "example.com.", "_dmarc", "bücher", "xn--bcher-kva", "a。b", "＊", "faß", "a\u200db",
		"0/25.2.0.192.in-addr.arpa", "A..B", "\xff",
	} {
		f.Add(s)
	}

	f.Fuzz(func(t *testing.T, name string) {
		canonical, p := CanonicalName(name)
		if p != nil {
			checkWording(t, p)
		} else {
			checkName(t, name, canonical)
		}

		full, p := AbsoluteName(name, "example.com")
		if p != nil {
			checkWording(t, p)
			return
		}

		relative := RelativeName(full, "example.com")
		if Inside(relative, "example.com") {
			return // a name such as a.example.com.example.com has no relative form
		}
		if again, p := AbsoluteName(relative, "example.com"); p != nil || again != full {
			t.Errorf("AbsoluteName(%q) = %q, %v, want %q: it is the relative form of %q", relative, again, p, full, name)
		}
	})
}

func checkName(t *testing.T, name, canonical string) {
	t.Helper()
	if again, p := CanonicalName(canonical); p != nil || again != canonical {
		t.Errorf("CanonicalName(%q) = %q, but CanonicalName of that is %q, %v", name, canonical, again, p)
	}
	if !ascii(canonical) || strings.ToLower(canonical) != canonical || len(canonical) > maxName || strings.HasSuffix(canonical, ".") {
		t.Errorf("CanonicalName(%q) = %q, want ASCII in lower case without a final dot, of at most %d bytes", name, canonical, maxName)
	}
	if back, p := CanonicalName(Unicode(canonical)); p != nil || back != canonical {
		t.Errorf("Unicode(%q) = %q, which has the canonical form %q, %v", canonical, Unicode(canonical), back, p)
	}
}

func FuzzTXT(f *testing.F) {
	for _, s := range []string{"v=spf1 -all", `"v=spf1" " -all"`, `"a\"b\\\255"`, `"`, `a"b`, strings.Repeat("ü", 200), "\xff\x00"} {
		f.Add(s)
	}

	f.Fuzz(func(t *testing.T, s string) {
		v, p := ParseContent(TXT, s)
		if p == nil {
			checkCanonical(t, TXT, v)
			sentChunks(t, Record{Type: TXT, Content: v.Content}.SendContent())
		}
		if s == "" {
			return
		}

		literal, p := ParseContent(TXT, quote(s))
		if len(s) < maxContent/4 && (p != nil || TXTValue(literal.Content) != s) {
			t.Errorf("TXTValue of the quoted text %q = %q, %v, want the text", s, TXTValue(literal.Content), p)
		}

		live := ParseLive(TXT, s, nil, nil)
		if again := ParseLive(TXT, live.Content, nil, nil); !reflect.DeepEqual(again, live) || !strings.HasPrefix(live.Content, `"`) {
			t.Errorf("ParseLive(TXT, %q) = %q, but ParseLive of that is %q", s, live.Content, again.Content)
		}
	})
}
