package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// query reads parameters with defaults. If a parameter is not valid, it sets bad to an error message.
type query struct {
	url.Values
	bad *string
}

func (q query) text(name, fallback string) string { return orText(q.Get(name), fallback) }

func (q query) number(name string, fallback int) int {
	v := q.Get(name)
	if v == "" {
		return fallback
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 0 {
		*q.bad = fmt.Sprintf("%s=%s is not a whole number", name, v)
	}
	return n
}

func (q query) duration(name string) time.Duration {
	v := q.Get(name)
	if v == "" {
		return 0
	}
	d, err := time.ParseDuration(v)
	if err != nil || d < 0 {
		*q.bad = fmt.Sprintf("%s=%s is not a time such as 500ms or 2s", name, v)
	}
	return d
}

// serveKnobs answers requests below /_sandbox/. With them, users change the sandbox by curl while they try a
// tool. They need no credentials.
func (s *Server) serveKnobs(w http.ResponseWriter, r *http.Request, path string) {
	rest := strings.Trim(strings.TrimPrefix(path, "/_sandbox"), "/")
	parts := strings.Split(rest, "/")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	switch action := r.Method + " " + parts[0]; {
	case action == "GET " && len(parts) == 1:
		reply(w, http.StatusOK, help())
	case action == "POST fail" && len(parts) == 1:
		s.knobFail(w, r)
	case action == "POST refuse" && len(parts) == 1:
		s.knobRefuse(w, r)
	case action == "POST stale" && len(parts) == 1:
		s.knobStale(w, r)
	case action == "POST heal" && len(parts) == 1:
		s.ClearFaults()
		s.SetStale(Staleness{})
		reply(w, http.StatusOK, "all faults are cleared\n")
	case parts[0] == "requests" && len(parts) == 1:
		s.knobRequests(w, r)
	case action == "GET seed" && len(parts) == 1:
		replyJSON(w, s.Seed())
	case parts[0] == "zones":
		s.knobZones(w, r, parts[1:])
	default:
		reply(w, http.StatusNotFound, "no such knob: "+r.Method+" "+path+"; GET /_sandbox/ lists them\n")
	}
}

func reply(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text) // an error means that the client is gone
}

func replyJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	_ = e.Encode(v) // an error means that the client is gone
}

// knobFail sets a fault, given by the name of its kind or by a status and an error.
func (s *Server) knobFail(w http.ResponseWriter, r *http.Request) {
	var bad string
	q := query{r.URL.Query(), &bad}
	f, err := faultOf(q)
	if bad != "" {
		err = errors.New(bad)
	}
	if err != nil {
		reply(w, http.StatusBadRequest, err.Error()+"\n")
		return
	}
	s.Fail(f)
	reply(w, http.StatusOK, "set; POST /_sandbox/heal clears it\n")
}

func faultOf(q query) (Fault, error) {
	f := Fault{
		Status:     q.number("status", 0),
		Code:       q.number("code", 0),
		Message:    q.Get("message"),
		RetryAfter: time.Duration(q.number("retry_after", 0)) * time.Second,
	}

	if name := q.Get("kind"); name != "" {
		k, ok := kindNamed(name)
		if !ok {
			return Fault{}, fmt.Errorf("kind=%s is unknown; GET /_sandbox/ lists the kinds", name)
		}
		f = k.build(q)
	} else if f.Status == 0 && f.Code != 0 {
		f.Status = http.StatusForbidden
	}

	f.Delay = q.duration("delay")
	if !f.answers() && f.Delay == 0 && f.rewrite == nil {
		return Fault{}, errors.New("say what should fail: kind=NAME, or code=CODE with status=STATUS, or delay=TIME")
	}
	if f.Status != 0 && (f.Status < 200 || f.Status > 599) {
		return Fault{}, fmt.Errorf("status=%d is not between 200 and 599", f.Status)
	}

	f.Times, f.Skip = q.number("times", 0), q.number("skip", 0)
	f.Method, f.Path, f.Zone = q.text("method", f.Method), q.text("path", f.Path), q.Get("zone")
	return f, nil
}

func kindNamed(name string) (kindOfFault, bool) {
	for _, k := range kinds() {
		if k.name == name {
			return k, true
		}
	}
	return kindOfFault{}, false
}

// knobRefuse makes the API refuse all requests with the given code until the knob "heal" is used.
func (s *Server) knobRefuse(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	var f Fault
	switch code := orText(q.Get("code"), "9109"); code {
	case "9109":
		f = RefuseIP(orText(q.Get("ip"), s.clientIP(r)))
	case "10000":
		f = AuthenticationError()
	case "9103":
		f = Fault{
			Status:  http.StatusForbidden,
			Code:    codeUnknownKey,
			Message: "Unknown X-Auth-Key or X-Auth-Email",
		}
	case "9106":
		f = Fault{
			Status:  http.StatusBadRequest,
			Code:    codeNoCredentials,
			Message: "Missing X-Auth-Key, X-Auth-Email or Authorization headers",
		}
	case "6003":
		a := badHeaders(codeBadAuthorization, "Authorization").answer()
		f = Fault{Status: a.status, Code: codeBadHeaders, Body: string(a.body), ContentType: "application/json"}
	case "1000":
		f = Fault{Status: http.StatusUnauthorized, Code: codeInvalidToken, Message: "Invalid API Token"}
	default:
		reply(w, http.StatusBadRequest, "code="+code+" is not one of 9109, 10000, 9103, 9106, 6003, 1000; "+
			"POST /_sandbox/fail sets any code\n")
		return
	}

	s.refuseInstead(f.InZone(q.Get("zone")))
	reply(w, http.StatusOK, fmt.Sprintf("every request is refused with %d; POST /_sandbox/heal clears this\n", f.Code))
}

func (s *Server) knobRequests(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet:
		replyJSON(w, s.Requests())
	case http.MethodDelete:
		s.ResetRequests()
		reply(w, http.StatusOK, "forgotten\n")
	default:
		reply(w, http.StatusMethodNotAllowed, "GET lists the requests, DELETE forgets them\n")
	}
}

// knobZones shows zones and edits their records without the tool's knowledge.
func (s *Server) knobZones(w http.ResponseWriter, r *http.Request, parts []string) {
	switch {
	case len(parts) == 0 && r.Method == http.MethodGet:
		replyJSON(w, s.Zones())
	case len(parts) == 0 && r.Method == http.MethodPost:
		knobPut(w, r, s.AddZone)
	case len(parts) >= 2 && parts[1] == "records":
		s.knobRecords(w, r, parts[0], parts[2:])
	default:
		reply(w, http.StatusNotFound, "no such knob; GET /_sandbox/ lists them\n")
	}
}

func (s *Server) knobRecords(w http.ResponseWriter, r *http.Request, zone string, id []string) {
	if _, ok := s.Zone(zone); !ok {
		reply(w, http.StatusNotFound, noZone(zone).Error()+"\n")
		return
	}

	switch {
	case len(id) == 0 && r.Method == http.MethodGet:
		replyJSON(w, s.Records(zone))
	case len(id) == 0 && r.Method == http.MethodPost:
		knobPut(w, r, func(rec Record) (Record, error) { return s.PutRecord(zone, rec) })
	case len(id) == 1 && r.Method == http.MethodDelete:
		if !s.DeleteRecord(zone, id[0]) {
			reply(w, http.StatusNotFound, "no record has that id\n")
			return
		}
		reply(w, http.StatusOK, "deleted\n")
	default:
		reply(w, http.StatusMethodNotAllowed, "GET lists records, POST stores one, DELETE …/ID deletes one\n")
	}
}

// knobPut decodes the body, stores it with put, and shows what was stored.
func knobPut[T any](w http.ResponseWriter, r *http.Request, put func(T) (T, error)) {
	var v T
	dec := json.NewDecoder(io.LimitReader(r.Body, maxBody))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&v); err != nil {
		reply(w, http.StatusBadRequest, "the body cannot be read: "+err.Error()+"\n")
		return
	}
	stored, err := put(v)
	if err != nil {
		reply(w, http.StatusBadRequest, err.Error()+"\n")
		return
	}
	replyJSON(w, stored)
}

// help returns the list of knobs.
func help() string {
	var b strings.Builder
	b.WriteString(`cfplan sandbox: Cloudflare's DNS API in memory.

The API is below /client/v4 (and below /). Without tokens in the seed, any
well-formed token does everything.

GET    /_sandbox/                          this text
POST   /_sandbox/refuse?code=9109          refuse every request: 9109, 10000, 9103, 9106, 6003, 1000
                                           (zone=NAME: only one zone; ip=ADDRESS for 9109);
                                           a later call replaces an earlier one
POST   /_sandbox/fail?kind=NAME            set one of the faults below, or
POST   /_sandbox/fail?status=403&code=9109&message=…
                                           times=N requests, skip=N first, method=, path=, zone=, delay=2s
POST   /_sandbox/stale?for=2s&reads=1      let lists of records lag behind writes, by time or
                                           by a number of lists
POST   /_sandbox/heal                      clear all faults
GET    /_sandbox/requests                  the requests so far; DELETE forgets them
GET    /_sandbox/zones                     the zones; POST adds one
GET    /_sandbox/zones/NAME/records        the records
POST   /_sandbox/zones/NAME/records        store a record without the tool's knowledge, such as
                                           {"type":"A","name":"www","content":"192.0.2.1"};
                                           with the id of an existing record, replace it
DELETE /_sandbox/zones/NAME/records/ID     delete a record
GET    /_sandbox/seed                      everything, as a seed file (with the seed's tokens)

Faults:
`)
	for _, k := range kinds() {
		fmt.Fprintf(&b, "  %-22s %s\n", k.name, k.help)
	}
	return b.String()
}
