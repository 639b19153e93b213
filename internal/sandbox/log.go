package sandbox

import "time"

// Request is one request that the API answered, or failed to answer.
type Request struct {
	Time   time.Time `json:"time"`
	Method string    `json:"method"`
	// Path is below the prefix, such as "/zones".
	Path string `json:"path"`
	// Query is encoded, with its keys sorted.
	Query string `json:"query,omitempty"`
	// Status is the HTTP status, 0 where the connection was cut.
	Status int `json:"status"`
	// Code is that of the first error in the answer, 0 where there is none.
	Code int    `json:"code,omitempty"`
	Ray  string `json:"ray,omitempty"`
	// Write: the method is one that changes things.
	Write bool `json:"write,omitempty"`
	// Committed: something was changed, even if the answer did not say so.
	Committed bool `json:"committed,omitempty"`
}

// maxRequests bounds the log of a sandbox that runs for days; the oldest go.
const maxRequests = 20_000

// log writes a request down; s.mu is held.
func (s *Server) log(r Request) {
	if len(s.requests) >= maxRequests {
		s.requests = append([]Request(nil), s.requests[maxRequests/2:]...)
	}
	s.requests = append(s.requests, r)
}

// Requests returns what was asked of the API since the start or the last
// ResetRequests, in the order in which it was answered; the last 10,000 at
// least. Requests to /_sandbox/ do not count.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request{}, s.requests...)
}

// Writes returns those of Requests whose method changes things, whether or not
// they succeeded.
func (s *Server) Writes() []Request {
	out := []Request{}
	for _, r := range s.Requests() {
		if r.Write {
			out = append(out, r)
		}
	}
	return out
}

// ResetRequests forgets the requests so far.
func (s *Server) ResetRequests() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = nil
}
