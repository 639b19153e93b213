package review

import (
	"strings"
	"testing"
)

func TestCheckKey(t *testing.T) {
	for key, ok := range map[string]bool{
		"default": true, "prod/example.com": true, "a_b.c-d:e": true, strings.Repeat("k", 64): true,
		"": false, "a b": false, "a--b": false, "a>": false, "ä": false, "a\n": false, strings.Repeat("k", 65): false,
	} {
		if err := CheckKey(key); (err == nil) != ok {
			t.Errorf("CheckKey(%q) = %v, want valid: %v", key, err, ok)
		}
	}
}

// FuzzMarker checks that every posted comment is found by its key, and by no other.
func FuzzMarker(f *testing.F) {
	f.Add("default", "### a plan", "prod")
	f.Add("a", "<!-- cfplan:comment key=b -->\n", "b")
	f.Add("a", "\r\n", "aa")
	f.Add("a-", "text", "a")
	f.Fuzz(func(t *testing.T, key, body, other string) {
		text, err := Comment{Key: key, Body: body}.text()
		if err != nil {
			return
		}

		if len(text) > MaxBody {
			t.Errorf("the text of key %q has %d bytes, want at most %d", key, len(text), MaxBody)
		}
		if !marked(text, marker(key)) || !marked(strings.ReplaceAll(text, "\n", "\r\n"), marker(key)) {
			t.Errorf("%q is not found by its key %q", text, key)
		}
		if CheckKey(other) == nil && other != key && marked(text, marker(other)) {
			t.Errorf("%q of key %q is found by %q", text, key, other)
		}
		if first, _, _ := strings.Cut(text, "\n"); strings.Count(first, "--") != 2 || !strings.HasSuffix(first, "-->") {
			t.Errorf("the marker is not an HTML comment: %q", first)
		}
		if !sameText(text, strings.ReplaceAll(text, "\n", "\r\n")+" ") && !strings.Contains(text, "\r") {
			t.Errorf("sameText: %q differs from itself with other line ends, want the same", text)
		}
	})
}
