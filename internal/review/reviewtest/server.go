// Package reviewtest simulates the APIs of GitHub and GitLab in memory, for comments on one pull or merge request.
// The servers refuse the requests that the real servers refuse, and requests that our client should not send. The
// package is only for tests.
package reviewtest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// These describe the only pull or merge request of a Server.
const (
	Repository = "acme/dns"
	Number     = 7
	// Self is the ID of the token's account.
	Self = 41
)

// Comment is one comment on the pull or merge request.
type Comment struct {
	ID     int64
	Author int64
	Bot    bool
	System bool // one of GitLab's own notes, such as "added 1 commit"
	Body   string
}

// Server is a simulated forge. Its methods may be called while it serves.
type Server struct {
	*httptest.Server

	token    string
	app      bool // the token belongs to an app, which may not ask for its user
	readOnly bool
	mu       sync.Mutex
	comments []Comment
	last     int64
	requests []string
	faults   []*Fault
}

// Fault replaces the normal answer to some requests.
type Fault struct {
	// Method is the method of the affected requests; "" means all.
	Method string
	// Path is a part of the path of the affected requests; "" means all.
	Path string
	// Times is how many requests the fault affects; 0 means all.
	Times int
	// CarriedOut reports whether the request takes effect before the answer fails.
	CarriedOut bool
	// Answer writes the answer.
	Answer http.HandlerFunc

	done int
}

// AppToken makes the token the token of an app at GitHub, such as GITHUB_TOKEN, or of a job at GitLab.
func (s *Server) AppToken() { s.mu.Lock(); defer s.mu.Unlock(); s.app = true }

// ReadOnly makes the token read-only, as in a job for a pull request from a fork.
func (s *Server) ReadOnly() { s.mu.Lock(); defer s.mu.Unlock(); s.readOnly = true }

// Fail adds a fault. The first fault that matches a request applies.
func (s *Server) Fail(f Fault) { s.mu.Lock(); defer s.mu.Unlock(); s.faults = append(s.faults, &f) }

// Heal removes all faults.
func (s *Server) Heal() { s.mu.Lock(); defer s.mu.Unlock(); s.faults = nil }

// Add adds a comment with the next ID, and returns it.
func (s *Server) Add(c Comment) Comment {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last++
	c.ID = s.last
	s.comments = append(s.comments, c)
	return c
}

// Comments returns the current comments, oldest first.
func (s *Server) Comments() []Comment {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.comments)
}

// Requests returns the methods and paths, with queries, of the requests since the last Reset.
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Reset forgets the requests.
func (s *Server) Reset() { s.mu.Lock(); defer s.mu.Unlock(); s.requests = nil }

// start starts the server. It holds s.mu while it calls answer.
func (s *Server) start(answer http.HandlerFunc) *Server {
	s.last = 1000
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()

		s.requests = append(s.requests, r.Method+" "+r.URL.RequestURI())
		fault := s.fault(r)
		if fault == nil {
			answer(w, r)
			return
		}

		if fault.CarriedOut {
			answer(httptest.NewRecorder(), r)
		}

		fault.Answer(w, r)
	}))

	return s
}

func (s *Server) fault(r *http.Request) *Fault {
	for _, f := range s.faults {
		if (f.Method == "" || f.Method == r.Method) && strings.Contains(r.URL.EscapedPath(), f.Path) &&
			(f.Times == 0 || f.done < f.Times) {
			f.done++
			return f
		}
	}
	return nil
}

func (s *Server) index(id string) int {
	return slices.IndexFunc(s.comments, func(c Comment) bool { return strconv.FormatInt(c.ID, 10) == id })
}

// page returns the comments of the requested page, its number, and the number of pages.
func page(r *http.Request, all []Comment, byDefault int) (out []Comment, number, last int) {
	number, _ = strconv.Atoi(r.URL.Query().Get("page"))
	size, _ := strconv.Atoi(r.URL.Query().Get("per_page"))
	if size < 1 {
		size = byDefault
	}
	number, size = max(number, 1), min(size, 100)
	last = max(1, (len(all)+size-1)/size)
	from := min((number-1)*size, len(all))
	return all[from:min(from+size, len(all))], number, last
}

// sent returns the text in the body of a request, which is {"body": "…"}.
func sent(r *http.Request) (string, error) {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return "", err
	}

	var in struct {
		Body *string `json:"body"`
	}

	if err := json.Unmarshal(text, &in); err != nil {
		return "", err
	}
	if in.Body == nil || *in.Body == "" {
		return "", fmt.Errorf("no body in %s", text)
	}

	return *in.Body, nil
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client may have closed the connection
}
