package servertest

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// States is a server for Terraform's HTTP protocol, which keeps states in memory. It behaves as GitLab does, or as the small servers
// do that follow Terraform's documentation.
type States struct {
	GitLab bool
	ETags  bool // and If-Match
	// Roles of the users, "reader" or "writer", whose password is StatesSecret; without
	// any nobody is asked.
	Roles map[string]string

	mu       sync.Mutex
	states   map[string]*storedState
	requests []string // method and address of each
}

// storedState is one state. GitLab knows one without a text once it was locked.
type storedState struct {
	text   []byte
	serial int64
	lock   *lockInfo
}

// lockInfo has pointers: GitLab wants each field to be there.
type lockInfo struct {
	ID, Operation, Info, Who, Version, Created, Path *string
}

const (
	// StatesSecret is the password of all users.
	StatesSecret = "s3cr3t-token"
	// GitLabProject is the path of a project's states at GitLab.
	GitLabProject = "/api/v4/projects/7/terraform/state/"
)

// NewStates returns a server with nothing in it.
func NewStates(gitLab bool) *States {
	return &States{GitLab: gitLab, states: map[string]*storedState{}}
}

// ServeHTTP implements [http.Handler].
func (s *States) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client is gone
	}

	s.mu.Lock()
	defer s.mu.Unlock()

	s.requests = append(s.requests, r.Method+" "+r.URL.RequestURI())
	if !s.authorized(w, r) {
		return
	}

	path, method := r.URL.Path, r.Method
	if s.GitLab {
		if !strings.HasPrefix(path, GitLabProject) {
			answer(w, http.StatusNotFound, `{"message":"404 Project Not Found"}`)
			return
		}
		if state, isLock := strings.CutSuffix(path, "/lock"); isLock {
			path, method = state, map[string]string{"POST": "LOCK", "DELETE": "UNLOCK"}[method]
		}
	}

	switch method {
	case "GET":
		s.get(w, path)
	case "POST":
		s.post(w, r, path, body)
	case "LOCK":
		s.lock(w, path, body)
	case "UNLOCK":
		s.unlock(w, r, path, body)
	default:
		answer(w, http.StatusMethodNotAllowed, "")
	}
}

func answer(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// authorized lets a reader read, and a writer do all.
func (s *States) authorized(w http.ResponseWriter, r *http.Request) bool {
	user, password, _ := r.BasicAuth()
	role := s.Roles[user]
	switch {
	case len(s.Roles) == 0:
		return true
	case password != StatesSecret || role == "":
		answer(w, http.StatusUnauthorized, `{"message":"401 Unauthorized"}`)
	case role != "writer" && r.Method != "GET":
		answer(w, http.StatusForbidden, `{"message":"403 Forbidden"}`)
	default:
		return true
	}

	return false
}

func (s *States) get(w http.ResponseWriter, path string) {
	st := s.states[path]
	switch {
	case st == nil:
		answer(w, http.StatusNotFound, `{"message":"404 Not found"}`)
	case st.text == nil:
		w.WriteHeader(http.StatusNoContent)
	default:
		if s.ETags {
			w.Header().Set("ETag", etag(st.text))
		}
		w.Header().Set("Content-Type", "application/json")
		if s.GitLab {
			w.Header().Set("Content-Length", strconv.Itoa(len(st.text)))
		}
		_, _ = w.Write(st.text)
	}
}

func etag(text []byte) string { return fmt.Sprintf(`"%x"`, sha256.Sum256(text)) }

func (s *States) at(path string) *storedState {
	if s.states[path] == nil {
		s.states[path] = &storedState{}
	}
	return s.states[path]
}

func (s *States) post(w http.ResponseWriter, r *http.Request, path string, body []byte) {
	st, id := s.at(path), r.URL.Query().Get("ID")
	if st.lock != nil && *st.lock.ID != id || s.GitLab && st.lock == nil && id != "" {
		s.refuse(w, st, nil)
		return
	}

	if match := r.Header.Get("If-Match"); s.ETags && match != "" && match != etag(st.text) {
		answer(w, http.StatusPreconditionFailed, "")
		return
	}

	var head struct{ Serial *int64 }
	switch err := json.Unmarshal(body, &head); {
	case !s.GitLab:
	case err != nil || head.Serial == nil:
		answer(w, http.StatusBadRequest, `{"error":"serial is missing"}`)
		return
	case *head.Serial <= st.serial:
		answer(w, http.StatusUnprocessableEntity, `{"message":"Version has already been taken"}`)
		return
	default:
		st.serial = *head.Serial
	}

	st.text = body
	w.WriteHeader(http.StatusOK)
}

// refuse says who holds the lock: GitLab in its own words, and to who wants to lock
// alone.
func (s *States) refuse(w http.ResponseWriter, st *storedState, asked *lockInfo) {
	switch {
	case !s.GitLab && st.lock != nil:
		text, _ := json.Marshal(st.lock)
		answer(w, http.StatusLocked, string(text))
	case asked != nil:
		answer(w, http.StatusConflict, fmt.Sprintf(`{"Operation":%q,"Info":"","Version":%q,"Path":%q,"ID":%q,"Who":"gitlab-user","Created":"2026-11-22T18:04:05.678Z"}`,
			*asked.Operation, *asked.Version, *asked.Path, *st.lock.ID))
	default:
		answer(w, http.StatusConflict, `{"message":"409 Conflict"}`)
	}
}

func (s *States) lock(w http.ResponseWriter, path string, body []byte) {
	var l lockInfo
	if json.Unmarshal(body, &l) != nil || l.ID == nil || s.GitLab &&
		(l.Operation == nil || l.Info == nil || l.Who == nil || l.Version == nil || l.Created == nil || l.Path == nil) {
		answer(w, http.StatusBadRequest, `{"error":"ID is missing"}`)
		return
	}

	st := s.at(path)
	if st.lock != nil {
		s.refuse(w, st, &l)
		return
	}

	st.lock = &l
	answer(w, http.StatusOK, string(body))
}

// unlock takes the ID from the query, as a DELETE has no body that everybody reads,
// or else from the body. Without one GitLab unlocks, whoever holds the lock.
func (s *States) unlock(w http.ResponseWriter, r *http.Request, path string, body []byte) {
	var l lockInfo
	_ = json.Unmarshal(body, &l)
	id := r.URL.Query().Get("ID")
	if !s.GitLab && l.ID != nil {
		id = *l.ID
	}

	st := s.at(path)
	if id != "" && (st.lock == nil || *st.lock.ID != id) {
		s.refuse(w, st, nil)
		return
	}

	st.lock = nil
	w.WriteHeader(http.StatusOK)
}

// Asked returns the requests since the last time.
func (s *States) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.requests
	s.requests = nil
	return out
}

// Serve starts it and returns its address, without a path.
func (s *States) Serve(t *testing.T) string {
	t.Helper()
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	return web.URL
}

// Address of a state at the server with that URL.
func (s *States) Address(url, name string) string {
	if s.GitLab {
		return url + GitLabProject + name
	}
	return url + "/state/" + name
}
