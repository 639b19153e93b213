package sandbox

import "time"

// Request is a request to the API, answered or not.
type Request struct {
	Time   time.Time `json:"time"`
	Method string    `json:"method"`
	// Path is the path below the prefix, such as "/zones".
	Path string `json:"path"`
	// Query is the encoded query, with sorted keys.
	Query string `json:"query,omitempty"`
	// Status is the HTTP status, or 0 if the connection was cut.
	Status int `json:"status"`
	// Code is the code of the first error in the answer, or 0 if there is none.
	Code int    `json:"code,omitempty"`
	Ray  string `json:"ray,omitempty"`
	// Write reports whether the method is one for changes.
	Write bool `json:"write,omitempty"`
	// Committed reports whether the request changed something, even if the answer did not say so.
	Committed bool `json:"committed,omitempty"`
}

// maxRequests limits the log of a sandbox that runs for days; it drops the oldest requests.
const maxRequests = 20_000

// log adds a request to the log. The caller holds s.mu.
func (s *Server) log(r Request) {
	if len(s.requests) >= maxRequests {
		s.requests = append([]Request(nil), s.requests[maxRequests/2:]...)
	}
	s.requests = append(s.requests, r)
}

// Requests returns the requests to the API since the start or the last ResetRequests, in the order of their
// answers. It returns at least the last 10,000. Requests to /_sandbox/ do not count.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request{}, s.requests...)
}

// Writes returns the requests whose method is one for changes, including those that failed.
func (s *Server) Writes() []Request {
	out := []Request{}
	for _, r := range s.Requests() {
		if r.Write {
			out = append(out, r)
		}
	}
	return out
}

// ResetRequests forgets all requests so far.
func (s *Server) ResetRequests() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = nil
}
