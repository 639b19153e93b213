package reviewtest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"
)

// GitHub starts a server of GitHub's API. The base URL of the API is the server's URL.
func GitHub(token string) *Server {
	s := &Server{token: token}
	return s.start(s.gitHub)
}

type object = map[string]any

func (s *Server) gitHub(w http.ResponseWriter, r *http.Request) {
	list := fmt.Sprintf("/repos/%s/issues/%d/comments", Repository, Number)
	id, one := strings.CutPrefix(r.URL.Path, fmt.Sprintf("/repos/%s/issues/comments/", Repository))
	write := r.Method != http.MethodGet
	switch {
	case !s.gitHubHeaders(w, r):
	case r.URL.Path == "/user" && !write && s.app, write && s.readOnly:
		gitHubError(w, http.StatusForbidden, "Resource not accessible by integration")
	case r.URL.Path == "/user" && !write:
		reply(w, http.StatusOK, gitHubUser(Self, false))
	case r.URL.Path == list && !write:
		s.gitHubPage(w, r)
	case r.URL.Path == list && r.Method == http.MethodPost:
		if body, ok := gitHubBody(w, r); ok {
			s.last++
			s.comments = append(s.comments, Comment{ID: s.last, Author: Self, Bot: s.app, Body: body})
			reply(w, http.StatusCreated, gitHubComment(s.comments[len(s.comments)-1]))
		}
	case one && s.index(id) >= 0 && write:
		s.gitHubChange(w, r, s.index(id))
	default:
		gitHubError(w, http.StatusNotFound, "Not Found")
	}
}

// gitHubHeaders checks the headers. GitHub answers 400 to an unknown API version, and 403 to a request
// without a User-Agent.
func (s *Server) gitHubHeaders(w http.ResponseWriter, r *http.Request) bool {
	switch {
	case r.Header.Get("Authorization") != "Bearer "+s.token:
		gitHubError(w, http.StatusUnauthorized, "Bad credentials")
	case r.Header.Get("X-Github-Api-Version") != "2022-11-28":
		gitHubError(w, http.StatusBadRequest, "Unsupported API version")
	case !strings.HasPrefix(r.Header.Get("Accept"), "application/vnd.github"):
		gitHubError(w, http.StatusUnsupportedMediaType, "Must accept application/vnd.github+json")
	case !strings.HasPrefix(r.UserAgent(), "cfplan/"):
		gitHubError(w, http.StatusForbidden, "Please make sure your request has a User-Agent header")
	default:
		return true
	}
	return false
}

func (s *Server) gitHubPage(w http.ResponseWriter, r *http.Request) {
	comments, number, last := page(r, s.comments, 30)
	if number < last {
		link := func(n int) string {
			return fmt.Sprintf("<%s%s?per_page=%s&page=%d>", s.URL, r.URL.Path, r.URL.Query().Get("per_page"), n)
		}
		w.Header().Set("Link", link(number+1)+`; rel="next", `+link(last)+`; rel="last"`)
	}

	out := []object{}
	for _, c := range comments {
		out = append(out, gitHubComment(c))
	}

	reply(w, http.StatusOK, out)
}

func (s *Server) gitHubChange(w http.ResponseWriter, r *http.Request, i int) {
	switch r.Method {
	case http.MethodPatch:
		if body, ok := gitHubBody(w, r); ok {
			s.comments[i].Body = body
			reply(w, http.StatusOK, gitHubComment(s.comments[i]))
		}
	case http.MethodDelete:
		s.comments = append(s.comments[:i:i], s.comments[i+1:]...)
		w.WriteHeader(http.StatusNoContent)
	default:
		gitHubError(w, http.StatusNotFound, "Not Found")
	}
}

func gitHubBody(w http.ResponseWriter, r *http.Request) (string, bool) {
	body, err := sent(r)
	switch {
	case err != nil || r.Header.Get("Content-Type") != "application/json":
		gitHubError(w, http.StatusBadRequest, "Problems parsing JSON")
	case utf8.RuneCountInString(body) > 65_536:
		reply(w, http.StatusUnprocessableEntity, object{"message": "Validation Failed",
			"errors": []object{{"resource": "IssueComment",
				"code": "unprocessable", "field": "data", "message": "Body is too long (maximum is 65536 characters)"}}})
	default:
		return body, true
	}
	return "", false
}

func gitHubComment(c Comment) object {
	return object{"id": c.ID, "body": c.Body, "user": gitHubUser(c.Author, c.Bot),
		"html_url": fmt.Sprintf("https://github.example/%s/pull/%d#issuecomment-%d", Repository, Number, c.ID)}
}

func gitHubUser(id int64, bot bool) object {
	kind := "User"
	if bot {
		kind = "Bot"
	}
	return object{"id": id, "login": "u" + strconv.FormatInt(id, 10), "type": kind}
}

func gitHubError(w http.ResponseWriter, status int, message string) {
	reply(w, status, object{
		"message":           message,
		"documentation_url": "https://docs.github.com/rest",
		"status":            strconv.Itoa(status),
	})
}
