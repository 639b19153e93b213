package config

import (
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
)

func TestRepeat(t *testing.T) {
	for _, c := range []struct{ forEach, count, keys, says string }{
		{"", "", "", ""},
		{`{ b = 1, a = 2 }`, "", `["a"] ["b"]`, ""},
		{`{}`, "", "none", ""},
		{"", "2", "[0] [1]", ""},
		{"", `"2"`, "[0] [1]", ""},
		{"", "0", "none", ""},
		{`{}`, "1", "none", "exclude each other"},
		{`["a"]`, "", "none", "toset() makes a set of a list"},
		{`null`, "", "none", "The value is null"},
		{`"a"`, "", "none", "takes a map, an object or a set"},
		{"", "-1", "none", "whole number from 0"},
		{"", "1.5", "none", "whole number from 0"},
		{"", "100001", "none", "whole number from 0"},
		{"", "null", "none", "The value is null"},
		{"", `"many"`, "none", "does not suit"},
	} {
		attrs := hcl.Attributes{}
		for name, src := range map[string]string{"for_each": c.forEach, "count": c.count} {
			if src != "" {
				attrs[name] = &hcl.Attribute{Name: name, Expr: expression(t, src)}
			}
		}
		r := newReport()
		keys := "none"
		for n, i := range repeat(r, attrs, &hcl.EvalContext{}) {
			if n == 0 {
				keys = ""
			}
			keys = strings.TrimSpace(keys + " " + i.key)
		}
		if keys != c.keys {
			t.Errorf("for_each %s, count %s: instances %s, want %s", c.forEach, c.count, keys, c.keys)
		}
		diags := r.diagnostics()
		if c.says == "" && len(diags) > 0 || c.says != "" && (len(diags) != 1 || !strings.Contains(diags[0].Detail, c.says)) {
			t.Errorf("for_each %s, count %s: %v, want %q", c.forEach, c.count, diags, c.says)
		}
	}
}
