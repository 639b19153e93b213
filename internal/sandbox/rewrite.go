package sandbox

import (
	"bytes"
	"encoding/json"
	"net/http"
)

// The faults in this file change the API's own answers. To do so they decode and encode the answer again,
// which is slow for long lists.

// ExtraFields adds members that no client knows to envelopes, records and zones.
func ExtraFields() Fault {
	return Fault{rewrite: rewriteJSON(func(_ *call, _ *answer, body map[string]any) {
		body["x_sandbox"] = extra()
		switch result := body["result"].(type) {
		case map[string]any:
			result["x_sandbox"] = extra()
		case []any:
			for _, item := range result {
				if m, ok := item.(map[string]any); ok {
					m["x_sandbox"] = extra()
				}
			}
		}
	})}
}

func extra() any { return map[string]any{"nested": []any{1, "two", nil}} }

// LegacyErrors wraps errors of records in code 1004 with an error_chain, as the DNS service did until
// October 2024.
func LegacyErrors() Fault {
	return Fault{Path: "/dns_records", rewrite: rewriteJSON(func(_ *call, a *answer, body map[string]any) {
		if errs, _ := body["errors"].([]any); a.status == http.StatusBadRequest && len(errs) > 0 {
			a.code = codeWrapper
			wrapped := map[string]any{"code": codeWrapper, "message": "DNS Validation Error", "error_chain": errs}
			body["errors"] = []any{wrapped}
		}
	})}
}

// MissingKeys leaves messages and a null result out of envelopes.
func MissingKeys() Fault {
	return Fault{rewrite: rewriteJSON(func(_ *call, _ *answer, body map[string]any) {
		delete(body, "messages")
		if body["result"] == nil {
			delete(body, "result")
		}
	})}
}

// EmptyZoneList makes GET /zones succeed and find nothing, as for a token that covers other zones.
func EmptyZoneList() Fault {
	return Fault{Method: http.MethodGet, rewrite: rewriteJSON(func(c *call, a *answer, body map[string]any) {
		if c.path != "/zones" || a.status != http.StatusOK {
			return
		}
		body["result"] = []any{}
		if info, ok := body["result_info"].(map[string]any); ok {
			info["count"], info["total_count"], info["total_pages"] = 0, 0, 0
		}
	})}
}

// rewriteJSON decodes an answer, calls alter, and encodes the result. It does not change an answer that is
// not an envelope.
func rewriteJSON(alter func(*call, *answer, map[string]any)) func(*call, *answer) {
	return func(c *call, a *answer) {
		var body map[string]any
		dec := json.NewDecoder(bytes.NewReader(a.body))
		dec.UseNumber()
		if dec.Decode(&body) != nil {
			return
		}
		alter(c, a, body)
		a.body = encode(body)
	}
}
