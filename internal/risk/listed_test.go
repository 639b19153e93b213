package risk

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTextsAreShortEvenIfValuesAreLong(t *testing.T) {
	account := "; accounturi=https://acme.example/" + strings.Repeat("a", 1000)
	var senders []string
	for i := range 100 {
		senders = append(senders, fmt.Sprintf("ip4:192.0.2.%d", i))
	}
	for _, c := range []struct {
		before, after []string
		want          string
	}{
		{
			before: []string{`@ 300 CAA 0 issue "letsencrypt.org` + account + `"`},
			after:  []string{`@ 300 CAA 0 issue "letsencrypt.org` + account + `b"`},
			want:   "letsencrypt.org; accounturi=https://acme.example/aaaaaaaaaa… may no longer issue certificates",
		},
		{
			after: []string{`@ 300 CAA 0 issue "letsencrypt.org` + account + `"`},
			want:  "Only letsencrypt.org; accounturi=https://acme.example/aaaaaaaaaa… may issue certificates",
		},
		{
			before: []string{`@ 300 TXT "v=spf1 ` + strings.Join(senders, " ") + ` -all"`},
			after:  []string{`@ 300 TXT "v=spf1 -all"`},
			want:   "ip4:192.0.2.4 and 95 others may be rejected",
		},
	} {
		found := false
		for _, r := range risksOf(t, c.before, c.after) {
			found = found || strings.Contains(r.Text, c.want)
			if n := utf8.RuneCountInString(r.Text); n > 300 {
				t.Errorf("a risk has %d characters, want at most 300: %s", n, r.Text)
			}
		}
		if !found {
			t.Errorf("no risk contains %q: %v", c.want, risksOf(t, c.before, c.after))
		}
	}
}
