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
		{"", `"many"`, "none", "is not suitable"},
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
			t.Errorf("for_each %s, count %s: the instances are %s, want %s", c.forEach, c.count, keys, c.keys)
		}
		diags := r.diagnostics()
		if c.says == "" && len(diags) > 0 || c.says != "" && (len(diags) != 1 || !strings.Contains(diags[0].Detail, c.says)) {
			t.Errorf("for_each %s, count %s: diagnostics are %v, want %q", c.forEach, c.count, diags, c.says)
		}
	}
}

// Labels and keys become part of the address of each record and of each diagnostic about it.
func TestLongLabelsAndKeysAreRefused(t *testing.T) {
	text := func(n int) string { return strings.Repeat("a", n) }
	record := func(label, forEach string) string {
		return "zone \"example.com\" {\n  record \"A\" \"" + label + "\" {\n    name = \"www\"\n    for_each = " + forEach +
			"\n    content = \"192.0.2.1\"\n  }\n}"
	}
	for name, c := range map[string]struct{ src, want string }{
		"a label that fits": {record(text(maxLabel), `{ a = 1 }`), ""},
		"a label":           {record(text(maxLabel+1), `{ a = 1 }`), "main.cf.hcl:2: This label has 1001 bytes."},
		"a label of a zone": {"zone \"" + text(maxLabel+1) + "\" {\n  name = \"example.com\"\n}", "main.cf.hcl:1: This label has 1001 bytes."},
		"a dynamic label": {"zone \"example.com\" {\n  dynamic \"record\" {\n    for_each = [1]\n    labels = [\"A\", \"" + text(maxLabel+1) +
			"\"]\n    content {\n      content = \"192.0.2.1\"\n    }\n  }\n}", "main.cf.hcl:4: This label has 1001 bytes."},
		"a key that fits": {record("www", `{ "`+text(maxKey)+`" = 1 }`), ""},
		"a key":           {record("www", `{ "`+text(maxKey+1)+`" = 1 }`), "main.cf.hcl:4: A key has 4097 bytes."},
	} {
		_, _, diags := load(t, c.src, Options{})
		got := ""
		for _, d := range diags {
			got += at(*d.Subject) + ": " + d.Detail
		}
		if !strings.HasPrefix(got, c.want) || c.want == "" && got != "" || len(diags) > 1 {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
