package postgres_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/postgres"
	"github.com/cfplan/cfplan/internal/state/statetest"
)

func TestTheLockOfAKilledProcessIsFree(t *testing.T) {
	s, b, schema := fresh(t)
	p := statetest.StartProcess(t, "lock", "child@vm", s.ConnString()+" "+schema)
	id := p.Line(t)
	_, err := b.Lock(t.Context(), state.Holder{ID: "mine"}, 0)
	var locked *state.LockedError
	if !errors.As(err, &locked) || locked.Holder.ID != id || locked.Holder.Who != "child@vm" {
		t.Fatalf("Lock = %v, want *LockedError that names child@vm and %s", err, id)
	}

	p.Kill(t)
	l, err := b.Lock(t.Context(), state.Holder{ID: "mine"}, time.Minute)
	if err != nil {
		t.Fatalf("Lock after the holder was killed = %v", err)
	}
	defer func() { _ = l.Unlock() }()

	if err := b.ForceUnlock(t.Context(), id); err == nil || errors.Is(err, state.ErrNotLocked) {
		t.Errorf("ForceUnlock of the dead process's lock = %v, want an error that names the new lock's ID", err)
	}
}

func TestASessionThatIsEndedLosesItsLock(t *testing.T) {
	s, b, schema := fresh(t)
	l := lock(t, b, "mine")
	s.Admin(t, `SELECT pg_terminate_backend(pid) FROM %q.locks`, schema)
	if err := l.Check(t.Context()); !errors.Is(err, state.ErrLockLost) {
		t.Errorf("Check after the session was ended = %v, want ErrLockLost", err)
	}
	if err := l.Unlock(); err != nil {
		t.Errorf("Unlock after the session was ended = %v", err)
	}
	lock(t, b, "next")
}

// A device on the way may cut an idle connection, for example while the holder reads many zones.
func TestTheConnectionOfALockIsNotIdle(t *testing.T) {
	s, b, schema := fresh(t)
	b.SetAliveInterval(10 * time.Millisecond)
	l := lock(t, b, "mine")
	lastUse := func() string {
		return s.Admin(t, `SELECT a.query_start FROM %q.locks r JOIN pg_stat_activity a USING (pid)`, schema)
	}

	for range 3 {
		for was := lastUse(); lastUse() == was; {
			runtime.Gosched()
		}
	}

	for range 100 { // while the connection is kept alive
		if err := l.Check(t.Context()); err != nil {
			t.Fatalf("Check = %v", err)
		}
	}

	if err := l.Unlock(); err != nil {
		t.Errorf("Unlock = %v", err)
	}
}

func TestASessionThatEndsBetweenChecksIsNoticed(t *testing.T) {
	s, b, schema := fresh(t)
	b.SetAliveInterval(10 * time.Millisecond)
	l := lock(t, b, "mine")
	s.Admin(t, `SELECT pg_terminate_backend(pid) FROM %q.locks`, schema)
	for !postgres.Ended(l) {
		runtime.Gosched()
	}

	if err := l.Check(t.Context()); !errors.Is(err, state.ErrLockLost) || strings.Contains(err.Error(), "conn closed") {
		t.Errorf("Check = %v, want ErrLockLost with the first error of the connection", err)
	}
	if err := l.Unlock(); err != nil {
		t.Errorf("Unlock after the session was ended = %v", err)
	}
}

func TestACheckThatIsGivenUpKeepsTheLock(t *testing.T) {
	_, b, _ := fresh(t)
	l := lock(t, b, "mine")
	for range 50 {
		ctx, cancel := context.WithCancel(t.Context())
		go cancel()
		if err := l.Check(ctx); err != nil {
			t.Fatalf("Check while its context ends = %v", err)
		}
	}
}

func TestALockWithAnotherHoldersRowIsLost(t *testing.T) {
	s, b, schema := fresh(t)
	l := lock(t, b, "mine")
	s.Admin(t, `UPDATE %q.locks SET id = 'other'`, schema)
	if err := l.Check(t.Context()); !errors.Is(err, state.ErrLockLost) {
		t.Errorf("Check = %v, want ErrLockLost: two clients were given one session", err)
	}
}

func TestALockWithoutARowIsALock(t *testing.T) {
	s, b, schema := fresh(t)
	l := lock(t, b, "mine")
	pid := s.Admin(t, `DELETE FROM %q.locks RETURNING pid`, schema)
	_, err := b.Lock(t.Context(), state.Holder{ID: "other"}, 0)
	var locked *state.LockedError
	if !errors.As(err, &locked) || locked.Holder.ID != "" {
		t.Errorf("Lock = %v, want *LockedError without a holder", err)
	}

	if err := b.ForceUnlock(t.Context(), "mine"); err == nil ||
		!strings.Contains(err.Error(), "pg_terminate_backend("+pid+")") {
		t.Errorf("ForceUnlock = %v, want an error that names the session", err)
	}
	if err := l.Unlock(); err != nil {
		t.Errorf("Unlock = %v", err)
	}
}

func TestAHolderInTheTableIsNotTrusted(t *testing.T) {
	s, b, schema := fresh(t)
	lock(t, b, "mine")
	s.Admin(t, `UPDATE %q.locks SET holder = '{"ID": "a\u001b[31m", "Who": "b\u0007"}'`, schema)
	_, err := b.Lock(t.Context(), state.Holder{}, 0)
	if err == nil || strings.ContainsAny(err.Error(), "\x1b\x07") {
		t.Errorf("Lock = %q, want an error without control characters", err)
	}

	s.Admin(t, `UPDATE %q.locks SET holder = repeat('[', 10000000)`, schema)
	var locked *state.LockedError
	if _, err = b.Lock(t.Context(), state.Holder{}, 0); !errors.As(err, &locked) || locked.Holder.ID != "" {
		t.Errorf("Lock with a huge holder = %.200v, want *LockedError without a holder", err)
	}
}

func TestForceUnlockNeedsThePermission(t *testing.T) {
	s, b, schema := fresh(t)
	l := lock(t, b, "mine")
	other := newRole(t, s, "GRANT USAGE ON SCHEMA %q TO %[2]s; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES "+
		"IN SCHEMA %[1]q TO %[2]s", schema)
	theirs := open(t, s.URL(other, secret, s.Addr(), "sslmode=disable"), schema)
	err := theirs.ForceUnlock(t.Context(), "mine")
	if err == nil || !strings.Contains(err.Error(), "pg_signal_backend") || !strings.Contains(err.Error(), other) {
		t.Errorf("ForceUnlock by another role = %v, want an error that names the role and the permission", err)
	}

	if err := l.Check(t.Context()); err != nil {
		t.Errorf("Check after a refused ForceUnlock = %v", err)
	}

	s.Admin(t, "GRANT pg_signal_backend TO %s", other)
	if err := theirs.ForceUnlock(t.Context(), "mine"); err != nil {
		t.Errorf("ForceUnlock by a role with the permission = %v", err)
	}
	if err := l.Check(t.Context()); !errors.Is(err, state.ErrLockLost) {
		t.Errorf("Check of a broken lock = %v, want ErrLockLost", err)
	}
}

func lock(t *testing.T, b state.Backend, id string) state.Lock {
	t.Helper()
	l, err := b.Lock(t.Context(), state.Holder{ID: id, Who: id}, 0)
	if err != nil {
		t.Fatalf("Lock = %v", err)
	}
	t.Cleanup(func() { _ = l.Unlock() })
	return l
}

// Every program that can write to the table can overwrite the lock's holder.
func TestALockThatAnotherProgramWrote(t *testing.T) {
	statetest.ForgedLocks(t, func(t *testing.T) (state.Backend, func(state.Holder, []byte)) {
		s, b, schema := fresh(t)
		return b, func(_ state.Holder, holder []byte) {
			s.Admin(t, `UPDATE %q.locks SET id = 'forged', holder = convert_from(decode('%x', 'hex'), 'UTF8')`,
				schema, holder)
		}
	})
}
