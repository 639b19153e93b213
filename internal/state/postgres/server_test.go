package postgres_test

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

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/postgres"
	"github.com/cfplan/cfplan/internal/state/statetest"
)

// The role and the database of most tests. The password has what must be encoded.
const (
	role     = "cfplan"
	secret   = "s3/cr@t?pass:w%rd"
	database = "dns"
)

func TestMain(m *testing.M) {
	for _, v := range os.Environ() {
		if strings.HasPrefix(v, "PG") { // of whoever runs the tests
			name, _, _ := strings.Cut(v, "=")
			_ = os.Unsetenv(name)
		}
	}
	statetest.Child(func(where string) (state.Backend, error) {
		connString, schema, _ := strings.Cut(where, " ")
		return configure(connString, schema)
	})
	code := m.Run()
	for _, s := range servers {
		s.stop()
	}
	os.Exit(code)
}

// server is a PostgreSQL on loopback, with TLS, and with a Unix socket for its
// superuser. Who comes by TCP must show a password.
type server struct {
	dir    string // for all that it has
	port   int
	tls    *statetest.Certificates
	bin    string
	schema atomic.Int64
}

var servers []*server

var (
	once    sync.Once
	common  *server
	missing string
	failed  error
)

// running returns the server that tests share.
func running(t *testing.T) *server {
	t.Helper()
	once.Do(func() {
		if missing = lacking(); missing == "" {
			common, failed = start(time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour))
		}
	})
	skipOrFail(t)
	return common
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
		return "there is no PostgreSQL here (initdb, pg_ctl): install it, such as with apt-get install postgresql"
	}
	return cannotRun()
}

// binDir is where Debian puts the latest version, or else what the path says.
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

// start makes a cluster and starts it. Its certificate is valid from and to these times.
func start(from, to time.Time) (*server, error) {
	dir, err := os.MkdirTemp("", "cfplan-pg") // not a test's: PostgreSQL's user must get there
	if err != nil {
		return nil, err
	}
	s := &server{dir: dir, bin: binDir()}
	servers = append(servers, s)
	if s.tls, err = statetest.NewCertificates(dir, from, to); err != nil {
		return nil, err
	}
	if err := own(dir); err != nil {
		return nil, err
	}
	if err := s.run("initdb", "-D", s.data(), "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"); err != nil {
		return nil, err
	}
	for range 3 { // another may take the port first
		if err = s.boot(); err == nil {
			return s, s.populate()
		}
	}
	return nil, err
}

func (s *server) data() string { return filepath.Join(s.dir, "data") }

func (s *server) boot() (err error) {
	if s.port, err = freePort(); err != nil {
		return err
	}
	conf := fmt.Sprintf("listen_addresses = '127.0.0.1'\nport = %d\nunix_socket_directories = '%s'\nfsync = off\nmax_connections = 500\n"+
		"ssl = on\nssl_cert_file = '%s'\nssl_key_file = '%s'\n", s.port, s.dir, s.tls.Cert, s.tls.Key)
	err = errors.Join(
		os.WriteFile(filepath.Join(s.data(), "postgresql.auto.conf"), []byte(conf), 0o600),
		os.WriteFile(filepath.Join(s.data(), "pg_hba.conf"), []byte("local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"), 0o600),
		own(s.data()))
	if err != nil {
		return err
	}
	return s.run("pg_ctl", "start", "-w", "-D", s.data(), "-l", filepath.Join(s.dir, "log"))
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

// populate makes the role and its database.
func (s *server) populate() error {
	_, err := s.exec("postgres", "CREATE ROLE "+role+" LOGIN PASSWORD '"+secret+"'")
	if err == nil {
		_, err = s.exec("postgres", "CREATE DATABASE "+database+" OWNER "+role)
	}
	return err
}

// run runs one of PostgreSQL's programs as a user that it accepts. Its output goes
// to a file: what it starts would keep a pipe open.
func (s *server) run(name string, args ...string) error {
	out, err := os.CreateTemp(s.dir, name)
	if err != nil {
		return err
	}
	defer out.Close()
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.dir, out, out
	asServer(cmd)
	if err := cmd.Run(); err != nil {
		said, _ := os.ReadFile(out.Name())
		logged, _ := os.ReadFile(filepath.Join(s.dir, "log"))
		return fmt.Errorf("%s: %w: %s%s", name, err, said, logged)
	}
	return nil
}

func (s *server) stop() {
	_ = s.run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", s.data())
	_ = os.RemoveAll(s.dir)
}

// addr is where it listens for TCP.
func (s *server) addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }

// url is a connection string.
func (s *server) url(user, password, addr, parameters string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword(user, password), Host: addr, Path: "/" + database, RawQuery: parameters}
	return u.String()
}

// connString is that of most tests.
func (s *server) connString() string { return s.url(role, secret, s.addr(), "sslmode=disable") }

// exec runs a statement as the superuser.
func (s *server) exec(database, sql string) ([]byte, error) {
	ctx := context.Background()
	conn, err := pgconn.Connect(ctx, fmt.Sprintf("host=%s port=%d user=postgres dbname=%s", s.dir, s.port, database))
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

// admin is exec for a test, in the tests' database.
func (s *server) admin(t *testing.T, sql string, args ...any) string {
	t.Helper()
	out, err := s.exec(database, fmt.Sprintf(sql, args...))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// newSchema names one that does not exist yet.
func (s *server) newSchema() string { return fmt.Sprintf("Test %d", s.schema.Add(1)) }

func configure(connString, schema string) (state.Backend, error) {
	return postgres.Configure(map[string]string{"conn_str": connString, "schema_name": schema}, os.Getenv)
}

// open returns the backend in a schema.
func open(t *testing.T, connString, schema string) *postgres.Backend {
	t.Helper()
	b, err := configure(connString, schema)
	if err != nil {
		t.Fatalf("Configure: %v", err)
	}
	return b.(*postgres.Backend)
}

// fresh returns a backend with nothing in it, and its schema.
func fresh(t *testing.T) (*server, *postgres.Backend, string) {
	t.Helper()
	s := running(t)
	schema := s.newSchema()
	return s, open(t, s.connString(), schema), schema
}
