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

// These are the server's error codes; see
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

// explained is an error of the driver, with the place and the next step.
type explained struct {
	place, next string
	err         error
}

func (e *explained) Error() string {
	text := strings.Join(strings.Fields(e.err.Error()), " ") // the driver's message has several lines
	if e.next == "" {
		return e.place + ": " + text
	}
	return e.place + ": " + text + "; " + e.next
}

func (e *explained) Unwrap() error { return e.err }

// Is reports that a missing permission is [fs.ErrPermission]. That distinguishes a role that can still plan
// from a store that does not work.
func (e *explained) Is(target error) bool {
	return target == fs.ErrPermission && code(e.err) == insufficientRight
}

// explain adds the place and the next step to an error. The driver's message names the role and the
// database, but no password.
func (b *Backend) explain(err error) error {
	var done *explained
	if err == nil || errors.As(err, &done) {
		return err
	}
	return &explained{b.server(), b.next(err), err}
}

// next returns the next step as a clause without a full stop, or "" if none is known.
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
		return fmt.Sprintf("the server's certificate is not valid now, only from %s to %s: renew it at the server, or "+
			"correct this machine's clock",
			english.Day(expired.Cert.NotBefore), english.Day(expired.Cert.NotAfter))
	case errors.As(err, &unknown):
		return "the server's certificate is signed by an authority that this machine does not know: set sslrootcert or " +
			"PGSSLROOTCERT to a file with that authority's certificate"
	case errors.As(err, &name):
		return "the server's certificate is for other names: use one of them as the host"
	case errors.As(err, &record), isGibberish(err):
		return "the server does not answer as PostgreSQL does: check host and port"
	case strings.Contains(err.Error(), "server refused TLS connection"):
		return "the server offers no TLS: turn it on there; use sslmode=disable only for a server on this machine " +
			"or in " +
			"a trusted network"
	case errors.As(err, &connecting):
		return "check host, port and network (conn_str, PG_CONN_STR, PGHOST, PGPORT)"
	case errors.Is(err, context.DeadlineExceeded):
		return "the server or the network was too slow, or is gone, and it is not known whether the request was " +
			"carried " +
			"out: check both, and try again"
	}

	return ""
}

func (b *Backend) nextFor(code string) string {
	switch code {
	case invalidPassword, invalidAuthorization:
		return "check the role and its password (conn_str, PG_CONN_STR, PGUSER, PGPASSWORD, PGPASSFILE), and that " +
			"the server's pg_hba.conf allows this machine"
	case invalidDatabase:
		return "create the database, or name another one (conn_str, PG_CONN_STR, PGDATABASE)"
	case insufficientRight:
		return fmt.Sprintf("grant role %s its permissions on the schema %s: USAGE, and SELECT on its tables to plan; "+
			"also INSERT, UPDATE and DELETE on documents and locks to apply; also CREATE for the first use",
			b.config.User, b.schema)
	case readOnlyTransaction:
		return "this server or session is read-only: connect to the primary (target_session_attrs=read-write), with " +
			"a role that may write"
	case tooManyConnections:
		return "the server has no free connection; try again later"
	case diskFull:
		return "the server has no space left; free some"
	case lockNotAvailable:
		return fmt.Sprintf("another session keeps the tables of the schema %s, or rows in them, locked: find it with "+
			"SELECT pid, usename, application_name, state FROM pg_stat_activity WHERE xact_start IS NOT NULL, "+
			"end it with SELECT pg_terminate_backend(its pid), and try again", b.schema)
	case queryCanceled:
		return "the server is too slow for this request, or an administrator cancelled it: check the server's load and " +
			"log, and try again"
	}
	return ""
}

// isGibberish reports whether the server's answer to the first message is not PostgreSQL's protocol, or is
// missing.
func isGibberish(err error) bool {
	text := err.Error()
	for _, sign := range []string{"unknown message type", "unexpected message", "invalid message", "body len",
		"message length",
		"failed to receive message: timeout", "failed to receive message: unexpected EOF",
		"tls error: EOF", "tls error: timeout"} {
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

// isConflict reports whether another transaction came in between. The server reports that only to a role whose
// default isolation level is stricter than usual.
func isConflict(err error) bool {
	c := code(err)
	return c == serializationFailure || c == deadlockDetected
}

// failed explains the error of a statement. If the statement failed because the tables have a newer layout,
// failed returns an error about the layout instead.
func (b *Backend) failed(ctx context.Context, conn *pgconn.PgConn, err error) error {
	if c := code(err); c == undefinedTable || c == undefinedColumn {
		if newer := b.wantLayout(ctx, conn); newer != nil && !isMissing(newer) {
			return newer
		}
	}
	return b.explain(err)
}
