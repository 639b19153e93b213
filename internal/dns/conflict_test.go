package dns

import (
	"slices"
	"testing"
)

func TestConflictAt(t *testing.T) {
	const zone, below = "example.com", "www.example.com"
	for _, tt := range []struct {
		name string
		a, b Type
		want Conflict
	}{
		{below, CNAME, CNAME, TwoAliases},
		{zone, CNAME, CNAME, TwoAliases},
		{below, CNAME, A, AliasBesideAddress},
		{below, CNAME, AAAA, AliasBesideAddress},
		{zone, CNAME, AAAA, AliasBesideAddress},
		{below, CNAME, NS, AliasBesideServer},
		{zone, CNAME, NS, NoConflict},
		{below, A, NS, AddressBesideServer},
		{below, AAAA, NS, AddressBesideServer},
		{zone, A, NS, NoConflict},
		{below, A, A, NoConflict},
		{below, A, AAAA, NoConflict},
		{below, NS, NS, NoConflict},
		{below, NS, DS, NoConflict},
		{below, CNAME, TXT, NoConflict},
		{below, CNAME, MX, NoConflict},
		{below, NS, TXT, RecordBesideServer},
		{below, NS, MX, RecordBesideServer},
		{below, NS, "LOC", RecordBesideServer},
		{zone, NS, TXT, NoConflict},
		{zone, NS, MX, NoConflict},
		{below, TXT, TXT, NoConflict},
	} {
		if got := ConflictAt(tt.name, zone, tt.a, tt.b); got != tt.want {
			t.Errorf("ConflictAt(%s, %s, %s) = %q, want %q", tt.name, tt.a, tt.b, got, tt.want)
		}
		if got := ConflictAt(tt.name, zone, tt.b, tt.a); got != tt.want {
			t.Errorf("ConflictAt(%s, %s, %s) = %q, want %q", tt.name, tt.b, tt.a, got, tt.want)
		}
	}
}

func TestServesDelegation(t *testing.T) {
	servers := []string{"ns1.sub.example.com", "ns2.example.net"}
	isServer := func(host string) bool { return slices.Contains(servers, host) }
	for _, tt := range []struct {
		name string
		typ  Type
		want bool
	}{
		{"sub.example.com", NS, true},
		{"sub.example.com", DS, true},
		{"ns1.sub.example.com", A, true},
		{"ns1.sub.example.com", AAAA, true},
		{"ns1.sub.example.com", TXT, false},
		{"www.sub.example.com", A, false},
		{"deep.sub.example.com", NS, false},
		{"deep.sub.example.com", DS, false},
		{"sub.example.com", MX, false},
		{"sub.example.com", A, false},
	} {
		if got := ServesDelegation("sub.example.com", Record{Name: tt.name, Type: tt.typ}, isServer); got != tt.want {
			t.Errorf("ServesDelegation of %s %s = %v, want %v", tt.name, tt.typ, got, tt.want)
		}
	}
}
