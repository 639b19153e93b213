package postgres_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/cfplan/cfplan/internal/state"
)

// forgotten opens a transaction and does not end it.
func forgotten(t *testing.T, s *server, sql string) {
	t.Helper()
	conn, err := pgconn.Connect(t.Context(), s.ConnString())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(t.Context()) })
	if err := conn.Exec(t.Context(), "BEGIN; "+sql).Close(); err != nil {
		t.Fatal(err)
	}
}

// The context of an update does not interrupt it, so its waiting must end by itself.
func TestWritesDoNotWaitForeverForAnotherSession(t *testing.T) {
	for name, block := range map[string]string{"row": "SELECT FROM SCHEMA.documents FOR UPDATE",
		"table": "LOCK TABLE SCHEMA.documents"} {
		t.Run(name, func(t *testing.T) {
			s, b, schema := fresh(t)
			store := state.Open(b)
			change := func(*state.State) (bool, error) { return true, nil }
			if _, err := store.Update(t.Context(), change); err != nil {
				t.Fatal(err)
			}

			b.SetPatience(2 * time.Second)
			forgotten(t, s, strings.ReplaceAll(block, "SCHEMA", `"`+schema+`"`))
			_, err := store.Update(t.Context(), change)
			if err == nil || errors.Is(err, state.ErrConflict) ||
				!strings.Contains(err.Error(), "pg_terminate_backend") || !strings.Contains(err.Error(), schema) {
				t.Errorf("Update = %v, want an error that says what to do about the other session", err)
			}
		})
	}
}

func TestCreatingTablesDoesNotWaitForeverForAnotherSession(t *testing.T) {
	s, b, schema := fresh(t)
	b.SetPatience(2 * time.Second)
	forgotten(t, s, `CREATE SCHEMA "`+schema+`"`)
	if _, err := b.Write(t.Context(), state.DocState, []byte("{}"), ""); err == nil ||
		!strings.Contains(err.Error(), "pg_terminate_backend") {
		t.Errorf("Write = %v, want an error that says what to do about the other session", err)
	}
}

func TestAServerThatFallsSilentIsGivenUp(t *testing.T) {
	silent := make(chan struct{})
	t.Cleanup(func() { close(silent) })
	addr := pretend(t, func(func(m message) bool) { <-silent })
	b := open(t, "postgres://u:p@"+addr+"/d?sslmode=disable", "cfplan")
	b.SetPatience(time.Second)
	_, err := state.Open(b).Update(t.Context(), func(*state.State) (bool, error) { return true, nil })
	if err == nil || !strings.Contains(err.Error(), "too slow, or is gone") {
		t.Errorf("Update = %v, want an error that says that the server did not answer", err)
	}
}

func TestBoundsEndWithTheStatement(t *testing.T) {
	s := running(t)
	url := s.URL(role, secret, pgbouncer(t, s, "transaction"), "sslmode=disable")
	write(t, open(t, url, s.NewSchema()), state.DocState, "{}", "")
	conn, err := pgconn.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())

	got, err := conn.Exec(t.Context(), "SELECT current_setting('lock_timeout'), current_setting('statement_timeout')").ReadAll()
	if err != nil {
		t.Fatal(err)
	}

	if row := got[0].Rows[0]; string(row[0]) != "0" || string(row[1]) != "0" {
		t.Errorf("the next client of the session finds the bounds %q, want 0 and 0", row)
	}
}
