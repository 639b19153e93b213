package risk

import "testing"

func TestMXRiskSaysWhereMailGoes(t *testing.T) {
	const one, two = "@ 300 MX 10 mx1.example.net", "@ 300 MX 20 mx2.example.org"
	for name, test := range map[string]struct {
		before, after []string
		want          string
	}{
		"a second host": {
			before: []string{one},
			after:  []string{one, two},
			want:   "Some of the mail for example.com goes to mx2.example.org as well.",
		},
		"two others": {
			before: []string{one},
			after:  []string{"@ 300 MX 1 a.example.org", two},
			want:   "Mail for example.com goes to mx2.example.org from now on.",
		},
		"another order": {
			before: []string{one},
			after:  []string{"@ 300 MX 30 mx1.example.net"},
			want:   "Senders may try another mail host of example.com first.",
		},
	} {
		risks := risksOf(t, test.before, test.after)
		found := false
		for _, r := range risks {
			found = found || r.Text == test.want
		}
		if !found {
			t.Errorf("%s: risks %+v, want one that says %q", name, risks, test.want)
		}
	}
}
