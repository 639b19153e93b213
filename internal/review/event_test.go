package review

import (
	"strings"
	"testing"
)

func TestNumberOfAnEvent(t *testing.T) {
	for event, want := range map[string]int64{
		`{"action":"opened","number":7,"pull_request":{"number":7}}`:                            7,
		`{"issue":{"number":8,"pull_request":{"url":"https://api.github.com/…"}},"comment":{}}`: 8,
		`{"issue":{"number":8}}`:                                          0,
		`{"workflow_run":{"pull_requests":[{"number":9}]}}`:               9,
		`{"workflow_run":{"pull_requests":[]}}`:                           0,
		`{"workflow_run":{"pull_requests":[{"number":9},{"number":10}]}}`: 0,
		`{"ref":"refs/heads/main"}`:                                       0,
		`{"pull_request":null}`:                                           0,
		`{"pull_request":{"number":7,"user":{"login":"a"},"title":"{\"pull_request\":{\"number\":99}}"}}`: 7,
	} {
		if got, err := EventNumber(strings.NewReader(event)); err != nil || got != want {
			t.Errorf("EventNumber(%s) = %d, %v, want %d", event, got, err, want)
		}
	}
	for _, event := range []string{"", "<html>", `{"pull_request":{"number":"7"}}`, `{"pull_request":{"number":1e99}}`, `[]`} {
		if got, err := EventNumber(strings.NewReader(event)); err == nil {
			t.Errorf("EventNumber(%s) = %d, want an error", event, got)
		}
	}
	if _, err := EventNumber(endless{}); err == nil {
		t.Error("an event without end is taken")
	}
}

// endless is a file that never ends.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func FuzzEventNumber(f *testing.F) {
	f.Add(`{"pull_request":{"number":7}}`)
	f.Add(`{"issue":{"number":8,"pull_request":{}}}`)
	f.Add(`{"workflow_run":{"pull_requests":[{"number":9}]}}`)
	f.Fuzz(func(t *testing.T, event string) {
		if n, err := EventNumber(strings.NewReader(event)); err != nil && n != 0 {
			t.Errorf("a number %d along with the error %v", n, err)
		}
	})
}
