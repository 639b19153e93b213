package dns

import (
	"strings"
	"testing"
)

func TestPatternMatch(t *testing.T) {
	r := Record{Name: "_acme-challenge.www.example.com", Type: TXT, Content: `"a/b\\c"`}
	apex := Record{Name: "example.com", Type: A, Content: "192.0.2.1"}
	idn := Record{Name: "www.xn--bcher-kva.de", Type: A, Content: "192.0.2.1"}
	for _, tt := range []struct {
		p    Pattern
		r    Record
		zone string
		want bool
	}{
		{Pattern{}, r, "example.com", true},
		{Pattern{Name: "_acme-challenge.*"}, r, "example.com", true},
		{Pattern{Name: "_ACME-challenge.www"}, r, "example.com", true},
		{Pattern{Name: "*.example.com"}, r, "example.com", true},
		{Pattern{Name: "*.example.com."}, r, "example.com", true},
		{Pattern{Name: "_acme-challenge.ww?"}, r, "example.com", true},
		{Pattern{Name: "_acme-challenge.www?"}, r, "example.com", false},
		{Pattern{Name: "_acme-challenge"}, r, "example.com", false},
		{Pattern{Name: "*", Type: A}, r, "example.com", false},
		{Pattern{Content: "*a/b*"}, r, "example.com", true},
		{Pattern{Content: `"a/b\\c"`}, r, "example.com", true},
		{Pattern{Content: "a/b"}, r, "example.com", false},
		{Pattern{Content: `*.*`}, r, "example.com", false},
		{Pattern{Name: "@"}, apex, "example.com", true},
		{Pattern{Name: "@"}, r, "example.com", false},
		{Pattern{Name: "example.com", Content: "192.0.2.*"}, apex, "example.com", true},
		{Pattern{Name: "*.bücher.de"}, idn, "xn--bcher-kva.de", true},
		{Pattern{Name: "www"}, idn, "xn--bcher-kva.de", true},
		{Pattern{Name: "*.xn--bcher-kva.de"}, idn, "xn--bcher-kva.de", true},
	} {
		if got := NewPatterns([]Pattern{tt.p}, tt.zone).Match(tt.r); got != tt.want {
			t.Errorf("the pattern %+v matches %s %s: %v, want %v", tt.p, tt.r.Name, tt.r.Content, got, tt.want)
		}
	}
}

func TestGlobWithManyStarsIsFast(t *testing.T) {
	if Glob(strings.Repeat("*a", 200)+"b", strings.Repeat("a", 4000)) {
		t.Error("a pattern that ends in b matches a text without a b")
	}
	if !Glob("***a**b*", "xxaxxbxx") || !Glob("**", "") || Glob("", "x") {
		t.Error("several stars in a row do not match like one")
	}
}
