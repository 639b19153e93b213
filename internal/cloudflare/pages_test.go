package cloudflare

import (
	"io"
	"net/http"
	"testing"

	"github.com/cfplan/cfplan/internal/guidance"
)

func TestPagesOf(t *testing.T) {
	count := func(n int) *int { return &n }
	tests := map[string]struct {
		info resultInfo
		got  int
		want int
	}{
		"said":                    {resultInfo{TotalPages: 3, TotalCount: count(7)}, 50, 3},
		"counted":                 {resultInfo{TotalCount: count(101)}, 50, 3},
		"counted, exactly":        {resultInfo{TotalCount: count(100), PerPage: 50}, 50, 2},
		"counted, smaller pages":  {resultInfo{TotalCount: count(41), PerPage: 20}, 20, 3},
		"counted, senseless size": {resultInfo{TotalCount: count(100), PerPage: -1}, 50, 2},
		"empty":                   {resultInfo{TotalCount: count(0)}, 0, 1},
		"short page":              {resultInfo{}, 49, 1},
		"nobody knows":            {resultInfo{}, 50, mostPages + 1},
	}
	for name, test := range tests {
		if got := pagesOf(test.info, test.got); got != test.want {
			t.Errorf("%s: %d pages, want %d", name, got, test.want)
		}
	}
}

// endless is a body without end.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestAnswersAreBounded(t *testing.T) {
	read := func(body io.Reader, announced int64) ([]byte, error) {
		answer := &http.Response{Body: io.NopCloser(body), ContentLength: announced}
		defer answer.Body.Close()
		return readBody(answer)
	}

	for _, announced := range []int64{-1, 1 << 62} {
		body, err := read(endless{}, announced)
		if transportTrouble(err) != guidance.TooLarge || len(body) > 0 {
			t.Errorf("announced %d: read %d bytes, error %v", announced, len(body), err)
		}
	}
	if body, err := read(io.LimitReader(endless{}, 1000), 1<<62); err != nil || len(body) != 1000 {
		t.Errorf("read %d bytes, error %v, want 1,000", len(body), err)
	}
}
