package state_test

import (
	"testing"

	"github.com/cfplan/cfplan/internal/state"
)

func TestAddressesAreReadAsTheyAreWritten(t *testing.T) {
	for _, text := range []string{
		"example.com/A/www", "example.com/TXT/@", `example.com/MX/mail["mx1"]`, "example.com/A/n[12]",
		`example.com/TXT/_a.b/c["x/y \"z\" ]"]`, "xn--bcher-kva.example/CNAME/*",
	} {
		if a, err := state.ParseAddress(text); err != nil || a.String() != text {
			t.Errorf("ParseAddress(%q) = %q, %v", text, a, err)
		}
	}
	for _, text := range []string{
		"", "/", "//", "example.com", "example.com/A", "example.com/A/", "/A/www", "example.com//www", "Example.com/A/www", "example.com./A/www",
		"example.com/a/www", "example.com/SOA/@", "example.com/A/www[", "example.com/A/www[]", "example.com/A/www[eu]", `example.com/A/www["eu]`,
		`example.com/A/www["a" "b"]`, `example.com/A/www["a"]x`, `example.com/A/["a"]`, "example.com/A/w\nww", "example.com/A/www[`a`]", "example.com/A/www[-1]",
	} {
		if a, err := state.ParseAddress(text); err == nil {
			t.Errorf("ParseAddress(%q) = %+v, want an error", text, a)
		}
	}
}
