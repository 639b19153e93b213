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

// mostBlocked is how long a statement waits for a row or table that another session
// has locked: longer than the largest document takes to be written.
const mostBlocked = time.Minute

// boundSQL bounds the statements that follow it in its transaction. The settings end
// with that, so that none stays behind in a session that a pooler hands on.
const boundSQL = `SELECT set_config('lock_timeout', $1, true), set_config('statement_timeout', $2, true)`

// bounds are the arguments of boundSQL, in milliseconds. A statement that is blocked
// ends before ctx does: the server can say why it ends, and a context can't.
func bounds(ctx context.Context) (blocked, whole string) {
	left := usePatience
	if deadline, ok := ctx.Deadline(); ok {
		left = time.Until(deadline)
	}
	return milliseconds(min(left/2, mostBlocked)), milliseconds(left)
}

// milliseconds returns 1 at least: 0 would be no bound.
func milliseconds(d time.Duration) string { return strconv.FormatInt(max(d.Milliseconds(), 1), 10) }

// query runs one statement, bounded, in one round trip and one transaction, and
// returns its rows. It prepares nothing, so that it goes through poolers as well.
func query(ctx context.Context, conn *pgconn.PgConn, sql string, cols columns, args ...any) ([][][]byte, error) {
	blocked, whole := bounds(ctx)
	batch := &pgconn.Batch{}
	batch.ExecParams(boundSQL, [][]byte{[]byte(blocked), []byte(whole)}, nil, nil, nil)
	values, formats := encode(args)
	batch.ExecParams(sql, values, nil, formats, cols)
	answers := conn.ExecBatch(ctx, batch)
	_, answered, err := nextRows(answers, 2)
	var rows [][][]byte
	if err == nil && answered {
		rows, answered, err = nextRows(answers, len(cols))
	}

	if err != nil {
		hangUp(conn) // or the rest would have to be read
	}

	if err = errors.Join(err, answers.Close()); err == nil && !answered {
		err = errors.New("the server did not answer each statement")
	}

	return rows, err
}

func encode(args []any) (values [][]byte, formats []int16) {
	values, formats = make([][]byte, len(args)), make([]int16, len(args))
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

	return values, formats
}

// nextRows returns the rows of the next statement that is answered. Where none is,
// the answers' Close says why.
func nextRows(answers *pgconn.MultiResultReader, cols int) (rows [][][]byte, answered bool, err error) {
	if !answers.NextResult() {
		return nil, false, nil
	}
	rows, err = readRows(answers.ResultReader(), cols)
	return rows, true, err
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
