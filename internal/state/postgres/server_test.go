package postgres_test

import (
	"os"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/postgres"
	"github.com/cfplan/cfplan/internal/state/servertest"
	"github.com/cfplan/cfplan/internal/state/statetest"
)

type server = servertest.Postgres

const (
	role     = servertest.PGRole
	secret   = servertest.PGSecret
	database = servertest.PGDatabase
)

func TestMain(m *testing.M) {
	for _, v := range os.Environ() {
		if strings.HasPrefix(v, "PG") { // the variables of the developer's machine
			name, _, _ := strings.Cut(v, "=")
			_ = os.Unsetenv(name)
		}
	}

	statetest.Child(func(where string) (state.Backend, error) {
		connString, schema, _ := strings.Cut(where, " ")
		return configure(connString, schema)
	})

	code := m.Run()
	servertest.Stop()
	os.Exit(code)
}

// running returns the real server that the tests share; see servertest.
func running(t *testing.T) *server {
	t.Helper()
	return servertest.SharedPostgres(t)
}

func configure(connString, schema string) (state.Backend, error) {
	return postgres.Configure(statetest.Given(map[string]string{"conn_str": connString, "schema_name": schema},
		os.Getenv))
}

// open returns the backend for a schema.
func open(t *testing.T, connString, schema string) *postgres.Backend {
	t.Helper()
	b, err := configure(connString, schema)
	if err != nil {
		t.Fatalf("Configure: %v", err)
	}
	return b.(*postgres.Backend)
}

// fresh returns a backend without any documents, and its schema.
func fresh(t *testing.T) (*server, *postgres.Backend, string) {
	t.Helper()
	s := running(t)
	schema := s.NewSchema()
	return s, open(t, s.ConnString(), schema), schema
}
