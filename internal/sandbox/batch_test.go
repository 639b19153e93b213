package sandbox

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestBatchExecutesItsListsInAFixedOrder(t *testing.T) {
	c, records := zoned(t, "free",
		Record{ID: strings.Repeat("1", 32), Type: "A", Name: "x", Content: "192.0.2.1"},
		Record{ID: strings.Repeat("2", 32), Type: "A", Name: "y", Content: "192.0.2.1"},
		Record{ID: strings.Repeat("3", 32), Type: "A", Name: "z", Content: "192.0.2.1", TTL: 300})

	// The posts come first in the request, but the CNAME is valid only after the A is deleted, and the put
	// needs the name that the patch leaves.
	r := c.want(200, 0, "POST", records+"/batch", `{
		"posts":   [{"type":"CNAME","name":"x","content":"y.example.com"}],
		"puts":    [{"id":"33333333333333333333333333333333","type":"A","name":"y","content":"192.0.2.1"}],
		"patches": [{"id":"22222222222222222222222222222222","content":"192.0.2.2"}],
		"deletes": [{"id":"11111111111111111111111111111111"}]}`)

	got := into[map[string][]record](t, r.Result)
	if len(got["deletes"]) != 1 || got["deletes"][0].Content != "192.0.2.1" {
		t.Errorf("deletes = %+v, want the complete record", got["deletes"])
	}

	var have []string
	for _, r := range c.server.Records("example.com") {
		have = append(have, fmt.Sprint(r.Name, " ", r.Type, " ", r.Content, " ", r.TTL))
	}

	want := []string{"x.example.com CNAME y.example.com 1", "y.example.com A 192.0.2.1 1", "y.example.com A 192.0.2.2 1"}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("the zone after the batch differs (-want +got):\n%s", diff)
	}
}

func TestBatchIsAllOrNothing(t *testing.T) {
	seed := []Record{{ID: strings.Repeat("1", 32), Type: "A", Name: "x", Content: "192.0.2.1", TTL: 300},
		{ID: strings.Repeat("2", 32), Type: "A", Name: "y", Content: "192.0.2.1"}}
	for _, tt := range []struct {
		name, send   string
		status, code int
	}{
		{"bad post at the end", `{"deletes":[{"id":"11111111111111111111111111111111"}],"patches":[{"id":"22222222222222222222222222222222","ttl":60}],"posts":[{"type":"A","name":"n","content":"192.0.2.3"},{"type":"A","name":"n","content":"nonsense"}]}`, 400, 9005},
		{"the same record twice", `{"posts":[{"type":"A","name":"n","content":"192.0.2.3"},{"type":"A","name":"n","content":"192.0.2.3"}]}`, 400, 81058},
		{"unknown id", `{"deletes":[{"id":"11111111111111111111111111111111"},{"id":"44444444444444444444444444444444"}]}`, 404, 81044},
		{"deleted and patched", `{"deletes":[{"id":"11111111111111111111111111111111"}],"patches":[{"id":"11111111111111111111111111111111","ttl":60}]}`, 404, 81044},
		{"changed twice", `{"patches":[{"id":"11111111111111111111111111111111","name":"p","content":"192.0.2.8"}],"puts":[{"id":"11111111111111111111111111111111","type":"A","name":"q","content":"192.0.2.9"}],"posts":[{"type":"A","name":"n","content":"nonsense"}]}`, 400, 9005},
		{"no id", `{"puts":[{"type":"A","name":"n","content":"192.0.2.3"}]}`, 404, 81044},
		{"an item that is not an object", `{"deletes":[{"id":"11111111111111111111111111111111"}],"posts":["x"]}`, 400, 6007},
		{"an object in place of a list", `{"posts":{}}`, 400, 9208},
		{"DS before its NS", `{"posts":[{"type":"DS","name":"n","data":{"key_tag":1,"algorithm":13,"digest_type":2,"digest":"ab"}},{"type":"NS","name":"n","content":"ns.example.net"}]}`, 400, codeDSWithoutNS},
		{"no JSON", `{"posts":[`, 400, 6007},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, records := zoned(t, "free", seed...)
			before := c.server.Records("example.com")
			c.want(tt.status, tt.code, "POST", records+"/batch", tt.send)
			if diff := cmp.Diff(before, c.server.Records("example.com")); diff != "" {
				t.Errorf("the refused batch changed the zone (-before +after):\n%s", diff)
			}
			if c.server.Requests()[0].Committed {
				t.Error("the log calls the refused batch committed, want not committed")
			}
		})
	}
}

func TestBatchLimitDependsOnThePlan(t *testing.T) {
	for plan, limit := range map[string]int{"free": 200, "pro": 3500} {
		c, records := zoned(t, plan)
		posts := func(n int) string {
			items := make([]string, n)
			for i := range items {
				items[i] = fmt.Sprintf(`{"type":"A","name":"n%d","content":"192.0.2.1"}`, i)
			}
			return `{"posts":[` + strings.Join(items, ",") + `]}`
		}

		c.want(400, codeBatchTooLarge, "POST", records+"/batch", posts(limit+1))
		c.want(200, 0, "POST", records+"/batch", posts(limit))
		if n := len(c.server.Records("example.com")); n != limit {
			t.Errorf("%s: %d records, want %d", plan, n, limit)
		}
	}
}

func TestBatchReturnsUnusedListsInEachFormInTurn(t *testing.T) {
	c, records := zoned(t, "free")
	var got []string
	for range 3 {
		got = append(got, string(c.want(200, 0, "POST", records+"/batch", `{}`).Result))
	}
	want := []string{
		`{"deletes":null,"patches":null,"puts":null,"posts":null}`,
		`{"deletes":[],"patches":[],"puts":[],"posts":[]}`,
		`{}`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the results differ (-want +got):\n%s", diff)
	}
}

// Any batch either succeeds or leaves the zone unchanged, and the zone's indexes by ID and by name agree
// afterwards.
func TestAnyBatchSucceedsOrChangesNothing(t *testing.T) {
	names := rapid.SampledFrom([]string{"@", "a", "b", "*.a"})
	post := rapid.Custom(func(t *rapid.T) string {
		return rapid.SampledFrom([]string{
			`{"type":"A","name":%q,"content":"192.0.2.1"}`,
			`{"type":"A","name":%q,"content":"192.0.2.2","proxied":true}`,
			`{"type":"CNAME","name":%q,"content":"x.example.net"}`,
			`{"type":"NS","name":%q,"content":"ns.example.net"}`,
			`{"type":"TXT","name":%q,"content":"text"}`,
		}).Draw(t, "post")
	})

	rapid.Check(t, func(rt *rapid.T) {
		s := New(Options{Seed: Seed{Zones: []Zone{{Name: "example.com"}}}})
		z := s.zone("example.com")
		for range rapid.IntRange(1, 8).Draw(rt, "batches") {
			var posts, deletes, patches []string
			for range rapid.IntRange(0, 4).Draw(rt, "posts") {
				posts = append(posts, fmt.Sprintf(post.Draw(rt, "p"), names.Draw(rt, "name")))
			}
			for _, r := range s.Records("example.com") {
				switch rapid.IntRange(0, 3).Draw(rt, "fate") {
				case 0:
					deletes = append(deletes, fmt.Sprintf(`{"id":%q}`, r.ID))
				case 1:
					patches = append(patches, fmt.Sprintf(`{"id":%q,"name":%q}`, r.ID, names.Draw(rt, "to")))
				}
			}
			before := s.Records("example.com")
			body := fmt.Sprintf(`{"posts":[%s],"deletes":[%s],"patches":[%s]}`,
				strings.Join(posts, ","), strings.Join(deletes, ","), strings.Join(patches, ","))
			a := runBatch(&call{server: s, zone: z, body: []byte(body)})
			after := s.Records("example.com")
			if a.status != 200 && !cmp.Equal(before, after) {
				rt.Fatalf("%s was refused (%s) but changed the zone: %s", body, a.body, cmp.Diff(before, after))
			}
			if want := len(before) + len(posts) - len(deletes); a.status == 200 && len(after) != want {
				rt.Fatalf("%s left %d records, want %d", body, len(after), want)
			}
			checkIndex(rt, z)
		}
	})
}

func checkIndex(t *rapid.T, z *zone) {
	n := 0
	for name, rs := range z.byName {
		for _, r := range rs {
			if r.Name != name || z.records[r.ID] != r {
				t.Fatalf("the index by name has a record of %s under %s, or one that the index by ID does not have", r.Name, name)
			}
			n++
		}
	}
	if n != len(z.records) {
		t.Fatalf("the index by name has %d records, want %d as in the index by ID", n, len(z.records))
	}
}
