package reviewtest

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// GitLab starts a server of GitLab's API. The base URL of the API is the server's URL with /api/v4.
func GitLab(token string) *Server {
	s := &Server{token: token}
	return s.start(s.gitLab)
}

func (s *Server) gitLab(w http.ResponseWriter, r *http.Request) {
	list := fmt.Sprintf("/api/v4/projects/%s/merge_requests/%d/notes", url.PathEscape(Repository), Number)
	path := r.URL.EscapedPath()
	id, one := strings.CutPrefix(path, list+"/")
	switch {
	case !s.gitLabToken(r):
		gitLabError(w, http.StatusUnauthorized, "401 Unauthorized")
	case r.Method != http.MethodGet && s.readOnly:
		gitLabError(w, http.StatusForbidden, "403 Forbidden")
	case path == "/api/v4/user" && r.Method == http.MethodGet && !s.app:
		reply(w, http.StatusOK, object{"id": Self, "username": "project_1_bot"})
	case path == "/api/v4/job" && r.Method == http.MethodGet && s.app:
		reply(w, http.StatusOK, object{"id": 5, "user": object{"id": Self}})
	case path == list && r.Method == http.MethodGet:
		s.gitLabPage(w, r)
	case path == list && r.Method == http.MethodPost:
		if body, ok := gitLabBody(w, r); ok {
			s.last++
			s.comments = append(s.comments, Comment{ID: s.last, Author: Self, Body: body})
			reply(w, http.StatusCreated, gitLabNote(s.comments[len(s.comments)-1]))
		}
	case one && s.index(id) >= 0:
		s.gitLabChange(w, r, s.index(id))
	default:
		gitLabError(w, http.StatusNotFound, "404 Not found")
	}
}

// gitLabToken checks the token. A job's token must come in another header than a user's.
func (s *Server) gitLabToken(r *http.Request) bool {
	header, other := "Private-Token", "Job-Token"
	if s.app {
		header, other = other, header
	}
	return r.Header.Get(header) == s.token && r.Header.Get(other) == "" && r.Header.Get("Authorization") == "" &&
		strings.HasPrefix(r.UserAgent(), "cfplan/")
}

func (s *Server) gitLabPage(w http.ResponseWriter, r *http.Request) {
	all := slices.Clone(s.comments)
	if r.URL.Query().Get("sort") != "asc" { // GitLab's default is newest first
		slices.Reverse(all)
	}

	notes, number, last := page(r, all, 20)
	next := ""
	if number < last {
		next = strconv.Itoa(number + 1)
	}

	w.Header().Set("X-Next-Page", next)
	w.Header().Set("X-Page", strconv.Itoa(number))
	out := []object{}
	for _, n := range notes {
		out = append(out, gitLabNote(n))
	}

	reply(w, http.StatusOK, out)
}

// gitLabChange edits or deletes a note. Only maintainers may edit another user's note.
func (s *Server) gitLabChange(w http.ResponseWriter, r *http.Request, i int) {
	switch {
	case s.comments[i].Author != Self:
		gitLabError(w, http.StatusForbidden, "403 Forbidden")
	case r.Method == http.MethodPut:
		if body, ok := gitLabBody(w, r); ok {
			s.comments[i].Body = body
			reply(w, http.StatusOK, gitLabNote(s.comments[i]))
		}
	case r.Method == http.MethodDelete:
		s.comments = append(s.comments[:i:i], s.comments[i+1:]...)
		w.WriteHeader(http.StatusNoContent)
	default:
		gitLabError(w, http.StatusMethodNotAllowed, "405 Not Allowed")
	}
}

func gitLabBody(w http.ResponseWriter, r *http.Request) (string, bool) {
	body, err := sent(r)
	switch {
	case err != nil || r.Header.Get("Content-Type") != "application/json":
		reply(w, http.StatusBadRequest, object{"error": "body is missing"})
	case utf8.RuneCountInString(body) > 1_000_000:
		reply(w, http.StatusBadRequest, object{"message": object{"note": []string{"is too long (maximum is 1000000 " +
			"characters)"}}})
	default:
		return body, true
	}
	return "", false
}

func gitLabNote(c Comment) object {
	return object{
		"id":            c.ID,
		"body":          c.Body,
		"system":        c.System,
		"author":        object{"id": c.Author},
		"noteable_type": "MergeRequest",
		"noteable_iid":  Number,
	}
}

func gitLabError(w http.ResponseWriter, status int, message string) {
	reply(w, status, object{"message": message})
}
