package cloudflare

import (
	"context"
	"slices"
	"strings"
	"testing"
)

func TestListZonesReadsAllPages(t *testing.T) {
	for _, count := range []int{0, 1, 50, 51, 120} {
		want := zoneNames(0, count)
		zones, err := newAccount(t, want...).client().ListZones(context.Background())

		var got []string
		for _, z := range zones {
			got = append(got, z.Name)
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("ListZones of %d zones = %q (%v), want %q", count, got, err, want)
		}
	}
}

func TestListZonesRefusesAnIncompleteList(t *testing.T) {
	page := answer{
		status: 200,
		body:   `{"success":true,"errors":[],"result":[{"id":"1","name":"a.example"}],"result_info":{"total_pages":9}}`,
	}
	for name, answers := range map[string][]answer{
		"a page that is repeated": {page, page},
		"a zone without a name":   {ok(`[{"id":"1"}]`)},
	} {
		zones, err := serve(t, answers...).client().ListZones(context.Background())
		if err == nil || zones != nil {
			t.Errorf("%s: ListZones = %v, %v; want an error", name, zones, err)
		}
	}
	_, err := serve(t, refusal(403, 9109, "Invalid access token")).client().ListZones(context.Background())
	if err == nil || !strings.Contains(err.Error(), "9109") {
		t.Errorf("ListZones after a refusal = %v, want code 9109", err)
	}
}
