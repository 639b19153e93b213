package postgres_test

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/postgres"
	"github.com/cfplan/cfplan/internal/state/statetest"
)

var roles atomic.Int64 // the number of roles created so far

// newRole creates a role with the grants; %[1] is the schema and %[2] the role.
func newRole(t *testing.T, s *server, grants, schema string) string {
	t.Helper()
	name := fmt.Sprintf("role%d", roles.Add(1))
	s.Admin(t, "CREATE ROLE %s LOGIN PASSWORD '%s'", name, secret)
	if grants != "" {
		s.Admin(t, grants, schema, name)
	}
	return name
}

func TestARoleThatOnlyReadsCanPlan(t *testing.T) {
	s, b, schema := fresh(t)
	write(t, b, state.DocState, "{}", "")
	if err := b.Keep(t.Context(), "1", []byte("kept")); err != nil {
		t.Fatal(err)
	}

	reader := newRole(t, s, "GRANT USAGE ON SCHEMA %q TO %[2]s; GRANT SELECT ON ALL TABLES IN SCHEMA %[1]q TO %[2]s",
		schema)
	r := open(t, s.URL(reader, secret, s.Addr(), "sslmode=disable"), schema)
	text, v, err := r.Read(t.Context(), state.DocState)
	if string(text) != "{}" || err != nil {
		t.Errorf("Read = %q, %v", text, err)
	}

	if text, err := r.Kept(t.Context(), "1"); string(text) != "kept" || err != nil {
		t.Errorf("Kept = %q, %v", text, err)
	}
	if err := r.Probe(t.Context()); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("Probe = %v, want an error that says that the role may only read", err)
	}

	_, writeErr := r.Write(t.Context(), state.DocState, []byte("[]"), v)
	_, createErr := r.Write(t.Context(), state.DocSnapshots, []byte("[]"), "")
	_, lockErr := r.Lock(t.Context(), state.Holder{ID: "1"}, 0)
	for what, err := range map[string]error{
		"Write":                   writeErr,
		"Write of a new document": createErr,
		"Lock":                    lockErr,
		"Keep":                    r.Keep(t.Context(), "2", nil),
	} {
		if !errors.Is(err, fs.ErrPermission) || errors.Is(err, state.ErrConflict) ||
			!strings.Contains(err.Error(), "grant role "+reader) {
			t.Errorf("%s by a role that only reads = %v, want an error that says what to grant", what, err)
		}
	}

	lock(t, b, "free") // the failed Lock left no lock behind
}

func TestReadingCreatesNothing(t *testing.T) {
	s, b, schema := fresh(t)
	if text, v, err := b.Read(t.Context(), state.DocState); len(text) != 0 || v != "" || err != nil {
		t.Errorf("Read without a schema = %q, %q, %v", text, v, err)
	}
	if names, err := b.Entries(t.Context()); len(names) != 0 || err != nil {
		t.Errorf("Entries without a schema = %q, %v", names, err)
	}
	if err := errors.Join(b.Drop(t.Context(), "1"), b.Probe(t.Context())); err != nil {
		t.Errorf("Drop and Probe without a schema = %v", err)
	}
	if n := s.Admin(t, "SELECT count(*) FROM pg_namespace WHERE nspname = '%s'", schema); n != "0" {
		t.Error("one of them created the schema")
	}
}

func TestARoleWithoutPermissionsGetsAnError(t *testing.T) {
	s, b, schema := fresh(t)
	write(t, b, state.DocState, "{}", "")
	nobody := newRole(t, s, "", "")
	n := open(t, s.URL(nobody, secret, s.Addr(), "sslmode=disable"), schema)
	if _, _, err := n.Read(t.Context(), state.DocState); !errors.Is(err, fs.ErrPermission) ||
		!strings.Contains(err.Error(), "grant role "+nobody) {
		t.Errorf("Read without permissions = %v, want fs.ErrPermission and what to grant", err)
	}

	elsewhere := open(t, s.URL(nobody, secret, s.Addr(), "sslmode=disable"), s.NewSchema())
	if _, err := elsewhere.Write(t.Context(), state.DocState, nil, ""); !errors.Is(err, fs.ErrPermission) ||
		!strings.Contains(err.Error(), "CREATE") {
		t.Errorf("Write by a role that may not create the schema = %v, want fs.ErrPermission and CREATE", err)
	}
	if err := n.Probe(t.Context()); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("Probe without permissions = %v, want fs.ErrPermission", err)
	}
}

// A role that may not create schemas can use an existing one.
func TestARoleCreatesTheTablesInAnExistingSchema(t *testing.T) {
	s := running(t)
	schema := s.NewSchema()
	s.Admin(t, "CREATE SCHEMA %q", schema)
	tenant := newRole(t, s, "GRANT USAGE, CREATE ON SCHEMA %q TO %s", schema)
	b := open(t, s.URL(tenant, secret, s.Addr(), "sslmode=disable"), schema)
	write(t, b, state.DocState, "{}", "")
	lock(t, b, "mine")
}

func TestSkipSettingsCreateNothing(t *testing.T) {
	s := running(t)
	for name, c := range map[string]struct {
		attribute string
		there     bool
		says      string
	}{
		"no schema": {"skip_schema_creation", false, "there is no schema"},
		"no tables": {"skip_table_creation", true, "has no tables"},
	} {
		t.Run(name, func(t *testing.T) {
			schema := s.NewSchema()
			if c.there {
				s.Admin(t, "CREATE SCHEMA %q AUTHORIZATION %s", schema, role)
			}

			b, err := postgres.Configure(statetest.Given(map[string]string{
				"conn_str":    s.ConnString(),
				"schema_name": schema,
				c.attribute:   "true",
			}, noEnv))
			if err != nil {
				t.Fatal(err)
			}

			_, writeErr := b.Write(t.Context(), state.DocState, []byte("{}"), "")
			_, lockErr := b.Lock(t.Context(), state.Holder{}, 0)
			for what, err := range map[string]error{"Write": writeErr, "Lock": lockErr} {
				if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), c.attribute) {
					t.Errorf("%s = %v, want %q and the attribute", what, err, c.says)
				}
			}

			if n := s.Admin(t, "SELECT count(*) FROM pg_tables WHERE schemaname = '%s'", schema); n != "0" {
				t.Errorf("%s tables were created", n)
			}
		})
	}
}

func TestSeveralRunsCreateTheTablesAtOnce(t *testing.T) {
	s := running(t)
	for range 5 {
		schema := s.NewSchema()
		var g sync.WaitGroup
		for i := range 6 {
			g.Go(func() {
				b := open(t, s.ConnString(), schema)
				if _, err := b.Write(t.Context(), state.Document(fmt.Sprint(i)), []byte("{}"), ""); err != nil {
					t.Errorf("Write %d = %v", i, err)
				}
			})
		}
		g.Wait()
	}
}

func TestTablesOfANewerLayoutAreLeftAlone(t *testing.T) {
	for name, change := range map[string]string{
		"same columns":  "",
		"other columns": `; ALTER TABLE %[1]q.documents RENAME body TO content; ALTER TABLE %[1]q.locks RENAME id TO lock_id`,
		"other tables":  `; DROP TABLE %[1]q.documents; DROP TABLE %[1]q.locks`,
	} {
		t.Run(name, func(t *testing.T) {
			s, b, schema := fresh(t)
			v := write(t, b, state.DocState, "{}", "")
			s.Admin(t, `UPDATE %[1]q.layout SET version = 2`+change, schema)
			_, _, readErr := b.Read(t.Context(), state.DocState)
			_, createErr := b.Write(t.Context(), state.DocSnapshots, []byte("{}"), "")
			_, writeErr := b.Write(t.Context(), state.DocState, []byte("[]"), v)
			_, lockErr := b.Lock(t.Context(), state.Holder{}, 0)
			for what, err := range map[string]error{"Read": readErr, "Write": writeErr,
				"Write of a new document": createErr, "Lock": lockErr,
				"Keep": b.Keep(t.Context(), "1", nil), "Probe": b.Probe(t.Context())} {
				if err == nil || !strings.Contains(err.Error(), "upgrade cfplan") {
					t.Errorf("%s = %v, want an error that says to upgrade", what, err)
				}
			}
		})
	}
}
