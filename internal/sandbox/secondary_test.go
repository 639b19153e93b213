package sandbox

import "testing"

func TestSecondaryZonesAreReadOnly(t *testing.T) {
	c := start(t, Options{Seed: Seed{Zones: []Zone{{Name: "example.com", Type: "secondary", Plan: "enterprise",
		Records: []Record{{Type: "A", Name: "www", Content: "192.0.2.1", TTL: 300}}}}}})
	id := c.server.Records("example.com")[0].ID
	records := "/zones/" + c.zoneID("example.com") + "/dns_records"
	for _, tt := range []struct{ method, path, body string }{
		{"POST", "", anA},
		{"DELETE", "/" + id, ""},
		{"PATCH", "/" + id, `{"content":"192.0.2.2"}`},
		{"PATCH", "/" + id, `{"name":"other"}`},
		{"PATCH", "/" + id, `{"ttl":60}`},
		{"PATCH", "/" + id, `{"proxied":true,"content":"192.0.2.2"}`},
		{"PUT", "/" + id, `{"type":"A","name":"www","content":"192.0.2.1","ttl":60}`},
		{"POST", "/batch", `{"posts":[` + anA + `]}`},
		{"POST", "/batch", `{"patches":[{"id":"` + id + `","proxied":true}],"deletes":[{"id":"` + id + `"}]}`},
	} {
		c.want(400, codeSecondary, tt.method, records+tt.path, tt.body)
	}
	c.want(400, codeNoAnnotations, "PATCH", records+"/"+id, `{"comment":"mine"}`)
	c.want(400, codeNoAnnotations, "PATCH", records+"/"+id, `{"tags":["mine"]}`)
	if r := c.server.Records("example.com")[0]; r.TTL != 300 || r.Proxied || r.Content != "192.0.2.1" {
		t.Errorf("the record is %+v, want it unchanged", r)
	}

	r := c.want(200, 0, "PATCH", records+"/"+id, `{"proxied":true}`).record(t)
	if !r.Proxied || r.TTL != 1 {
		t.Errorf("the record after the override is %+v, want it proxied with TTL 1", r)
	}
	if r := c.want(200, 0, "PATCH", records+"/"+id, `{"proxied":false}`).record(t); r.Proxied {
		t.Error("the record is still proxied after a PATCH that turns the proxy off")
	}
}

func TestGoCallerMayChangeASecondaryZone(t *testing.T) {
	c := start(t, Options{Seed: Seed{Zones: []Zone{{Name: "example.com", Type: "secondary"}}}})
	if _, err := c.server.PutRecord("example.com", Record{Type: "A", Name: "www", Content: "192.0.2.1"}); err != nil {
		t.Error(err)
	}
}
