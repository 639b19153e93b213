package render

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"
)

func TestLongLinesAreCutAroundThePlace(t *testing.T) {
	long := strings.Repeat("abcdefghi ", 1000)
	wide := strings.Repeat("語", 1000)
	tabs := strings.Repeat("\t", 1000)
	for _, c := range []struct {
		name, line    string
		from, to      int
		before, after string // the shown text before and after the mark, without the ellipses
		cutHead       bool   // before begins with an ellipsis
		cutTail       bool   // after ends with an ellipsis
	}{
		{"short", "content = 1", 10, 11, "content = ", "", false, false},
		{"just short enough", long[:160], 0, 3, "", long[3:160], false, false},
		{"one too long", long[:161], 0, 3, "", long[3:160], false, true},
		{"at the beginning", long, 0, 3, "", long[3:160], false, true},
		{"in the middle", long, 5000, 5003, long[5000-53 : 5000], long[5003 : 5000+107], true, true},
		{"near the end", long, 9990, 9993, long[9990-150 : 9990], long[9993:], true, false},
		{"at the end", long, 10000, 10000, long[10000-160:], "", true, false},
		{"wide characters", wide, 1500, 1503, wide[1500-26*3 : 1500], wide[1503 : 1500+54*3], true, true},
		{"tabs", tabs, 500, 501, tabs[:6], tabs[:13], true, true},
		{"beyond the end", "abc", 7, 9, "abc", "", false, false},
	} {
		before, marked, after := excerpt([]byte(c.line), c.from, c.to)
		wantBefore, wantAfter := c.before, c.after
		if c.cutHead {
			wantBefore = "…" + wantBefore
		}
		if c.cutTail {
			wantAfter += "…"
		}
		if before != wantBefore || after != wantAfter {
			t.Errorf("%s: before %q and after %q, want %q and %q", c.name, before, after, wantBefore, wantAfter)
		}
		if want := c.line[min(c.from, len(c.line)):min(c.to, len(c.line))]; marked != want {
			t.Errorf("%s: marked %q, want %q", c.name, marked, want)
		}
	}
}

func TestMarkedPartThatIsTooLongIsCut(t *testing.T) {
	before, marked, after := excerpt([]byte(strings.Repeat("x", 500)), 10, 490)
	if before != strings.Repeat("x", 10) || marked != strings.Repeat("x", 150) || after != "…" {
		t.Errorf("excerpt = %q, %q, %q; want 10 times x, 150 times x, and an ellipsis", before, marked, after)
	}
}

func TestExcerptsAreBoundedAndHarmless(t *testing.T) {
	pieces := []string{"a", "語", "é", "e\u0301", "👩‍👩‍👧", "\t", "\r", "\x1b[2J", "\u202e", "##[error]", "\xff", " ",
		strings.Repeat("x", 300)}
	rapid.Check(t, func(t *rapid.T) {
		line := []byte(strings.Join(rapid.SliceOf(rapid.SampledFrom(pieces)).Draw(t, "line"), ""))
		from := rapid.IntRange(-1, len(line)+1).Draw(t, "from")
		to := rapid.IntRange(-1, len(line)+1).Draw(t, "to")

		before, marked, after := excerpt(line, from, to)
		whole := before + marked + after
		if !utf8.ValidString(whole) || strings.Contains(whole, "##[") {
			t.Fatalf("excerpt(%q, %d, %d) = %q, want valid UTF-8 without ##[", line, from, to, whole)
		}

		for _, r := range whole {
			if r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
				t.Fatalf("excerpt(%q, %d, %d) = %q, which contains %U", line, from, to, whole, r)
			}
		}

		if width := ansi.StringWidth(whole) + tabWidth*strings.Count(whole, "\t"); width > longestExcerpt+2 {
			t.Fatalf("excerpt(%q, %d, %d) has %d columns, want at most %d", line, from, to, width, longestExcerpt+2)
		}
	})
}
