package clienttest

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/cloudflare/cloudflare-go"

	"github.com/cfplan/cfplan/internal/sandbox"
)

// legacy returns the SDK's client without its built-in pauses.
func legacy(t *testing.T, base, token string) *cloudflare.API {
	t.Helper()
	api, err := cloudflare.NewWithAPIToken(token, cloudflare.BaseURL(base),
		cloudflare.UsingRateLimit(1e6), cloudflare.UsingRetryPolicy(0, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	return api
}

func legacyZone(t *testing.T, api *cloudflare.API, name string) *cloudflare.ResourceContainer {
	t.Helper()
	id, err := api.ZoneIDByName(name)
	if err != nil {
		t.Fatal(err)
	}
	return cloudflare.ZoneIdentifier(id)
}

func TestLegacySDKReadsZones(t *testing.T) {
	var zones []sandbox.Zone
	for i := range 60 { // more than one page of the SDK
		zones = append(zones, sandbox.Zone{Name: fmt.Sprintf("zone%02d.example", i)})
	}
	s, base := serve(t, append(zones, sandbox.Zone{Name: "bücher.example", Plan: "pro"})...)
	api := legacy(t, base, token)

	list, err := api.ListZonesContext(t.Context())
	if err != nil || len(list.Result) != 61 {
		t.Fatalf("ListZones = %d zones, %v; want 61", len(list.Result), err)
	}
	want, _ := s.Zone("xn--bcher-kva.example")
	zone, err := api.ZoneDetails(t.Context(), want.ID)
	if err != nil || zone.Name != "xn--bcher-kva.example" || zone.Plan.LegacyID != "pro" || zone.Status != "active" || len(zone.NameServers) != 2 {
		t.Errorf("ZoneDetails = %+v, %v; want the active zone xn--bcher-kva.example with plan pro and two name servers", zone, err)
	}
	if _, err := api.ZoneIDByName("nowhere.example"); err == nil {
		t.Error("ZoneIDByName found nowhere.example, want an error")
	}
}

func TestLegacySDKVerifiesItsToken(t *testing.T) {
	_, base := serve(t)
	verified, err := legacy(t, base, token).VerifyAPIToken(t.Context())
	if err != nil || verified.Status != "active" || len(verified.ID) != 32 {
		t.Errorf("VerifyAPIToken = %+v, %v; want active and an ID", verified, err)
	}
}

func TestLegacySDKWorksWithAGlobalKey(t *testing.T) {
	_, base := serve(t, sandbox.Zone{Name: "example.com"})
	api, err := cloudflare.New(key, email, cloudflare.BaseURL(base), cloudflare.UsingRetryPolicy(0, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	legacyZone(t, api, "example.com")
}

func TestLegacySDKChangesARecord(t *testing.T) {
	s, base := serve(t, sandbox.Zone{Name: "example.com", Plan: "pro"})
	api := legacy(t, base, token)
	zone := legacyZone(t, api, "example.com")

	made, err := api.CreateDNSRecord(t.Context(), zone, cloudflare.CreateDNSRecordParams{
		Type: "A", Name: "Www.example.com", Content: "198.51.100.4", TTL: 300,
		Proxied: cloudflare.BoolPtr(false), Comment: "front", Tags: []string{"team:web"}})
	if err != nil {
		t.Fatal(err)
	}
	if made.Name != "www.example.com" || made.TTL != 300 || *made.Proxied || !made.Proxiable || made.Comment != "front" ||
		!slices.Equal(made.Tags, []string{"team:web"}) || made.CreatedOn.IsZero() || len(made.ID) != 32 {
		t.Errorf("CreateDNSRecord = %+v, want all attributes as sent and the name in lower case", made)
	}

	// The SDK updates by PATCH. It leaves out the comment, which stays unchanged, but always sends the tags.
	changed, err := api.UpdateDNSRecord(t.Context(), zone, cloudflare.UpdateDNSRecordParams{
		ID: made.ID, Content: "198.51.100.5", Proxied: cloudflare.BoolPtr(true)})
	if err != nil || changed.Content != "198.51.100.5" || changed.TTL != 1 || !*changed.Proxied || changed.Comment != "front" || len(changed.Tags) != 0 {
		t.Errorf("UpdateDNSRecord = %+v, %v; want 198.51.100.5, proxied, with its comment and without tags", changed, err)
	}
	cleared, err := api.UpdateDNSRecord(t.Context(), zone, cloudflare.UpdateDNSRecordParams{ID: made.ID, Comment: cloudflare.StringPtr("")})
	if err != nil || cleared.Comment != "" {
		t.Errorf("UpdateDNSRecord with an empty comment = %+v, %v; want no comment", cleared, err)
	}
	if got, err := api.GetDNSRecord(t.Context(), zone, made.ID); err != nil || got.Content != "198.51.100.5" {
		t.Errorf("GetDNSRecord = %+v, %v; want 198.51.100.5", got, err)
	}
	if err := api.DeleteDNSRecord(t.Context(), zone, made.ID); err != nil || len(s.Records("example.com")) != 0 {
		t.Errorf("DeleteDNSRecord = %v and leaves %v, want no record", err, s.Records("example.com"))
	}
}

func TestLegacySDKWritesStructuredRecords(t *testing.T) {
	_, base := serve(t, sandbox.Zone{Name: "example.com"})
	api := legacy(t, base, token)
	zone := legacyZone(t, api, "example.com")
	zero := uint16(0)
	for _, tt := range []struct {
		send     cloudflare.CreateDNSRecordParams
		content  string
		priority int // -1 means none
	}{
		{cloudflare.CreateDNSRecordParams{Type: "MX", Name: "@", Content: "mail.example.net.", Priority: &zero}, "mail.example.net", 0},
		{cloudflare.CreateDNSRecordParams{Type: "TXT", Name: "t", Content: `"v=spf1 -all"`}, `"v=spf1 -all"`, -1},
		{cloudflare.CreateDNSRecordParams{Type: "SRV", Name: "_sip._tcp", Data: map[string]any{
			"service": "_sip", "proto": "_tcp", "name": "example.com",
			"priority": 10, "weight": 5, "port": 5060, "target": "sip.example.com"}}, "5 5060 sip.example.com", 10},
		{cloudflare.CreateDNSRecordParams{Type: "CAA", Name: "@", Data: map[string]any{
			"flags": 0, "tag": "issue", "value": "letsencrypt.org"}}, `0 issue "letsencrypt.org"`, -1},
	} {
		got, err := api.CreateDNSRecord(t.Context(), zone, tt.send)
		if err != nil {
			t.Errorf("CreateDNSRecord of %s: %v", tt.send.Type, err)
			continue
		}

		priority := -1
		if got.Priority != nil {
			priority = int(*got.Priority)
		}
		if got.Content != tt.content || priority != tt.priority {
			t.Errorf("%s: content %q, priority %d; want %q, %d", tt.send.Type, got.Content, priority, tt.content, tt.priority)
		}
	}
}

func TestLegacySDKListsOverSeveralPages(t *testing.T) {
	var rs []sandbox.Record
	for i := range 250 { // a page of the SDK has 100
		rs = append(rs, sandbox.Record{Type: "A", Name: fmt.Sprintf("n%d", i), Content: "192.0.2.1"})
	}
	rs = append(rs, sandbox.Record{Type: "TXT", Name: "n7", Content: `"seven"`})
	_, base := serve(t, sandbox.Zone{Name: "example.com", Plan: "pro", Records: rs})
	api := legacy(t, base, token)
	zone := legacyZone(t, api, "example.com")

	all, info, err := api.ListDNSRecords(t.Context(), zone, cloudflare.ListDNSRecordsParams{})
	if err != nil || info.Total != 251 {
		t.Fatalf("ListDNSRecords = %+v, %v; want a total of 251", info, err)
	}
	ids := map[string]bool{}
	for _, r := range all {
		ids[r.ID] = true
	}
	if len(ids) != 251 {
		t.Errorf("ListDNSRecords returned %d different records, want 251", len(ids))
	}
	some, _, err := api.ListDNSRecords(t.Context(), zone, cloudflare.ListDNSRecordsParams{Type: "TXT", Name: "N7.example.com"})
	if err != nil || len(some) != 1 || some[0].Content != `"seven"` {
		t.Errorf("TXT records at n7 = %+v, %v; want one", some, err)
	}
	text, err := api.ExportDNSRecords(t.Context(), zone, cloudflare.ExportDNSRecordsParams{})
	if err != nil || !strings.Contains(text, "\tSOA\t") || strings.Count(text, "\tA\t") != 250 {
		t.Errorf("ExportDNSRecords: %v, want an SOA and 250 A records\n%.300s", err, text)
	}
}

// codes returns the status and the code that the SDK found in an error.
func codes(t *testing.T, err error) (status int, code int) {
	t.Helper()
	var e *cloudflare.Error
	if !errors.As(err, &e) || len(e.ErrorCodes) == 0 {
		t.Fatalf("error = %v (%T), want an error of the SDK with a code", err, err)
	}
	return e.StatusCode, e.ErrorCodes[0]
}

func TestLegacySDKUnderstandsErrors(t *testing.T) {
	s, base := serve(t, sandbox.Zone{Name: "example.com", Records: []sandbox.Record{{Type: "A", Name: "www", Content: "192.0.2.1"}}})
	api := legacy(t, base, token)
	zone := legacyZone(t, api, "example.com")
	create := func(typ, name, content string) error {
		_, err := api.CreateDNSRecord(t.Context(), zone, cloudflare.CreateDNSRecordParams{Type: typ, Name: name, Content: content})
		return err
	}

	_, unknown := legacy(t, base, "another-token").ListZonesContext(t.Context())
	_, elsewhere := api.ZoneDetails(t.Context(), strings.Repeat("a", 32))
	_, keyAsToken := legacy(t, base, key).ListZonesContext(t.Context())
	for _, tt := range []struct {
		what         string
		err          error
		status, code int
	}{
		{"nonsense in an A", create("A", "x", "nonsense"), http.StatusBadRequest, 9005},
		{"a duplicate", create("A", "www", "192.0.2.1"), http.StatusBadRequest, 81058},
		{"a CNAME with an A", create("CNAME", "www", "x.example.net"), http.StatusBadRequest, 81053},
		{"deleting a record that does not exist", api.DeleteDNSRecord(t.Context(), zone, strings.Repeat("a", 32)), http.StatusNotFound, 81044},
		{"an unknown token", unknown, http.StatusForbidden, 9109},
		{"a zone of another account", elsewhere, http.StatusForbidden, 9109},
		{"a key used as token", keyAsToken, http.StatusBadRequest, 6003},
	} {
		if status, code := codes(t, tt.err); status != tt.status || code != tt.code {
			t.Errorf("%s: status %d, code %d; want %d, %d", tt.what, status, code, tt.status, tt.code)
		}
	}

	if n := len(s.Records("example.com")); n != 1 {
		t.Errorf("the zone has %d records, want only the one of the seed", n)
	}

	s.Fail(sandbox.AuthenticationError())
	var denied *cloudflare.AuthenticationError
	if err := create("A", "x", "192.0.2.1"); !errors.As(err, &denied) || !denied.InternalErrorCodeIs(10000) || denied.RayID() == "" {
		t.Errorf("error = %v (%T), want an AuthenticationError with code 10000 and a ray ID", err, err)
	}
}
