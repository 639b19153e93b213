package dns

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// matchesAlone compares one pattern with one record directly.
func matchesAlone(p Pattern, r Record, zone string) bool {
	name := func(name, zone string) bool {
		return Glob(p.Name, RelativeName(name, zone)) || Glob(strings.TrimSuffix(p.Name, "."), name)
	}
	return (p.Type == "" || p.Type == r.Type) && (p.Content == "" || Glob(p.Content, r.Content)) &&
		(p.Name == "" || name(r.Name, zone) || name(Unicode(r.Name), Unicode(zone)))
}

func TestPatternsMatchIfOnePatternMatches(t *testing.T) {
	const zone = "xn--bcher-kva.de"
	text := rapid.StringOfN(rapid.RuneFrom([]rune("ab*?.Ü")), 0, 6, -1)
	rapid.Check(t, func(t *rapid.T) {
		patterns := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Pattern {
			return Pattern{
				Name:    text.Draw(t, "name") + rapid.SampledFrom([]string{"", "", ".bücher.de", ".bücher.de."}).Draw(t, "zone"),
				Type:    rapid.SampledFrom([]Type{"", "", A, TXT}).Draw(t, "type"),
				Content: rapid.OneOf(rapid.Just(""), text).Draw(t, "content"),
			}
		}), 0, 8).Draw(t, "patterns")
		r := Record{
			Name:    rapid.SampledFrom([]string{"", "a.", "ab.", "b.a.", "*.b.", "xn--tda."}).Draw(t, "label") + zone,
			Type:    rapid.SampledFrom([]Type{A, TXT}).Draw(t, "type"),
			Content: rapid.StringOfN(rapid.RuneFrom([]rune("abABü")), 0, 4, -1).Draw(t, "content"),
		}

		want := slices.ContainsFunc(patterns, func(p Pattern) bool { return matchesAlone(p, r, zone) })
		if got := NewPatterns(patterns, zone).Match(r); got != want {
			t.Fatalf("Match(%+v) of the patterns %+v = %v, want %v", r, patterns, got, want)
		}
		named := slices.ContainsFunc(patterns, func(p Pattern) bool {
			return matchesAlone(Pattern{Name: p.Name}, r, zone)
		})
		if got := NewPatterns(patterns, zone).MatchName(r.Name); got != named {
			t.Fatalf("MatchName(%s) of the patterns %+v = %v, want %v", r.Name, patterns, got, named)
		}
	})
}

// A name is compared only with the few patterns that share its beginning or its end.
func TestPatternsAreNotTriedOneByOne(t *testing.T) {
	const many = 500
	forms := []string{
		"h%d", "h%d.*", "*.h%d", "_acme-challenge.h%d", "h%d.*.internal", "*.h%d.example.com.", "*.h%d.*", "*-h%d-*",
	}
	for _, form := range forms {
		var patterns []Pattern
		for i := range many {
			patterns = append(patterns, Pattern{Name: fmt.Sprintf(form, i)})
		}
		p := NewPatterns(patterns, "example.com")

		for i := range many {
			name := strings.NewReplacer("*", "x", ".example.com.", "").Replace(fmt.Sprintf(form, i)) + ".example.com"
			if !p.MatchName(name) {
				t.Fatalf("%s: no pattern matches %s", form, name)
			}

			compared := 0
			for list := range p.full.shapes.candidates(name) {
				compared += len(list)
			}
			for list := range p.relative.shapes.candidates(RelativeName(name, "example.com")) {
				compared += len(list)
			}
			if most := 6; compared > most {
				t.Fatalf("%s: %s is compared with %d patterns, want at most %d", form, name, compared, most)
			}
		}
	}
}

func TestShapesReturnEveryShapeThatMatches(t *testing.T) {
	piece := rapid.SampledFrom([]string{"", "", "a", "b", "ab", "*"})
	rapid.Check(t, func(t *rapid.T) {
		var set Shapes[int]
		shapes := rapid.SliceOfN(rapid.SliceOfN(piece, 0, 4), 0, 8).Draw(t, "shapes")
		for i, s := range shapes {
			set.Add(s, i)
		}

		text := rapid.StringOfN(rapid.RuneFrom([]rune("ab*")), 0, 6, -1).Draw(t, "text")
		var want []int
		for i, s := range shapes {
			if Shape(s).Match(text) {
				want = append(want, i)
			}
		}
		got := slices.Sorted(set.Match(text))
		if !slices.Equal(got, want) {
			t.Fatalf("Match(%q) of the shapes %q = %v, want %v", text, shapes, got, want)
		}
	})
}

// BenchmarkPatterns matches 20,000 records against 500 patterns of each usual form. The metric x-one is the
// time for 500 patterns divided by the time for one.
func BenchmarkPatterns(b *testing.B) {
	const records = 20_000
	for _, form := range []string{"h%d", "h%d.*", "*.h%d", "*h%d*"} {
		b.Run(form, func(b *testing.B) {
			var patterns []Pattern
			for i := range 500 {
				patterns = append(patterns, Pattern{Name: fmt.Sprintf(form, i)})
			}

			ask := func(p *Patterns) {
				for i := range records {
					p.Match(Record{Name: fmt.Sprintf("www%d.example.com", i), Type: A, Content: "192.0.2.1"})
				}
			}
			compareTimes(b, "x-one",
				func() { ask(NewPatterns(patterns, "example.com")) },
				func() { ask(NewPatterns(patterns[:1], "example.com")) })
		})
	}
}
