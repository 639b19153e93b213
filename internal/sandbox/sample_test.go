package sandbox

import (
	"net/netip"
	"testing"
)

func TestSampleZonesUseReservedAddresses(t *testing.T) {
	s := New(Options{Seed: SampleSeed()})
	reserved := []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.51.100.0/24"),
		netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("2001:db8::/32")}
	plans := map[string]string{"example.com": "free", "example.org": "pro", "example.net": "enterprise"}
	for _, z := range s.Zones() {
		if z.Plan != plans[z.Name] {
			t.Errorf("%s is %s, want %s", z.Name, z.Plan, plans[z.Name])
		}
		if n := len(s.Records(z.Name)); n < 5 || n > z.quota() {
			t.Errorf("%s has %d records, want 5 to %d", z.Name, n, z.quota())
		}

		for _, r := range s.Records(z.Name) {
			if r.Type != "A" && r.Type != "AAAA" {
				continue
			}
			a := netip.MustParseAddr(r.Content)
			if !reserved[0].Contains(a) && !reserved[1].Contains(a) && !reserved[2].Contains(a) && !reserved[3].Contains(a) {
				t.Errorf("%s has the address %s, want one reserved for documentation", r.Name, r.Content)
			}
		}
	}
}

// A seed may have records that conflict, but the sample must not.
func TestSampleRecordsWouldBeAccepted(t *testing.T) {
	s := New(Options{Seed: SampleSeed()})
	for _, info := range s.Zones() {
		z := s.zone(info.Name)
		for _, r := range s.Records(info.Name) {
			if refused := z.conflicts(r); refused != nil {
				t.Errorf("the API would refuse %s %s: %+v", r.Type, r.Name, refused.errors)
			}
		}
	}
}
