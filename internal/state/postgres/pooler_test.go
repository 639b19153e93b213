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

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/servertest"
)

// pgbouncer starts PgBouncer before the server and returns where it listens.
func pgbouncer(t *testing.T, s *server, mode string) string {
	t.Helper()
	bin, err := exec.LookPath("pgbouncer")
	if err != nil {
		if bin = "/usr/sbin/pgbouncer"; !exists(bin) {
			const lacks = "there is no PgBouncer here: install it, such as with apt-get install pgbouncer"
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
	dir, err := os.MkdirTemp(s.Dir, "bouncer") // not a test's: its user must get there
	if err != nil {
		t.Fatal(err)
	}
	conf := fmt.Sprintf("[databases]\n%s = host=127.0.0.1 port=%d\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = %d\nunix_socket_dir =\n"+
		"auth_type = scram-sha-256\nauth_file = %s/users\npool_mode = %s\n", database, s.Port, port, dir, mode)
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
	write(t, b, state.DocState, "{}", "") // what is one statement does no harm
	_, lockErr := b.Lock(expired(t), state.Holder{ID: "mine"})
	for what, err := range map[string]error{"Lock": lockErr, "Probe": b.Probe(t.Context())} {
		if err == nil || !strings.Contains(err.Error(), "session mode") || errors.Is(err, fs.ErrPermission) {
			t.Errorf("%s = %v, want an error that tells of the pooler, and of no right", what, err)
		}
	}
}

func TestAPoolerInSessionModeIsAsGoodAsTheServer(t *testing.T) {
	s := running(t)
	schema := s.NewSchema()
	b, direct := open(t, s.URL(role, secret, pgbouncer(t, s, "session"), "sslmode=disable"), schema), open(t, s.ConnString(), schema)
	if err := b.Probe(t.Context()); err != nil {
		t.Errorf("Probe = %v", err)
	}
	l := lock(t, b, "mine")
	if _, err := direct.Lock(expired(t), state.Holder{ID: "other"}); err == nil {
		t.Error("two hold the lock")
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

// awaitLine reads until a line says that, and goes on reading.
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
	t.Fatalf("it ended without saying %q: %s", says, seen.String())
}
