package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
)

// batchList is one list of a batch: its key and the operation on its items.
type batchList struct {
	key string
	op  func(*transaction, *Server, change) (*stored, *refusal)
}

// batchLists returns the lists in the order of their execution, which does not depend on their order in the
// request.
func batchLists() []batchList {
	return []batchList{
		{"deletes", (*transaction).delete},
		{"patches", (*transaction).edit},
		{"puts", (*transaction).overwrite},
		{"posts", (*transaction).create},
	}
}

// runBatch executes all operations, or none if one of them is refused. Like Cloudflare's error, its error
// does not say which operation was refused.
func runBatch(c *call) answer {
	if refused := c.writable(); refused != nil {
		return refused.answer()
	}

	body, refused := fields(c.body)
	if refused != nil {
		return refused.answer()
	}

	lists, refused := batchItems(body, c.zone.info.batchLimit())
	if refused != nil {
		return refused.answer()
	}

	t := &transaction{zone: c.zone}
	results := make([][]*stored, len(lists))
	for i, l := range batchLists() {
		if results[i], refused = runList(t, c.server, l, lists[i]); refused != nil {
			t.rollback()
			return refused.answer()
		}
	}

	c.server.batches++
	return committed(t, envelope{result: batchResult(results, c.server.batches)})
}

// batchItems returns the items of the four lists in the body.
func batchItems(body map[string]json.RawMessage, limit int) ([][]json.RawMessage, *refusal) {
	var out [][]json.RawMessage
	total := 0
	for _, l := range batchLists() {
		var items []json.RawMessage
		if raw, ok := body[l.key]; ok && json.Unmarshal(raw, &items) != nil {
			return nil, reject(apiError{Code: codeJSONType, Message: "Failed to parse. " + l.key + " must be a list"})
		}
		total += len(items)
		out = append(out, items)
	}

	if total > limit {
		return nil, reject(apiError{
			Code:    codeBatchTooLarge,
			Message: fmt.Sprintf("The batch has %d operations, exceeding the limit of %d.", total, limit),
		})
	}

	return out, nil
}

func runList(t *transaction, s *Server, l batchList, items []json.RawMessage) ([]*stored, *refusal) {
	var out []*stored
	for _, item := range items {
		ch, refused := parseChange(item)
		if refused != nil {
			return nil, refused
		}
		r, refused := l.op(t, s, ch)
		if refused != nil {
			return nil, refused
		}
		out = append(out, r)
	}
	return out, nil
}

// batchResult returns the records of each list. We do not know whether Cloudflare returns an unused list as
// null, as [] or not at all, so batchResult uses each form in turn.
func batchResult(results [][]*stored, turn int) []byte {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, l := range batchLists() {
		if len(results[i]) == 0 && turn%3 == 0 {
			continue
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%q:", l.key)
		if len(results[i]) == 0 && turn%3 == 1 {
			b.WriteString("null")
			continue
		}
		b.Write(joinRecords(results[i]))
	}

	b.WriteByte('}')
	return b.Bytes()
}

// joinRecords returns records as a JSON list.
func joinRecords(rs []*stored) []byte {
	var b bytes.Buffer
	b.WriteByte('[')
	for i, r := range rs {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(r.json())
	}
	b.WriteByte(']')
	return b.Bytes()
}

// badParameter returns the refusal of an invalid query value.
func badParameter(name string) *refusal {
	return refuse(http.StatusBadRequest, codeBadParameter, "Invalid or missing parameter: "+name)
}
