package dns

import "testing"

func TestSplitModule(t *testing.T) {
	for _, c := range []struct{ label, path, own, plain string }{
		{"www", "", "www", ""},
		{`www["a.b"]`, "", `www["a.b"]`, ""},
		{"module.a.www", "module.a.", "www", "module.a."},
		{`module.a["k"].www["x"]`, `module.a["k"].`, `www["x"]`, "module.a."},
		{`module.a["x.y].module.z"].module.b-1[0].@[2]`, `module.a["x.y].module.z"].module.b-1[0].`, "@[2]", "module.a.module.b-1."},
		{`module.a["\"]."].*.www`, `module.a["\"]."].`, "*.www", "module.a."},
		{"module.a", "", "module.a", ""},
		{"module.a.", "", "module.a.", ""},
		{"module.a.module.b", "module.a.", "module.b", "module.a."},
		{"module.", "", "module.", ""},
		{"module..x", "", "module..x", ""},
		{"module.a[x].www", "", "module.a[x].www", ""},
		{`module.a["x.www`, "", `module.a["x.www`, ""},
		{"module.a[].www", "", "module.a[].www", ""},
		{"module.a[", "", "module.a[", ""},
		{"module.a['k'].www", "", "module.a['k'].www", ""},
		{"", "", "", ""},
	} {
		path, own := SplitModule(c.label)
		if path != c.path || own != c.own {
			t.Errorf("SplitModule(%q) = %q, %q, want %q, %q", c.label, path, own, c.path, c.own)
		}
		if got := PlainModulePath(path); got != c.plain {
			t.Errorf("PlainModulePath(%q) = %q, want %q", path, got, c.plain)
		}
	}
}

func TestCutModule(t *testing.T) {
	for _, c := range []struct {
		text, name, key, rest string
		ok                    bool
	}{
		{`module.a["k"].module.b`, "a", `["k"]`, ".module.b", true},
		{"module.a[12]", "a", "[12]", "", true},
		{"module.a", "a", "", "", true},
		{`module.a["k"]x`, "", "", "", false},
		{"module.io/A/www", "", "", "", false},
		{"www", "", "", "", false},
	} {
		name, key, rest, ok := CutModule(c.text)
		if ok != c.ok || ok && (name != c.name || key != c.key || rest != c.rest) {
			t.Errorf("CutModule(%q) = %q, %q, %q, %v, want %q, %q, %q, %v", c.text, name, key, rest, ok, c.name, c.key, c.rest, c.ok)
		}
	}
}

func TestValidKey(t *testing.T) {
	for key, want := range map[string]bool{
		`["a"]`: true, `["]"]`: true, `["\""]`: true, "[0]": true, "[12]": true,
		"": false, "[]": false, "[a]": false, "[-1]": false, `["a"`: false, `["a"]x`: false, "[`a`]": false, `["\x61"]`: false,
	} {
		if got := ValidKey(key); got != want {
			t.Errorf("ValidKey(%q) = %v, want %v", key, got, want)
		}
	}
}
