package state_test

import (
	"testing"

	"github.com/cfplan/cfplan/internal/state"
)

func TestAddressesAreReadAsTheyAreWritten(t *testing.T) {
	for _, text := range []string{
		"example.com/A/www", "example.com/TXT/@", `example.com/MX/mail["mx1"]`, "example.com/A/n[12]",
		`example.com/TXT/_a.b/c["x/y \"z\" ]"]`, "xn--bcher-kva.example/CNAME/*",
		"example.com/A/module.a.www", `example.com/A/module.a["x.y"].module.b[0].www["z"]`, `example.com/A/module.a["]."].@`,
	} {
		if a, err := state.ParseAddress(text); err != nil || a.String() != text {
			t.Errorf("ParseAddress(%q) = %q, %v, want the same text", text, a, err)
		}
	}
	for _, text := range []string{
		"", "/", "//", "example.com", "example.com/A", "example.com/A/", "/A/www", "example.com//www", "Example.com/A/www", "example.com./A/www",
		"example.com/a/www", "example.com/SOA/@", "example.com/A/www[", "example.com/A/www[]", "example.com/A/www[eu]", `example.com/A/www["eu]`,
		`example.com/A/www["a" "b"]`, `example.com/A/www["a"]x`, `example.com/A/["a"]`, "example.com/A/w\nww", "example.com/A/www[`a`]", "example.com/A/www[-1]",
		"example.com/A/module.a", `example.com/A/module.a["k"]`, "example.com/A/module.a.module.b", "example.com/A/module.a[k].www",
	} {
		if a, err := state.ParseAddress(text); err == nil {
			t.Errorf("ParseAddress(%q) = %+v, want an error", text, a)
		}
	}
}
