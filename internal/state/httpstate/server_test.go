package httpstate_test

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

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/httpstate"
)

// server keeps states in memory. It behaves as GitLab does, or as the small servers
// do that follow Terraform's documentation.
type server struct {
	gitLab bool
	etags  bool // and If-Match
	// role of each user whose password is secret; without any nobody is asked.
	roles map[string]string

	mu       sync.Mutex
	states   map[string]*stored
	requests []string // method and address of each
}

// stored is one state. GitLab knows one without a text once it was locked.
type stored struct {
	text   []byte
	serial int64
	lock   *lockInfo
}

// lockInfo has pointers: GitLab wants each field to be there.
type lockInfo struct {
	ID, Operation, Info, Who, Version, Created, Path *string
}

const (
	secret  = "s3cr3t-token"
	project = "/api/v4/projects/7/terraform/state/"
)

func newServer(gitLab bool) *server { return &server{gitLab: gitLab, states: map[string]*stored{}} }

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
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
	if s.gitLab {
		if !strings.HasPrefix(path, project) {
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
func (s *server) authorized(w http.ResponseWriter, r *http.Request) bool {
	user, password, _ := r.BasicAuth()
	role := s.roles[user]
	switch {
	case len(s.roles) == 0:
		return true
	case password != secret || role == "":
		answer(w, http.StatusUnauthorized, `{"message":"401 Unauthorized"}`)
	case role != "writer" && r.Method != "GET":
		answer(w, http.StatusForbidden, `{"message":"403 Forbidden"}`)
	default:
		return true
	}
	return false
}

func (s *server) get(w http.ResponseWriter, path string) {
	st := s.states[path]
	switch {
	case st == nil:
		answer(w, http.StatusNotFound, `{"message":"404 Not found"}`)
	case st.text == nil:
		w.WriteHeader(http.StatusNoContent)
	default:
		if s.etags {
			w.Header().Set("ETag", etag(st.text))
		}
		w.Header().Set("Content-Type", "application/json")
		if s.gitLab {
			w.Header().Set("Content-Length", strconv.Itoa(len(st.text)))
		}
		_, _ = w.Write(st.text)
	}
}

func etag(text []byte) string { return fmt.Sprintf(`"%x"`, sha256.Sum256(text)) }

func (s *server) at(path string) *stored {
	if s.states[path] == nil {
		s.states[path] = &stored{}
	}
	return s.states[path]
}

func (s *server) post(w http.ResponseWriter, r *http.Request, path string, body []byte) {
	st, id := s.at(path), r.URL.Query().Get("ID")
	if st.lock != nil && *st.lock.ID != id || s.gitLab && st.lock == nil && id != "" {
		s.refuse(w, st, nil)
		return
	}
	if match := r.Header.Get("If-Match"); s.etags && match != "" && match != etag(st.text) {
		answer(w, http.StatusPreconditionFailed, "")
		return
	}
	var head struct{ Serial *int64 }
	switch err := json.Unmarshal(body, &head); {
	case !s.gitLab:
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
func (s *server) refuse(w http.ResponseWriter, st *stored, asked *lockInfo) {
	switch {
	case !s.gitLab && st.lock != nil:
		text, _ := json.Marshal(st.lock)
		answer(w, http.StatusLocked, string(text))
	case asked != nil:
		answer(w, http.StatusConflict, fmt.Sprintf(`{"Operation":%q,"Info":"","Version":%q,"Path":%q,"ID":%q,"Who":"gitlab-user","Created":"2026-11-22T18:04:05.678Z"}`,
			*asked.Operation, *asked.Version, *asked.Path, *st.lock.ID))
	default:
		answer(w, http.StatusConflict, `{"message":"409 Conflict"}`)
	}
}

func (s *server) lock(w http.ResponseWriter, path string, body []byte) {
	var l lockInfo
	if json.Unmarshal(body, &l) != nil || l.ID == nil || s.gitLab && (l.Operation == nil || l.Info == nil || l.Who == nil || l.Version == nil || l.Created == nil || l.Path == nil) {
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
func (s *server) unlock(w http.ResponseWriter, r *http.Request, path string, body []byte) {
	var l lockInfo
	_ = json.Unmarshal(body, &l)
	id := r.URL.Query().Get("ID")
	if !s.gitLab && l.ID != nil {
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

// asked returns the requests since the last time.
func (s *server) asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.requests
	s.requests = nil
	return out
}

// serve starts it and returns its address, without a path.
func (s *server) serve(t *testing.T) string {
	t.Helper()
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	return web.URL
}

// address of a state at the server with that URL.
func (s *server) address(url, name string) string {
	if s.gitLab {
		return url + project + name
	}
	return url + "/state/" + name
}

// configure returns the backend at an address, with more attributes by pairs.
func configure(address string, more ...string) (state.Backend, error) {
	attrs := map[string]string{"address": address, "retry_wait_min": "0", "retry_wait_max": "0"}
	if !strings.Contains(address, project) {
		attrs["lock_address"] = address
	}
	for i := 0; i < len(more); i += 2 {
		attrs[more[i]] = more[i+1]
	}
	return httpstate.Configure(attrs, noEnv)
}

func noEnv(string) string { return "" }

func open(t *testing.T, address string, more ...string) *httpstate.Backend {
	t.Helper()
	b, err := configure(address, more...)
	if err != nil {
		t.Fatalf("Configure: %v", err)
	}
	return b.(*httpstate.Backend)
}
