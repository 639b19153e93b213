package postgres_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/postgres"
	"github.com/cfplan/cfplan/internal/state/statetest"
)

func TestConfigureReportsAllMistakesAtOnce(t *testing.T) {
	_, err := postgres.Configure(statetest.Given(map[string]string{"conn_str": "host=h sslmode=perhaps",
		"schema_name": strings.Repeat("x", 64), "key": "a\nb",
		"skip_table_creation": "perhaps", "bucket": "b", "table": "t"}, noEnv))
	if err == nil {
		t.Fatal("Configure returned no error")
	}
	for _, want := range []string{`"bucket"`, `"table"`, "available: conn_str, key, schema_name", "schema_name is",
		"key is", "skip_table_creation is", "verify-full"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error %q lacks %q", err, want)
		}
	}
}

func TestSettingsFromTheEnvironment(t *testing.T) {
	t.Setenv("PGHOST", "db.example.com")
	t.Setenv("PGDATABASE", "zones")
	t.Setenv("PGUSER", "dns")
	t.Setenv("PGPASSWORD", secret)
	b, err := postgres.Configure(statetest.Given(nil, noEnv))
	if err != nil {
		t.Fatal(err)
	}

	if got, want := b.Place(state.DocState), "postgres://db.example.com:5432/zones (schema cfplan, key cfplan, state)"; got != want {
		t.Errorf("Place = %q, want %q", got, want)
	}

	env := map[string]string{"PG_CONN_STR": "postgres://other.example.com:5433/dns"}
	for conn, want := range map[string]string{"": "postgres://other.example.com:5433/dns (",
		"host=/run/pg dbname=d": "postgres:///run/pg:5432/d ("} {
		b, err := postgres.Configure(statetest.Given(map[string]string{"conn_str": conn},
			func(name string) string { return env[name] }))
		if err != nil || !strings.HasPrefix(b.Place(state.DocState), want) {
			t.Errorf("conn_str %q: %v, %v; want %s", conn, b.Place(state.DocState), err, want)
		}
	}
}

// Each of these strings contains a password somewhere, and a mistake.
func TestErrorsDoNotShowThePassword(t *testing.T) {
	const word = "hunter2"
	for _, conn := range []string{
		"postgres://u:" + word + "@127.0.0.1:notaport/d",
		"postgres://u:" + word + "@127.0.0.1:1/d?sslmode=perhaps",
		"postgres://u:" + word + "@127.0.0.1:1/d?sslrootcert=/nonexistent",
		"postgres://u:" + word + "@127.0.0.1:1/d?nosuch=" + word,
		"postgres://u:" + word + "@127.0.0.1:1/d?" + word + "=1",
		"postgres://u:12/" + word + "@127.0.0.1:1/d",
		"postgres://u:12@" + word + "@127.0.0.1:1/d",
		"postgres://u:12?x=" + word + "/@127.0.0.1/d",
		"postgres://u:" + word + "%zz@127.0.0.1:1/d",
		"postgres://u:" + word + "@[::1/d",
		"postgres//u:" + word + "@127.0.0.1/d",
		"host=127.0.0.1 port=1 password='" + word,
		"host=127.0.0.1 port=1 password=a " + word,
		"host=127.0.0.1 port=1 password=a " + word + "=b",
		"host=127.0.0.1 port=" + word,
		"host=127.0.0.1 port=1 passwort=" + word,
		"host=127.0.0.1 port=1 connect_timeout=" + word,
		"host=127.0.0.1 port=1 target_session_attrs=" + word,
		"host=127.0.0.1 port=1 password=" + word,
		"postgres://u:" + word + "@127.0.0.1:1/d?sslmode=disable",
		word,
	} {
		b, err := postgres.Configure(statetest.Given(map[string]string{"conn_str": conn}, noEnv))
		if err == nil {
			_, _, err = b.Read(t.Context(), state.DocState)
			_, lockErr := b.Lock(t.Context(), state.Holder{}, 0)
			err = fmt.Errorf("%w %w %s", err, lockErr, b.Place(state.DocState))
		}
		if strings.Contains(fmt.Sprintf("%v %s", err, err), word) {
			t.Errorf("conn_str %q: the error shows the password: %v", conn, err)
		}
		t.Log(err)
	}
}
