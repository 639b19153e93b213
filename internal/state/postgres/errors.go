package postgres

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/cfplan/cfplan/internal/english"
)

// The server's words for what went wrong, as codes:
// https://www.postgresql.org/docs/current/errcodes-appendix.html
const (
	undefinedTable       = "42P01"
	undefinedColumn      = "42703"
	invalidSchemaName    = "3F000"
	invalidDatabase      = "3D000"
	insufficientRight    = "42501"
	invalidPassword      = "28P01"
	invalidAuthorization = "28000"
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	readOnlyTransaction  = "25006"
	tooManyConnections   = "53300"
	diskFull             = "53100"
	lockNotAvailable     = "55P03"
	queryCanceled        = "57014"
)

// explained is an error of the driver with the place before it and what to do after.
type explained struct {
	place, next string
	err         error
}

func (e *explained) Error() string {
	text := strings.Join(strings.Fields(e.err.Error()), " ") // the driver uses several lines
	if e.next == "" {
		return e.place + ": " + text
	}
	return e.place + ": " + text + "; " + e.next
}

func (e *explained) Unwrap() error { return e.err }

// Is makes a right that the role lacks a [fs.ErrPermission], by which a role that may
// only plan is told from a store that is broken.
func (e *explained) Is(target error) bool {
	return target == fs.ErrPermission && code(e.err) == insufficientRight
}

// explain says what to do about an error. The driver's own words name the role and
// the database, but no password.
func (b *Backend) explain(err error) error {
	var done *explained
	if err == nil || errors.As(err, &done) {
		return err
	}
	return &explained{b.server(), b.next(err), err}
}

// next is what to do, a clause without a full stop; empty where there is no telling.
func (b *Backend) next(err error) string {
	var server *pgconn.PgError
	if errors.As(err, &server) {
		return b.nextFor(server.Code)
	}

	var expired x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var record tls.RecordHeaderError
	var connecting *pgconn.ConnectError
	switch {
	case errors.As(err, &expired) && expired.Reason == x509.Expired:
		return fmt.Sprintf("the server's certificate is not valid now (it is from %s to %s): renew it there, or "+
			"set this machine's clock",
			english.Day(expired.Cert.NotBefore), english.Day(expired.Cert.NotAfter))
	case errors.As(err, &unknown):
		return "the server's certificate is from an authority that is not known here: name that authority's " +
			"certificate as sslrootcert or PGSSLROOTCERT"
	case errors.As(err, &name):
		return "the server's certificate is for other names: use one of those as the host"
	case errors.As(err, &record), isGibberish(err):
		return "what is there does not answer as PostgreSQL does: check host and port"
	case strings.Contains(err.Error(), "server refused TLS connection"):
		return "the server offers no TLS: turn it on there; sslmode=disable is for a server on this machine or a " +
			"network that is trusted"
	case errors.As(err, &connecting):
		return "check host, port and network (conn_str, PG_CONN_STR, PGHOST, PGPORT)"
	case errors.Is(err, context.DeadlineExceeded):
		return "the server or the network was too slow, or is gone, and whether it did what it was asked is not " +
			"known: look at both, and try again"
	}

	return ""
}

func (b *Backend) nextFor(code string) string {
	switch code {
	case invalidPassword, invalidAuthorization:
		return "check the role and its password (conn_str, PG_CONN_STR, PGUSER, PGPASSWORD, PGPASSFILE), and that " +
			"the server's pg_hba.conf lets it in from here"
	case invalidDatabase:
		return "create the database, or name another (conn_str, PG_CONN_STR, PGDATABASE)"
	case insufficientRight:
		return fmt.Sprintf("grant role %s what it needs on the schema %s: USAGE, with SELECT on its tables to "+
			"plan, and INSERT, UPDATE and DELETE on documents and locks to apply; who uses it first also needs CREATE",
			b.config.User, b.schema)
	case readOnlyTransaction:
		return "this server or session only reads: connect to the primary (target_session_attrs=read-write), with " +
			"a role that may write"
	case tooManyConnections:
		return "try again when there are fewer connections"
	case diskFull:
		return "make room on the server"
	case lockNotAvailable:
		return fmt.Sprintf("another session keeps the tables of the schema %s, or rows in them, locked: find it with "+
			"SELECT pid, usename, application_name, state FROM pg_stat_activity WHERE xact_start IS NOT NULL, "+
			"end it with SELECT pg_terminate_backend(its pid), and try again", b.schema)
	case queryCanceled:
		return "the server is too slow for what it was asked, or somebody cancelled it there: look at its load and " +
			"log, and try again"
	}
	return ""
}

// isGibberish reports whether what a server answered to the first message is nothing
// that PostgreSQL says, or nothing at all.
func isGibberish(err error) bool {
	text := err.Error()
	for _, sign := range []string{"unknown message type", "unexpected message", "invalid message", "body len",
		"message length",
		"failed to receive message: timeout", "failed to receive message: unexpected EOF", "tls error: EOF", "tls error: timeout"} {
		if strings.Contains(text, sign) {
			return true
		}
	}
	return false
}

func code(err error) string {
	var server *pgconn.PgError
	if errors.As(err, &server) {
		return server.Code
	}
	return ""
}

// isMissing reports whether a statement found no table or schema.
func isMissing(err error) bool {
	c := code(err)
	return c == undefinedTable || c == invalidSchemaName
}

// isConflict reports whether another transaction came in between, which only a role
// whose transactions are stricter than usual is told.
func isConflict(err error) bool {
	c := code(err)
	return c == serializationFailure || c == deadlockDetected
}

// failed explains the error of a statement. One that did not fit the tables is
// explained by their layout, where that is newer.
func (b *Backend) failed(ctx context.Context, conn *pgconn.PgConn, err error) error {
	if c := code(err); c == undefinedTable || c == undefinedColumn {
		if newer := b.wantLayout(ctx, conn); newer != nil && !isMissing(newer) {
			return newer
		}
	}
	return b.explain(err)
}
