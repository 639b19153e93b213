package postgres_test

import (
	"runtime"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/state"
)

func TestAConnectionInUseIsNotPinged(t *testing.T) {
	for name, c := range map[string]struct {
		pingAfter time.Duration
		sent      int64
	}{
		"in use": {time.Hour, 2},
		"idle":   {-1, 4},
	} {
		t.Run(name, func(t *testing.T) {
			_, b, _ := fresh(t)
			b.SetPingAfter(c.pingAfter)
			sent := b.CountSent()
			v := write(t, b, state.DocState, "{}", "")
			before := sent.Load()
			if _, _, err := b.Read(t.Context(), state.DocState); err != nil {
				t.Fatal(err)
			}

			write(t, b, state.DocState, "[]", v)
			if got := sent.Load() - before; got != c.sent {
				t.Errorf("a Read and a Write sent %d messages, want %d", got, c.sent)
			}
		})
	}
}

func TestAnIdleConnectionThatIsGoneIsReplaced(t *testing.T) {
	s, b, _ := fresh(t)
	b.SetPingAfter(-1)
	write(t, b, state.DocState, "{}", "")
	const ours = "FROM pg_stat_activity WHERE application_name = 'cfplan'"
	s.Admin(t, "SELECT pg_terminate_backend(pid) "+ours)
	for s.Admin(t, "SELECT count(*) "+ours) != "0" {
		runtime.Gosched()
	}
	if text, _, err := b.Read(t.Context(), state.DocState); string(text) != "{}" || err != nil {
		t.Errorf("Read after the server ended the idle session = %q, %v; want the document", text, err)
	}
}
