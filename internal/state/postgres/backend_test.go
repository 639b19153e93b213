package postgres_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/postgres"
	"github.com/cfplan/cfplan/internal/state/statetest"
)

func TestPostgresIsABackend(t *testing.T) {
	s := running(t)
	statetest.Run(t, func(t *testing.T) state.Backend { return open(t, s.ConnString(), s.NewSchema()) })
}

func TestCutConnectionsLoseNothing(t *testing.T) {
	s := running(t)
	statetest.CutConnections(t, s.Addr(), func(t *testing.T, proxy *statetest.Proxy) (through, direct state.Backend) {
		schema := s.NewSchema()
		return open(t, s.URL(role, secret, proxy.Addr(), "sslmode=disable"), schema), open(t, s.ConnString(), schema)
	})
}

func TestTwoProcessesLoseNothing(t *testing.T) {
	s, b, schema := fresh(t)
	statetest.Race(t, s.ConnString()+" "+schema, b)
}

func TestALargeStateInBoundedMemory(t *testing.T) {
	_, b, _ := fresh(t)
	statetest.Big(t, b)
}

func TestStatesWithDifferentKeysAreSeparate(t *testing.T) {
	s, one, schema := fresh(t)
	other, err := postgres.Configure(statetest.Given(map[string]string{
		"conn_str":    s.ConnString(),
		"schema_name": schema,
		"key":         "other",
	}, noEnv))
	if err != nil {
		t.Fatal(err)
	}

	write(t, one, state.DocState, "one", "")
	write(t, other, state.DocState, "other", "")
	lock(t, one, "one")
	lock(t, other, "other")
	if text, _, err := one.Read(t.Context(), state.DocState); string(text) != "one" || err != nil {
		t.Errorf("Read = %q, %v, want the document written with that key", text, err)
	}
	if one.Place(state.DocState) == other.Place(state.DocState) {
		t.Errorf("the two keys have the same place, %s", one.Place(state.DocState))
	}
}

func TestADocumentThatIsTooLargeStaysOnTheServer(t *testing.T) {
	s, b, schema := fresh(t)
	write(t, b, state.DocState, "{}", "")
	s.Admin(t, `UPDATE %q.documents SET body = convert_to(repeat('x', %d), 'UTF8')`, schema, state.MaxSize+1)
	text, _, err := b.Read(t.Context(), state.DocState)
	if err == nil || len(text) > 0 || !strings.Contains(err.Error(), "268435457 bytes") {
		t.Errorf("Read = %d bytes, %v; want an error that names the size", len(text), err)
	}
}

func TestAChangeByHandChangesTheVersion(t *testing.T) {
	s, b, schema := fresh(t)
	v := write(t, b, state.DocState, "one", "")
	s.Admin(t, `UPDATE %q.documents SET body = 'restored'`, schema)
	if _, err := b.Write(t.Context(), state.DocState, []byte("two"), v); !errors.Is(err, state.ErrConflict) {
		t.Errorf("Write over a change by hand = %v, want ErrConflict", err)
	}
}

func TestTwoProcessesAddAnEntryOnce(t *testing.T) {
	s, b, schema := fresh(t)
	statetest.RaceToAdd(t, s.ConnString()+" "+schema, b)
}

func TestAStricterIsolationLevelOnlyCausesConflicts(t *testing.T) {
	s, _, schema := fresh(t)
	connString := s.URL(role, secret, s.Addr(), "sslmode=disable&options=-c%20default_transaction_isolation%3Dserializable")
	statetest.Race(t, connString+" "+schema, open(t, connString, schema))
}

func noEnv(string) string { return "" }

func write(t *testing.T, b state.Backend, doc state.Document, text string, was state.Version) state.Version {
	t.Helper()
	v, err := b.Write(t.Context(), doc, []byte(text), was)
	if err != nil {
		t.Fatalf("Write: %v", err)
	}
	return v
}
