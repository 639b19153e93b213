package cloudflare

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/cfplan/cfplan/internal/guidance"
)

// envelope is the outer object of every answer of the API.
type envelope[T any] struct {
	Success *bool           `json:"success"`
	Errors  json.RawMessage `json:"errors"`
	Result  T               `json:"result"`
	Info    resultInfo      `json:"result_info"`

	ray string
}

// call sends r and decodes the result. It succeeds only if the answer has `success` true, whatever the status
// is.
func call[T any](ctx context.Context, c *Client, r request) (envelope[T], error) {
	var env envelope[T]
	var ray string
	r.heard = func(id string) { ray = id }
	err := c.do(ctx, r, func(body []byte) *fault {
		env = envelope[T]{} // drop the answer of an earlier attempt
		err := decode(body, &env)
		if err == nil && env.Success != nil && *env.Success {
			return nil
		}
		return readFault(body, err)
	})

	env.ray = ray
	return env, err
}

// fault is the content of a body that is not a success.
type fault struct {
	spoken bool // whether the API itself reports the failure
	all    []APIError
	why    error // the problem of a body that is not a usable answer
}

// readFault reads a body that is not a success. why, if not nil, is a problem of the body that the caller has
// found. Any member of the body may be missing.
func readFault(body []byte, why error) *fault {
	var head struct {
		Success *bool           `json:"success"`
		Errors  json.RawMessage `json:"errors"`
	}

	if err := json.Unmarshal(body, &head); err != nil {
		return &fault{why: errors.New("the answer is not JSON in the form of the API's answers")}
	}

	f := &fault{spoken: head.Success != nil && !*head.Success, all: readErrors(head.Errors)}
	if len(f.all) > 0 && head.Success == nil {
		f.spoken = true
	}

	if !f.spoken {
		f.why = errors.New("the answer does not say whether it is a success")
		switch {
		case why != nil && head.Success != nil: // the answer reports a success
			f.why = unreadablef("the answer does not have a result of the requested kind")
		case why != nil:
			f.why = fmt.Errorf("the answer is not as expected: %w", why)
		}
	}

	return f
}

// Limits for hostile answers, which may nest and repeat errors endlessly.
const (
	mostErrors   = 20
	deepestChain = 10
)

// readErrors returns the errors and their chains as one list, outermost first. Cloudflare's errors are
// objects; some of its services send plain strings.
func readErrors(raw json.RawMessage) []APIError {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil
	}

	var out []APIError
	flatten(v, 0, &out)
	return out
}

func flatten(v any, depth int, out *[]APIError) {
	if depth > deepestChain || len(*out) >= mostErrors {
		return
	}

	switch v := v.(type) {
	case []any:
		for _, item := range v {
			flatten(item, depth, out)
		}
	case string:
		*out = append(*out, APIError{Message: v, depth: depth})
	case map[string]any:
		message, _ := v["message"].(string)
		*out = append(*out, APIError{Code: number(v["code"]), Message: message, depth: depth})
		flatten(v["error_chain"], depth+1, out)
	}
}

func number(v any) int {
	text := fmt.Sprint(v)
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return n
}

// principal returns the most informative error. This is the deepest error in the chain of the first one,
// because wrappers such as 1004 say nothing. But it returns a code such as 6003, which its chain only
// explains, because users search for that code.
func principal(all []APIError) APIError {
	if len(all) == 0 {
		return APIError{}
	}
	best := all[0]
	for _, e := range all[1:] {
		if e.depth == 0 || guidance.ExplainedByChain(best.Code) {
			break
		}
		if e.depth > best.depth {
			best = e
		}
	}
	return best
}
