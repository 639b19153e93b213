package sandbox_test

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/sandbox"
)

// The contract lists what cfplan's tests assume about Cloudflare's API, as requests and expected answers.
// Every run of the tests checks the sandbox against the contract. With a token and a scratch zone, a run
// checks Cloudflare itself:
//
//	CFPLAN_LIVE_TOKEN=… CFPLAN_LIVE_ZONE=scratch.example go test -run Contract ./internal/sandbox
//
// A live run creates records below a random name that begins with _cfplan-contract- and deletes them again.
// It changes nothing else. CLOUDFLARE_BASE_URL sets another endpoint.

func TestContractOnTheSandbox(t *testing.T) {
	for _, plan := range []string{"free", "pro", "enterprise"} {
		t.Run(plan, func(t *testing.T) {
			const token = "contract-token"
			s := sandbox.New(sandbox.Options{Seed: sandbox.Seed{
				Zones: []sandbox.Zone{{Name: "example.com", Plan: plan, Records: []sandbox.Record{
					{Type: "A", Name: "@", Content: "192.0.2.1"}, {Type: "TXT", Name: "_cfplan", Content: `"bystander"`}}}},
				Tokens: []sandbox.Token{{Value: token}},
			}})

			ts := httptest.NewServer(s)
			defer ts.Close()
			runContract(t, &target{base: ts.URL + "/client/v4", token: token, zone: "example.com"})
			if rs := s.Records("example.com"); len(rs) != 2 {
				t.Errorf("the contract left %d records, want only the 2 of the seed: %+v", len(rs), rs)
			}
		})
	}
}

func TestContractOnCloudflare(t *testing.T) {
	token, zone := os.Getenv("CFPLAN_LIVE_TOKEN"), os.Getenv("CFPLAN_LIVE_ZONE")
	if token == "" || zone == "" {
		t.Skip("set CFPLAN_LIVE_TOKEN and CFPLAN_LIVE_ZONE, the name of a scratch zone, to check Cloudflare itself")
	}
	base := cmp.Or(os.Getenv("CLOUDFLARE_BASE_URL"), "https://api.cloudflare.com/client/v4")
	runContract(t, &target{base: strings.TrimSuffix(base, "/"), token: strings.TrimSpace(token), zone: zone, live: true})
}

// target is an API that is checked against the contract.
type target struct {
	base, token, zone string
	live              bool

	zoneID, accountID, plan string
	// server is one of the zone's name servers.
	server string
	// prefix is the label below which all records are created.
	prefix string
}

// contractCase is a sequence of requests. The records of each case are below a name that only this case uses.
type contractCase struct {
	name string
	// plan restricts the case to zones of a plan; "paid" means all plans except free.
	plan string
	// unsure, if not empty, says why Cloudflare may behave differently from the sandbox: the sources are weak
	// or contradict each other. For such a case, a live run logs a difference and does not fail.
	unsure string
	steps  []step
}

// step is a request with its answer. The texts may contain ${name}, the full name that belongs to the case;
// ${label}, that name without the zone; ${zone}; ${zoneid}; ${accountid}; ${server}, one of the zone's name
// servers; ${unknown}, an identifier that does not exist; and ${x}, the ID saved as x.
type step struct {
	method string
	// path is below the zone's records. If it begins with a letter, it is below the API's root.
	path string
	body string
	// as, if not empty, replaces the target's credentials: it is noCredentials or a token.
	as string
	// media is the Content-Type of the body; JSON if empty.
	media  string
	status int
	// code is the code of the first error; anyCode if Cloudflare's code is not known.
	code int
	// want, info and messages are the expected parts of result, result_info and messages; see differences.
	want, info, messages string
	// save is the name under which the result's ID is saved.
	save string
}

const (
	anyCode       = -1
	noCredentials = "none"
)

func runContract(t *testing.T, a *target) {
	a.open(t)
	if a.live {
		t.Logf("%s, zone %s (%s plan), names below %s.%s", a.base, a.zone, a.plan, a.prefix, a.zone)
	}

	cases := slices.Concat(frontDoorCases(), zoneCases(), recordCases(), refusalCases(), changeCases(), batchCases(),
		listCases())
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if !c.on(a.plan) {
				t.Skipf("is for %s plans, but the zone's plan is %s", c.plan, a.plan)
			}
			a.run(t, c)
		})
	}

	t.Run("pages together are the whole list", a.testPages)
	t.Run("unknown parameters do not filter", a.testUnknownParameters)
	t.Run("export", a.testExport)
}

func (c contractCase) on(plan string) bool {
	return c.plan == "" || c.plan == plan || c.plan == "paid" && plan != "free"
}

// open finds the zone of the target.
func (a *target) open(t *testing.T) {
	t.Helper()
	a.prefix = "_cfplan-contract-" + randomHex(4)
	r := a.do(t, "GET", "/zones?name="+url.QueryEscape(a.zone), "", "")
	zones, _ := r.body["result"].([]any)
	if r.status != http.StatusOK || len(zones) != 1 {
		t.Fatalf("looking up the zone %s: status %d, %d zones, want 1\n%s", a.zone, r.status, len(zones), r.raw)
	}

	zone, _ := zones[0].(map[string]any)
	a.zoneID, _ = zone["id"].(string)
	account, _ := zone["account"].(map[string]any)
	a.accountID, _ = account["id"].(string)
	if servers, _ := zone["name_servers"].([]any); len(servers) > 0 {
		a.server, _ = servers[0].(string)
	}

	plan, _ := zone["plan"].(map[string]any)
	a.plan, _ = plan["legacy_id"].(string)
	if a.zoneID == "" || a.plan == "" {
		t.Fatalf("the zone has no id or no plan: %s", r.raw)
	}
}

func randomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

var notInSlug = regexp.MustCompile(`[^a-z0-9]+`)

// label returns the case's name as a DNS label.
func label(name string) string {
	return strings.Trim(notInSlug.ReplaceAllString(strings.ToLower(name), "-"), "-")
}

// run runs the steps of the case. It stops after the first step with differences, because the later steps
// build on it.
func (a *target) run(t *testing.T, c contractCase) {
	own := label(c.name) + "." + a.prefix
	t.Cleanup(func() { a.sweep(t, "."+own+"."+a.zone, own+"."+a.zone) })
	words := map[string]string{
		"label":     own,
		"name":      own + "." + a.zone,
		"zone":      a.zone,
		"zoneid":    a.zoneID,
		"accountid": a.accountID,
		"server":    a.server,
		"unknown":   randomHex(16),
	}

	for i, s := range c.steps {
		r, problems := a.play(t, s, words)
		if len(problems) == 0 {
			continue
		}
		text := fmt.Sprintf("step %d, %s %s %s:\n  %s\n%s",
			i+1, s.method, s.path, expand(s.body, words), strings.Join(problems, "\n  "), r.raw)
		if a.live && c.unsure != "" {
			t.Logf("NEWS: Cloudflare behaves differently from an unsure assumption (%s)\n%s", c.unsure, text)
			return
		}
		t.Fatal(text)
	}

	if a.live && c.unsure != "" {
		t.Logf("CONFIRMED: %s", c.unsure)
	}
}

func expand(s string, words map[string]string) string {
	return regexp.MustCompile(`\$\{[a-z]+\}`).ReplaceAllStringFunc(s, func(w string) string {
		v, ok := words[w[2:len(w)-1]]
		if !ok {
			panic("the contract uses " + w + " before it is saved")
		}
		return v
	})
}

// play sends a step and returns how the answer differs from the expected one.
func (a *target) play(t *testing.T, s step, words map[string]string) (response, []string) {
	t.Helper()
	path := expand(s.path, words)
	if path == "" || strings.HasPrefix(path, "/") || strings.HasPrefix(path, "?") {
		path = "zones/" + a.zoneID + "/dns_records" + path
	}

	r := a.doAs(t, s.method, "/"+path, expand(s.body, words), s.as, s.media)
	problems := append(r.outcome(s.status, s.code), r.frame()...)
	for key, want := range map[string]string{"result": s.want, "result_info": s.info, "messages": s.messages} {
		if want != "" {
			problems = append(problems, differences(key, decode(expand(want, words)), r.body[key])...)
		}
	}

	if s.save != "" && len(problems) == 0 {
		result, _ := r.body["result"].(map[string]any)
		words[s.save], _ = result["id"].(string)
	}

	return r, problems
}

// response is an answer of the API.
type response struct {
	status int
	header http.Header
	raw    string
	body   map[string]any
}

// do sends a request with the target's token, or with other credentials.
func (a *target) do(t *testing.T, method, path, body, as string) response {
	t.Helper()
	return a.doAs(t, method, path, body, as, "")
}

// doAs is like do, with a Content-Type of the caller's choice.
func (a *target) doAs(t *testing.T, method, path, body, as, media string) response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, a.base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", cmp.Or(media, "application/json"))
	}
	if as != noCredentials {
		req.Header.Set("Authorization", "Bearer "+cmp.Or(as, a.token))
	}
	return send(t, req)
}

func send(t *testing.T, req *http.Request) response {
	t.Helper()
	client := http.Client{Timeout: time.Minute}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}

	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(res.Body, 16<<20))
	if err != nil {
		t.Fatal(err)
	}

	r := response{status: res.StatusCode, header: res.Header, raw: string(raw)}
	_ = json.Unmarshal(raw, &r.body) // an export is not JSON; frame reports any other body that is not
	return r
}

// outcome compares status and code.
func (r response) outcome(status, code int) []string {
	status = cmp.Or(status, http.StatusOK)
	got := 0
	if errs, _ := r.body["errors"].([]any); len(errs) > 0 {
		first, _ := errs[0].(map[string]any)
		f, _ := first["code"].(float64)
		got = int(f)
	}
	if r.status != status || code != anyCode && got != code {
		return []string{fmt.Sprintf("status %d, code %d; want %d, %d", r.status, got, status, code)}
	}
	return nil
}

// frame checks the envelope, which is the same for all answers: success agrees with the status, and
// failures have errors with a code and a message.
func (r response) frame() []string {
	var problems []string
	ok := r.status/100 == 2
	if r.body["success"] != ok {
		problems = append(problems, fmt.Sprintf("success is %v with status %d", r.body["success"], r.status))
	}

	errs, isList := r.body["errors"].([]any)
	if !isList || ok != (len(errs) == 0) {
		problems = append(problems, fmt.Sprintf("errors is %v with status %d", r.body["errors"], r.status))
	}

	for _, e := range errs {
		problems = append(problems, differences("errors", decode(`{"code":"<number>","message":"<text>"}`), e)...)
	}

	if !ok && r.body["result"] != nil {
		problems = append(problems, fmt.Sprintf("result is %v in a failure", r.body["result"]))
	}
	if _, isList := r.body["messages"].([]any); ok && !isList {
		problems = append(problems, "messages is not a list")
	}

	return problems
}

// decode decodes a JSON text of the contract. It panics if the text is not JSON, because that is a bug of the
// test.
func decode(s string) any {
	var v any
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		panic(fmt.Sprintf("the contract is not JSON: %s: %v", s, err))
	}
	return v
}

// differences compares an answer with its expected part. Of an object it compares only the expected members,
// of a list all items. A text in angle brackets stands for a kind of value: "<absent>" for a missing member,
// "<none>" for a member that is missing, null or an empty list. wantKind has the other kinds.
func differences(path string, want, got any) []string {
	switch w := want.(type) {
	case map[string]any:
		return differentMembers(path, w, got)
	case []any:
		return differentItems(path, w, got)
	case string:
		if ok, known := wantKind(w, got); known && ok {
			return nil
		}
	}

	if want == got {
		return nil
	}

	return []string{fmt.Sprintf("%s is %s, want %s", path, show(got), show(want))}
}

func differentMembers(path string, want map[string]any, got any) []string {
	g, ok := got.(map[string]any)
	if !ok {
		return []string{fmt.Sprintf("%s is %s, want an object", path, show(got))}
	}

	var out []string
	for k, w := range want {
		v, there := g[k]
		if !there && w != "<absent>" && w != "<none>" {
			out = append(out, fmt.Sprintf("%s.%s is absent, want %s", path, k, show(w)))
			continue
		}
		if there && w == "<absent>" {
			out = append(out, fmt.Sprintf("%s.%s is %s, want it absent", path, k, show(v)))
		} else if there {
			out = append(out, differences(path+"."+k, w, v)...)
		}
	}

	slices.Sort(out)
	return out
}

func differentItems(path string, want []any, got any) []string {
	g, ok := got.([]any)
	if !ok || len(g) != len(want) {
		return []string{fmt.Sprintf("%s is %s, want a list of %d", path, show(got), len(want))}
	}
	var out []string
	for i := range want {
		out = append(out, differences(fmt.Sprintf("%s[%d]", path, i), want[i], g[i])...)
	}
	return out
}

var identifierForm = regexp.MustCompile(`^[0-9a-f]{32}$`)

func wantKind(kind string, got any) (ok, known bool) {
	text, _ := got.(string)
	switch kind {
	case "<none>":
		items, isList := got.([]any)
		return got == nil || isList && len(items) == 0, true
	case "<id>":
		return identifierForm.MatchString(text), true
	case "<time>":
		_, err := time.Parse(time.RFC3339Nano, text)
		return err == nil && strings.HasSuffix(text, "Z"), true
	case "<text>":
		return text != "", true
	case "<number>":
		_, ok := got.(float64)
		return ok, true
	case "<bool>":
		_, ok := got.(bool)
		return ok, true
	case "<object>":
		_, ok := got.(map[string]any)
		return ok, true
	case "<list>":
		_, ok := got.([]any)
		return ok, true
	}

	return false, false
}

func show(v any) string {
	b, _ := json.Marshal(v) // cannot fail, because v was decoded from JSON
	return string(b)
}

// sweep deletes the records whose name is name or ends with suffix. It checks each name itself, because
// Cloudflare answers an unknown filter with the whole zone.
func (a *target) sweep(t *testing.T, suffix, name string) {
	query := "?per_page=5000&name.endswith=" + url.QueryEscape(name)
	req, err := http.NewRequest("GET", a.base+"/zones/"+a.zoneID+"/dns_records"+query, nil)
	if err != nil {
		t.Fatal(err)
	}

	req.Header.Set("Authorization", "Bearer "+a.token)
	r := send(t, req)
	var first, rest []string
	items, _ := r.body["result"].([]any)
	for _, item := range items {
		record, _ := item.(map[string]any)
		at, _ := record["name"].(string)
		id, _ := record["id"].(string)
		switch {
		case id == "" || at != name && !strings.HasSuffix(at, suffix):
		case record["type"] == "DS": // must go before the NS records of its name
			first = append(first, id)
		default:
			rest = append(rest, id)
		}
	}

	if r.status != http.StatusOK {
		t.Errorf("records below %s may be left, because listing them answered %d\n%s", name, r.status, r.raw)
	}

	for _, id := range append(first, rest...) {
		a.remove(t, id)
	}
}

func (a *target) remove(t *testing.T, id string) {
	req, err := http.NewRequest("DELETE", a.base+"/zones/"+a.zoneID+"/dns_records/"+id, bytes.NewReader(nil))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+a.token)
	if r := send(t, req); r.status != http.StatusOK && r.status != http.StatusNotFound {
		t.Errorf("the record %s may be left, because deleting it answered %d\n%s", id, r.status, r.raw)
	}
}

// The comparison must be able to fail, or the contract would check nothing.
func TestContractSeesDifferences(t *testing.T) {
	for _, tt := range []struct {
		want, got string
		same      bool
	}{
		{`{"a":1}`, `{"a":1,"b":2}`, true},
		{`{"a":1}`, `{"a":2}`, false},
		{`{"a":1}`, `{"b":1}`, false},
		{`{"a":1}`, `null`, false},
		{`{"a":null}`, `{"a":null}`, true},
		{`{"a":null}`, `{}`, false},
		{`{"a":"<absent>"}`, `{}`, true},
		{`{"a":"<absent>"}`, `{"a":null}`, false},
		{`{"a":"<none>"}`, `{}`, true},
		{`{"a":"<none>"}`, `{"a":null}`, true},
		{`{"a":"<none>"}`, `{"a":[]}`, true},
		{`{"a":"<none>"}`, `{"a":[1]}`, false},
		{`{"a":[{"b":1}]}`, `{"a":[{"b":1,"c":2}]}`, true},
		{`{"a":[{"b":1}]}`, `{"a":[{"b":1},{"b":1}]}`, false},
		{`{"a":[{"b":1}]}`, `{"a":{"b":1}}`, false},
		{`"<id>"`, `"` + strings.Repeat("0a", 16) + `"`, true},
		{`"<id>"`, `"x"`, false},
		{`"<time>"`, `"2025-05-21T21:28:00.865156Z"`, true},
		{`"<time>"`, `"2025-05-21T21:28:00.865156+00:00"`, false},
		{`"<text>"`, `""`, false},
		{`"<number>"`, `"1"`, false},
		{`"<bool>"`, `false`, true},
		{`"<list>"`, `{}`, false},
		{`"<object>"`, `{}`, true},
		{`"text"`, `"text"`, true},
		{`"text"`, `"Text"`, false},
	} {
		if got := differences("result", decode(tt.want), decode(tt.got)); (len(got) == 0) != tt.same {
			t.Errorf("differences(%s, %s) = %v, want no differences: %v", tt.want, tt.got, got, tt.same)
		}
	}

	good := `{"success":true,"errors":[],"messages":[],"result":{}}`
	for _, tt := range []struct {
		status int
		body   string
		same   bool
	}{
		{200, good, true},
		{400, good, false},
		{200, `{"success":false,"errors":[{"code":1,"message":"x"}],"messages":[],"result":null}`, false},
		{400, `{"success":false,"errors":[{"code":1,"message":"x"}]}`, true},
		{400, `{"success":false,"errors":["x"],"messages":[],"result":null}`, false},
		{400, `{"success":false,"errors":[]}`, false},
		{400, `{"success":false,"errors":[{"code":1,"message":"x"}],"result":{}}`, false},
		{200, `{"success":true,"errors":[],"result":{}}`, false},
	} {
		body, _ := decode(tt.body).(map[string]any)
		if got := (response{status: tt.status, body: body}).frame(); (len(got) == 0) != tt.same {
			t.Errorf("frame of %d %s = %v, want no problems: %v", tt.status, tt.body, got, tt.same)
		}
	}
}
