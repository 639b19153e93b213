package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/cfplan/cfplan/internal/state"
)

// idleFor is how long a connection is kept for the next use. An apply writes the
// state after each request, and a new connection takes several round trips; one
// that is left open for longer may be cut by what is on the way.
const idleFor = 10 * time.Second

// idleConn is a connection that nobody uses.
type idleConn struct {
	conn   *pgconn.PgConn
	closer *time.Timer
}

// use runs fn with a connection, the last one where it still is there.
func (b *Backend) use(ctx context.Context, fn func(*pgconn.PgConn) error) error {
	conn := b.takeIdle(ctx)
	if conn == nil {
		var err error
		if conn, err = b.connect(ctx); err != nil {
			return err
		}
	}
	err := fn(conn)
	b.giveBack(conn)
	return err
}

func (b *Backend) connect(ctx context.Context) (*pgconn.PgConn, error) {
	conn, err := pgconn.ConnectConfig(ctx, b.config)
	if err != nil {
		return nil, b.explain(err)
	}
	return conn, nil
}

func (b *Backend) takeIdle(ctx context.Context) *pgconn.PgConn {
	b.mu.Lock()
	i := b.idle
	b.idle = nil
	b.mu.Unlock()
	if i == nil || !i.closer.Stop() { // else it is about to be closed
		return nil
	}
	if i.conn.Ping(ctx) != nil { // what fails now has changed nothing
		hangUp(i.conn)
		return nil
	}
	return i.conn
}

func (b *Backend) giveBack(conn *pgconn.PgConn) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if conn.IsClosed() || b.idle != nil {
		go hangUp(conn)
		return
	}
	i := &idleConn{conn: conn}
	i.closer = time.AfterFunc(idleFor, func() {
		b.mu.Lock()
		if b.idle == i {
			b.idle = nil
		}
		b.mu.Unlock()
		hangUp(conn)
	})
	b.idle = i
}

// hangUp ends a session.
func hangUp(conn *pgconn.PgConn) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_ = conn.Close(ctx) // the server ends the session all the same
}

// mostRows bounds an answer, beside its size.
const mostRows = 100_000

// The formats of arguments and results.
const (
	asText  int16 = 0
	asBytes int16 = 1
)

// columns are the formats of a result's columns.
type columns []int16

// bytea is an argument that goes as it is. The others are strings and int64s.
type bytea []byte

// query runs one statement and returns its rows. It prepares nothing, so that it
// goes through poolers as well.
func query(ctx context.Context, conn *pgconn.PgConn, sql string, cols columns, args ...any) ([][][]byte, error) {
	values, formats := make([][]byte, len(args)), make([]int16, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case string:
			values[i] = []byte(a)
		case int64:
			values[i] = strconv.AppendInt(nil, a, 10)
		case bytea:
			values[i], formats[i] = a, asBytes
			if a == nil {
				values[i] = []byte{} // nil is NULL
			}
		}
	}
	r := conn.ExecParams(ctx, sql, values, nil, formats, cols)
	rows, err := readRows(r, len(cols))
	if err != nil {
		hangUp(conn) // or the rest would have to be read
	}
	_, closed := r.Close()
	return rows, errors.Join(err, closed)
}

// queryRow is query for a statement that returns one row.
func queryRow(ctx context.Context, conn *pgconn.PgConn, sql string, cols columns, args ...any) ([][]byte, error) {
	rows, err := query(ctx, conn, sql, cols, args...)
	if err != nil {
		return nil, err
	}
	if len(rows) != 1 {
		return nil, fmt.Errorf("the server answered %d rows instead of one", len(rows))
	}
	return rows[0], nil
}

// readRows trusts no server: each row has that many columns.
func readRows(r *pgconn.ResultReader, cols int) ([][][]byte, error) {
	var rows [][][]byte
	size := 0
	for r.NextRow() {
		got := r.Values()
		if len(got) != cols {
			return nil, fmt.Errorf("the server answered %d columns instead of %d", len(got), cols)
		}
		row := make([][]byte, cols)
		for i, v := range got {
			size += len(v)
			row[i] = bytes.Clone(v)
		}
		if rows = append(rows, row); size > state.MaxSize+oursMost || len(rows) > mostRows {
			return nil, errors.New("the server's answer is too large")
		}
	}
	return rows, nil
}
