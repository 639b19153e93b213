package postgres_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/postgres"
	"github.com/cfplan/cfplan/internal/state/servertest"
)

// pgbouncer starts PgBouncer in front of the server, with additional settings, and returns its address.
func pgbouncer(t *testing.T, s *server, mode string, settings ...string) string {
	t.Helper()
	bin, err := exec.LookPath("pgbouncer")
	if err != nil {
		if bin = "/usr/sbin/pgbouncer"; !exists(bin) {
			const lacks = "PgBouncer is not installed; install it, for example with apt-get install pgbouncer"
			if os.Getenv("CI") != "" {
				t.Fatal(lacks)
			}
			t.Skip(lacks)
		}
	}

	port, err := servertest.FreePort()
	if err != nil {
		t.Fatal(err)
	}

	dir, err := os.MkdirTemp(s.Dir, "bouncer") // not a test's directory, which PgBouncer's user may not enter
	if err != nil {
		t.Fatal(err)
	}

	conf := fmt.Sprintf("[databases]\n%s = host=127.0.0.1 port=%d\n[pgbouncer]\nlisten_addr = "+
		"127.0.0.1\nlisten_port = %d\nunix_socket_dir =\n"+
		"auth_type = scram-sha-256\nauth_file = %s/users\npool_mode = %s\n%s\n", database, s.Port, port, dir, mode,
		strings.Join(settings, "\n"))

	err = errors.Join(
		os.WriteFile(filepath.Join(dir, "conf"), []byte(conf), 0o600),
		os.WriteFile(filepath.Join(dir, "users"), []byte(fmt.Sprintf("%q %q\n", role, secret)), 0o600),
		servertest.Own(dir))
	if err != nil {
		t.Fatal(err)
	}

	cmd := exec.Command(bin, filepath.Join(dir, "conf"))
	cmd.Dir = dir
	servertest.AsServer(cmd)
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}

	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})

	awaitLine(t, log, "process up")
	return net.JoinHostPort("127.0.0.1", fmt.Sprint(port))
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func TestAPoolerThatSharesSessionsIsRefused(t *testing.T) {
	s := running(t)
	b := open(t, s.URL(role, secret, pgbouncer(t, s, "transaction"), "sslmode=disable"), s.NewSchema())
	write(t, b, state.DocState, "{}", "") // a single statement is safe
	_, lockErr := b.Lock(t.Context(), state.Holder{ID: "mine"}, 0)
	for what, err := range map[string]error{"Lock": lockErr, "Probe": b.Probe(t.Context())} {
		if err == nil || !strings.Contains(err.Error(), "session mode") || errors.Is(err, fs.ErrPermission) {
			t.Errorf("%s = %v, want an error about the pooler, not about a permission", what, err)
		}
	}
}

// The session that a statement reaches depends on the pooler's order, and on how many sessions it has open.
func TestAPoolerThatSharesManySessionsIsRefused(t *testing.T) {
	s := running(t)
	for _, order := range []string{"server_round_robin = 0", "server_round_robin = 1"} {
		for sessions := 1; sessions <= 5; sessions++ {
			t.Run(fmt.Sprintf("%s, %d sessions", order, sessions), func(t *testing.T) {
				url := s.URL(role, secret, pgbouncer(t, s, "transaction", order), "sslmode=disable")
				warm(t, url, sessions)
				schema := s.NewSchema()
				b, direct := open(t, url, schema), open(t, s.ConnString(), schema)
				for what, try := range map[string]func() error{
					"Lock":  func() error { _, err := b.Lock(t.Context(), state.Holder{ID: "mine"}, 0); return err },
					"Probe": func() error { return b.Probe(t.Context()) },
				} {
					if err := try(); err == nil || !strings.Contains(err.Error(), "session mode") {
						t.Errorf("%s = %v, want an error about the pooler", what, err)
					}
				}

				if err := lock(t, direct, "next").Unlock(); err != nil { // the refused Lock left no lock in the pool
					t.Errorf("Unlock = %v", err)
				}
			})
		}
	}
}

// warm makes a pooler open many sessions, as concurrent clients do.
func warm(t *testing.T, url string, sessions int) {
	t.Helper()
	for range sessions {
		c, err := pgconn.Connect(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = errors.Join(c.Exec(t.Context(), "COMMIT").Close(), c.Close(t.Context())) }()
		if err := c.Exec(t.Context(), "BEGIN").Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// If the pooler begins to share the session later, the lock notices when it is taken, checked or released.
func TestALockThatReachedAnotherSessionIsReleased(t *testing.T) {
	s := running(t)
	for sessions := 2; sessions <= 5; sessions++ {
		url := s.URL(role, secret, pgbouncer(t, s, "transaction", "server_round_robin = 1"), "sslmode=disable")
		warm(t, url, sessions)
		schema := s.NewSchema()
		b, direct := open(t, url, schema), open(t, s.ConnString(), schema)
		write(t, direct, state.DocState, "{}", "")
		if err := b.LockUnseen(t.Context(), state.Holder{ID: "mine"}); err == nil ||
			!strings.Contains(err.Error(), "session mode") {
			t.Errorf("Lock = %v, want an error about the pooler", err)
		}
		if err := lock(t, direct, "next").Unlock(); err != nil {
			t.Errorf("Unlock = %v", err)
		}
	}
}

func TestUnlockReportsALockThatItDidNotRelease(t *testing.T) {
	_, b, _ := fresh(t)
	l := lock(t, b, "mine")
	if err := postgres.Run(l, "SELECT pg_advisory_unlock_all()"); err != nil {
		t.Fatal(err)
	}
	if err := l.Check(t.Context()); !errors.Is(err, state.ErrLockLost) {
		t.Errorf("Check of a lock that its session no longer holds = %v, want ErrLockLost", err)
	}
	if err := l.Unlock(); err == nil || !strings.Contains(err.Error(), "no longer held it") {
		t.Errorf("Unlock of a lock that its session no longer holds = %v, want an error that says so", err)
	}

	l = lock(t, b, "next")
	postgres.Mislead(l, "4711")
	if err := l.Unlock(); err == nil || !strings.Contains(err.Error(), "pg_terminate_backend(4711)") {
		t.Errorf("Unlock through another session = %v, want an error that says how to end the one that holds the lock", err)
	}
}

func TestAPoolerInSessionModeKeepsTheLock(t *testing.T) {
	s := running(t)
	schema := s.NewSchema()
	b, direct := open(t, s.URL(role, secret, pgbouncer(t, s, "session"), "sslmode=disable"), schema), open(t,
		s.ConnString(), schema)
	if err := b.Probe(t.Context()); err != nil {
		t.Errorf("Probe = %v", err)
	}

	l := lock(t, b, "mine")
	if _, err := direct.Lock(t.Context(), state.Holder{ID: "other"}, 0); err == nil {
		t.Error("two clients hold the lock")
	}
	if err := l.Check(t.Context()); err != nil {
		t.Errorf("Check = %v", err)
	}
	if err := direct.ForceUnlock(t.Context(), "mine"); err != nil {
		t.Errorf("ForceUnlock = %v", err)
	}
	if err := l.Check(t.Context()); !errors.Is(err, state.ErrLockLost) {
		t.Errorf("Check after ForceUnlock = %v, want ErrLockLost", err)
	}
}

// awaitLine reads until a line contains a text, and goes on reading.
func awaitLine(t *testing.T, r io.Reader, says string) {
	t.Helper()
	var seen strings.Builder
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if strings.Contains(lines.Text(), says) {
			go func() { _, _ = io.Copy(io.Discard, r) }()
			return
		}
		seen.WriteString(lines.Text() + "\n")
	}
	t.Fatalf("the output ended without %q: %s", says, seen.String())
}
