package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestOddFieldChangesOneMember(t *testing.T) {
	c, records := zoned(t, "pro")
	a := c.want(200, 0, "POST", records, `{"type":"A","name":"a","content":"192.0.2.1","tags":["x:1"]}`)
	c.want(200, 0, "POST", records, `{"type":"A","name":"b","content":"192.0.2.1"}`)
	id := a.record(t).ID

	c.server.Fail(OddField("a.example.com", "ttl", `"300"`), OddField("b.example.com", "content", ""))
	list := c.want(200, 0, "GET", records+"?order=name", "").Body
	if strings.Count(list, `"ttl":"300"`) != 1 || strings.Count(list, `"content"`) != 1 {
		t.Errorf("list = %s, want one odd ttl and one remaining content", list)
	}
	for _, answer := range []string{
		c.want(200, 0, "GET", records+"/"+id, "").Body,
		c.want(200, 0, "POST", records+"/batch", `{"patches":[{"id":"`+id+`","comment":"c"}]}`).Body,
	} {
		if !strings.Contains(answer, `"ttl":"300"`) {
			t.Errorf("answer = %s, want an odd ttl", answer)
		}
	}

	c.server.ClearFaults()
	c.server.Fail(OddShapes())
	one := c.want(200, 0, "GET", records+"/"+id, "").Body
	if !strings.Contains(one, `"tags":[{"name":"x:1"}]`) || !strings.Contains(one, `"meta":[{`) {
		t.Errorf("answer = %s, want odd tags and meta", one)
	}
	c.want(200, 0, "DELETE", records+"/"+id, "")
}

func TestClampedPagesAreShortAndHaveNoTotal(t *testing.T) {
	c, records := zoned(t, "pro")
	for i := range 5 {
		c.want(200, 0, "POST", records, fmt.Sprintf(`{"type":"A","name":"h%d","content":"192.0.2.1"}`, i))
	}

	for _, silent := range []bool{false, true} {
		c.server.ClearFaults()
		c.server.Fail(ClampedPages(2, silent))
		for page, want := range []int{2, 2, 1, 0} {
			r := c.want(200, 0, "GET", fmt.Sprintf("%s?per_page=5000&page=%d", records, page+1), "")
			var body struct {
				Result []any          `json:"result"`
				Info   map[string]any `json:"result_info"`
			}
			if err := json.Unmarshal([]byte(r.Body), &body); err != nil {
				t.Fatal(err)
			}
			if _, counted := body.Info["total_count"]; len(body.Result) != want || counted || silent == (body.Info["per_page"] != nil) {
				t.Errorf("page %d has %d records and %v, want %d", page+1, len(body.Result), body.Info, want)
			}
		}
	}
}

func TestOddFaultsCanBeSetOverHTTP(t *testing.T) {
	c, _ := zoned(t, "pro")
	for query, want := range map[string]int{
		"kind=odd-field&field=ttl&value=%22300%22": http.StatusOK,
		"kind=odd-field&field=ttl":                 http.StatusOK,
		"kind=odd-field&field=ttl&value={":         http.StatusBadRequest,
		"kind=odd-shapes":                          http.StatusOK,
		"kind=short-pages&size=2&silent=1":         http.StatusOK,
		"kind=short-pages&size=x":                  http.StatusBadRequest,
	} {
		if r := c.do("POST", "/_sandbox/fail?"+query, ""); r.Status != want {
			t.Errorf("%s: %d %s, want %d", query, r.Status, r.Body, want)
		}
	}
}
