package review

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/review/reviewtest"
)

// status answers with a status and a body. Pairs of a header and its value may follow.
func status(code int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
		_, _ = w.Write([]byte(body))
	}
}

// cut breaks the connection in the middle of an answer.
func cut(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	_, _ = w.Write([]byte(`[{"id": 1,`))
	panic(http.ErrAbortHandler)
}

const page500 = "<html><body>Unicorn! \x1b[31m</body></html>"

func TestReadsAndEditsAreRepeated(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"502": status(502, page500),
		"cut": cut,
		"429": status(429, `{"message":"slow"}`, "Retry-After", "7"),
	} {
		for _, method := range []string{"GET", "PATCH", "PUT"} {
			t.Run(name+" "+method, func(t *testing.T) {
				eachForge(t, func(t *testing.T, s stand) {
					s.publish(t, "first", Options{})
					s.Fail(reviewtest.Fault{Method: method, Times: 2, Answer: answer})
					s.wants(t, "second", s.publish(t, "second", Options{}), Updated)
					if name == "429" && len(*s.slept) > 0 && (*s.slept)[0] != 7*time.Second {
						t.Errorf("waited %v, want 7s", *s.slept)
					}
				})
			})
		}
	}
}

func TestRepetitionsAreLimited(t *testing.T) {
	eachForge(t, func(t *testing.T, s stand) {
		s.Fail(reviewtest.Fault{Answer: status(503, page500)})
		e := s.failed(t, "text", Options{})
		if e.Kind != Unreachable || e.Status != 503 || e.InDoubt || len(s.Requests()) != mostTries {
			t.Errorf("%+v after %d requests, want %s with status 503 and without doubt after %d",
				e, len(s.Requests()), Unreachable, mostTries)
		}
		if strings.ContainsAny(e.Error(), "\x1b\n<") {
			t.Errorf("the error contains the text of the page: %q", e.Error())
		}
	})
}

// A request waits as long as Retry-After asks, but not for an hour.
func TestRateLimitsAreRespected(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	date := []string{"Date", now.Format(http.TimeFormat)}
	for _, tt := range []struct {
		name   string
		code   int
		body   string
		header []string
		wait   time.Duration // -1 if the request fails without a wait
	}{
		{"seconds", 429, "", []string{"Retry-After", "90"}, 90 * time.Second},
		{"a date", 429, "", append(date, "Retry-After", now.Add(30*time.Second).Format(http.TimeFormat)), 30 * time.Second},
		{"GitHub's reset", 403, "{}", append(date, "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", fmt.Sprint(now.Unix()+20)), 20 * time.Second},
		{"GitLab's reset", 429, "", append(date, "RateLimit-Remaining", "0", "RateLimit-Reset", fmt.Sprint(now.Unix()+20)), 20 * time.Second},
		{"secondary, no time", 403, `{"message":"You have exceeded a secondary rate limit."}`, nil, time.Minute},
		{"at once", 429, "", []string{"Retry-After", "0"}, 0},
		{"an hour", 429, `{"message":"later"}`, []string{"Retry-After", "3600"}, -1},
		{"for ever", 429, `{}`, []string{"Retry-After", "99999999999"}, -1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			eachForge(t, func(t *testing.T, s stand) {
				s.Fail(reviewtest.Fault{Method: "POST", Times: 1, Answer: status(tt.code, tt.body, tt.header...)})
				if tt.wait < 0 {
					if e := s.failed(t, "text", Options{}); e.Kind != Limited || e.InDoubt || len(*s.slept) > 0 {
						t.Errorf("%+v after waiting %v, want %s at once and without doubt", e, *s.slept, Limited)
					}
					return
				}
				s.wants(t, "text", s.publish(t, "text", Options{}), Created)
				if len(*s.slept) != 1 || (*s.slept)[0] != tt.wait {
					t.Errorf("waited %v, want %v", *s.slept, tt.wait)
				}
			})
		})
	}
}

// The answer to a post is lost. In the end there must be exactly one comment, whether or not the first post took
// effect.
func TestPublishSearchesForACommentInDoubtBeforeItPostsAgain(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"502":      status(502, page500),
		"cut":      cut,
		"not JSON": status(200, page500),
		"no id":    status(201, "{}"),
	} {
		for _, carriedOut := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, carried out: %v", name, carriedOut), func(t *testing.T) {
				eachForge(t, func(t *testing.T, s stand) {
					s.Fail(reviewtest.Fault{Method: "POST", Times: 1, CarriedOut: carriedOut, Answer: answer})
					r := s.publish(t, "text", Options{})
					s.wants(t, "text", r, Created)
					want := 2
					if carriedOut {
						want = 1
					}
					if n := s.count("POST"); n != want || r.URL == "" {
						t.Errorf("%d posts, want %d; result %+v, want an address", n, want, r)
					}
					if slept := *s.slept; name != "no id" && (len(slept) != 1 || slept[0] != settle) {
						t.Errorf("waited %v before the search, want %v", slept, settle)
					}
				})
			})
		}
	}
}

// If a post is lost, an equal comment of an earlier run must not pass for the new comment.
func TestEqualCommentOfAnEarlierRunIsNotTheNewOne(t *testing.T) {
	eachForge(t, func(t *testing.T, s stand) {
		s.publish(t, "same", Options{})
		s.Fail(reviewtest.Fault{Method: "POST", Times: 1, Answer: status(502, page500)})
		s.wants(t, "same|same", s.publish(t, "same", Options{Behavior: New}), Created)
	})
}

func TestPostingIsRepeatedOnlyCreateTriesTimes(t *testing.T) {
	eachForge(t, func(t *testing.T, s stand) {
		s.Fail(reviewtest.Fault{Method: "POST", Answer: status(500, page500)})
		if e := s.failed(t, "text", Options{}); e.InDoubt || s.count("POST") != createTries {
			t.Errorf("%+v after %d posts, want an error without doubt after %d", e, s.count("POST"), createTries)
		}
	})
}

func TestErrorSaysIfTheCommentMayHaveBeenPosted(t *testing.T) {
	eachForge(t, func(t *testing.T, s stand) {
		s.Fail(reviewtest.Fault{Method: "POST", Answer: func(w http.ResponseWriter, r *http.Request) {
			status(500, page500)(w, r)
		}})
		s.Fail(reviewtest.Fault{Method: "GET", Path: "s", Answer: s.onceThen(status(500, page500))})
		if e := s.failed(t, "text", Options{}); !e.InDoubt || s.count("POST") != 1 ||
			!strings.Contains(e.Error(), "not known whether") {
			t.Errorf("%v after %d posts, want an error in doubt after one", e, s.count("POST"))
		}
	})
}

// onceThen answers the first request with an empty list, and later ones with then.
func (s stand) onceThen(then http.HandlerFunc) http.HandlerFunc {
	first := true
	return func(w http.ResponseWriter, r *http.Request) {
		if first {
			first = false
			status(200, "[]")(w, r)
			return
		}
		then(w, r)
	}
}

func TestRefusedConnectionLeavesNoDoubt(t *testing.T) {
	eachForge(t, func(t *testing.T, s stand) {
		s.Close()
		e := s.failed(t, "text", Options{})
		if e.Kind != Unreachable || e.InDoubt || e.Status != 0 || len(*s.slept) != mostTries-1 {
			t.Errorf("%+v after waiting %v, want %s without doubt after %d waits", e, *s.slept, Unreachable, mostTries-1)
		}
		if _, err := s.create(t.Context(), "text"); errors.As(err, &e) && e.InDoubt {
			t.Errorf("create without a server: %v is in doubt, want no doubt", err)
		}
	})
}

func TestInterruptEndsTheRetries(t *testing.T) {
	eachForge(t, func(t *testing.T, s stand) {
		ctx, cancel := context.WithCancel(t.Context())
		s.Fail(reviewtest.Fault{Answer: func(w http.ResponseWriter, r *http.Request) { cancel(); status(503, "")(w, r) }})
		_, err := Publish(ctx, s, Comment{Key: "k", Body: "text"}, Options{})
		if !errors.Is(err, context.Canceled) || len(s.Requests()) != 1 {
			t.Errorf("Publish = %v after %d requests, want %v after one", err, len(s.Requests()), context.Canceled)
		}
	})
}

func TestErrorsAreClassified(t *testing.T) {
	for _, tt := range []struct {
		code int
		body string
		kind Kind
		says string
	}{
		{401, `{"message":"Bad credentials"}`, Unauthorized, "Bad credentials"},
		{403, `{"message":"Resource not accessible by integration"}`, NoPermission, "403 Forbidden: Resource not accessible"},
		{403, `{"error":"insufficient_scope","error_description":"needs api"}`, NoPermission, "insufficient_scope: needs api"},
		{404, `{"message":"Not Found"}`, NotFound, "Not Found"},
		{410, `{"message":"gone"}`, NotFound, "gone"},
		{422, `{"message":"Validation Failed","errors":[{"message":"Body is too long"}]}`, Rejected, "Body is too long"},
		{400, `{"message":{"note":["is too long"]}}`, Rejected, `{"note":["is too long"]}`},
		{403, page500, NoPermission, "not JSON"},
		{403, `{"message":"` + token + `\u001b[2J\n::error::forged"}`, NoPermission, "[redacted]"},
		{422, `{"message":"` + strings.Repeat("long ", 5000) + `"}`, Rejected, "…"},
		{200, page500, BadAnswer, "not JSON"},
		{200, "", BadAnswer, "not JSON"},
		{200, `{"a":1}`, BadAnswer, "cannot unmarshal"},
		{202, `{}`, BadAnswer, ""},
		{304, ``, BadAnswer, ""},
	} {
		t.Run(fmt.Sprint(tt.code, " ", tt.body[:min(len(tt.body), 20)]), func(t *testing.T) {
			eachForge(t, func(t *testing.T, s stand) {
				s.Fail(reviewtest.Fault{Answer: status(tt.code, tt.body)})
				e := s.failed(t, "text", Options{})
				if e.Kind != tt.kind || !strings.Contains(e.Error(), tt.says) {
					t.Errorf("error %q of kind %s, want kind %s and %q in it", e.Error(), e.Kind, tt.kind, tt.says)
				}
				if strings.ContainsAny(e.Error(), "\x1b\n") || len([]rune(e.Message)) > longestText {
					t.Errorf("the message has control characters or more than %d characters: %q", longestText, e.Error())
				}
				if len(e.Steps()) == 0 {
					t.Error("the error has no steps")
				}
			})
		})
	}
}

func TestStepsExplainAPullRequestFromAFork(t *testing.T) {
	s := newStand(t, "github app")
	s.ReadOnly()
	e := s.failed(t, "text", Options{})
	steps := strings.Join(e.Steps(), "\n")
	for _, want := range []string{"pull-requests: write", "workflow_run", "GITHUB_STEP_SUMMARY"} {
		if !strings.Contains(steps, want) {
			t.Errorf("the steps do not name %s:\n%s", want, steps)
		}
	}

	if e.Status != 403 || !strings.Contains(e.Error(), "Resource not accessible by integration") {
		t.Errorf("the error is %v, want status 403 with GitHub's message", e)
	}
}

func TestStepsSayToReplaceTheJobToken(t *testing.T) {
	s := newStand(t, "gitlab job")
	s.ReadOnly()
	if steps := strings.Join(s.failed(t, "text", Options{}).Steps(),
		"\n"); !strings.Contains(steps, "GITLAB_TOKEN") || !strings.Contains(steps, "CI_JOB_TOKEN") {
		t.Errorf("the steps lack GITLAB_TOKEN or CI_JOB_TOKEN:\n%s", steps)
	}
}

func TestAnEndlessAnswerIsCutOff(t *testing.T) {
	if testing.Short() {
		t.Skip("a large answer: not with -short")
	}

	eachForge(t, func(t *testing.T, s stand) {
		for _, code := range []int{200, 403} {
			s.Heal()
			s.Fail(reviewtest.Fault{Answer: func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(code)
				for chunk := []byte(strings.Repeat(" ", 1<<20)); r.Context().Err() == nil; {
					if _, err := w.Write(chunk); err != nil {
						return
					}
				}
			}})

			if e := s.failed(t, "text", Options{}); code == 200 && !strings.Contains(e.Error(), "more than") {
				t.Errorf("%v, want an error that the answer is too large", e)
			}
		}
	})
}

func TestTokenNeverFollowsARedirectElsewhere(t *testing.T) {
	eachForge(t, func(t *testing.T, s stand) {
		reached := make(chan http.Header, 100)
		other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { reached <- r.Header }))
		defer other.Close()

		for _, code := range []int{301, 302, 303, 307, 308} {
			s.Heal()
			s.Fail(reviewtest.Fault{Method: "GET", Answer: status(code, "", "Location", other.URL+"/x?t="+token)})
			if e := s.failed(t, "text", Options{}); e.Kind != BadAnswer || !strings.Contains(e.Error(), "redirects") {
				t.Errorf("GET redirected with %d: %v, want an error about the redirect", code, e)
			}
			s.Heal()
			s.Fail(reviewtest.Fault{Method: "POST", Answer: status(code, "", "Location", other.URL)})
			if e := s.failed(t, "text", Options{}); e.Kind != BadAnswer || e.InDoubt {
				t.Errorf("POST redirected with %d: %v, want %s without doubt", code, e, BadAnswer)
			}
		}

		if len(reached) > 0 {
			t.Errorf("the other host received a request with the headers %v, want none", <-reached)
		}
	})
}

// GitHub answers with such a redirect if a repository was renamed.
func TestARedirectWithinTheAPIIsFollowed(t *testing.T) {
	eachForge(t, func(t *testing.T, s stand) {
		for _, method := range []string{"GET", "POST", "PATCH", "PUT"} {
			s.Heal()
			s.Fail(reviewtest.Fault{Method: method, Times: 1, Answer: func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Location", r.URL.RequestURI())
				w.WriteHeader(http.StatusTemporaryRedirect)
			}})
			s.publish(t, "through "+method, Options{})
			if s.bodies() != "through "+method {
				t.Errorf("%s redirected: the comments are %q, want %q", method, s.bodies(), "through "+method)
			}
		}
	})
}

func TestRedirectsInCirclesAreAnError(t *testing.T) {
	eachForge(t, func(t *testing.T, s stand) {
		s.Fail(reviewtest.Fault{Answer: func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.RequestURI(), http.StatusTemporaryRedirect)
		}})
		if e := s.failed(t, "text", Options{}); e.Kind != BadAnswer || len(s.Requests()) > mostRedirects+1 {
			t.Errorf("%v after %d requests, want %s after at most %d", e, len(s.Requests()), BadAnswer, mostRedirects+1)
		}
	})
}

// If the client followed a redirected POST with a GET, it would report a comment that was never posted.
func TestWriteIsNotRedirectedAsARead(t *testing.T) {
	eachForge(t, func(t *testing.T, s stand) {
		s.Fail(reviewtest.Fault{Method: "POST", Answer: func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.RequestURI(), http.StatusFound)
		}})
		if e := s.failed(t, "text", Options{}); e.InDoubt || s.count("POST") != 1 ||
			!strings.Contains(e.Error(), "redirects a write") {
			t.Errorf("%v after %d posts, want an error about the redirect, without doubt, after one", e, s.count("POST"))
		}
	})
}

// An endless list of comments is an error, because our comment could be on any of its pages.
func TestAnEndlessListOfCommentsIsAnError(t *testing.T) {
	for name, c := range map[string]struct {
		next  func(page int) int
		reads int
	}{
		"in a circle":   {func(int) int { return 2 }, 2},
		"one after one": {func(page int) int { return page + 1 }, mostPage},
	} {
		eachForge(t, func(t *testing.T, s stand) {
			s.Fail(reviewtest.Fault{Method: "GET", Answer: func(w http.ResponseWriter, r *http.Request) {
				page, _ := strconv.Atoi(r.URL.Query().Get("page"))
				next := strconv.Itoa(c.next(max(page, 1)))
				link := `<https://elsewhere.example/x?page=` + next + `>; rel="next"`
				status(200, "[]", "Link", link, "X-Next-Page", next)(w, r)
			}})
			e := s.failed(t, "text", Options{})
			if !strings.Contains(e.Error(), "does not end") || s.count("GET") != c.reads || s.count("POST") > 0 {
				t.Errorf("%s: %v after %d reads and %d posts, want an error after %d and none",
					name, e, s.count("GET"), s.count("POST"), c.reads)
			}
		})
	}
}

func TestOnlySafeAddressesOfCommentsAreShown(t *testing.T) {
	for link, want := range map[string]string{
		"https://github.com/a/b/pull/1#issuecomment-2": "https://github.com/a/b/pull/1#issuecomment-2",
		"javascript:alert(1)":                          "",
		"https://u:p@host/":                            "",
		"https://host/?t=" + token:                     "",
		"https://host/\x1b[31m":                        "",
		"/relative":                                    "",
		"https://host/" + strings.Repeat("x", 3000):    "",
	} {
		if got := newRedactor(token).link(link); got != want {
			t.Errorf("link(%.40q) = %q, want %q", link, got, want)
		}
	}
}

// A server may echo the token in another encoding. newStand searches the log for the token, and failed searches the
// error.
func TestAnEchoedTokenIsRedacted(t *testing.T) {
	eachForge(t, func(t *testing.T, s stand) {
		for _, echo := range []string{
			token,
			url.QueryEscape(token),
			strings.ToLower(url.PathEscape(token)),
			base64.StdEncoding.EncodeToString([]byte("x-access-token:" + token)),
			base64.RawURLEncoding.EncodeToString([]byte("12" + token)),
		} {
			s.Heal()
			message, _ := json.Marshal(map[string]string{"message": "you sent " + echo})
			s.Fail(reviewtest.Fault{Answer: status(403, string(message))})
			if e := s.failed(t, "text", Options{}); !strings.HasSuffix(e.Error(), "[redacted]") {
				t.Errorf("the error is %q, want [redacted] for the token in %s", e.Error(), echo)
			}
		}
	})
}
