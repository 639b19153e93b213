package postgres

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/cfplan/cfplan/internal/state"
)

// DefaultSchema and DefaultKey are used if the block does not set them.
const (
	DefaultSchema = "cfplan"
	DefaultKey    = "cfplan"
)

var attributes = []string{"conn_str", "key", "schema_name", "skip_schema_creation", "skip_table_creation"}

const (
	mostSchema = 63 // bytes; PostgreSQL cuts longer names off, so two schemas could become one
	mostKey    = 255
)

// Attributes returns the names of the attributes of a block `backend "postgres"`, sorted.
func Attributes() []string { return slices.Clone(attributes) }

// Configure returns the backend for a block with these settings. The connection string is the attribute
// conn_str, or else PG_CONN_STR of the environment. Settings that it leaves out come from libpq's
// variables, such as PGHOST and PGPASSWORD, and from the files that they name. Configure contacts no
// server.
func Configure(given state.Settings) (state.Backend, error) {
	attrs := given.Attributes()
	b := &Backend{patience: usePatience, pingAfter: pingAfter, aliveInterval: aliveInterval}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(attrs)) {
		if !slices.Contains(attributes, name) {
			errs = append(errs, fmt.Errorf("backend \"postgres\" has no attribute %q; available: %s", name,
				strings.Join(attributes, ", ")))
		}
	}

	var err error
	if b.schema, err = nameAttr(attrs, "schema_name", DefaultSchema, mostSchema); err != nil {
		errs = append(errs, err)
	}
	if b.key, err = nameAttr(attrs, "key", DefaultKey, mostKey); err != nil {
		errs = append(errs, err)
	}
	if b.skipSchema, err = boolAttr(attrs, "skip_schema_creation"); err != nil {
		errs = append(errs, err)
	}
	if b.skipTables, err = boolAttr(attrs, "skip_table_creation"); err != nil {
		errs = append(errs, err)
	}
	if b.config, err = connection(given); err != nil {
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}

	return b, nil
}

func nameAttr(attrs map[string]string, name, otherwise string, most int) (string, error) {
	s := attrs[name]
	if s == "" {
		return otherwise, nil
	}
	odd := func(r rune) bool { return !unicode.IsPrint(r) }
	if len(s) > most || !utf8.ValidString(s) || strings.ContainsFunc(s, odd) {
		return "", fmt.Errorf("backend \"postgres\": %s is %.80q; want at most %d bytes of printable text", name, s,
			most)
	}
	return s, nil
}

func boolAttr(attrs map[string]string, name string) (bool, error) {
	s := attrs[name]
	if s == "" {
		return false, nil
	}
	v, err := strconv.ParseBool(s)
	if err != nil {
		return false, fmt.Errorf("backend \"postgres\": %s is %.80q; want true or false", name, s)
	}
	return v, nil
}

// parameters are the parameters that a connection string may set. The driver would send any other parameter
// to the server as a setting, and a part of a password that is quoted wrongly would become a parameter's
// name.
var parameters = []string{
	"application_name", "channel_binding", "connect_timeout", "dbname", "host", "krbspn", "krbsrvname",
	"max_protocol_version", "min_protocol_version", "options", "passfile", "password", "port", "require_auth",
	"service", "servicefile", "sslcert", "sslcertmode", "sslkey", "sslmode", "sslnegotiation", "sslpassword",
	"sslrootcert", "sslsni", "target_session_attrs", "timezone", "user",
}

// connectTimeout is used if the settings have none; the driver's default is two minutes.
const connectTimeout = 30 * time.Second

// oursMost limits what the server may send in one message, in addition to a document.
const oursMost = 1 << 20 // bytes

// connection returns the configuration of a connection, after it has checked that no credential goes to a
// server that only the files name.
func connection(given state.Settings) (*pgconn.Config, error) {
	conn := given.Value("conn_str", "PG_CONN_STR")
	c, err := parse(conn.Value)
	if err != nil {
		return nil, err
	}

	if conn.Origin.Operator() {
		err = protectService(given, conn, c)
	} else {
		c, err = protect(given, conn, c)
	}

	if err != nil {
		return nil, err
	}

	if given.Env("PGCONNECT_TIMEOUT") == "" && !strings.Contains(conn.Value, "connect_timeout") {
		c.ConnectTimeout = connectTimeout
	}
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "cfplan"
	}

	c.RuntimeParams["client_encoding"] = "UTF8"
	c.MaxProtocolMessageBodyLen = state.MaxSize + oursMost
	// Keepalives let an idle connection survive firewalls, and reveal a dead one.
	c.DialFunc = (&net.Dialer{Timeout: c.ConnectTimeout, KeepAliveConfig: net.KeepAliveConfig{
		Enable: true, Idle: 30 * time.Second, Interval: 10 * time.Second, Count: 6}}).DialContext

	return c, nil
}

// parse parses a connection string. Settings that the string leaves out come from the environment. No error
// quotes the string, because a password may be misplaced anywhere in it.
func parse(connString string) (*pgconn.Config, error) {
	if strayAt(connString) {
		return nil, errors.New(`backend "postgres": the connection string has a misplaced "@": ` +
			`in a user name or password write "@" as %40, "/" as %2F and "?" as %3F, or set PGUSER and PGPASSWORD ` +
			`(the string is not shown, because it may contain a password)`)
	}
	c, err := pgconn.ParseConfigWithOptions(connString, pgconn.ParseConfigOptions{ConnStringAllowedKeys: parameters})
	if err != nil {
		return nil, unparsed(err)
	}
	return c, nil
}

// strayAt reports whether a part of a URL's password would be taken for a host or database, because the
// password is not percent-encoded. Messages show hosts and databases.
func strayAt(connString string) bool {
	scheme, rest, isURL := strings.Cut(connString, "://")
	if !isURL || scheme != "postgres" && scheme != "postgresql" {
		return false
	}
	i := strings.IndexAny(rest, "@/")
	if i >= 0 && rest[i] == '@' {
		rest = rest[i+1:]
	}
	return strings.Contains(rest, "@")
}

// unparsed explains what is wrong with the connection settings. The driver's messages quote the settings, so
// unparsed repeats only an error about a file, which quotes the file's path.
func unparsed(err error) error {
	const what = `backend "postgres": the connection settings (conn_str, PG_CONN_STR, PGHOST, PGPORT and so on) ` +
		`can't be used: `
	var file *fs.PathError
	switch text := err.Error(); {
	case errors.As(err, &file):
		return fmt.Errorf("%s%w", what, file)
	case strings.Contains(text, "sslmode is invalid"):
		return errors.New(what + "sslmode must be disable, allow, prefer, require, verify-ca or verify-full")
	case strings.Contains(text, "unable to add CA"):
		return errors.New(what + "sslrootcert (PGSSLROOTCERT) names a file without a certificate in PEM form")
	case strings.Contains(text, "failed to configure TLS"):
		return errors.New(what + "sslcert, sslkey and sslrootcert don't belong together, or are not PEM files")
	default:
		return errors.New(what + `want postgres://USER@HOST:PORT/DATABASE?sslmode=verify-full, or ` +
			`"host=… dbname=… user=…" with no parameters but libpq's ` +
			`(the settings are not shown, because they may contain a password; it is best set as PGPASSWORD)`)
	}
}
