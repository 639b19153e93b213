package postgres_test

import (
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/cfplan/cfplan/internal/state"
)

type message = pgproto3.BackendMessage

// The server speaks the protocol, but is hostile.
func TestHostileAnswersAreErrors(t *testing.T) {
	row := func(values ...string) *pgproto3.DataRow {
		r := &pgproto3.DataRow{}
		for _, v := range values {
			r.Values = append(r.Values, []byte(v))
		}
		return r
	}
	for name, answer := range map[string]func(send func(message) bool){
		"no rows":     func(func(message) bool) {},
		"no columns":  func(send func(message) bool) { send(row()) },
		"odd columns": func(send func(message) bool) { send(row("\x00", "-1", "x", "9", "\xff", "?", "?")) },
		"odd values":  func(send func(message) bool) { send(row("\xff", "-1")) },
		"a lie about the size": func(send func(message) bool) {
			send(row("1", "v", "1000", "{}"))
		},
		"endless rows": func(send func(message) bool) {
			for send(row("1", strings.Repeat("x", 1000))) {
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t, "postgres://u:p@"+pretend(t, answer)+"/d?sslmode=disable", "cfplan")
			text, v, readErr := b.Read(t.Context(), state.DocState)
			_, writeErr := b.Write(t.Context(), state.DocState, []byte("{}"), "1")
			_, lockErr := b.Lock(t.Context(), state.Holder{ID: "1"}, 0)
			_, keptErr := b.Kept(t.Context(), "1")
			for what, err := range map[string]error{
				"Read":  readErr,
				"Write": writeErr,
				"Lock":  lockErr,
				"Kept":  keptErr,
			} {
				if err == nil {
					t.Errorf("%s returned no error (Read: %q, %q)", what, text, v)
				}
			}

			_, _ = b.Entries(t.Context()) // must not panic
			_ = b.ForceUnlock(t.Context(), "1")
			_ = b.Probe(t.Context())
		})
	}
}

// pretend starts a server and returns its address. The server accepts every login, answers the statement that
// sets the limits correctly, and gives the same answer to every other statement.
func pretend(t *testing.T, answer func(send func(message) bool)) string {
	t.Helper()
	return accepting(t, func(c net.Conn) { converse(c, answer) })
}

func converse(c net.Conn, answer func(send func(message) bool)) {
	server := pgproto3.NewBackend(c, c)
	if _, err := server.ReceiveStartupMessage(); err != nil {
		return
	}

	send := func(m message) bool {
		server.Send(m)
		return server.Flush() == nil
	}

	send(&pgproto3.AuthenticationOk{})
	send(&pgproto3.BackendKeyData{ProcessID: 1, SecretKey: []byte("1234")})
	send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
	bounds := false
	for {
		m, err := server.Receive()
		if err != nil {
			return
		}

		switch m := m.(type) {
		case *pgproto3.Parse:
			bounds = strings.Contains(m.Query, "lock_timeout")
			send(&pgproto3.ParseComplete{})
			send(&pgproto3.BindComplete{})
			send(&pgproto3.RowDescription{})
		case *pgproto3.Execute:
			if bounds {
				send(&pgproto3.DataRow{Values: [][]byte{{'1'}, {'1'}}})
			} else {
				answer(send)
			}
			send(&pgproto3.CommandComplete{CommandTag: []byte("SELECT 1")})
		case *pgproto3.Sync:
			send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
		case *pgproto3.Query:
			send(&pgproto3.RowDescription{})
			answer(send)
			send(&pgproto3.CommandComplete{CommandTag: []byte("SELECT 1")})
			send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
		}
	}
}

func TestASchemaMayHaveAnyName(t *testing.T) {
	s := running(t)
	for _, name := range []string{`a"b`, `a'b`, `a$1b`, `MYSCHEMA.x`, `SCHEMA.`, `a b; DROP TABLE c; --`, `%s`} {
		b := open(t, s.ConnString(), name)
		v := write(t, b, state.DocState, "{}", "")
		if text, got, err := b.Read(t.Context(), state.DocState); string(text) != "{}" || got != v || err != nil {
			t.Errorf("%q: Read = %q, %q, %v; want the document and %q", name, text, got, err, v)
		}
		if err := errors.Join(lock(t, b, "mine").Check(t.Context()), b.Probe(t.Context())); err != nil {
			t.Errorf("%q: Check and Probe = %v", name, err)
		}
	}
}
