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

// mostRows limits the rows of an answer. Its size is limited, too.
const mostRows = 100_000

// These are the formats of arguments and results.
const (
	asText  int16 = 0
	asBytes int16 = 1
)

// columns has the formats of a result's columns.
type columns []int16

// bytea is an argument that is sent as it is. Other arguments are strings and int64s.
type bytea []byte

// mostBlocked is how long a statement waits for a row or table that another session has locked. Writing the
// largest document takes less time.
const mostBlocked = time.Minute

// boundSQL limits the statements that follow it in its transaction. The settings end with the transaction, so a
// pooler does not hand them on with the session.
const boundSQL = `SELECT set_config('lock_timeout', $1, true), set_config('statement_timeout', $2, true)`

// bounds returns the arguments of boundSQL in milliseconds. A blocked statement ends before ctx does,
// because the server can say why it ends, and a context can't.
func bounds(ctx context.Context) (blocked, whole string) {
	left := usePatience
	if deadline, ok := ctx.Deadline(); ok {
		left = time.Until(deadline)
	}
	return milliseconds(min(left/2, mostBlocked)), milliseconds(left)
}

// milliseconds returns at least 1, because 0 would mean no limit.
func milliseconds(d time.Duration) string { return strconv.FormatInt(max(d.Milliseconds(), 1), 10) }

// query runs one statement with limits, in one round trip and one transaction, and returns its rows. It
// prepares nothing, so it works through poolers, too.
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
		hangUp(conn) // otherwise the rest would have to be read
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

// nextRows returns the rows of the next statement that the server answered. If there is none, the answers'
// Close returns the reason.
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

// readRows does not trust the server: it checks that each row has the expected number of columns.
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
