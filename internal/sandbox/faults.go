package sandbox

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Fault is a failure of some requests. The first group of fields selects the requests, and the others say
// what happens to them. If neither Status nor Cut is set, the API answers as usual.
//
// If several faults replace the answer or cut the connection, only the one that was set first acts on a
// request. Delays, hooks and changes of the answer of all matching faults act together.
type Fault struct {
	// Method is the HTTP method, such as "POST"; empty for all.
	Method string
	// Path is a part of the request's path below the prefix; empty for all.
	Path string
	// Zone is the name or ID of the zone that the request has in its path or looks up by name; empty for all.
	Zone string
	// Writes excludes requests that change nothing.
	Writes bool
	// Skip is the number of matching requests that the fault lets through first.
	Skip int
	// Times is the number of requests on which the fault acts; 0 for all until ClearFaults.
	Times int

	// Delay is the time to wait before anything else happens.
	Delay time.Duration
	// Status, if not 0, is the status of an answer that replaces the API's answer. The body of that answer is
	// Body, with ContentType (text/html if empty), or if Body is empty an envelope with Code and Message.
	Status      int
	Code        int
	Message     string
	Body        string
	ContentType string
	// Mitigated, if not empty, is the header Cf-Mitigated of that answer.
	Mitigated string
	// RetryAfter, if not 0, adds the header Retry-After, in whole seconds.
	RetryAfter time.Duration
	// Cut closes the connection without an answer. Note that the client of net/http repeats a GET if the
	// server closes a kept-alive connection.
	Cut bool
	// AfterCommit executes the request before Status or Cut acts. Without it, the request has no effect.
	AfterCommit bool
	// Then is called after the request is executed and before its answer is sent. It may call any method of
	// the Server.
	Then func()

	// byKnob reports whether the knob "refuse" set the fault. The next use of that knob replaces it.
	byKnob bool
	// ask changes the request before it is executed.
	ask func(*call)
	// rewrite changes the API's own answer.
	rewrite func(*call, *answer)
}

// activeFault is a fault with the counts of the requests that it matched and acted on.
type activeFault struct {
	Fault
	seen, done int
}

// Fail adds faults to those that are already set.
func (s *Server) Fail(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range faults {
		s.faults = append(s.faults, &activeFault{Fault: f})
	}
}

// refuseInstead sets a fault for the knob "refuse". It replaces an earlier fault of that knob.
func (s *Server) refuseInstead(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.byKnob = true
	s.faults = slices.DeleteFunc(s.faults, func(a *activeFault) bool { return a.byKnob })
	s.faults = append(s.faults, &activeFault{Fault: f})
}

// ClearFaults removes all faults.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// On restricts the fault to a method and to paths that contain path. Either may be empty.
func (f Fault) On(method, path string) Fault {
	f.Method, f.Path = method, path
	return f
}

// InZone restricts the fault to one zone, by name or ID.
func (f Fault) InZone(nameOrID string) Fault {
	f.Zone = nameOrID
	return f
}

// After lets n matching requests through first.
func (f Fault) After(n int) Fault {
	f.Skip = n
	return f
}

// Once makes the fault act on one request.
func (f Fault) Once() Fault { return f.Repeat(1) }

// Repeat makes the fault act on n requests.
func (f Fault) Repeat(n int) Fault {
	f.Times = n
	return f
}

// answers reports whether the fault replaces the API's answer.
func (f Fault) answers() bool { return f.Status != 0 || f.Cut }

// matches reports whether the fault is for the request.
func (s *Server) matches(f Fault, c *call) bool {
	return (f.Method == "" || strings.EqualFold(f.Method, c.method)) &&
		strings.Contains(c.path, f.Path) && (!f.Writes || c.write()) &&
		(f.Zone == "" || s.concerns(c, f.Zone))
}

// concerns reports whether a request has the zone's ID in its path or looks up the zone's name.
func (s *Server) concerns(c *call, nameOrID string) bool {
	z := s.zone(nameOrID)
	if z == nil {
		return c.query.Get("name") == nameOrID
	}
	return strings.Contains(c.path, z.info.ID) || c.query.Has("name") && nameMatches(z, c.query.Get("name"))
}

// encounter is what all faults together do to a request.
type encounter struct {
	delay       time.Duration
	instead     *answer
	cut         bool
	afterCommit bool
	hooks       []func()
	asks        []func(*call)
	rewrites    []func(*call, *answer)
}

// meet collects the faults that act on a request.
func (s *Server) meet(c *call) encounter {
	s.mu.Lock()
	defer s.mu.Unlock()
	var e encounter
	for _, f := range s.faults {
		taken := e.cut || e.instead != nil
		if !s.matches(f.Fault, c) || f.answers() && taken || !f.due() {
			continue
		}
		e.add(f.Fault)
	}
	return e
}

// due counts a matching request and reports whether the fault acts on it.
func (f *activeFault) due() bool {
	f.seen++
	if f.seen <= f.Skip || f.Times > 0 && f.done >= f.Times {
		return false
	}
	f.done++
	return true
}

func (e *encounter) add(f Fault) {
	e.delay += f.Delay
	if f.Then != nil {
		e.hooks = append(e.hooks, f.Then)
	}
	if f.ask != nil {
		e.asks = append(e.asks, f.ask)
	}
	if f.rewrite != nil {
		e.rewrites = append(e.rewrites, f.rewrite)
	}
	if f.answers() {
		e.cut, e.afterCommit = f.Cut, f.AfterCommit
	}
	if f.Status != 0 && !f.Cut {
		a := f.answer()
		e.instead = &a
	}
}

// answer returns the answer that replaces the API's answer.
func (f Fault) answer() answer {
	var a answer
	if f.Body != "" {
		a = answer{status: f.Status, header: http.Header{}, body: []byte(f.Body), code: f.Code}
		a.header.Set("Content-Type", orText(f.ContentType, "text/html; charset=UTF-8"))
	} else {
		a = refuse(f.Status, f.Code, f.Message).answer()
	}

	if f.Mitigated != "" {
		a.header.Set("Cf-Mitigated", f.Mitigated)
	}
	if f.RetryAfter > 0 {
		a.header.Set("Retry-After", seconds(f.RetryAfter))
	}

	return a
}

// RefuseIP refuses a token because its IP filter does not allow the address: 403 with 9109.
func RefuseIP(ip string) Fault {
	return Fault{
		Status:  http.StatusForbidden,
		Code:    codeForbidden,
		Message: "Cannot use the access token from location: " + ip,
	}
}

// InvalidAccessToken refuses a token that is unknown or revoked: 403 with 9109.
func InvalidAccessToken() Fault {
	return Fault{Status: http.StatusForbidden, Code: codeForbidden, Message: "Invalid access token"}
}

// InvalidZoneIdentifier refuses a zone that the token cannot see: 403 with 9109.
func InvalidZoneIdentifier() Fault {
	return Fault{Path: "/zones/", Status: http.StatusForbidden, Code: codeForbidden, Message: "Invalid zone identifier"}
}

// UnauthorizedResource refuses a resource that the token does not cover: 403 with 9109.
func UnauthorizedResource() Fault {
	return Fault{Status: http.StatusForbidden, Code: codeForbidden, Message: "Unauthorized to access requested resource"}
}

// MaxAuthFailures refuses an address with too many failed logins: 403 with 9109.
func MaxAuthFailures() Fault {
	return Fault{Status: http.StatusForbidden, Code: codeForbidden, Message: "Max auth failures reached"}
}

// AuthenticationError refuses because of a missing permission: 403 with 10000. With Repeat, it is the
// temporary refusal of a good token under load. Its body has no messages and no result, as recorded.
func AuthenticationError() Fault {
	r := refuse(http.StatusForbidden, codeAuthentication, "Authentication error")
	r.short = true
	return Fault{
		Status:      r.status,
		Code:        codeAuthentication,
		Body:        string(r.answer().body),
		ContentType: "application/json",
	}
}

// RateLimited answers 429 with a JSON body. If retryAfter is 0, there is no Retry-After header.
func RateLimited(retryAfter time.Duration) Fault {
	return Fault{
		Status:     http.StatusTooManyRequests,
		Code:       codeThrottled,
		RetryAfter: retryAfter,
		Message:    "Please wait and consider throttling your request speed",
	}
}

// RateLimitedHTML answers 429 with a body that is not JSON.
func RateLimitedHTML(retryAfter time.Duration) Fault {
	f := htmlPage(http.StatusTooManyRequests, "You are being rate limited")
	f.RetryAfter = retryAfter
	return f
}

// GatewayError answers 502, 503, 520 or the like with an HTML body; the request has no effect.
func GatewayError(status int) Fault {
	return htmlPage(status, fmt.Sprintf("Error %d", status))
}

// GatewayErrorAfterCommit is GatewayError for a write that took effect.
func GatewayErrorAfterCommit(status int) Fault {
	f := GatewayError(status)
	f.Writes, f.AfterCommit = true, true
	return f
}

func htmlPage(status int, title string) Fault {
	t := html.EscapeString(title)
	body := "<!DOCTYPE html>\n<html><head><title>" + t + "</title></head><body><h1>" + t + "</h1></body></html>\n"
	return Fault{Status: status, Body: body}
}

// CutBeforeCommit closes the connection of a write that has no effect.
func CutBeforeCommit() Fault { return Fault{Writes: true, Cut: true} }

// CutAfterCommit closes the connection of a write that took effect.
func CutAfterCommit() Fault { return Fault{Writes: true, Cut: true, AfterCommit: true} }

// Unsuccessful answers 200 with success false and the given error; the request has no effect.
func Unsuccessful(code int, message string) Fault {
	return Fault{Status: http.StatusOK, Code: code, Message: message}
}

// NotJSON answers 200 with an HTML body; the request has no effect.
func NotJSON() Fault { return htmlPage(http.StatusOK, "Just a moment...") }

// Latency delays requests.
func Latency(d time.Duration) Fault { return Fault{Delay: d} }

// Meanwhile calls fn once: after the server executes the first request that matches method and path, and
// before it answers. fn acts as another writer between two requests of the tool.
func Meanwhile(method, path string, fn func()) Fault {
	return Fault{Method: method, Path: path, Times: 1, Then: fn}
}

// kinds returns the faults that can be set by name over HTTP.
func kinds() []kindOfFault {
	status := func(q query) Fault { return GatewayError(q.number("status", http.StatusBadGateway)) }
	wait := func(q query) time.Duration { return time.Duration(q.number("retry_after", 30)) * time.Second }
	return []kindOfFault{
		{"refuse-ip", "403/9109, the token's IP filter (ip=ADDRESS)", func(q query) Fault {
			return RefuseIP(q.text("ip", "203.0.113.7"))
		}},
		{"invalid-token", "403/9109, an unknown or revoked token", func(query) Fault { return InvalidAccessToken() }},
		{"invalid-zone", "403/9109, a zone that the token does not see", func(query) Fault { return InvalidZoneIdentifier() }},
		{"unauthorized", "403/9109, a resource outside of the token's scope", func(query) Fault { return UnauthorizedResource() }},
		{"max-auth-failures", "403/9109, too many failed logins", func(query) Fault { return MaxAuthFailures() }},
		{"authentication", "403/10000, a missing permission", func(query) Fault { return AuthenticationError() }},
		{"rate-limited", "429 (retry_after=SECONDS)", func(q query) Fault { return RateLimited(wait(q)) }},
		{"rate-limited-html", "429 that is not JSON (retry_after=SECONDS)", func(q query) Fault { return RateLimitedHTML(wait(q)) }},
		{"gateway", "502 in HTML, or another status (status=520)", status},
		{"gateway-after-commit", "like gateway, but the write took effect", func(q query) Fault {
			return GatewayErrorAfterCommit(q.number("status", http.StatusBadGateway))
		}},
		{"cut-before-commit", "a write's connection is cut; the write had no effect", func(query) Fault { return CutBeforeCommit() }},
		{"cut-after-commit", "a write's connection is cut; the write took effect", func(query) Fault { return CutAfterCommit() }},
		{"unsuccessful", "200 with success false (code=, message=)", func(q query) Fault {
			return Unsuccessful(q.number("code", 1000), q.text("message", "Something went wrong"))
		}},
		{"no-reason", "200 with success false and no error", func(query) Fault { return NoReason() }},
		{"edge-challenge", "403, a challenge page of Cloudflare's edge", func(query) Fault { return EdgeChallenge() }},
		{"edge-block", "403, a block page of Cloudflare's edge (number=1020)", func(q query) Fault {
			return EdgeBlock(q.number("number", 1020))
		}},
		{"not-json", "200 in HTML", func(query) Fault { return NotJSON() }},
		{"no-zones", "GET /zones finds nothing", func(query) Fault { return EmptyZoneList() }},
		{"extra-fields", "answers have unknown members", func(query) Fault { return ExtraFields() }},
		{"odd-field", "a member with an odd value (field=, value=JSON, record=NAME)", func(q query) Fault {
			value := q.Get("value")
			if value != "" && !json.Valid([]byte(value)) {
				*q.bad = fmt.Sprintf("value=%s is not JSON", value)
				return Fault{}
			}

			return OddField(q.Get("record"), q.text("field", "ttl"), value)
		}},
		{"odd-shapes", "meta and tags of records have unknown types", func(query) Fault { return OddShapes() }},
		{"short-pages", "lists in short pages without totals (size=N, silent=1)", func(q query) Fault {
			return ClampedPages(max(1, q.number("size", 100)), q.number("silent", 0) > 0)
		}},
		{"legacy-errors", "record errors are wrapped in code 1004", func(query) Fault { return LegacyErrors() }},
		{"missing-keys", "answers lack messages, and null results", func(query) Fault { return MissingKeys() }},
		{"latency", "answers are late (delay=2s)", func(query) Fault { return Fault{} }},
	}
}

// kindOfFault is a fault with its name for HTTP.
type kindOfFault struct {
	name, help string
	build      func(query) Fault
}
