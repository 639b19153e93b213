package config

import "testing"

func TestRequiredVersion(t *testing.T) {
	cases := []struct {
		constraint, version string
		want                bool
	}{
		{"0.3.1", "0.3.1", true},
		{"= 0.3.1", "0.3.2", false},
		{"!= 0.3.1", "0.3.1", false},
		{"!= 0.3.1", "0.3.2", true},
		{"> 0.3", "0.3.0", false},
		{"> 0.3", "0.3.1", true},
		{">= 0.3", "0.3.0", true},
		{"< 1", "0.9.9", true},
		{"< 1", "1.0.0", false},
		{"<= 1", "1.0.0", true},
		{"~> 1.2", "1.9.0", true},
		{"~> 1.2", "2.0.0", false},
		{"~> 1.2", "1.1.9", false},
		{"~> 1.2.3", "1.2.9", true},
		{"~> 1.2.3", "1.3.0", false},
		{"~> 1", "7.0.0", true},
		{">= 0.1.0, < 2.0.0", "1.5.0", true},
		{">= 0.1.0, < 2.0.0", "2.0.0", false},
		{">= 0.2.0", "v0.2.0-dev+abc", true},
		{">= 9", "dev", true},
		{">= 9", "", true},
	}
	for _, c := range cases {
		_, _, diags := load(t, "cfplan { required_version = \""+c.constraint+"\" }", Options{Version: c.version})
		if got := !diags.HasErrors(); got != c.want {
			t.Errorf("required_version %q with cfplan %q: allowed %v, want %v: %v", c.constraint, c.version, got, c.want, diags)
		}
	}
	for _, bad := range []string{">>1", "1.2.3.4", "x", ",", "~>", "1.-2", ">= 99999999999"} {
		if got, err := parseConstraints(bad); err == nil {
			t.Errorf("parseConstraints(%q) = %v, want an error", bad, got)
		}
	}
}
