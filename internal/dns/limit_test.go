package dns_test

import (
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
)

func TestLimit(t *testing.T) {
	for _, c := range []struct {
		text          string
		records, most int
	}{
		{"30%", 100, 30},
		{"30%", 99, 29},
		{"30 %", 10, 3},
		{"30%", 9, 2},
		{"100%", 2, 2},
		{"0%", 10, 0},
		{"100%", 50, 50},
		{"5", 100, 5},
		{"5", 3, 5},
		{"0", 3, 0},
	} {
		l, err := dns.ParseLimit(c.text)
		if err != nil {
			t.Errorf("ParseLimit(%q): %v", c.text, err)
		}
		if got := l.Of(c.records); got != c.most {
			t.Errorf("the limit %s of %d records = %d, want %d", c.text, c.records, got, c.most)
		}
	}
	for _, text := range []string{"", "%", "-1", "101%", "1.5", "half", "9999999999"} {
		if l, err := dns.ParseLimit(text); err == nil {
			t.Errorf("ParseLimit(%q) = %v, want an error", text, l)
		}
	}
}
