package sandbox

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
)

// apiError is an entry of an envelope's "errors".
type apiError struct {
	Code    int        `json:"code"`
	Message string     `json:"message"`
	Chain   []apiError `json:"error_chain,omitempty"`
}

// apiMessage is an entry of an envelope's "messages". Its type is null in every recorded answer.
type apiMessage struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Type    *int   `json:"type"`
}

// resultInfo describes a page of a list.
type resultInfo struct {
	Page       int `json:"page"`
	PerPage    int `json:"per_page"`
	Count      int `json:"count"`
	TotalCount int `json:"total_count"`
	TotalPages int `json:"total_pages"`
}

// answer is a response before it is sent; a fault can still change it.
type answer struct {
	status int
	header http.Header
	body   []byte
	// code is the code of the first error, for the log of requests.
	code int
	// committed reports whether the request changed the zone.
	committed bool
}

// envelope is the outer object of every answer of Cloudflare. Each service has its own order of the keys and
// leaves out other keys.
type envelope struct {
	result   []byte // nil means "null"
	errors   []apiError
	messages []apiMessage
	info     *resultInfo
	// errorsFirst writes the errors before the result. The DNS service writes the result first.
	errorsFirst bool
	// short leaves out messages and result, like the API gateway.
	short bool
}

// encode writes the envelope by hand, because json.Marshal would parse and copy a result of several
// megabytes again.
func (e envelope) encode() []byte {
	var b bytes.Buffer
	b.Grow(len(e.result) + 256)

	result := e.result
	if result == nil {
		result = []byte("null")
	}

	status := `"success":` + strconv.FormatBool(len(e.errors) == 0) + `,"errors":` + list(e.errors)
	messages := `,"messages":` + list(e.messages)

	b.WriteByte('{')
	switch {
	case e.short:
		b.WriteString(status)
	case e.errorsFirst:
		b.WriteString(status + messages + `,"result":`)
		b.Write(result)
	default:
		b.WriteString(`"result":`)
		b.Write(result)
		b.WriteString("," + status + messages)
	}

	if e.info != nil {
		b.WriteString(`,"result_info":` + string(encode(e.info)))
	}
	b.WriteByte('}')
	return b.Bytes()
}

// list encodes items. It encodes an empty list as [], not as null.
func list[T any](items []T) string {
	if len(items) == 0 {
		return "[]"
	}
	return string(encode(items))
}

// encode is json.Marshal for the package's own values. It panics on an error, because these values can always
// be encoded.
func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("sandbox: cannot encode its own value: " + err.Error())
	}
	return b
}

func jsonAnswer(status int, e envelope) answer {
	a := answer{status: status, header: http.Header{}, body: e.encode()}
	a.header.Set("Content-Type", "application/json")
	if len(e.errors) > 0 {
		a.code = e.errors[0].Code
	}
	return a
}

// refusal is the failure of a request: a status and the errors of the envelope.
type refusal struct {
	status int
	errors []apiError
	short  bool
}

func refuse(status, code int, message string) *refusal {
	return &refusal{status: status, errors: []apiError{{Code: code, Message: message}}}
}

// reject returns a refusal by the DNS service, with status 400.
func reject(errs ...apiError) *refusal {
	return &refusal{status: http.StatusBadRequest, errors: errs}
}

func (r *refusal) answer() answer {
	return jsonAnswer(r.status, envelope{errors: r.errors, short: r.short})
}

// write sends the answer.
func (a answer) write(w http.ResponseWriter) {
	for k, v := range a.header {
		w.Header()[k] = v
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // an error means that the client has disconnected
}
