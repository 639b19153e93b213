package postgres

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// layoutVersion is the version of the tables. Those of a newer one are refused.
const layoutVersion = 1

var layoutSQL = strconv.Itoa(layoutVersion)

// tables makes the tables. The version of a document is its digest, and the server
// computes it: whoever changes a row by hand changes its version with it.
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

// sql puts the schema's name in, once: the name itself may hold what stands for it.
func (b *Backend) sql(text string) string {
	return strings.ReplaceAll(text, "SCHEMA.", quote(b.schema)+".")
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// ready makes sure of tables that this cfplan can write to.
func (b *Backend) ready(ctx context.Context, conn *pgconn.PgConn) error {
	err := b.wantLayout(ctx, conn)
	if isMissing(err) {
		err = b.create(ctx, conn)
	}
	return err
}

// create makes what is missing, all of it or nothing. Of several runs that do so at
// once each waits for the one before.
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
		_ = simple(ctx, conn, "ROLLBACK") // a session that has ended has done so
		return b.explain(err)
	}

	return b.failed(ctx, conn, simple(ctx, conn, "COMMIT"))
}

// beginCreation begins the transaction, bounded as those of query are.
func beginCreation(ctx context.Context, schema string) string {
	blocked, whole := bounds(ctx)
	bound := strings.NewReplacer("$1", "'"+blocked+"'", "$2", "'"+whole+"'").Replace(boundSQL)
	return fmt.Sprintf("BEGIN ISOLATION LEVEL READ COMMITTED; %s; SELECT pg_advisory_xact_lock(%d)", bound,
		lockKey("creation", schema))
}

// createWhatIsMissing looks once more: another run may have been faster. It asks
// before it creates, as IF NOT EXISTS demands the right to create all the same.
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
		EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = 'layout')`,
		columns{asText, asText}, b.schema)
	if err != nil {
		return false, false, b.explain(err)
	}
	return string(row[0]) == "t", string(row[1]) == "t", nil
}

// simple runs statements that have no arguments and whose results nobody wants.
func simple(ctx context.Context, conn *pgconn.PgConn, sql string) error {
	return conn.Exec(ctx, sql).Close()
}

// wantLayout reads the layout of the tables. isMissing tells the error of one that
// finds none.
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
		return fmt.Errorf("%s: the tables in the schema %s were made by a newer cfplan (layout %d, this one knows "+
			"%d); upgrade cfplan", b.server(), b.schema, n, layoutVersion)
	}
	return nil
}

func (b *Backend) oddLayout() error {
	return fmt.Errorf("%s: the table layout in the schema %s is not as cfplan writes it; choose another "+
		"schema_name, or restore the schema from a backup", b.server(), b.schema)
}
