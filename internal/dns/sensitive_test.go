package dns_test

import (
	"slices"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
)

func TestMaskHidesOnlySensitiveAttributes(t *testing.T) {
	r := dns.Record{Name: "n.example.com", Type: dns.A, Content: "192.0.2.1", Comment: "c", Tags: []string{"a", "b"}}
	for _, tt := range []struct {
		sensitive []dns.Attribute
		want      dns.Record
	}{
		{nil, r},
		{[]dns.Attribute{dns.AttrContent, dns.AttrTTL}, r}, // public
		{dns.Maskable(), dns.Record{Name: dns.SensitiveValue, Type: dns.A, Content: "192.0.2.1",
			Comment: dns.SensitiveValue, Tags: []string{dns.SensitiveValue}}},
	} {
		if got := r.Mask(tt.sensitive); len(dns.Changed(got, tt.want)) > 0 {
			t.Errorf("Mask(%v) = %+v, want %+v", tt.sensitive, got, tt.want)
		}
	}
	if r.Name != "n.example.com" || !slices.Equal(r.Tags, []string{"a", "b"}) {
		t.Errorf("Mask modified its receiver: %+v", r)
	}
	if bare := (dns.Record{Name: "x"}).Mask(dns.Maskable()); bare.Comment != "" || bare.Tags != nil {
		t.Errorf("Mask of a record without comment and tags = %+v, want them to stay empty", bare)
	}
}

func TestJoinSensitiveKeepsMaskableAttributesInOrder(t *testing.T) {
	got := dns.JoinSensitive([]dns.Attribute{dns.AttrTags, dns.AttrContent}, nil, []dns.Attribute{dns.AttrName, dns.AttrTags})
	if want := []dns.Attribute{dns.AttrName, dns.AttrTags}; !slices.Equal(got, want) {
		t.Errorf("JoinSensitive = %v, want %v", got, want)
	}
	if got := dns.JoinSensitive(nil, []dns.Attribute{dns.AttrContent}); got != nil {
		t.Errorf("JoinSensitive of a public attribute = %v, want nil", got)
	}
}
