// Package postgres keeps a state in a PostgreSQL database, in tables of its own:
// one of documents, which are only ever replaced where they still are what was
// read, and one that tells people who holds the lock.
//
// The lock is an advisory lock of a session, on a connection that serves nothing
// else. The server frees it when that session ends, however its process ended, so
// that nobody has to break the lock of a killed job. Where the holder's machine is
// gone without a word, the server notices by TCP keepalives within 90 seconds.
//
// It is not for a pooler that hands one session to several clients, such as
// PgBouncer in transaction mode: Lock and Probe refuse one that they recognise.
// PostgreSQL 12 or later is needed; databases that speak its protocol without its
// advisory locks, such as CockroachDB, are not enough.
package postgres

import (
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/cfplan/cfplan/internal/state"
)

// Backend keeps the documents of one state, told from those of others in the same
// tables by its key. It is safe for concurrent use, by several machines too. That
// the role lacks a right is an error which is [fs.ErrPermission].
type Backend struct {
	config      *pgconn.Config
	schema, key string
	// skipSchema and skipTables leave the making of both to somebody else.
	skipSchema, skipTables bool
	// usePatience, pingAfter and aliveInterval, which tests change
	patience, pingAfter, aliveInterval time.Duration

	mu   sync.Mutex
	idle *idleConn // nil where there is none
}

var (
	_ state.Backend = (*Backend)(nil)
	_ state.Archive = (*Backend)(nil)
)

// Place implements [state.Backend].
func (b *Backend) Place(doc state.Document) string {
	return fmt.Sprintf("%s (schema %s, key %s, %s)", b.server(), b.schema, b.key, doc)
}

// server names the database for people.
func (b *Backend) server() string {
	return fmt.Sprintf("postgres://%s:%d/%s", b.config.Host, b.config.Port, b.config.Database)
}
