package servertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/cfplan/cfplan/internal/state/statetest"
)

// PGRole and PGDatabase are the role and the database of most tests. The password has characters that must be
// encoded in a URL.
const (
	PGRole     = "cfplan"
	PGSecret   = "s3/cr@t?pass:w%rd"
	PGDatabase = "dns"
)

// Postgres is a PostgreSQL server on loopback, with TLS, and with a Unix socket for its superuser.
// Connections over TCP need a password.
type Postgres struct {
	Dir    string // all its files, and its Unix socket
	Port   int
	TLS    *statetest.Certificates
	bin    string
	schema atomic.Int64
}

var clusters []*Postgres

var (
	once    sync.Once
	shared  *Postgres
	missing string
	failed  error
)

// SharedPostgres returns the server that tests share. It ends with Stop. If the program is missing, the test is
// skipped, or fails if CI is set.
func SharedPostgres(t *testing.T) *Postgres {
	t.Helper()
	once.Do(func() {
		if missing = lacking(); missing == "" {
			shared, failed = StartPostgres(time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour))
		}
	})
	skipOrFail(t)
	return shared
}

func skipOrFail(t *testing.T) {
	t.Helper()
	if missing != "" && os.Getenv("CI") == "" {
		t.Skip(missing)
	}
	if missing != "" {
		t.Fatal(missing)
	}
	if failed != nil {
		t.Fatalf("PostgreSQL does not start: %v", failed)
	}
}

func lacking() string {
	if found := binDir(); found == "" {
		return "PostgreSQL is not installed (initdb, pg_ctl); install it, for example with apt-get install postgresql"
	}
	return cannotRun()
}

// binDir returns the directory of PostgreSQL's programs: of the latest version on Debian, or else of the
// initdb on the path.
func binDir() string {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	slices.SortFunc(found, func(a, b string) int { return len(a) - len(b) + strings.Compare(a, b)/2 })
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1])
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		return ""
	}
	return filepath.Dir(path)
}

// StartPostgres creates a cluster and starts it. Its certificate is valid between the given times.
func StartPostgres(from, to time.Time) (*Postgres, error) {
	dir, err := os.MkdirTemp("", "cfplan-pg") // not a test's directory, which PostgreSQL's user may not enter
	if err != nil {
		return nil, err
	}

	s := &Postgres{Dir: dir, bin: binDir()}
	clusters = append(clusters, s)
	if s.TLS, err = statetest.NewCertificates(dir, from, to); err != nil {
		return nil, err
	}
	if err := Own(dir); err != nil {
		return nil, err
	}
	if err := s.Run("initdb", "-D", s.data(), "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8",
		"--locale=C"); err != nil {
		return nil, err
	}

	for range 3 { // another process may take the port first
		if err = s.boot(); err == nil {
			return s, s.populate()
		}
	}

	return nil, err
}

func (s *Postgres) data() string { return filepath.Join(s.Dir, "data") }

func (s *Postgres) boot() (err error) {
	if s.Port, err = FreePort(); err != nil {
		return err
	}

	conf := fmt.Sprintf("listen_addresses = '127.0.0.1'\nport = %d\nunix_socket_directories = '%s'\nfsync = "+
		"off\nmax_connections = 500\n"+
		"ssl = on\nssl_cert_file = '%s'\nssl_key_file = '%s'\n", s.Port, s.Dir, s.TLS.Cert, s.TLS.Key)

	err = errors.Join(
		os.WriteFile(filepath.Join(s.data(), "postgresql.auto.conf"), []byte(conf), 0o600),
		os.WriteFile(filepath.Join(s.data(), "pg_hba.conf"),
			[]byte("local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"), 0o600),
		Own(s.data()))
	if err != nil {
		return err
	}

	return s.Run("pg_ctl", "start", "-w", "-D", s.data(), "-l", filepath.Join(s.Dir, "log"))
}

// FreePort returns a port on which no process listens.
func FreePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

// populate creates the role and its database.
func (s *Postgres) populate() error {
	_, err := s.Exec("postgres", "CREATE ROLE "+PGRole+" LOGIN PASSWORD '"+PGSecret+"'")
	if err == nil {
		_, err = s.Exec("postgres", "CREATE DATABASE "+PGDatabase+" OWNER "+PGRole)
	}
	return err
}

// Run runs one of PostgreSQL's programs as a user that PostgreSQL accepts. Its output goes to a file, because a
// server that it starts would keep a pipe open.
func (s *Postgres) Run(name string, args ...string) error {
	out, err := os.CreateTemp(s.Dir, name)
	if err != nil {
		return err
	}
	defer out.Close()

	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.Dir, out, out
	AsServer(cmd)
	if err := cmd.Run(); err != nil {
		said, _ := os.ReadFile(out.Name())
		logged, _ := os.ReadFile(filepath.Join(s.Dir, "log"))
		return fmt.Errorf("%s: %w: %s%s", name, err, said, logged)
	}

	return nil
}

func (s *Postgres) stop() {
	_ = s.Run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", s.data())
	_ = os.RemoveAll(s.Dir)
}

// Addr returns the server's TCP address.
func (s *Postgres) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.Port)) }

// URL returns a connection string.
func (s *Postgres) URL(user, password, addr, parameters string) string {
	u := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(user, password),
		Host:     addr,
		Path:     "/" + PGDatabase,
		RawQuery: parameters,
	}
	return u.String()
}

// ConnString returns the connection string of most tests.
func (s *Postgres) ConnString() string { return s.URL(PGRole, PGSecret, s.Addr(), "sslmode=disable") }

// Exec runs a statement as the superuser.
func (s *Postgres) Exec(database, sql string) ([]byte, error) {
	ctx := context.Background()
	conn, err := pgconn.Connect(ctx, fmt.Sprintf("host=%s port=%d user=postgres dbname=%s", s.Dir, s.Port, database))
	if err != nil {
		return nil, err
	}
	defer conn.Close(ctx)

	results, err := conn.Exec(ctx, sql).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", sql, err)
	}

	if len(results) > 0 && len(results[0].Rows) > 0 {
		return bytes.Join(results[0].Rows[0], []byte(" ")), nil
	}

	return nil, nil
}

// Admin is Exec for a test, in the tests' database. A failure ends the test.
func (s *Postgres) Admin(t *testing.T, sql string, args ...any) string {
	t.Helper()
	out, err := s.Exec(PGDatabase, fmt.Sprintf(sql, args...))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// NewSchema returns the name of a schema that does not exist yet.
func (s *Postgres) NewSchema() string { return fmt.Sprintf("Test %d", s.schema.Add(1)) }
