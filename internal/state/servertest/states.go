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

// States is a server for Terraform's HTTP protocol that keeps states in memory. It behaves as GitLab does,
// or as the small servers that follow Terraform's documentation.
type States struct {
	GitLab bool
	ETags  bool // send ETags and honor If-Match
	// Roles has the users and their roles, "reader" or "writer". Their password is StatesSecret. If it is
	// empty, no login is needed.
	Roles map[string]string

	mu       sync.Mutex
	states   map[string]*storedState
	requests []string // method and address of each request
}

// storedState is one state. A state of GitLab that was locked but never written has no text.
type storedState struct {
	text   []byte
	serial int64
	lock   *lockInfo
}

// lockInfo has pointers, because GitLab requires that each field is present.
type lockInfo struct {
	ID, Operation, Info, Who, Version, Created, Path *string
}

const (
	// StatesSecret is the password of all users.
	StatesSecret = "s3cr3t-token"
	// GitLabProject is the path of a project's states at GitLab.
	GitLabProject = "/api/v4/projects/7/terraform/state/"
)

// NewStates returns a server without any states.
func NewStates(gitLab bool) *States {
	return &States{GitLab: gitLab, states: map[string]*storedState{}}
}

// ServeHTTP implements [http.Handler].
func (s *States) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client has closed the connection
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

// authorized lets readers read, and writers do everything.
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

// refuse names the holder of the lock. GitLab does so in its own format, and only if the request was for
// the lock.
func (s *States) refuse(w http.ResponseWriter, st *storedState, asked *lockInfo) {
	switch {
	case !s.GitLab && st.lock != nil:
		text, _ := json.Marshal(st.lock)
		answer(w, http.StatusLocked, string(text))
	case asked != nil:
		answer(w, http.StatusConflict, fmt.Sprintf(`{"Operation":%q,"Info":"","Version":%q,"Path":%q,"ID":%q,`+
			`"Who":"gitlab-user","Created":"2026-11-22T18:04:05.678Z"}`,
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

// unlock takes the ID from the body, or else from the query; GitLab takes it only from the query. Without an
// ID, unlock releases any lock.
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

// Asked returns the requests since the last call.
func (s *States) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.requests
	s.requests = nil
	return out
}

// Serve starts the server and returns its address, without a path.
func (s *States) Serve(t *testing.T) string {
	t.Helper()
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	return web.URL
}

// Address returns the address of a state on the server with this URL.
func (s *States) Address(url, name string) string {
	if s.GitLab {
		return url + GitLabProject + name
	}
	return url + "/state/" + name
}
