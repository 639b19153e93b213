package english_test

import (
	"testing"

	"github.com/cfplan/cfplan/internal/english"
)

func TestList(t *testing.T) {
	for _, test := range []struct {
		words []string
		want  string
	}{
		{nil, ""},
		{[]string{"a"}, `"a"`},
		{[]string{"a", "b"}, `"a" or "b"`},
		{[]string{"a", "b", "c d"}, `"a", "b" or "c d"`},
	} {
		if got := english.List(english.Quoted(test.words), "or"); got != test.want {
			t.Errorf("List(Quoted(%q)) = %s, want %s", test.words, got, test.want)
		}
	}
}
