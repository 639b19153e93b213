package postgres

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/cfplan/cfplan/internal/state"
)

// entryPrefix marks the rows of archive entries among the documents. No document's name has a slash.
const entryPrefix = "history/"

var entryName = regexp.MustCompile(`^[a-z0-9-]{1,100}$`)

func entry(name string) (string, error) {
	if !entryName.MatchString(name) {
		return "", fmt.Errorf("%q is not a name for an entry", name)
	}
	return entryPrefix + name, nil
}

// Keep implements [state.Archive].
func (b *Backend) Keep(ctx context.Context, name string, data []byte) error {
	row, err := entry(name)
	if err != nil {
		return err
	}

	return b.use(ctx, func(ctx context.Context, conn *pgconn.PgConn) error {
		if err := b.ready(ctx, conn); err != nil {
			return err
		}
		_, err := query(ctx, conn, b.sql(`INSERT INTO SCHEMA.documents (key, name, body) VALUES ($1, $2, $3)
			ON CONFLICT (key, name) DO UPDATE SET body = EXCLUDED.body, updated_at = now()`), nil, b.key, row,
			bytea(data))
		return b.failed(ctx, conn, err)
	})
}

// Add implements [state.Archive].
func (b *Backend) Add(ctx context.Context, name string, data []byte) error {
	row, err := entry(name)
	if err != nil {
		return err
	}

	return b.use(ctx, func(ctx context.Context, conn *pgconn.PgConn) error {
		if err := b.ready(ctx, conn); err != nil {
			return err
		}
		rows, err := query(ctx, conn, b.sql(`INSERT INTO SCHEMA.documents (key, name, body) VALUES ($1, $2, $3)
			ON CONFLICT (key, name) DO NOTHING RETURNING version`), columns{asText}, b.key, row, bytea(data))
		if isConflict(err) || err == nil && len(rows) == 0 {
			return state.ErrConflict
		}
		return b.failed(ctx, conn, err)
	})
}

// Kept implements [state.Archive].
func (b *Backend) Kept(ctx context.Context, name string) ([]byte, error) {
	row, err := entry(name)
	if err != nil {
		return nil, err
	}
	data, v, err := b.read(ctx, row)
	if err == nil && v == "" {
		return nil, fmt.Errorf("%s: %w", name, state.ErrNoEntry)
	}
	return data, err
}

// Entries implements [state.Archive].
func (b *Backend) Entries(ctx context.Context) ([]string, error) {
	var out []string
	err := b.use(ctx, func(ctx context.Context, conn *pgconn.PgConn) error {
		rows, err := query(ctx, conn, b.sql(`SELECT name FROM SCHEMA.documents
			WHERE key = $1 AND starts_with(name, $2) ORDER BY name COLLATE "C"`), columns{asText}, b.key, entryPrefix)
		for _, row := range rows {
			if name := strings.TrimPrefix(string(row[0]), entryPrefix); entryName.MatchString(name) {
				out = append(out, name)
			}
		}
		return b.failed(ctx, conn, err)
	})
	if isMissing(err) {
		return nil, nil
	}

	return out, err
}

// Drop implements [state.Archive].
func (b *Backend) Drop(ctx context.Context, names ...string) error {
	rows := make([]string, len(names))
	for i, name := range names {
		row, err := entry(name)
		if err != nil {
			return err
		}
		rows[i] = row
	}

	err := b.use(ctx, func(ctx context.Context, conn *pgconn.PgConn) error {
		// No entry's name contains a comma.
		_, err := query(ctx, conn, b.sql(`DELETE FROM SCHEMA.documents
			WHERE key = $1 AND name = ANY (string_to_array($2, ','))`), nil, b.key, strings.Join(rows, ","))
		return b.failed(ctx, conn, err)
	})
	if isMissing(err) {
		return nil
	}

	return err
}
