package sandbox

import (
	"net/http"
	"testing"
	"time"
)

// shown returns the number of records in a list.
func shown(t *testing.T, c *client, records string) int {
	t.Helper()
	return c.want(200, 0, "GET", records, "").ResultInfo.TotalCount
}

func TestListsMayLagByReads(t *testing.T) {
	c, records := zoned(t, "free", Record{Type: "A", Name: "old", Content: "192.0.2.1"})
	c.server.SetStale(Staleness{Reads: 2})
	made := c.want(200, 0, "POST", records, anA).record(t)
	c.want(400, 9005, "POST", records, `{"type":"A","name":"x","content":"refused"}`)
	c.want(200, 0, "GET", records+"/"+made.ID, "") // a read by ID is current
	for i, want := range []int{1, 1, 2, 2} {
		if got := shown(t, c, records); got != want {
			t.Errorf("list %d after the write has %d records, want %d", i, got, want)
		}
	}

	c.want(200, 0, "DELETE", records+"/"+made.ID, "")
	if got := shown(t, c, records); got != 2 {
		t.Errorf("the list after the deletion has %d records, want 2", got)
	}

	c.server.SetStale(Staleness{})
	if got := shown(t, c, records); got != 1 {
		t.Errorf("a current list has %d records, want 1", got)
	}
}

func TestListsMayLagByTime(t *testing.T) {
	now := noon
	c := start(t, Options{Now: func() time.Time { return now }, Seed: Seed{Zones: []Zone{{Name: "example.com"}}}})
	records := "/zones/" + c.zoneID("example.com") + "/dns_records"
	c.server.SetStale(Staleness{For: 2 * time.Second})
	for i, want := range []int{0, 0, 1, 2, 3, 3} { // one write each second; lists show it two seconds later
		if got := shown(t, c, records); got != want {
			t.Errorf("after %d s the list has %d records, want %d", i, got, want)
		}
		if i < 3 {
			c.want(200, 0, "POST", records+"/batch", `{"posts":[{"type":"A","name":"n`+string(rune('0'+i))+`","content":"192.0.2.1"}]}`)
		}
		now = now.Add(time.Second)
	}
}

func TestRememberedVersionsAreBounded(t *testing.T) {
	c, records := zoned(t, "pro")
	c.server.SetStale(Staleness{For: time.Hour})
	id := c.want(200, 0, "POST", records, anA).record(t).ID
	for i := range maxPasts {
		c.want(200, 0, "PATCH", records+"/"+id, `{"ttl":`+[]string{"60", "61"}[i%2]+`}`)
	}
	if n := len(c.server.zones[0].pasts); n != maxPasts {
		t.Errorf("the zone remembers %d versions, want %d", n, maxPasts)
	}
	if got := shown(t, c, records); got != 1 {
		t.Errorf("the list has %d records, want 1, because the zone has dropped the version before the creation", got)
	}
}

func TestKnobStaleMakesListsLag(t *testing.T) {
	c, records := zoned(t, "free")
	for query, want := range map[string]int{"for=1h": 200, "reads=1&for=2s": 200, "": 400, "for=soon": 400, "reads=-1": 400} {
		if got := c.do("POST", "/_sandbox/stale?"+query, ""); got.Status != want {
			t.Errorf("stale?%s = %d %s, want %d", query, got.Status, got.Body, want)
		}
	}

	if got := c.do("POST", "/_sandbox/stale?for=1h", "").Status; got != http.StatusOK {
		t.Fatal(got)
	}

	c.want(200, 0, "POST", records, anA)
	if got := shown(t, c, records); got != 0 {
		t.Errorf("the list has %d records, want 0", got)
	}

	c.do("POST", "/_sandbox/heal", "")
	if got := shown(t, c, records); got != 1 {
		t.Errorf("the healed list has %d records, want 1", got)
	}
}
