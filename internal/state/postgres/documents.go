package postgres

import (
	"context"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/cfplan/cfplan/internal/state"
)

// Read implements [state.Backend]. It only needs the permission to read the tables. If there are no tables,
// nothing is stored.
func (b *Backend) Read(ctx context.Context, doc state.Document) ([]byte, state.Version, error) {
	return b.read(ctx, string(doc))
}

func (b *Backend) read(ctx context.Context, name string) (body []byte, v state.Version, err error) {
	err = b.use(ctx, func(ctx context.Context, conn *pgconn.PgConn) error {
		body, v, err = b.readFrom(ctx, conn, name)
		return err
	})
	if isMissing(err) {
		return nil, "", nil
	}
	return body, v, err
}

// readFrom requests the size and the document in one statement, so that a document that is too large does not
// leave the server.
func (b *Backend) readFrom(ctx context.Context, conn *pgconn.PgConn, name string) ([]byte, state.Version, error) {
	rows, err := query(ctx, conn, b.sql(`SELECT l.version, d.version, octet_length(d.body),
		CASE WHEN octet_length(d.body) <= $3::bigint THEN d.body END
		FROM SCHEMA.layout l LEFT JOIN SCHEMA.documents d ON d.key = $1 AND d.name = $2`),
		columns{asText, asText, asText, asBytes}, b.key, name, int64(state.MaxSize))
	if err != nil {
		return nil, "", b.failed(ctx, conn, err)
	}

	if len(rows) != 1 {
		return nil, "", b.oddLayout()
	}

	layout, version, size, body := string(rows[0][0]), string(rows[0][1]), string(rows[0][2]), rows[0][3]
	if err := b.checkLayout(layout); err != nil {
		return nil, "", err
	}
	if version == "" {
		return nil, "", nil
	}
	if n, err := strconv.ParseInt(size, 10, 64); err != nil || n > state.MaxSize || int64(len(body)) != n {
		return nil, "", fmt.Errorf("%s: the document has %s bytes, %d were read; at most %d are allowed",
			b.server(), size, len(body), state.MaxSize)
	}

	return body, state.Version(version), nil
}

// Write implements [state.Backend]. It creates the tables if there are none. The statement is a transaction of
// its own: it takes effect as a whole or not at all.
func (b *Backend) Write(
	ctx context.Context, doc state.Document, body []byte, was state.Version,
) (v state.Version, err error) {
	if len(body) > state.MaxSize {
		return "", fmt.Errorf("%s: the document has %d bytes and can't be written: at most %d can be read back",
			b.server(),
			len(body), state.MaxSize)
	}

	err = b.use(ctx, func(ctx context.Context, conn *pgconn.PgConn) error {
		v, err = b.writeTo(ctx, conn, string(doc), body, was)
		if isMissing(err) && was == "" {
			if err = b.create(ctx, conn); err == nil {
				v, err = b.writeTo(ctx, conn, string(doc), body, was)
			}
		}
		return err
	})
	if isMissing(err) && was != "" {
		return "", state.ErrConflict // the document that was read is gone, with its table
	}

	return v, err
}

func (b *Backend) writeTo(
	ctx context.Context, conn *pgconn.PgConn, name string, body []byte, was state.Version,
) (state.Version, error) {
	sql, args := b.sql(`INSERT INTO SCHEMA.documents (key, name, body)
		SELECT $1, $2, $3 FROM SCHEMA.layout WHERE version = `+layoutSQL+`
		ON CONFLICT DO NOTHING RETURNING version`), []any{b.key, name, bytea(body)}

	if was != "" {
		sql, args = b.sql(`UPDATE SCHEMA.documents d SET body = $3, updated_at = now()
		FROM SCHEMA.layout l WHERE l.version = `+layoutSQL+` AND d.key = $1 AND d.name = $2 AND d.version = $4
		RETURNING d.version`), append(args, string(was))
	}

	rows, err := query(ctx, conn, sql, columns{asText}, args...)
	switch {
	case isConflict(err):
		return "", state.ErrConflict
	case err != nil:
		return "", b.failed(ctx, conn, err)
	case len(rows) == 0:
		if err := b.wantLayout(ctx, conn); err != nil {
			return "", err
		}
		return "", state.ErrConflict
	}

	return state.Version(rows[0][0]), nil
}
