package sandbox

import (
	"strings"
	"testing"
)

func TestChangesBehindTheAPIAreVisibleThroughIt(t *testing.T) {
	c, records := zoned(t, "free")
	s := c.server
	put, err := s.PutRecord("example.com", Record{Type: "A", Name: "WWW", Content: "192.0.2.1"})
	if err != nil {
		t.Fatal(err)
	}
	if got := c.want(200, 0, "GET", records+"/"+put.ID, "").record(t); got.Name != "www.example.com" || got.TTL != 1 {
		t.Errorf("record = %+v, want www.example.com with TTL 1", got)
	}

	edited, err := s.EditRecord("example.com", put.ID, func(r *Record) { r.Content, r.ID = "192.0.2.2", "other" })
	if err != nil || edited.ID != put.ID || edited.Content != "192.0.2.2" {
		t.Errorf("EditRecord = %+v, %v, want the same ID with 192.0.2.2", edited, err)
	}
	if got := c.want(200, 0, "GET", records+"/"+put.ID, "").record(t); got.Content != "192.0.2.2" {
		t.Errorf("record = %+v, want the content 192.0.2.2", got)
	}

	// A record that the API would refuse can be stored.
	if _, err := s.PutRecord(c.zoneID("example.com"), Record{Type: "CNAME", Name: "www", Content: "x.example.net"}); err != nil {
		t.Error(err)
	}
	if !s.DeleteRecord("example.com", put.ID) || s.DeleteRecord("example.com", put.ID) {
		t.Error("DeleteRecord succeeds twice, want once")
	}

	c.want(404, 81044, "GET", records+"/"+put.ID, "")
	for _, r := range s.Requests() {
		if r.Write {
			t.Errorf("the log has the write %+v, want no writes", r)
		}
	}
}

func TestChangesBehindTheAPIReportErrors(t *testing.T) {
	c, _ := zoned(t, "free")
	s := c.server
	if _, err := s.PutRecord("nowhere.example", Record{}); err == nil || !strings.Contains(err.Error(), "nowhere.example") {
		t.Errorf("PutRecord = %v, want an error that names the zone", err)
	}
	_, err := s.PutRecord("example.com", Record{Type: "A", Name: "x", Content: "x"})
	if err == nil || !strings.Contains(err.Error(), "9005") {
		t.Errorf("PutRecord = %v, want an error with code 9005", err)
	}
	if _, err := s.EditRecord("example.com", "x", func(*Record) {}); err == nil {
		t.Error("EditRecord of a missing record succeeded")
	}
	if _, err := s.EditRecord("nowhere.example", "x", func(*Record) {}); err == nil {
		t.Error("EditRecord in a missing zone succeeded")
	}
	if _, err := s.AddZone(Zone{Name: "example.org", Plan: "gold"}); err == nil || len(s.Zones()) != 1 {
		t.Errorf("AddZone = %v, zones %v, want an error and only the first zone", err, s.Zones())
	}
	if s.Records("nowhere.example") != nil || s.DeleteRecord("nowhere.example", "x") || s.RemoveZone("nowhere.example") {
		t.Error("a missing zone has records or can be removed")
	}
}

func TestChangingAResultDoesNotChangeTheServer(t *testing.T) {
	c, records := zoned(t, "pro", Record{Type: "CAA", Name: "@", Tags: []string{"x"},
		Data: map[string]any{"flags": 0, "tag": "issue", "value": "a"}})
	r := c.server.Records("example.com")[0]
	r.Data["value"], r.Tags[0] = "changed", "changed"
	if body := c.do("GET", records, "").Body; strings.Contains(body, "changed") {
		t.Errorf("changing a copy changed the server: %s", body)
	}
}

func TestTwoZonesMayHaveTheSameName(t *testing.T) {
	c, _ := zoned(t, "free")
	twin, err := c.server.AddZone(Zone{Name: "example.com", AccountID: strings.Repeat("b", 32)})
	if err != nil {
		t.Fatal(err)
	}
	if names, _ := zoneNames(c, "name=example.com"); names != "example.com example.com" {
		t.Errorf("zones = %q, want example.com twice", names)
	}
	if !c.server.RemoveZone(twin.ID) {
		t.Error("RemoveZone = false, want true")
	}
	if names, _ := zoneNames(c, "name=example.com"); names != "example.com" {
		t.Errorf("zones = %q, want example.com once", names)
	}

	c.want(403, 9109, "GET", "/zones/"+twin.ID, "")
}
