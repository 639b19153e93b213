package lang

import (
	"testing"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

func TestPieces(t *testing.T) {
	for src, want := range map[string]int{
		"":                     0,
		"a = 1\n":              4,
		`name = "two words"`:   6,
		"[1,1,1]":              7,
		"\t  # a comment\r\n":  5,
		"ü→":                   2,
		"0a1b":                 3,
		"x = <<EOT\na\nb\nEOT": 11,
	} {
		if got := Pieces([]byte(src)); got != want {
			t.Errorf("Pieces(%q) = %d, want %d", src, got, want)
		}
	}
}

// FuzzPieces compares the count with the number of hcl's tokens. If hcl could make many more tokens, the limit would
// not bound the memory.
func FuzzPieces(f *testing.F) {
	for _, src := range []string{
		"a = 1\nb = \"x ${1} %{ if true }y%{ endif }\"\n", "x = <<-EOT\n  a\n ${b}\nEOT\n", "1.5e3 ... . .. && || == != >= ?:",
		"/* a */ // b\n# c\n", "ü→💥 \r \x01", "\"\\u0041\\n$${\"", "$ % $${ %%{ ${", "a-b-c a.0.1", "::", "{[()]}\r\n",
	} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		if !utf8.ValidString(src) {
			return // CheckSource refuses the source before it is parsed
		}
		tokens, _ := hclsyntax.LexConfig([]byte(src), "", hcl.InitialPos)
		pieces := Pieces([]byte(src))
		if got := len(tokens); got > 2*pieces+2 { // blanks and the end of the file are tokens too
			t.Errorf("%q has %d tokens, want at most twice its %d pieces", src, got, pieces)
		}
	})
}
