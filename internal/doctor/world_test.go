package doctor_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/doctor"
	"github.com/cfplan/cfplan/internal/sandbox"
	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/local"
)

// The credentials of the tests. Each contains "S3CR3T", which no check may show.
const (
	userToken    = "cfut_S3CR3Tuser0123456789user0123456789user0123456789"
	accountToken = "cfat_S3CR3Tacct0123456789acct0123456789acct0123456789"
	oldToken     = "S3CR3T-old-0123456789abcdefghijklmnopqrs"
	globalKey    = "cfk_S3CR3Tkey0123456789key0123456789key0123456789"
	email        = "admin@example.com"

	account = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
)

// now is the time in every test.
var now = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

// world is a doctor with a state of its own and one account. It talks to a sandbox over HTTP.
type world struct {
	*doctor.Doctor
	// Account is the only account that is tested.
	doctor.Account
	api    *sandbox.Server
	server *httptest.Server
	store  *state.Store
	path   string // of the state
}

// newWorld returns a world whose zone example.com has one record. Its user's token may do everything with all zones.
func newWorld(t *testing.T) *world {
	t.Helper()
	return worldOf(t, sandbox.Options{Seed: sandbox.Seed{
		Zones:  []sandbox.Zone{exampleZone("example.com")},
		Tokens: []sandbox.Token{{Value: userToken}},
	}})
}

func exampleZone(name string) sandbox.Zone {
	return sandbox.Zone{
		Name:      name,
		Plan:      "free",
		AccountID: account,
		Records:   []sandbox.Record{{Type: "A", Name: "www", Content: "192.0.2.1"}},
	}
}

// withToken returns a world with example.com and one token.
func withToken(t *testing.T, token sandbox.Token) *world {
	t.Helper()
	w := worldOf(t, sandbox.Options{Seed: sandbox.Seed{
		Zones:  []sandbox.Zone{exampleZone("example.com")},
		Tokens: []sandbox.Token{token},
	}})
	w.use(cloudflare.Credentials{Token: token.Value})
	return w
}

// worldOf returns a world that tests example.com with the user's token.
func worldOf(t *testing.T, o sandbox.Options) *world {
	t.Helper()
	api := sandbox.New(o)
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)

	w := &world{api: api, server: server, path: filepath.Join(t.TempDir(), "cfplan.state.json")}
	w.Account = doctor.Account{
		Source:   "a test",
		Endpoint: strings.TrimPrefix(server.URL, "http://"),
		Zones:    []dns.Zone{{Name: "example.com"}},
		Declared: 1,
	}
	w.Doctor = &doctor.Doctor{
		Holder: state.Holder{Operation: "doctor", Who: "tester"},
		Now:    func() time.Time { return now },
	}
	w.store = state.Open(local.New(w.path))
	w.State, w.Locker = &w.store.Reader, &w.store.Locker
	w.use(cloudflare.Credentials{Token: userToken})
	return w
}

// Run runs the doctor for the only account. It hides Doctor.Run.
func (w *world) Run(ctx context.Context) []doctor.Check {
	w.Accounts = []doctor.Account{w.Account}
	return w.Doctor.Run(ctx)
}

// use sends other credentials.
func (w *world) use(c cloudflare.Credentials) {
	w.Credentials = c
	w.API = cloudflare.New(cloudflare.Options{BaseURL: w.server.URL + "/client/v4", Credentials: c})
}

// zoneID returns the ID of a zone in the sandbox.
func (w *world) zoneID(t *testing.T, name string) string {
	t.Helper()
	z, ok := w.api.Zone(name)
	if !ok {
		t.Fatalf("the sandbox has no zone %s", name)
	}
	return z.ID
}

// remember stores a snapshot of example.com, with one record.
func (w *world) remember(t *testing.T, at time.Time) {
	t.Helper()
	zone := dns.Zone{
		Name:    "example.com",
		ID:      w.zoneID(t, "example.com"),
		Records: []dns.Record{{ID: strings.Repeat("b", 32), Name: "www.example.com", Type: dns.A, Content: "192.0.2.1", TTL: dns.AutoTTL}},
	}
	set := func(s *state.Snapshots) bool { return s.Set(state.NewSnapshot(at, zone)) }
	if err := w.store.UpdateSnapshots(t.Context(), nil, set); err != nil {
		t.Fatal(err)
	}
}

// checks are the results of one run.
type checks []doctor.Check

// examine runs the doctor. It fails the test if a check shows a part of a credential, or if Report received other
// checks than Run returned.
func (w *world) examine(t *testing.T) checks {
	t.Helper()
	return w.examineIn(t.Context(), t)
}

func (w *world) examineIn(ctx context.Context, t *testing.T) checks {
	t.Helper()
	var reported checks
	w.Report = func(c doctor.Check) { reported = append(reported, c) }
	got := checks(w.Run(ctx))

	if diff := cmp.Diff(got, reported, cmpopts.IgnoreUnexported(doctor.Check{})); diff != "" {
		t.Errorf("the reported checks differ from the returned ones (-returned +reported):\n%s", diff)
	}
	text, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "S3CR3T") {
		t.Errorf("the checks show a credential: %s", text)
	}
	return got
}

// outline returns each check as "status name" or "status zone: name".
func (c checks) outline() []string {
	var out []string
	for _, check := range c {
		name := check.Name
		if check.Zone != "" {
			name = check.Zone + ": " + name
		}
		out = append(out, string(check.Status)+" "+name)
	}
	return out
}

// are fails the test unless the checks have the outline want.
func (c checks) are(t *testing.T, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, c.outline()); diff != "" {
		t.Errorf("checks (-want +got):\n%s", diff)
		for _, check := range c {
			t.Logf("%+v", check)
		}
	}
}

// one returns the first check of that name, and fails the test unless it has the status.
func (c checks) one(t *testing.T, name string, status doctor.Status) doctor.Check {
	t.Helper()
	i := slices.IndexFunc(c, func(c doctor.Check) bool { return c.Name == name })
	if i < 0 {
		t.Fatalf("there is no check %q in %q", name, c.outline())
	}
	if c[i].Status != status {
		t.Errorf("check %q is %s, want %s: %s", name, c[i].Status, status, c[i].Detail)
	}
	return c[i]
}

// says fails the test unless the detail of a check contains the words.
func says(t *testing.T, c doctor.Check, words string) {
	t.Helper()
	if !strings.Contains(c.Detail, words) {
		t.Errorf("detail of %q = %q, want %q in it", c.Name, c.Detail, words)
	}
}

// advises fails the test unless the cause and the steps of a check contain the words. If cause is empty,
// the check must have no cause.
func advises(t *testing.T, c doctor.Check, cause, step string) {
	t.Helper()
	if cause == "" && c.Cause != "" || !strings.Contains(c.Cause, cause) {
		t.Errorf("cause of %q = %q, want %q in it", c.Name, c.Cause, cause)
	}
	if steps := strings.Join(c.Guidance, "\n"); steps == "" || !strings.Contains(steps, step) {
		t.Errorf("steps of %q = %q, want %q in them", c.Name, steps, step)
	}
}

// leftovers returns the records that the doctor created and did not delete.
func (w *world) leftovers(zone string) []string {
	var out []string
	for _, r := range w.api.Records(zone) {
		if strings.HasPrefix(r.Name, "_cfplan-doctor-") {
			out = append(out, fmt.Sprintf("%s %s %s", r.Name, r.Type, r.Content))
		}
	}
	return out
}
