package render

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// key returns n characters of base64. For the same seed, it always returns the same characters.
func key(n int, seed uint64) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	random := rand.New(rand.NewPCG(seed, 0))
	var b strings.Builder
	for range n {
		b.WriteByte(alphabet[random.IntN(len(alphabet))])
	}
	return b.String()
}

// replacedAt replaces the text at an offset.
func replacedAt(s string, offset int, with string) string {
	return s[:offset] + with + s[offset+len(with):]
}

func TestCompareShowsDifferencesInTheirPlace(t *testing.T) {
	spf := func(hosts ...string) string {
		return `"v=spf1 include:` + strings.Join(hosts, " include:") + ` ~all"`
	}
	for _, c := range []struct{ name, before, after, want string }{
		{"nothing", `"a b"`, `"a b"`, `"a b"`},
		{"a short word", `"192.0.2.1"`, `"192.0.2.17"`, `"[-192.0.2.1-]{+192.0.2.17+}"`},
		{
			"a tag of DMARC", `"v=DMARC1; p=none; rua=mailto:a@example.com"`, `"v=DMARC1; p=reject; rua=mailto:a@example.com"`,
			`"v=DMARC1; [-p=none-]{+p=reject+}; rua=mailto:a@example.com"`,
		},
		{"an additional include", spf("a", "c"), spf("a", "b", "c"), `"v=spf1 include:a {+include:b +}include:c ~all"`},
		{"words beside each other", `"a b c z"`, `"x y z"`, `"[-a b c-]{+x y+} z"`},
		{"an additional space", `"a b"`, `"a  b"`, `"a {+\u{20}+}b"`},
		{"a space at the end", `"a b"`, `"a b "`, `"a b{+\u{20}+}"`},
		{"case", `"Sales"`, `"sales"`, `"[-Sales-]{+sales+}"`},
		{"two words change places", `"a b"`, `"b a"`, `"[-a -]b{+ a+}"`},
		{"an invisible character", `"ab"`, `"a\u{200b}b"`, `"[-ab-]{+a\u{200b}b+}"`},
		{"a letter of another script", `"example"`, `"ex` + "\u0430" + `mple"`, `"[-example-]{+ex\u{430}mple+}"`},
		{"an accent, composed or not", "\"caf\u00e9\"", "\"cafe\u0301\"", `"[-caf\u{e9}-]{+cafe\u{301}+}"`},
		{"a ligature", `"file"`, "\"\ufb01le\"", `"[-file-]{+\u{fb01}le+}"`},
		{"other words with accents", "\"K\u00f6ln\"", "\"M\u00fcnchen\"", "\"[-K\u00f6ln-]{+M\u00fcnchen+}\""},
		{"an additional accent", "\"Buro\"", "\"B\u00fcro\"", "\"[-Buro-]{+B\u00fcro+}\""},
		{"no letter is cut from its accent", strings.Repeat("x", 40) + "e", strings.Repeat("x", 40) + "e\u0302", strings.Repeat("x", 40) + "[-e-]{+e\u0302+}"},
		{"a mark makes no command of GitHub's", strings.Repeat("x", 40) + "##a", strings.Repeat("x", 40) + "##b", strings.Repeat("x", 40) + `#\u{23}[-a-]{+b+}`},
		{"an escape is whole", strings.Repeat("x", 40) + `\195y`, strings.Repeat("x", 40) + `\196y`, strings.Repeat("x", 40) + `[-\195-]{+\196+}y`},
	} {
		if got := withMarks(compare(c.before, c.after).whole()); got != c.want {
			t.Errorf("%s: compare(%s, %s) = %s, want %s", c.name, c.before, c.after, got, c.want)
		}
	}
}

func TestLongValueIsCutAroundItsDifferences(t *testing.T) {
	old := key(400, 1)
	changed := replacedAt(old, 200, "!")
	x := func(n int) string { return strings.Repeat("x", n) }
	for _, c := range []struct {
		name, before, after string
		want                string
		more                int
	}{
		{"a short value", "a b", "a c", "a [-b-]{+c+}", 0},
		{"at the beginning", old, "!" + old[1:], "[-" + old[:1] + "-]{+!+}" + old[1:76] + "…", 0},
		{"in the middle", old, changed, "…" + old[174:200] + "[-" + old[200:201] + "-]{+!+}" + old[201:250] + "…", 0},
		{
			"two characters", old, replacedAt(changed, 300, "?"),
			"…" + old[174:200] + "[-" + old[200:201] + "-]{+!+}" + old[201:211] + "…" + old[290:300] + "[-" + old[300:301] + "-]{+?+}" + old[301:325] + "…", 0,
		},
		{
			"more than there is room for", old, replacedAt(replacedAt(replacedAt(changed, 240, "?"), 300, "?"), 350, "?"),
			"…" + old[174:200] + "[-" + old[200:201] + "-]{+!+}" + old[201:211] + "…" + old[230:240] + "[-" + old[240:241] + "-]{+?+}" + old[241:251] + "…", 2,
		},
		{
			"another key", "MIIB" + old + "wIDAQAB", "MIIB" + key(400, 2) + "wIDAQAB",
			"MIIB[-" + old[:65] + "…-]{+" + key(400, 2)[:65] + "…+}wIDAQAB", 0,
		},
		{"at the end", x(5000) + "a", x(5000) + "b", "…" + x(40) + "[-a-]{+b+}", 0},
		{"a shorter value", x(5000), x(4990), "…" + x(40) + "[-" + x(10) + "-]", 0},
		{"wide characters", strings.Repeat("語", 500) + "a" + x(40), strings.Repeat("語", 500) + "b" + x(40), "…" + strings.Repeat("語", 17) + "[-a-]{+b+}" + x(40), 0},
		{
			"words with the same beginning", `"a ` + x(30) + "1" + strings.Repeat(" y", 50) + `"`, `"a ` + x(30) + "2" + strings.Repeat(" z", 50) + `"`,
			"…" + x(26) + "[-1" + strings.Repeat(" y", 24) + "…-]{+2" + strings.Repeat(" z", 24) + `…+}"`, 0,
		},
	} {
		parts, more := compare(c.before, c.after).around(80)
		if got := withMarks(parts); got != c.want || more != c.more {
			t.Errorf("%s: around = %s and %d more, want %s and %d more", c.name, got, more, c.want, c.more)
		}
	}
}

// The first character of a difference must be shown even if there is no room for it.
func TestFirstCharacterOfADifferenceIsAlwaysShown(t *testing.T) {
	x := strings.Repeat("x", 100)
	parts, _ := compare(x+`\u{10ffff}`+x+"a", x+`\u{10fffe}`+x+"b").around(1)
	want := "…xxxxxxxx[-\\u{10ffff}-]{+\\u{10fffe}+}xx…"
	if got := withMarks(parts); got != want {
		t.Errorf("around = %s, want %s", got, want)
	}
}

// genPair returns pairs of values. They consist of awkward pieces, and usually begin and end in the same way.
func genPair() *rapid.Generator[[2]string] {
	pieces := []string{
		"a", "b", "A", " ", "  ", ";", ",", `\"`, `\\`, `\195`, `\u{200b}`, `\u{`, `\x9b`, `\`, "…", "[-", "-]", "{+", "+}",
		"é", "e\u0301", "\u0430", "\u0301", "ﬁ", "fi", "ß", "語", "👩‍👩‍👧", "☕", "“", strings.Repeat("x", 40), key(50, 1), key(300, 2),
		strings.Repeat("\u0301", 100),
	}

	value := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 12).Draw(t, "pieces"), "")
	})

	return rapid.Custom(func(t *rapid.T) [2]string {
		head, tail := value.Draw(t, "head"), value.Draw(t, "tail")
		return [2]string{head + value.Draw(t, "before") + tail, head + value.Draw(t, "after") + tail}
	})
}

func spelledOut(s string) string { return strings.ReplaceAll(codePoint(s), " ", `\u{20}`) }

func TestPartsOfADifferenceAddUpToBothValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pair := genPair().Draw(t, "pair")
		parts := compare(pair[0], pair[1]).whole()

		// Any number of characters may be written as escapes, so spelledOut escapes all of them before the
		// comparison.
		for i, kind := range []partKind{removed, added} {
			if got := textOf(side(parts, kind)); spelledOut(got) != spelledOut(pair[i]) {
				t.Fatalf("side %d of compare(%q) is %q, want the value itself", i, pair, got)
			}
		}

		for i, p := range parts {
			if p.text == "" || i > 0 && parts[i-1].kind == p.kind {
				t.Fatalf("compare(%q) has empty or divided parts: %v", pair, parts)
			}
		}
	})
}

func TestBothSidesOfADifferenceNeverLookTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pair := genPair().Draw(t, "pair")
		room := rapid.IntRange(-1, 200).Draw(t, "room")
		parts, more := compare(pair[0], pair[1]).around(room)
		before, after := side(parts, removed), side(parts, added)

		if same := textOf(before) == textOf(after); same != (pair[0] == pair[1]) {
			t.Fatalf("compare(%q).around(%d) shows %q and %q; they must look the same only if the values are equal",
				pair, room, textOf(before), textOf(after))
		}
		if more > 0 && parts[len(parts)-1].text != ellipsis {
			t.Fatalf("compare(%q).around(%d) = %v does not show that there is more", pair, room, parts)
		}

		for _, list := range [][]part{before, after} {
			if n := ansi.StringWidth(textOf(list)); n > max(room, leastRoom)+80 {
				t.Fatalf("compare(%q).around(%d) has %d columns, want at most %d", pair, room, n, max(room, leastRoom)+80)
			}
		}
	})
}

func TestPartsEndBetweenCharacters(t *testing.T) {
	divided := func(s string) string { return "\x00" + strings.Join(units(s), "\x00") + "\x00" }
	rapid.Check(t, func(t *rapid.T) {
		pair := genPair().Draw(t, "pair")
		room := rapid.IntRange(-1, 200).Draw(t, "room")
		parts, _ := compare(pair[0], pair[1]).around(room)

		for i, kind := range []partKind{removed, added} {
			for _, p := range side(parts, kind) {
				whole := p.cut || !strings.Contains(pair[i], p.text) // an ellipsis, or written as an escape
				if !whole && !strings.Contains(divided(pair[i]), divided(p.text)) {
					t.Fatalf("compare(%q).around(%d) cuts a character in two: %q", pair, room, p.text)
				}
			}
		}
	})
}

func TestInColumnsCutsBetweenCharacters(t *testing.T) {
	for _, c := range []struct {
		text string
		room int
		want string
	}{
		{"", 3, ""},
		{"abc", 3, "abc"},
		{"abcd", 3, "ab…"},
		{`a\u{200b}b`, 9, `a…`},
		{`a\u{200b}b`, 10, `a\u{200b}b`},
		{"語語語", 5, "語語…"},
		{"cafe\u0301s", 5, "cafe\u0301s"},
		{"cafe\u0301s!", 5, "cafe\u0301…"},
		{"a\nb", 3, "a\nb"},
		{strings.Repeat("\u0301", 1000), 3, strings.Repeat("\u0301", 16) + "…"},
	} {
		if got := inColumns(c.text, c.room); got != c.want {
			t.Errorf("inColumns(%q, %d) = %q, want %q", c.text, c.room, got, c.want)
		}
	}
}

func TestDifferentValuesNeverLookTheSame(t *testing.T) {
	pieces := []string{"a", "b", `"`, `\`, " ", "\x1b", `\u{1b}`, "\n", `\n`, "##[", `\u{23}#[`, "\u200b", "\xff",
		`\xff`, strings.Repeat("x", 60)}
	value := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 5).Draw(t, "pieces"), "")
	})

	rapid.Check(t, func(t *rapid.T) {
		before := value.Draw(t, "before")
		after := rapid.OneOf(value, rapid.SampledFrom([]string{before, `"` + before + `"`, Escape(before)})).Draw(t,
			"after")
		c := plan.Change{
			Action: plan.Update,
			Before: &plan.Values{Content: before, Comment: before + "!", Tags: []string{before}},
			After:  &plan.Values{Content: after, Comment: after + "!", Tags: []string{after}},
		}

		for _, r := range rowsOf(c) {
			if r.name == dns.AttrTTL || r.name == dns.AttrProxied {
				continue
			}
			parts := r.difference().whole()
			if equal := textOf(side(parts, removed)) == textOf(side(parts, added)); equal != (before == after) {
				t.Fatalf("%q and %q are shown as %s and %s in %s; they must look the same only if they are equal",
					before, after, r.before, r.after, r.name)
			}
		}

		if line := Line(c); before != after && strings.Contains(line, "##[") {
			t.Fatalf("the line %q has a command for GitHub's runner", line)
		}
	})
}

// BenchmarkCompare compares two different keys, which takes longest.
func BenchmarkCompare(b *testing.B) {
	for _, n := range []int{400, 2000, 100_000} {
		b.Run(fmt.Sprintf("keys of %d characters", n), func(b *testing.B) {
			before, after := key(n, 1), key(n, 2)
			b.SetBytes(int64(n))
			for b.Loop() {
				compare(before, after)
			}
		})
	}
}
