// Package postgres keeps a state in a PostgreSQL database, in two tables of its own. One has the documents,
// which are replaced only if they are still what was read. The other tells people who holds the lock.
//
// The lock is an advisory lock of a session, on a connection that serves nothing else. The server frees it when
// the session ends, however the process ended, so the lock of a killed job need not be broken. If the holder's
// machine disappears from the network, the server notices within 90 seconds by TCP keepalives.
//
// The backend does not work through a pooler that hands one session to several clients, such as PgBouncer in
// transaction mode; Lock and Probe refuse a pooler that they recognize. It needs PostgreSQL 12 or later.
// Databases that speak the protocol but lack advisory locks, such as CockroachDB, are not enough.
package postgres

import (
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/cfplan/cfplan/internal/state"
)

// Backend keeps the documents of one state. Its key distinguishes them from those of other states in the same
// tables. It is safe for concurrent use, also from several machines. If the role lacks a permission, the error
// is [fs.ErrPermission].
type Backend struct {
	config      *pgconn.Config
	schema, key string
	// skipSchema and skipTables are true if cfplan must not create the schema and the tables.
	skipSchema, skipTables bool
	// Tests change these; see usePatience, pingAfter and aliveInterval.
	patience, pingAfter, aliveInterval time.Duration

	mu   sync.Mutex
	idle *idleConn // nil if there is none
}

var (
	_ state.Backend = (*Backend)(nil)
	_ state.Archive = (*Backend)(nil)
)

// Place implements [state.Backend].
func (b *Backend) Place(doc state.Document) string {
	return fmt.Sprintf("%s (schema %s, key %s, %s)", b.server(), b.schema, b.key, doc)
}

// server returns the name of the database for people.
func (b *Backend) server() string {
	return fmt.Sprintf("postgres://%s:%d/%s", b.config.Host, b.config.Port, b.config.Database)
}
