// Package reviewtest has GitHub and GitLab in memory, as far as comments on one
// pull or merge request go. They refuse what the real ones refuse, and what no
// client of ours should send. It is for tests.
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

// The one pull request that there is, at either forge.
const (
	Repository = "acme/dns"
	Number     = 7
	// Self is the ID of the token's account.
	Self = 41
)

// Comment is one comment.
type Comment struct {
	ID     int64
	Author int64
	Bot    bool
	System bool // GitLab's own notes, such as "added 1 commit"
	Body   string
}

// Server is a forge. Its methods may be called while it serves.
type Server struct {
	*httptest.Server

	token    string
	app      bool // the token is an app's: it may not ask who it is
	readOnly bool
	mu       sync.Mutex
	comments []Comment
	last     int64
	requests []string
	faults   []*Fault
}

// Fault is what happens to some requests instead of what should.
type Fault struct {
	// Method of the requests; all where empty.
	Method string
	// Path is a part of their path.
	Path string
	// Times is how many requests it strikes; 0 is all.
	Times int
	// Carried out: the request has its effect before the answer goes wrong.
	CarriedOut bool
	// Answer writes what comes back.
	Answer http.HandlerFunc

	done int
}

// AppToken makes the token one of an app, as GITHUB_TOKEN is.
func (s *Server) AppToken() { s.mu.Lock(); defer s.mu.Unlock(); s.app = true }

// ReadOnly makes the token one of a pull request from a fork.
func (s *Server) ReadOnly() { s.mu.Lock(); defer s.mu.Unlock(); s.readOnly = true }

// Fail adds a fault. The first that fits strikes.
func (s *Server) Fail(f Fault) { s.mu.Lock(); defer s.mu.Unlock(); s.faults = append(s.faults, &f) }

// Heal takes all faults away.
func (s *Server) Heal() { s.mu.Lock(); defer s.mu.Unlock(); s.faults = nil }

// Add puts a comment there, with the next ID, and returns it.
func (s *Server) Add(c Comment) Comment {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last++
	c.ID = s.last
	s.comments = append(s.comments, c)
	return c
}

// Comments are those that stand, oldest first.
func (s *Server) Comments() []Comment {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.comments)
}

// Requests are the methods and paths that came, with their queries, since the last
// Reset.
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Reset forgets the requests.
func (s *Server) Reset() { s.mu.Lock(); defer s.mu.Unlock(); s.requests = nil }

// start serves; answer has s.mu.
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

// page returns the comments of the page that is asked for, and how many pages
// there are.
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

// sent reads {"body": "…"}.
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
	_ = json.NewEncoder(w).Encode(v) // a client that is gone needs no answer
}
