package postgres_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/postgres"
	"github.com/cfplan/cfplan/internal/state/statetest"
)

// hermetic replaces the files of the test's machine, which the driver reads by itself. It returns the home
// directory, which has the given files.
func hermetic(t *testing.T, env, files map[string]string) string {
	t.Helper()
	home := t.TempDir()
	t.Setenv("HOME", home)
	for name, value := range env {
		t.Setenv(name, strings.ReplaceAll(value, "HOME", home))
	}

	for name, text := range files {
		path := filepath.Join(home, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}

	return home
}

func TestServersThatOnlyTheFilesNameAreRefused(t *testing.T) {
	password := map[string]string{"PGPASSWORD": secret}
	pgpass := map[string]string{".pgpass": "db.example.com:5432:*:dns:hunter2\n"}
	for name, c := range map[string]struct {
		conn       string
		env, files map[string]string
		refused    string // the server
	}{
		"no server":                    {conn: "user=dns dbname=zones", env: map[string]string{"PGPASSWORD": secret, "PGHOST": "db.example.com"}},
		"a URL without a server":       {conn: "postgres://dns@/zones", env: map[string]string{"PGPASSWORD": secret, "PGHOST": "db.example.com"}},
		"no server at all":             {conn: "user=dns", env: password},
		"a server":                     {conn: "postgres://dns@db.example.com/zones", env: password, refused: "db.example.com:5432"},
		"a server and no credential":   {conn: "postgres://dns@db.example.com/zones"},
		"its own password":             {conn: "postgres://dns:x@db.example.com/zones"},
		"its own password and another": {conn: "postgres://dns:x@db.example.com/zones?application_name=a", env: password, files: pgpass},
		"an empty password":            {conn: "host=db.example.com user=dns password=''", files: pgpass, refused: "db.example.com:5432"},
		"an empty one over PGPASSWORD": {conn: "host=db.example.com user=dns password=''", env: password},
		"its own password at the end":  {conn: `host=db.example.com user=dns password=x\`, refused: "cannot be read"},
		"a fitting password file":      {conn: "host=db.example.com user=dns", files: pgpass, refused: "db.example.com:5432"},
		"a password file for others":   {conn: "host=other.example.com user=dns", files: pgpass},
		"a second server":              {conn: "host=db.example.com,evil.test user=dns", env: map[string]string{"PGPASSWORD": secret, "PGHOST": "db.example.com"}, refused: "evil.test:5432"},
		"one behind a coded comma":     {conn: "postgres://dns@db.example.com%2Cevil.test/zones", env: map[string]string{"PGPASSWORD": secret, "PGHOST": "db.example.com"}, refused: "evil.test:5432"},
		"one in the query":             {conn: "postgres://dns@db.example.com/zones?host=evil.test", env: map[string]string{"PGPASSWORD": secret, "PGHOST": "db.example.com"}, refused: "evil.test:5432"},
		"one as hostaddr":              {conn: "hostaddr=192.0.2.1 host=db.example.com", env: map[string]string{"PGPASSWORD": secret, "PGHOST": "db.example.com"}, refused: "can't be used"},
		"a socket":                     {conn: "host=/srv/evil user=dns", env: password, refused: "/srv/evil"},
		"the operator's, by PGHOST":    {conn: "postgres://dns@DB.example.com:5433/zones", env: map[string]string{"PGPASSWORD": secret, "PGHOST": "db.example.com", "PGPORT": "5433"}},
		"the operator's, by a string":  {conn: "postgres://dns@db.example.com:5433/zones", env: map[string]string{"PGPASSWORD": secret, "PG_CONN_STR": "host=db.example.com port=5433"}},
		"the operator's, by a service": {conn: "postgres://dns@db.example.com/zones", env: map[string]string{"PGPASSWORD": secret, "PGSERVICE": "x"},
			files: map[string]string{".pg_service.conf": "[x]\nhost=db.example.com\n"}},
		"a password of a service": {conn: "postgres://dns@evil.test/zones", env: map[string]string{"PGSERVICE": "x"},
			files: map[string]string{".pg_service.conf": "[x]\nhost=db.example.com\npassword=" + secret + "\n"}, refused: "evil.test:5432"},
		"a service that the string names": {conn: "service=x", env: password,
			files: map[string]string{".pg_service.conf": "[x]\nhost=db.example.com\n"}, refused: "db.example.com:5432"},
		"allowed":                 {conn: "host=db.example.com,db2.example.com", env: map[string]string{"PGPASSWORD": secret, "CFPLAN_ALLOW_BACKEND_HOST": "db.example.com,db2.example.com:5432"}},
		"a socket that's allowed": {conn: "host=/run/pg", env: map[string]string{"PGPASSWORD": secret, "CFPLAN_ALLOW_BACKEND_HOST": "/run/pg"}},
	} {
		t.Run(name, func(t *testing.T) {
			hermetic(t, c.env, c.files)
			_, err := postgres.Configure(statetest.Declared(map[string]string{"conn_str": c.conn}, os.Getenv))
			switch {
			case c.refused == "" && err != nil:
				t.Errorf("Configure = %v", err)
			case c.refused != "" && (err == nil || !strings.Contains(err.Error(), c.refused)):
				t.Errorf("Configure = %v, want %s refused", err, c.refused)
			}

			if err != nil && strings.Contains(err.Error(), secret) {
				t.Errorf("the error shows the password: %v", err)
			}

			if _, err := postgres.Configure(statetest.Given(map[string]string{"conn_str": c.conn},
				os.Getenv)); err != nil && !strings.Contains(err.Error(), "can't be used") {
				t.Errorf("the same setting from the operator is refused: %v", err)
			}
		})
	}
}

// A service file that a pull request may change is not trusted, even though the environment names the file.
func TestAServiceFileOfTheCheckoutIsNotTrusted(t *testing.T) {
	for name, c := range map[string]struct {
		env     map[string]string
		conn    string
		refused bool
	}{
		"by PGSERVICE":   {env: map[string]string{"PGSERVICE": "x", "PGHOST": "db.example.com", "PGPASSWORD": secret}, refused: true},
		"by a string":    {env: map[string]string{"PGPASSWORD": secret}, conn: "service=x", refused: true},
		"not used":       {env: map[string]string{"PGHOST": "db.example.com", "PGPASSWORD": secret}},
		"no credential":  {env: map[string]string{"PGSERVICE": "x"}},
		"allowed":        {env: map[string]string{"PGSERVICE": "x", "PGPASSWORD": secret, "CFPLAN_ALLOW_BACKEND_HOST": "evil.test"}},
		"named by hand":  {env: map[string]string{"PGPASSWORD": secret}, conn: "host=db.example.com"},
		"named in files": {env: map[string]string{"PGSERVICE": "x", "PGPASSWORD": secret}, conn: "FILES host=evil.test", refused: true},
	} {
		t.Run(name, func(t *testing.T) {
			home := hermetic(t, c.env, map[string]string{"services": "[x]\nhost=evil.test\n"})
			t.Setenv("PGSERVICEFILE", filepath.Join(home, "services"))
			conn, declared := strings.CutPrefix(c.conn, "FILES ")
			settings := statetest.Given(map[string]string{"conn_str": conn}, os.Getenv)
			if declared {
				settings = statetest.Declared(map[string]string{"conn_str": conn}, os.Getenv)
			}

			_, err := postgres.Configure(settings.WithChangeable(func(path string) bool { return strings.HasPrefix(path, home) }))
			var host *state.HostError
			if errors.As(err, &host) != c.refused || err != nil && !c.refused {
				t.Errorf("Configure = %v, want refused: %v", err, c.refused)
			}
		})
	}
}

func TestClientCertificatesDoNotGoToServersOfTheFiles(t *testing.T) {
	pair, err := statetest.NewCertificates(t.TempDir(), time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}

	cert, key := read(t, pair.Cert), read(t, pair.Key)
	for name, c := range map[string]struct {
		conn       string
		env, files map[string]string
	}{
		"of the environment": {conn: "host=evil.test password=x", env: map[string]string{"PGSSLCERT": pair.Cert, "PGSSLKEY": pair.Key}},
		"of the home":        {conn: "host=evil.test password=x", files: map[string]string{".postgresql/postgresql.crt": cert, ".postgresql/postgresql.key": key}},
		"by path":            {conn: "host=evil.test password=x sslcert=" + pair.Cert + " sslkey=" + pair.Key},
	} {
		t.Run(name, func(t *testing.T) {
			hermetic(t, c.env, c.files)
			_, err := postgres.Configure(statetest.Declared(map[string]string{"conn_str": c.conn}, os.Getenv))
			var host *state.HostError
			if !errors.As(err, &host) || !strings.Contains(err.Error(), "client certificate") {
				t.Errorf("Configure = %v, want a *state.HostError about the certificate", err)
			}
		})
	}
}

func TestFilesDoNotWeakenTLS(t *testing.T) {
	authority := func() string {
		pair, err := statetest.NewCertificates(t.TempDir(), time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		return pair.Authority
	}

	ours, theirs := authority(), authority()
	for name, c := range map[string]struct {
		conn    string
		env     map[string]string
		refused string
	}{
		"no sslmode":            {"host=h password=x", map[string]string{"PGSSLMODE": "verify-full"}, ""},
		"the same":              {"host=h password=x sslmode=verify-full", map[string]string{"PGSSLMODE": "verify-full"}, ""},
		"stronger":              {"host=h password=x sslmode=verify-full", map[string]string{"PGSSLMODE": "require"}, ""},
		"nothing asked":         {"host=h password=x sslmode=disable", nil, ""},
		"disable":               {"host=h password=x sslmode=disable", map[string]string{"PGSSLMODE": "verify-full"}, "weaker sslmode"},
		"prefer":                {"postgres://u:x@h/d?sslmode=prefer", map[string]string{"PGSSLMODE": "require"}, "weaker sslmode"},
		"allow":                 {"postgres://u:x@h/d?sslmode=allow", map[string]string{"PGSSLMODE": "require"}, "weaker sslmode"},
		"require":               {"postgres://u:x@h/d?sslmode=require", map[string]string{"PGSSLMODE": "verify-ca"}, "weaker sslmode"},
		"verify-ca":             {"postgres://u:x@h/d?sslmode=verify-ca", map[string]string{"PGSSLMODE": "verify-full"}, "weaker sslmode"},
		"empty":                 {"host=h password=x sslmode=''", map[string]string{"PGSSLMODE": "verify-full"}, "weaker sslmode"},
		"at the env's server":   {"sslmode=disable", map[string]string{"PGSSLMODE": "verify-full", "PGHOST": "h", "PGPASSWORD": "x"}, "weaker sslmode"},
		"of the env's string":   {"host=h password=x sslmode=require", map[string]string{"PG_CONN_STR": "host=h sslmode=verify-full"}, "weaker sslmode"},
		"over a socket":         {"host=/run/pg password=x sslmode=disable", map[string]string{"PGSSLMODE": "verify-full"}, ""},
		"another authority":     {"host=h password=x sslrootcert=" + theirs, map[string]string{"PGSSLMODE": "verify-full", "PGSSLROOTCERT": ours}, "another sslrootcert"},
		"one over the system's": {"host=h password=x sslrootcert=" + theirs, map[string]string{"PGSSLMODE": "verify-full"}, "another sslrootcert"},
		"no authority":          {"host=h password=x sslrootcert=''", map[string]string{"PGSSLROOTCERT": ours}, "another sslrootcert"},
		"the same authority":    {"host=h password=x sslrootcert=" + ours, map[string]string{"PGSSLMODE": "verify-full", "PGSSLROOTCERT": ours}, ""},
		"one where none is set": {"host=h password=x sslmode=verify-full sslrootcert=" + theirs, nil, ""},
		"channel binding":       {"host=h password=x channel_binding=disable", map[string]string{"PGCHANNELBINDING": "require"}, "weaker channel_binding"},
		"any authentication":    {"host=h password=x require_auth=password", map[string]string{"PGREQUIREAUTH": "scram-sha-256"}, "another require_auth"},
		"two servers, one weak": {"host=h,/run/pg password=x sslmode=disable", map[string]string{"PGSSLMODE": "require"}, "weaker sslmode"},
	} {
		t.Run(name, func(t *testing.T) {
			hermetic(t, c.env, nil)
			_, err := postgres.Configure(statetest.Declared(map[string]string{"conn_str": c.conn}, os.Getenv))
			var weak *state.WeakenedError
			if c.refused == "" && err != nil {
				t.Errorf("Configure = %v", err)
			} else if c.refused != "" && (!errors.As(err, &weak) || !strings.Contains(err.Error(), c.refused)) {
				t.Errorf("Configure = %v, want an error about a %s", err, c.refused)
			}
			if _, err := postgres.Configure(statetest.Given(map[string]string{"conn_str": c.conn},
				os.Getenv)); err != nil {
				t.Errorf("the same setting from the operator is refused: %v", err)
			}
		})
	}
}

// The login succeeds only with the password from the files. With the password from the environment it would
// fail.
func TestARealServerOfTheFilesGetsOnlyTheirPassword(t *testing.T) {
	s := running(t)
	hermetic(t, map[string]string{"PGPASSWORD": "s3cr3t-of-the-environment"}, nil)
	b, err := postgres.Configure(statetest.Declared(map[string]string{"conn_str": s.ConnString(),
		"schema_name": s.NewSchema()}, os.Getenv))
	if err != nil {
		t.Fatal(err)
	}
	if l, err := b.Lock(t.Context(), state.Holder{ID: "x"}, 0); err != nil {
		t.Errorf("Lock = %v", err)
	} else if err := l.Unlock(); err != nil {
		t.Errorf("Unlock = %v", err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
