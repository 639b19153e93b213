package dns

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var hosts = rapid.StringMatching(`[a-z_][a-z0-9_-]{0,10}(\.[a-z0-9_-]{1,10}){0,3}\.[a-z]{2,6}`)

// texts draws texts that a field of structured data can hold.
var texts = rapid.StringOf(rapid.OneOf(rapid.RuneFrom([]rune(`ab "\;()=,$@日ü`)), rapid.Rune())).
	Filter(func(s string) bool { return textFault(s) == "" })

var parameterTexts = rapid.SampledFrom([]string{
	"", `alpn="h2"`, `alpn="h2,h3" port="443"`, `mandatory="alpn,port" alpn="h3" port="8443"`,
	`ipv4hint="192.0.2.1,192.0.2.2" ipv6hint="2001:db8::1"`, `ech="AEX+DQ=="`, `dohpath="/q{?dns}"`,
	`key7777="a\ b\;\"\\\000"`, `key9`,
})

// drawn draws a canonical value of a member, with the Go type that Data returns.
func drawn(t *rapid.T, typ Type, m member) any {
	switch m.kind {
	case kindNumber:
		return drawnNumber(t, typ, m)
	case kindText:
		return texts.Draw(t, m.Name)
	case kindTag:
		return rapid.StringMatching(`[a-z0-9]{1,15}`).Draw(t, m.Name)
	case kindDirection:
		return string(rapid.SampledFrom([]rune(m.choices)).Draw(t, m.Name))
	case kindHost:
		return rapid.OneOf(hosts, rapid.Just(".")).Draw(t, m.Name)
	case kindHex:
		return rapid.StringMatching(`([0-9a-f][0-9a-f]){1,40}`).Draw(t, m.Name)
	case kindBase64:
		return rapid.StringMatching(`([A-Za-z0-9+/]{4}){1,20}`).Draw(t, m.Name)
	}
	return parameterTexts.Draw(t, m.Name)
}

func drawnNumber(t *rapid.T, typ Type, m member) any {
	if !m.Fraction {
		n := rapid.IntRange(int(m.Min), int(m.Max)).Draw(t, m.Name)
		if typ == LOC {
			return float64(n)
		}
		return n
	}
	scale := map[int]float64{2: 100, 3: 1000}[m.decimals]
	return float64(rapid.IntRange(int(m.Min*scale), int(m.Max*scale)).Draw(t, m.Name)) / scale
}

func drawnData(t *rapid.T) (Type, map[string]any) {
	typ := rapid.SampledFrom(Types()).Filter(func(typ Type) bool { return Fields(typ) != nil }).Draw(t, "type")
	f, _ := formOf(typ)
	data := map[string]any{}
	for _, m := range f.members {
		data[m.Name] = drawn(t, typ, m)
	}
	return typ, data
}

func TestDataReversesParseData(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		typ, data := drawnData(t)
		v, problems := ParseData(typ, data)
		if len(problems) > 0 {
			t.Fatalf("ParseData(%s, %v) returns the problem %v, want none", typ, data, problems[0])
		}
		r := Record{Type: typ, Content: v.Content}
		if back := r.Data(); !reflect.DeepEqual(back, data) {
			t.Fatalf("%s: Data() of %q = %v, want %v", typ, v.Content, back, data)
		}
		if again, p := ParseContent(typ, v.Content); p != nil || again != v {
			t.Fatalf("ParseContent(%s, %q) = %q, %v, want it unchanged", typ, v.Content, again.Content, p)
		}
	})
}

// asJSON returns data as encoding/json decodes it from an API answer, with an unknown member added.
func asJSON(data map[string]any) map[string]any {
	out := map[string]any{"unknown": true}
	for k, v := range data {
		if n, ok := v.(int); ok {
			v = float64(n)
		}
		out[k] = v
	}
	return out
}

func TestLiveDataEqualsDeclaredData(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		typ, data := drawnData(t)
		declared, _ := ParseData(typ, data)
		answer := asJSON(data)
		var priority *float64
		if p, ok := answer["priority"].(float64); ok && typ == URI {
			delete(answer, "priority")
			priority = &p
		}
		if live := ParseLive(typ, "whatever the API renders", answer, priority); live != declared {
			t.Fatalf("ParseLive(%s, %v) = %q, want %q as declared", typ, answer, live.Content, declared.Content)
		}
	})
}

// respell writes a canonical content in another spelling.
func respell(t *rapid.T, typ Type, content string) string {
	if f, ok := formOf(typ); ok {
		return respellWords(t, f, typ, content)
	}
	switch typ {
	case CNAME, NS, PTR, MX:
		return respellHost(t, content)
	case AAAA, A:
		return strings.ToUpper(content)
	case TXT:
		return respellText(t, TXTValue(content))
	}
	return content[:4] + " " + content[4:]
}

func respellHost(t *rapid.T, host string) string {
	if host != "." && rapid.Bool().Draw(t, "dot") {
		host += "."
	}
	if rapid.Bool().Draw(t, "upper") {
		return strings.ToUpper(host)
	}
	return host
}

func respellWords(t *rapid.T, f form, typ Type, content string) string {
	parts, p := f.read(typ, content)
	if p != nil {
		t.Fatalf("%s %q: %v", typ, content, p)
	}

	for i, m := range f.members {
		switch {
		case m.kind == kindHost:
			parts[i] = respellHost(t, parts[i])
		case m.kind == kindHex || m.kind == kindTag:
			parts[i] = strings.ToUpper(parts[i])
		case m.kind == kindNumber && typ != LOC:
			parts[i] = "00" + parts[i]
		default:
			parts[i] = m.present(parts[i])
		}
	}
	return " " + strings.Join(parts, rapid.SampledFrom([]string{" ", "\t", "  \t"}).Draw(t, "blank")) + " "
}

// respellText writes a text in chunks, with more escapes than needed.
func respellText(t *rapid.T, text string) string {
	cut := rapid.IntRange(0, len(text)).Draw(t, "cut")
	var b strings.Builder
	b.WriteByte('"')
	writeDecimal(&b, text[:cut])
	b.WriteString(`"  ` + quote(text[cut:]))
	return b.String()
}

func TestRespelledContentIsEqual(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var typ Type
		var content string
		switch i := rapid.IntRange(0, len(contents)).Draw(t, "example"); i {
		case len(contents):
			var data map[string]any
			typ, data = drawnData(t)
			v, _ := ParseData(typ, data)
			content = v.Content
		default:
			typ, content = contents[i].t, contents[i].want
		}

		spelled := respell(t, typ, content)
		if got, p := ParseContent(typ, spelled); p != nil || got.Content != content {
			t.Fatalf("ParseContent(%s, %q) = %q, %v, want %q", typ, spelled, got.Content, p, content)
		}
	})
}

func TestSentTextIsReadBackUnchanged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOfN(rapid.OneOf(rapid.Byte(), rapid.SampledFrom([]byte(`"\ 0`))), 1, 600).Draw(t, "text"))
		v, p := ParseContent(TXT, quote(text))
		if p != nil || v.Content != quote(text) || TXTValue(v.Content) != text {
			t.Fatalf("ParseContent of the quoted text %q = %q, %v, want it unchanged", text, v.Content, p)
		}
		sent := Record{Type: TXT, Content: v.Content}.SendContent()
		if live := ParseLive(TXT, sent, nil, nil); live != v {
			t.Fatalf("ParseLive(TXT, %q) = %q, want %q as declared", sent, live.Content, v.Content)
		}
	})
}

func TestAbsoluteNameReversesRelativeName(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.OneOf(hosts, rapid.Just("@"), rapid.Just("*"), rapid.StringMatching(`[a-zäöü]{1,10}`)).Draw(t, "name")
		full, p := AbsoluteName(name, "example.com")
		if p != nil {
			t.Fatalf("AbsoluteName(%q) returns the problem %v, want none", name, p)
		}

		spellings := []string{RelativeName(full, "example.com"), full, full + ".", strings.ToUpper(full), Unicode(full)}
		for _, spelled := range spellings {
			if again, p := AbsoluteName(spelled, "example.com"); p != nil || again != full {
				t.Fatalf("AbsoluteName(%q) = %q, %v, want %q", spelled, again, p, full)
			}
		}
	})
}
