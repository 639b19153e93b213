package cloudflare

// Kind says what a failure means for what happens next.
type Kind string

const (
	// Refused: the credentials are missing, wrong, or may not do this.
	Refused Kind = "refused"
	// Unreachable: no usable answer (network, TLS, timeouts, 5xx, rate limit
	// beyond patience).
	Unreachable Kind = "unreachable"
	// Rejected: Cloudflare understood and will not do it (record errors).
	Rejected Kind = "rejected"
	// Missing: what was named does not exist.
	Missing Kind = "missing"
)

// Error is a failed call. It never holds a credential or a header.
type Error struct {
	Kind   Kind
	Method string // "" where no request was sent
	Path   string // below the base URL, with query
	Status int    // 0 where there was no answer
	// Code and Message are those of the deepest error of Cloudflare's answer.
	// Code is 0 where the answer had none.
	Code    int
	Message string
	// All has every error of the answer, chains flattened, outermost first.
	All   []APIError
	RayID string
	// InDoubt: a write was sent and no answer tells whether it took effect.
	InDoubt bool
	// Err is the transport's error, if any.
	Err error
}

// APIError is one code with its message.
type APIError struct {
	Code    int
	Message string
}

func (e *Error) Error() string { panic("stub") }
func (e *Error) Unwrap() error { return e.Err }

// Guidance says in words what an error most likely means and what to do.
type Guidance struct {
	Title string   // what happened, a short line
	Cause string   // the likely cause, one or two sentences
	Steps []string // what to do, in order
}

// Guidance looks e up in the table of refusals; unknown codes get general advice.
func (e *Error) Guidance() Guidance { panic("stub") }

// Explain returns the guidance for a code without an occurrence; several where
// the code has several messages; none where the table does not have the code.
func Explain(code int) []Guidance { panic("stub") }
