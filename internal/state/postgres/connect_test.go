package postgres_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/servertest"
	"github.com/cfplan/cfplan/internal/state/statetest"
)

func TestConnectionErrorsSayWhatToDo(t *testing.T) {
	s := running(t)
	web := httptest.NewUnstartedServer(http.NotFoundHandler())
	web.Config.ErrorLog = log.New(io.Discard, "", 0)
	web.StartTLS()
	t.Cleanup(web.Close)
	free, err := servertest.FreePort()
	if err != nil {
		t.Fatal(err)
	}

	for name, c := range map[string]struct{ conn, says string }{
		"wrong password": {s.URL(role, "wr0ng-s3cret", s.Addr(), "sslmode=disable"), "check the role and its password"},
		"unknown role":   {s.URL("nobody", secret, s.Addr(), "sslmode=disable"), "check the role and its password"},
		"no password":    {"postgres://cfplan@" + s.Addr() + "/dns?sslmode=disable", "password"},
		"wrong database": {strings.Replace(s.ConnString(), "/dns?", "/zones?", 1), "create the database, or name another"},
		"wrong port":     {s.URL(role, secret, fmt.Sprintf("127.0.0.1:%d", free), "sslmode=disable"), "check host, port and network"},
		"wrong host":     {s.URL(role, secret, "nosuch.invalid:5432", "sslmode=disable"), "check host, port and network"},
		"HTML":           {s.URL(role, secret, answering(t, "HTTP/1.1 400 Bad Request\r\n\r\n<html>Bad Request</html>"), "sslmode=disable"), "does not answer as PostgreSQL does"},
		"HTML, with TLS": {s.URL(role, secret, answering(t, "HTTP/1.1 400 Bad Request\r\n\r\n<html>Bad Request</html>"), "sslmode=require"), "offers no TLS"},
		"silent":         {s.URL(role, secret, answering(t, ""), "sslmode=disable&connect_timeout=1"), "does not answer as PostgreSQL does"},
		"HTTPS":          {s.URL(role, secret, web.Listener.Addr().String(), "sslmode=prefer"), "does not answer as PostgreSQL does"},
		"no TLS":         {s.URL(role, secret, answering(t, "N"), "sslmode=require"), "offers no TLS"},
		"missing socket": {"host=/nonexistent dbname=dns user=cfplan password=x", "check host, port and network"},
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t, c.conn, "cfplan")
			_, _, readErr := b.Read(t.Context(), state.DocState)
			_, writeErr := b.Write(t.Context(), state.DocState, nil, "")
			_, lockErr := b.Lock(t.Context(), state.Holder{}, 0)
			for what, err := range map[string]error{"Read": readErr, "Write": writeErr, "Lock": lockErr} {
				if err == nil || errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), c.says) ||
					strings.Contains(err.Error(), "\n") {
					t.Errorf("%s = %v, want one line that says %q", what, err, c.says)
				}
				if err != nil && (strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "wr0ng")) {
					t.Errorf("%s shows the password: %v", what, err)
				}
			}

			t.Log(readErr)
		})
	}
}

func TestTLSChecksTheServer(t *testing.T) {
	s := running(t)
	_, port, _ := net.SplitHostPort(s.Addr())
	expiredServer := expiredServer(t)
	other, err := statetest.NewCertificates(t.TempDir(), time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}

	for name, c := range map[string]struct{ addr, parameters, says string }{
		"own authority":           {s.Addr(), "sslmode=verify-full&sslrootcert=" + s.TLS.Authority, ""},
		"own authority, any name": {"localhost:" + port, "sslmode=verify-ca&sslrootcert=" + s.TLS.Authority, ""},
		"no authority asked":      {s.Addr(), "sslmode=require", ""},
		"unknown authority":       {s.Addr(), "sslmode=verify-full", "sslrootcert"},
		"another authority":       {s.Addr(), "sslmode=verify-ca&sslrootcert=" + other.Authority, "sslrootcert"},
		"another name":            {"localhost:" + port, "sslmode=verify-full&sslrootcert=" + s.TLS.Authority, "the server's certificate is for other names"},
		"expired":                 {expiredServer.Addr(), "sslmode=verify-full&sslrootcert=" + expiredServer.TLS.Authority, "only from 2020-01-01 to 2021-01-01"},
		"expired, any name":       {expiredServer.Addr(), "sslmode=verify-ca&sslrootcert=" + expiredServer.TLS.Authority, "only from 2020-01-01 to 2021-01-01"},
	} {
		t.Run(name, func(t *testing.T) {
			if strings.HasPrefix(c.addr, "localhost") && !localhostIsIPv4() {
				t.Skip("localhost is not 127.0.0.1 here")
			}

			b := open(t, s.URL(role, secret, c.addr, c.parameters), s.NewSchema())
			l, err := b.Lock(t.Context(), state.Holder{ID: "tls"}, 0)
			if c.says != "" {
				if err == nil || !strings.Contains(err.Error(), c.says) {
					t.Errorf("Lock = %v, want an error that says %q", err, c.says)
				}
				return
			}

			if err != nil {
				t.Fatalf("Lock = %v", err)
			}
			defer func() { _ = l.Unlock() }()

			if n := s.Admin(t, "SELECT count(*) FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid) WHERE s.ssl "+
				"AND a.application_name = 'cfplan'"); n == "0" {
				t.Error("no connection uses TLS")
			}
		})
	}
}

func localhostIsIPv4() bool {
	addrs, err := net.LookupHost("localhost")
	return err == nil && len(addrs) > 0 && (addrs[0] == "127.0.0.1" || len(addrs) > 1)
}

func expiredServer(t *testing.T) *server {
	t.Helper()
	s, err := servertest.StartPostgres(time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatalf("PostgreSQL with an expired certificate does not start: %v", err)
	}
	return s
}

// answering listens, and gives the same answer to every connection. If the answer is empty, it keeps the
// connection open.
func answering(t *testing.T, answer string) string {
	t.Helper()
	return accepting(t, func(c net.Conn) {
		_, _ = c.Read(make([]byte, 1000))
		if answer != "" {
			_, _ = io.WriteString(c, answer)
		}
	})
}

// accepting listens, and passes each connection to handle. A connection lasts as long as the test.
func accepting(t *testing.T, handle func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = c.Close() })
			go handle(c)
		}
	}()

	return l.Addr().String()
}
