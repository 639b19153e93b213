package reconcile_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/sandbox"
)

// liar is a proxy between cfplan and the sandbox that changes answers.
type liar struct {
	api *sandbox.Server
	// batch changes the result of a batch, and list the result of a list of records; nil means no change.
	batch func(result map[string]any)
	list  func(records []any) []any
}

func (l *liar) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := httptest.NewRecorder()
	l.api.ServeHTTP(answer, r)

	body := answer.Body.Bytes()
	var envelope map[string]any
	if json.Unmarshal(body, &envelope) == nil {
		switch result := envelope["result"].(type) {
		case map[string]any:
			if l.batch != nil && r.Method == http.MethodPost {
				l.batch(result)
			}
		case []any:
			if l.list != nil && strings.HasSuffix(r.URL.Path, "/dns_records") {
				envelope["result"] = l.list(result)
			}
		}
		body, _ = json.Marshal(envelope)
	}

	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(answer.Code)
	_, _ = io.Copy(w, bytes.NewReader(body))
}

// through puts a liar between the world and its sandbox.
func (w *world) through(t testing.TB, l *liar) {
	t.Helper()
	l.api = w.api
	server := httptest.NewServer(l)
	t.Cleanup(server.Close)
	w.API = cloudflare.New(cloudflare.Options{
		BaseURL:     server.URL + "/client/v4",
		Credentials: cloudflare.Credentials{Token: "a-token-of-the-right-shape"},
		Clock:       &skippingClock{},
	})
}

const stranger = "theirs.one.example"

func strangersZone() sandbox.Zone {
	return sandbox.Zone{Name: "one.example", Records: []sandbox.Record{{Type: "A", Name: "theirs", Content: "192.0.2.250", TTL: 300}}}
}

func idOf(t testing.TB, w *world, name string) string {
	t.Helper()
	for _, r := range w.api.Records("one.example") {
		if r.Name == name {
			return r.ID
		}
	}
	t.Fatalf("no record %s", name)
	return ""
}

// An answer may give a new record an ID that existed before, no ID, an impossible ID, or the same
// ID as another. Then cfplan takes over no record of others: the list of the zone says which IDs
// the new records have.
func TestAnAnswerWithWrongIDsTakesOverNoRecordOfOthers(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("many applies: not with -short")
	}

	for name, lie := range map[string]func(post map[string]any, strangers string){
		"an ID that was known before": func(post map[string]any, strangers string) { post["id"] = strangers },
		"no ID":                       func(post map[string]any, _ string) { delete(post, "id") },
		"a null ID":                   func(post map[string]any, _ string) { post["id"] = nil },
		"a malformed ID":              func(post map[string]any, _ string) { post["id"] = "../../zones" },
		"the same ID twice":           func(post map[string]any, _ string) { post["id"] = strings.Repeat("a", 32) },
		"the stranger's record": func(post map[string]any, strangers string) {
			post["id"], post["name"], post["content"] = strangers, stranger, "192.0.2.250"
		},
		"the stranger's record under the new name": func(post map[string]any, strangers string) {
			post["id"], post["content"] = strangers, "192.0.2.250"
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, strangersZone())
			strangers := idOf(t, w, stranger)
			w.through(t, &liar{batch: func(result map[string]any) {
				posts, _ := result["posts"].([]any)
				for _, post := range posts {
					lie(post.(map[string]any), strangers)
				}
			}})
			desired := hosts("one.example", 2)

			w.apply(t, w.plan(t, desired))

			st, err := w.Store.Read(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range w.api.Records("one.example") {
				if owned := st.Zones["one.example"].Owns(r.ID); owned != (r.Name != stranger) {
					t.Errorf("%s (%s) is owned: %v, want %v", r.Name, r.ID, owned, r.Name != stranger)
				}
			}
			w.converged(t, desired)

			// Later runs leave it alone too.
			desired.Records = desired.Records[1:]
			desired.Records[0].Content = "192.0.2.7"
			w.apply(t, w.plan(t, desired))
			w.apply(t, w.plan(t))
			if got := w.content("one.example"); len(got) != 1 || got["A "+stranger+" 192.0.2.250"] == "" {
				t.Errorf("the zone has %v, want the stranger's record alone", got)
			}
		})
	}
}

// A correct answer costs no second read, and a doubtful one costs one.
func TestOnlyADoubtfulAnswerCostsARead(t *testing.T) {
	t.Parallel()
	for _, lies := range []bool{false, true} {
		w := newWorld(t, strangersZone())
		strangers := idOf(t, w, stranger)
		w.through(t, &liar{batch: func(result map[string]any) {
			if lies {
				result["posts"].([]any)[0].(map[string]any)["id"] = strangers
			}
		}})
		p := w.plan(t, hosts("one.example", 2))
		w.api.ResetRequests()
		w.apply(t, p)
		want := 1
		if lies {
			want = 2
		}
		if got := w.lists(t, "one.example"); got != want {
			t.Errorf("lies %v: the zone was read %d times, want %d", lies, got, want)
		}
	}
}

// If the list cannot be read either, nothing is taken over, and the next apply finds out which records are
// new.
func TestIDsThatCannotBeFoundOutAreLeftToTheNextApply(t *testing.T) {
	t.Parallel()
	w := newWorld(t, strangersZone())
	strangers := idOf(t, w, stranger)
	w.through(t, &liar{batch: func(result map[string]any) { result["posts"].([]any)[0].(map[string]any)["id"] = strangers }})
	desired := hosts("one.example", 2)
	p := w.plan(t, desired)
	w.api.Fail(sandbox.InvalidAccessToken().On("GET", "/dns_records").After(1))

	_, err := w.Apply(context.Background(), p)

	var write *reconcile.WriteError
	if !errors.As(err, &write) || !write.InDoubt || w.owned(t, "one.example") != 0 || w.journal(t, "one.example") == nil {
		t.Fatalf("Apply = %v with %d owned, want it in doubt, nothing owned and the journal open", err, w.owned(t, "one.example"))
	}
	w.api.ClearFaults()
	report, err := w.Apply(context.Background(), p)
	if !errors.Is(err, reconcile.ErrApplied) || len(report.Settled) != 1 || report.Settled[0].Took != 2 {
		t.Errorf("the plan again = %v, settled %+v; want it applied already, with 2 changes that took effect",
			err, report.Settled)
	}
	w.converged(t, desired)
}

// If the answer to a change is about another record, the zone is read.
func TestAnAnswerAboutAnotherRecordIsNotTrusted(t *testing.T) {
	t.Parallel()
	for _, list := range []string{"patches", "deletes"} {
		w := newWorld(t, strangersZone())
		w.apply(t, w.plan(t, hosts("one.example", 2)))
		strangers := idOf(t, w, stranger)
		w.through(t, &liar{batch: func(result map[string]any) {
			items, _ := result[list].([]any)
			for _, item := range items {
				item.(map[string]any)["id"] = strangers
			}
		}})
		desired := retargeted("one.example", 1) // changes h0, destroys h1
		p := w.plan(t, desired)
		w.api.ResetRequests()

		w.apply(t, p)

		if n := w.lists(t, "one.example"); n != 2 {
			t.Errorf("%s: the zone was read %d times, want 2", list, n)
		}
		w.converged(t, desired)
	}
}

// A list of another zone, or with the same ID for two records, is not used for anything.
func TestAnImpossibleListIsNotUsed(t *testing.T) {
	t.Parallel()
	for name, lie := range map[string]func(records []any) []any{
		"another zone's": func(records []any) []any {
			for _, r := range records {
				r.(map[string]any)["name"] = "www.other.example"
			}
			return records
		},
		"one ID twice": func(records []any) []any {
			first := records[0].(map[string]any)["id"]
			for _, r := range records {
				r.(map[string]any)["id"] = first
			}
			return records
		},
		"a malformed ID": func(records []any) []any {
			records[0].(map[string]any)["id"] = "a/../b"
			return records
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, sandbox.Zone{Name: "one.example"})
			w.apply(t, w.plan(t, hosts("one.example", 2)))
			p := w.plan(t, retargeted("one.example", 2))
			w.api.ResetRequests()
			w.through(t, &liar{list: lie})

			_, err := w.Apply(context.Background(), p)

			if err == nil || len(w.api.Writes()) != 0 {
				t.Errorf("Apply = %v with %d writes, want an error and none", err, len(w.api.Writes()))
			}
			if q, err := w.Plan(t.Context(), []dns.Zone{retargeted("one.example", 2)}, reconcile.PlanOptions{RequireLive: true}); err == nil {
				t.Errorf("Plan = %+v, want an error", q.Summary)
			}
		})
	}
}
