package config

import (
	"fmt"
	"testing"

	"github.com/hashicorp/hcl/v2"
)

func TestMaskSettings(t *testing.T) {
	for src, want := range map[string]string{
		"cfplan {\n  backend \"s3\" {\n    bucket = \"b\"\n":      "cfplan {\n  backend \"s3\" {\n    bucket = ***\n",
		"zone \"a.com\" {\n  id = \"x\"\n":                        "zone \"a.com\" {\n  id = \"x\"\n",
		"cloudflare {\n  email = \"e\"\n}\nzone \"a\" {\n id = 1": "cloudflare {\n  email = ***\n}\nzone \"a\" {\n id = 1",
		"zone \"a\" {\n  api_token = \"x\"\n":                     "zone \"a\" {\n  api_token = ***\n",
		"x = \"https://a:b@c/\"\n":                                "x = \"***************\n",
		"cfplan {\n  a = <<EOT\nsecret\nEOT\n}\n":                 "cfplan {\n  a = *****\n******\nEOT\n}\n",
	} {
		if got := string(maskSettings([]byte(src))); got != want {
			t.Errorf("maskSettings(%q) = %q, want %q", src, got, want)
		}
		if got := maskSettings([]byte(src)); len(got) != len(src) {
			t.Errorf("maskSettings(%q) has %d bytes, want %d, so that ranges stay valid", src, len(got), len(src))
		}
	}
}

func TestMaskValues(t *testing.T) {
	const src = "name = \"x\"\nlist = [\n  1,\n]\n# a comment\n"
	const want = "name = ***\nlist = [\n****\n]\n***********\n"
	if got := string(maskValues([]byte(src))); got != want {
		t.Errorf("maskValues(%q) = %q, want %q", src, got, want)
	}
}

// withholdQuotes searches few diagnostics in another way than many.
func TestDetailsThatQuoteMaskedTextAreWithheld(t *testing.T) {
	src, shown := []byte("a = secret\nb = plain\n"), []byte("a = ******\nb = plain\n")
	for _, n := range []int{1, 20, 21, 100} {
		var diags hcl.Diagnostics
		for i := range n {
			diags = append(diags, &hcl.Diagnostic{Detail: fmt.Sprintf("%d: \"plain\", \"elsewhere\".", i)})
		}
		diags[n-1] = &hcl.Diagnostic{Detail: "Not \"plain\" but \"secret\"."}

		withholdQuotes(diags, src, shown)
		for i, d := range diags {
			if (d.Detail == withheld) != (i == n-1) {
				t.Errorf("diagnostic %d of %d has the detail %q, want only the last one withheld", i, n, d.Detail)
			}
		}
	}
}
