package dns

import "testing"

func TestRenames(t *testing.T) {
	r := NewRenames([]Moved{
		{"a.example/A/a", "a.example/A/b"},
		{"a.example/A/b", "a.example/A/c"},
		{"a.example/A/one", `a.example/A/many["x"]`},
		{`a.example/A/k["1"]`, `a.example/A/k["2"]`},
		{"module.old", "module.new"},
		{"module.single", `module.each["s"]`},
		{"a.example/A/module.new.www", "a.example/A/www"},
	})
	for from, want := range map[string]string{
		"a.example/A/a":                      "a.example/A/c",
		`a.example/A/a["k"]`:                 `a.example/A/c["k"]`,
		"a.example/A/b":                      "a.example/A/c",
		"a.example/AAAA/a":                   "a.example/AAAA/a",
		"a.example/A/one":                    `a.example/A/many["x"]`,
		`a.example/A/one["k"]`:               `a.example/A/one["k"]`,
		`a.example/A/k["1"]`:                 `a.example/A/k["2"]`,
		`a.example/A/k["3"]`:                 `a.example/A/k["3"]`,
		`b.example/TXT/module.old["k"].x[0]`: `b.example/TXT/module.new["k"].x[0]`,
		"a.example/A/module.old.www":         "a.example/A/www",
		"a.example/A/module.single.www":      `a.example/A/module.each["s"].www`,
		"a.example/A/module.older.www":       "a.example/A/module.older.www",
	} {
		if got := r.Of(from); got != want {
			t.Errorf("Of(%s) = %s, want %s", from, got, want)
		}
	}
}
