package genconfig

import (
	"strings"
	"testing"
	"unicode"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/cfplan/cfplan/internal/dns"
)

// Terminals and the logs of CI jobs show the text too.
func TestControlCharactersAndCommandsAreEscaped(t *testing.T) {
	const hostile = "##[error]a\u202eb\u009b31mc\u2066::error::###[f]"
	z := dns.Zone{
		Name: "example.com",
		Records: []dns.Record{
			{Name: "a.example.com", Type: dns.A, Content: "192.0.2.1", TTL: 1, Comment: hostile, Tags: []string{"k:" + hostile}},
			{Name: "b.example.com", Type: dns.A, Content: "192.0.2.1", TTL: 1, ManagedBy: hostile},
			{Name: hostile, Type: dns.Type(hostile), Content: hostile, TTL: 1},
		},
	}
	var b strings.Builder
	if _, err := Write(&b, ZoneOf(z)); err != nil {
		t.Fatal(err)
	}
	for _, r := range b.String() {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Fatalf("the text contains an unescaped %U:\n%s", r, b.String())
		}
	}
	for line := range strings.Lines(b.String()) {
		if strings.Contains(line, "##[") || strings.HasPrefix(strings.TrimSpace(line), "::") {
			t.Errorf("the line %q contains a command for a CI runner", line)
		}
	}

	expr, diags := hclsyntax.ParseExpression([]byte(literal(hostile)), "", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	if v, _ := expr.Value(nil); v.AsString() != hostile {
		t.Errorf("literal(%q) is read back as %q, want no change", hostile, v.AsString())
	}
}

// HCL takes invisible characters in a name, but a key with one must look different from the key without it.
func TestKeysWithInvisibleCharactersAreQuoted(t *testing.T) {
	for key, bare := range map[string]bool{"www": true, "münchen": true, "a-b_1": true, "a\u200cb": false, "a b": false, "for": false} {
		if got := bareKey(key); got != bare {
			t.Errorf("bareKey(%q) = %v, want %v", key, got, bare)
		}
	}

	text := object([]entry{{key: "A\u200c", value: "1"}}, nil)
	if want := "{\n\"A\\u200c\" = 1\n}"; text != want {
		t.Errorf("object = %q, want %q", text, want)
	}
}
