package render_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"github.com/cfplan/cfplan/internal/render"
)

func TestTextFitsTheTerminal(t *testing.T) {
	golden(t, "narrow.txt", folded(t, 60, false))
	colored, plain := folded(t, 60, true), folded(t, 60, false)
	if sgr.ReplaceAllString(colored, "") != plain {
		t.Error("the text with color has other line breaks than without")
	}

	whole := folded(t, 0, false)
	if strings.Join(strings.Fields(plain), " ") != strings.Join(strings.Fields(whole), " ") {
		t.Error("folding changes more than spaces")
	}
	if folded(t, 10, false) != whole {
		t.Error("lines are folded to 10 columns, want no folding below 40")
	}
}

func folded(t testing.TB, width int, color bool) string {
	t.Helper()
	var b bytes.Buffer
	if err := render.Text(&b, allActions(), render.TextOptions{Color: color, Width: width}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestOnlyLongWordsExceedTheWidth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(40, 120).Draw(t, "width")
		var b bytes.Buffer
		if err := render.Text(&b, hostilePlan(t), render.TextOptions{Color: true, Width: width}); err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(b.String(), "\n") {
			if ansi.StringWidth(line) > width && strings.Contains(strings.TrimLeft(line, " "), " ") {
				t.Fatalf("a line has %d columns, want at most %d: %q", ansi.StringWidth(line), width, line)
			}
		}
	})
}
