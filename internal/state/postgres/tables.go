package postgres

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// layoutVersion is the version of the tables. A newer version is refused.
const layoutVersion = 1

var layoutSQL = strconv.Itoa(layoutVersion)

// tables creates the tables. The version of a document is its digest, which the server computes, so a row
// that is changed by hand gets another version.
const tables = `
CREATE TABLE SCHEMA.documents (
	key text NOT NULL,
	name text NOT NULL,
	body bytea NOT NULL,
	version text NOT NULL GENERATED ALWAYS AS (encode(sha256(body), 'hex')) STORED,
	updated_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (key, name)
);
CREATE TABLE SCHEMA.locks (
	key text PRIMARY KEY,
	pid integer NOT NULL,
	id text NOT NULL,
	holder text NOT NULL
);
CREATE TABLE SCHEMA.layout (version integer PRIMARY KEY);
INSERT INTO SCHEMA.layout VALUES (1);
`

// sql inserts the schema's name in one pass, because the name may itself contain the placeholder.
func (b *Backend) sql(text string) string {
	return strings.ReplaceAll(text, "SCHEMA.", quote(b.schema)+".")
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// ready makes sure that there are tables which this cfplan can write to.
func (b *Backend) ready(ctx context.Context, conn *pgconn.PgConn) error {
	err := b.wantLayout(ctx, conn)
	if isMissing(err) {
		err = b.create(ctx, conn)
	}
	return err
}

// create creates the missing tables, all of them or none. Several runs that do so at once wait for each other.
func (b *Backend) create(ctx context.Context, conn *pgconn.PgConn) error {
	schema, there, err := b.whatIsThere(ctx, conn)
	switch {
	case err != nil:
		return err
	case there:
		return nil
	case !schema && b.skipSchema:
		return fmt.Errorf("%s: there is no schema %s, and skip_schema_creation is set; have it created, or correct "+
			"schema_name", b.server(), b.schema)
	case b.skipTables:
		return fmt.Errorf("%s: the schema %s has no tables of cfplan, and skip_table_creation is set; have a role "+
			"that may create them run this command once, without that setting", b.server(), b.schema)
	}

	if err = simple(ctx, conn, beginCreation(ctx, b.schema)); err == nil {
		err = b.createWhatIsMissing(ctx, conn)
	}

	if err != nil {
		_ = simple(ctx, conn, "ROLLBACK") // if the session has ended, so has the transaction
		return b.explain(err)
	}

	return b.failed(ctx, conn, simple(ctx, conn, "COMMIT"))
}

// beginCreation begins the transaction, with the same limits as query.
func beginCreation(ctx context.Context, schema string) string {
	blocked, whole := bounds(ctx)
	bound := strings.NewReplacer("$1", "'"+blocked+"'", "$2", "'"+whole+"'").Replace(boundSQL)
	return fmt.Sprintf("BEGIN ISOLATION LEVEL READ COMMITTED; %s; SELECT pg_advisory_xact_lock(%d)", bound,
		lockKey("creation", schema))
}

// createWhatIsMissing checks again, because another run may have been faster. It checks before it creates,
// because IF NOT EXISTS requires the permission to create even if the table exists.
func (b *Backend) createWhatIsMissing(ctx context.Context, conn *pgconn.PgConn) error {
	schema, there, err := b.whatIsThere(ctx, conn)
	if err != nil || there {
		return err
	}
	script := b.sql(tables)
	if !schema {
		script = "CREATE SCHEMA " + quote(b.schema) + ";" + script
	}
	return b.failed(ctx, conn, simple(ctx, conn, script))
}

func (b *Backend) whatIsThere(ctx context.Context, conn *pgconn.PgConn) (schema, tables bool, err error) {
	row, err := queryRow(ctx, conn, `SELECT
		EXISTS (SELECT FROM pg_namespace WHERE nspname = $1),
		EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		         WHERE n.nspname = $1 AND c.relname = 'layout')`,
		columns{asText, asText}, b.schema)
	if err != nil {
		return false, false, b.explain(err)
	}
	return string(row[0]) == "t", string(row[1]) == "t", nil
}

// simple runs statements without arguments, and ignores their results.
func simple(ctx context.Context, conn *pgconn.PgConn, sql string) error {
	return conn.Exec(ctx, sql).Close()
}

// wantLayout checks the layout of the tables. If there are none, isMissing is true for its error.
func (b *Backend) wantLayout(ctx context.Context, conn *pgconn.PgConn) error {
	rows, err := query(ctx, conn, b.sql(`SELECT version FROM SCHEMA.layout`), columns{asText})
	if err != nil {
		return b.explain(err)
	}
	if len(rows) != 1 {
		return b.oddLayout()
	}
	return b.checkLayout(string(rows[0][0]))
}

func (b *Backend) checkLayout(got string) error {
	switch n, err := strconv.Atoi(got); {
	case err != nil || n < 1:
		return b.oddLayout()
	case n > layoutVersion:
		return fmt.Errorf("%s: the tables in the schema %s were made by a newer cfplan (layout %d, but this one "+
			"reads at most %d); upgrade cfplan", b.server(), b.schema, n, layoutVersion)
	}
	return nil
}

func (b *Backend) oddLayout() error {
	return fmt.Errorf("%s: the table layout in the schema %s was not written by cfplan; choose another "+
		"schema_name, or restore the schema from a backup", b.server(), b.schema)
}
