package sandbox

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// The faults in this file give answers of the API an undocumented form, because Cloudflare has changed the
// types of fields before.

// OddField sets the member field to value, any JSON value, in every answer: in the records with the given
// name, or in all records and zones if name is empty. If value is empty, it removes the member. It panics if
// value is not JSON, because that is a bug of the caller.
func OddField(name, field, value string) Fault {
	if value != "" && !json.Valid([]byte(value)) {
		panic("sandbox: " + strconv.Quote(value) + " is not JSON")
	}

	return Fault{rewrite: rewriteJSON(func(_ *call, _ *answer, body map[string]any) {
		eachItem(body["result"], func(item map[string]any) {
			switch {
			case name != "" && item["name"] != name:
			case value == "":
				delete(item, field)
			default:
				item[field] = json.RawMessage(value)
			}
		})
	})}
}

// OddShapes gives meta and tags of all records JSON types that no client knows.
func OddShapes() Fault {
	return Fault{Path: "/dns_records", rewrite: rewriteJSON(func(_ *call, _ *answer, body map[string]any) {
		eachItem(body["result"], func(item map[string]any) {
			if _, deleted := item["type"]; !deleted {
				return
			}
			item["meta"] = []any{map[string]any{"key": "auto_added", "value": false}}
			tags, _ := item["tags"].([]any)
			shaped := make([]any, len(tags))
			for i, t := range tags {
				shaped[i] = map[string]any{"name": t}
			}
			item["tags"] = shaped
		})
	})}
}

// eachItem calls fn for each record or zone of a result, which is a list, a single item, or the lists of a
// batch.
func eachItem(result any, fn func(map[string]any)) {
	switch result := result.(type) {
	case []any:
		for _, item := range result {
			if m, ok := item.(map[string]any); ok {
				fn(m)
			}
		}
	case map[string]any:
		if _, single := result["id"]; single {
			fn(result)
			return
		}
		for _, l := range batchLists() {
			eachItem(result[l.key], fn)
		}
	}
}

// ClampedPages makes the API return lists in pages of at most n items, even if the client asks for more, and
// without a total. If silent is set, the answer does not even say how many items a page may have.
func ClampedPages(n int, silent bool) Fault {
	clamp := func(c *call) {
		asked, err := strconv.Atoi(c.query.Get("per_page"))
		if c.query.Has("per_page") && err == nil && asked > n {
			c.query.Set("per_page", strconv.Itoa(n))
		}
	}

	return Fault{Method: http.MethodGet, ask: clamp, rewrite: rewriteJSON(func(_ *call, _ *answer, body map[string]any) {
		info, _ := body["result_info"].(map[string]any)
		delete(info, "total_count")
		delete(info, "total_pages")
		if silent {
			delete(info, "per_page")
		}
	})}
}
