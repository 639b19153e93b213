package dns

import (
	"slices"
	"testing"
)

func TestFamilies(t *testing.T) {
	for address, want := range map[string][]string{
		"a.example/A/www":      {"a.example/A/www"},
		`a.example/A/www["k"]`: {`a.example/A/www["k"]`, "a.example/A/www"},
		`a.example/A/module.x["k"].module.y.www[0]`: {
			`a.example/A/module.x["k"].module.y.www[0]`, `a.example/A/module.x["k"].module.y.www`,
			`module.x["k"].module.y`, `module.x["k"]`, "module.x",
		},
	} {
		if got := Families(address); !slices.Equal(got, want) {
			t.Errorf("Families(%s) = %q, want %q", address, got, want)
		}
	}
}

func TestRemovalsReturnTheNarrowestBlock(t *testing.T) {
	r := NewRemovals([]Removed{
		{From: "module.x", Line: 1},
		{From: `module.x["k"]`, Line: 2},
		{From: "a.example/A/www", Line: 3},
	})
	for address, want := range map[string]int{
		`a.example/A/www["k"]`:          3,
		`a.example/A/module.x["k"].www`: 2,
		`a.example/A/module.x["l"].www`: 1,
		"a.example/A/module.xy.www":     0,
		"a.example/AAAA/www":            0,
	} {
		if got, ok := r.Of(address); got.Line != want || ok != (want > 0) {
			t.Errorf("Of(%s) is the block in line %d, want line %d", address, got.Line, want)
		}
	}
}
