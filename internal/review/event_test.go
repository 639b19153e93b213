package review

import (
	"strings"
	"testing"
)

func TestReadEventFindsThePullRequest(t *testing.T) {
	for text, want := range map[string]event{
		`{"action":"opened","number":7,"pull_request":{"number":7,"head":{"sha":"a1"},"base":{"sha":"b2"}}}`: {Number: 7, Head: "a1"},
		`{"issue":{"number":8,"pull_request":{"url":"https://api.github.com/…"}},"comment":{}}`:              {Number: 8, elsewhere: true},
		`{"issue":{"number":8}}`: {},
		`{"workflow_run":{"head_sha":"a1","pull_requests":[{"number":9}]}}`:                               {Number: 9, Head: "a1", elsewhere: true},
		`{"workflow_run":{"head_sha":"a1","pull_requests":[]}}`:                                           {Head: "a1", elsewhere: true},
		`{"workflow_run":{"head_sha":"a1","pull_requests":[{"number":9},{"number":10}]}}`:                 {Head: "a1", elsewhere: true},
		`{"ref":"refs/heads/main"}`:                                                                       {},
		`{"pull_request":null}`:                                                                           {},
		`{"pull_request":{"number":7,"user":{"login":"a"},"title":"{\"pull_request\":{\"number\":99}}"}}`: {Number: 7},
	} {
		if got, err := readEvent(strings.NewReader(text)); err != nil || got != want {
			t.Errorf("readEvent(%s) = %+v, %v, want %+v", text, got, err, want)
		}
	}

	for _, text := range []string{"", "<html>", `{"pull_request":{"number":"7"}}`, `{"pull_request":{"number":1e99}}`,
		`[]`} {
		if got, err := readEvent(strings.NewReader(text)); err == nil {
			t.Errorf("readEvent(%s) = %+v, want an error", text, got)
		}
	}

	if _, err := readEvent(endless{}); err == nil {
		t.Error("readEvent accepted an endless event")
	}
}

// endless is a file that never ends.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func FuzzEvent(f *testing.F) {
	f.Add(`{"pull_request":{"number":7}}`)
	f.Add(`{"issue":{"number":8,"pull_request":{}}}`)
	f.Add(`{"workflow_run":{"pull_requests":[{"number":9}]}}`)
	f.Fuzz(func(t *testing.T, text string) {
		if e, err := readEvent(strings.NewReader(text)); err != nil && e.Number != 0 {
			t.Errorf("readEvent returned the number %d with the error %v", e.Number, err)
		}
	})
}
