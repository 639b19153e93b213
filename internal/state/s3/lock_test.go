package s3_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/s3"
	"github.com/cfplan/cfplan/internal/state/servertest"
	"github.com/cfplan/cfplan/internal/state/statetest"
)

func TestALockLeftByAKilledProcessIsTakenOver(t *testing.T) {
	g := serve(t, "us-east-1")
	bucket := g.Bucket(t)
	p := statetest.StartProcess(t, "lock", "child@vm", g.Addr+"/"+bucket)
	id := p.Line(t)
	p.Kill(t)
	b := at(t, g.Addr, bucket)
	_, err := tryLock(t, b, "next")
	heldBy(t, err, "child@vm")
	storeClock(b, 2*s3.LockTTL)
	l := mustLock(t, b, "next")
	if l.Holder().ID == id {
		t.Error("the next lock has the ID of the killed process's lock")
	}
	if err := l.Check(t.Context()); err != nil {
		t.Errorf("Check of a lock that was taken over = %v", err)
	}
}

// The holder stops after the TTL; others may take over after half of it more.
func TestALockIsFreeAfterItsGrace(t *testing.T) {
	g := serve(t, "us-east-1")
	for _, c := range []struct {
		age  time.Duration
		free bool
	}{
		{0, false},
		{s3.LockTTL + s3.LockTTL/3, false},
		{2 * s3.LockTTL, true},
		{-24 * time.Hour, false}, // a store whose clocks disagree
	} {
		bucket := g.Bucket(t)
		mustLock(t, at(t, g.Addr, bucket), "first")
		other := at(t, g.Addr, bucket)
		storeClock(other, c.age)
		if _, err := tryLock(t, other, "second"); (err == nil) != c.free {
			t.Errorf("Lock %s after the last renewal = %v, want free: %v", c.age, err, c.free)
		}
	}
}

func TestTheClockOfTheWaitingRunDoesNotCount(t *testing.T) {
	g := serve(t, "us-east-1")
	bucket := g.Bucket(t)
	mustLock(t, at(t, g.Addr, bucket), "first")
	other := at(t, g.Addr, bucket)
	other.SetClock(func() time.Time { return time.Now().AddDate(10, 0, 0) })
	_, err := tryLock(t, other, "second")
	heldBy(t, err, "first")
}

func TestAStoreWithoutTimesNeverFreesALock(t *testing.T) {
	g := serve(t, "us-east-1")
	bucket := g.Bucket(t)
	mustLock(t, at(t, g.Addr, bucket), "first")
	other := at(t, g.Addr, bucket)
	other.Over(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(r *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(r)
			if err == nil {
				resp.Header.Del("Date")
			}
			return resp, err
		})
	})

	_, err := tryLock(t, other, "second")
	heldBy(t, err, "first")
}

// leased is the content of the lock object.
type leased struct {
	Who      string
	Renewals int
	Released bool
}

func readLock(t *testing.T, g *servertest.Gateway, bucket string) (l leased) {
	t.Helper()
	o, err := g.Client(t).GetObject(t.Context(), bucket, "cfplan.state.json.lock", minio.GetObjectOptions{})
	if err != nil {
		t.Fatal(err)
	}

	text, err := io.ReadAll(o)
	if err == nil {
		err = json.Unmarshal(text, &l)
	}

	if err != nil {
		t.Fatalf("the lock object: %v", err)
	}

	return l
}

func TestAHeldLockIsRenewed(t *testing.T) {
	g := serve(t, "us-east-1")
	bucket := g.Bucket(t)
	b := at(t, g.Addr, bucket)
	b.SetTTL(300 * time.Millisecond)
	l := mustLock(t, b, "holder")
	until := time.Now().Add(time.Minute)
	for readLock(t, g, bucket).Renewals < 4 {
		if time.Now().After(until) {
			t.Fatal("the lock was not renewed")
		}
	}

	if err := l.Check(t.Context()); err != nil {
		t.Errorf("Check of a renewed lock = %v", err)
	}
	if err := l.Unlock(); err != nil {
		t.Errorf("Unlock of a renewed lock = %v", err)
	}
	if got := readLock(t, g, bucket); !got.Released {
		t.Errorf("after Unlock the lock object has %+v, want it released", got)
	}
}

func TestAHolderLearnsThatItsLockWasTakenOver(t *testing.T) {
	g := serve(t, "us-east-1")
	bucket := g.Bucket(t)
	first := mustLock(t, at(t, g.Addr, bucket), "first")
	other := at(t, g.Addr, bucket)
	storeClock(other, 2*s3.LockTTL)
	second := mustLock(t, other, "second")
	if err := first.Check(t.Context()); !errors.Is(err, state.ErrLockLost) {
		t.Errorf("Check after another took over = %v, want ErrLockLost", err)
	}
	if err := first.Unlock(); err != nil {
		t.Errorf("Unlock after another took over = %v", err)
	}
	if err := second.Check(t.Context()); err != nil {
		t.Errorf("the former holder's Unlock released the lock: %v", err)
	}
}

// clock is a clock that a test sets.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time          { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) forward(d time.Duration) { c.ahead.Store(int64(d)) }
func clocked(b *s3.Backend) (c *clock)   { c = &clock{}; b.SetClock(c.now); return c }
func asleep(c *clock)                    { c.forward(2 * s3.LockTTL) }

func TestAnExpiredLeaseIsHeldIfNoOtherRunTookIt(t *testing.T) {
	g := serve(t, "us-east-1")
	bucket := g.Bucket(t)
	b := at(t, g.Addr, bucket)
	c := clocked(b)
	l := mustLock(t, b, "first")
	before := readLock(t, g, bucket).Renewals
	asleep(c)
	if err := l.Check(t.Context()); err != nil {
		t.Errorf("Check after the lease ran out and no other run took it = %v", err)
	}
	if got := readLock(t, g, bucket).Renewals; got != before+1 {
		t.Errorf("after Check there are %d renewals, before there were %d; want one more, for the write that follows", got, before)
	}
}

func TestAnExpiredLeaseThatCannotBeRenewedIsLost(t *testing.T) {
	g := serve(t, "us-east-1")
	proxy := statetest.NewProxy(t, g.Addr)
	b := at(t, proxy.Addr(), g.Bucket(t))
	c := clocked(b)
	l := mustLock(t, b, "first")
	proxy.CutRequests(0, statetest.Always)
	if err := l.Check(t.Context()); err == nil || errors.Is(err, state.ErrLockLost) {
		t.Errorf("Check without a connection, in time = %v; want an error that is not ErrLockLost", err)
	}

	asleep(c)
	if err := l.Check(t.Context()); !errors.Is(err, state.ErrLockLost) {
		t.Errorf("Check without a connection after the lease ran out = %v, want ErrLockLost", err)
	}

	proxy.Heal()
}

// The holder stored a renewal and lost the answer: the lock is still its own.
func TestARenewalWhoseAnswerIsLostIsOurs(t *testing.T) {
	g := serve(t, "us-east-1")
	bucket := g.Bucket(t)
	proxy := statetest.NewProxy(t, g.Addr)
	b := at(t, proxy.Addr(), bucket)
	c := clocked(b)
	l := mustLock(t, b, "first")
	asleep(c) // so that Check renews

	for range 2 {
		before := readLock(t, g, bucket).Renewals
		proxy.CutAnswers(0, statetest.Always)
		if err := l.Check(t.Context()); err == nil {
			t.Error("Check without an answer returned no error")
		}

		proxy.Heal()
		if got := readLock(t, g, bucket).Renewals; got == before {
			t.Fatal("the renewal was not stored")
		}
		if err := l.Check(t.Context()); err != nil {
			t.Errorf("Check after a renewal whose answer was lost = %v", err)
		}

		c.forward(2 * time.Duration(c.ahead.Load()))
	}

	proxy.CutAnswers(0, statetest.Always)
	_ = l.Check(t.Context())
	proxy.Heal()
	if err := l.Unlock(); err != nil || !readLock(t, g, bucket).Released {
		t.Errorf("Unlock after a renewal whose answer was lost = %v, and the object has %+v", err,
			readLock(t, g, bucket))
	}
}

func TestALockThatCouldNotBeReleasedIsNotHeld(t *testing.T) {
	g := serve(t, "us-east-1")
	proxy := statetest.NewProxy(t, g.Addr)
	b := at(t, proxy.Addr(), g.Bucket(t))
	l := mustLock(t, b, "first")
	proxy.CutRequests(0, statetest.Always)
	says(t, "Unlock", l.Unlock(), "can't be released", "free 1m30s after")
	proxy.Heal()
	if err := l.Check(t.Context()); !errors.Is(err, state.ErrLockLost) {
		t.Errorf("Check after an Unlock that failed = %v, want ErrLockLost", err)
	}
	if err := l.Unlock(); err != nil {
		t.Errorf("a second Unlock = %v", err)
	}
}

func TestALockWhoseObjectIsDeletedIsLost(t *testing.T) {
	g := serve(t, "us-east-1")
	bucket := g.Bucket(t)
	l := mustLock(t, at(t, g.Addr, bucket), "first")
	if err := g.Client(t).RemoveObject(t.Context(), bucket, "cfplan.state.json.lock",
		minio.RemoveObjectOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := l.Check(t.Context()); !errors.Is(err, state.ErrLockLost) {
		t.Errorf("Check after the lock was deleted = %v, want ErrLockLost", err)
	}
	if err := l.Unlock(); err != nil {
		t.Errorf("Unlock after the lock was deleted = %v", err)
	}
}

func TestAnObjectThatIsNotALockIsLeftAlone(t *testing.T) {
	g := serve(t, "us-east-1")
	for _, text := range []string{"", "{", "<html>", `{"ID": "terraform's"}`, "[]",
		strings.Repeat(" ", 100_000) + "{}"} {
		bucket := g.Bucket(t)
		_, err := g.Client(t).PutObject(t.Context(), bucket, "cfplan.state.json.lock", strings.NewReader(text),
			int64(len(text)), minio.PutObjectOptions{})
		if err != nil {
			t.Fatal(err)
		}

		b := at(t, g.Addr, bucket)
		_, err = tryLock(t, b, "me")
		if err == nil || !strings.Contains(err.Error(), "cfplan.state.json.lock") ||
			errors.As(err, new(*state.LockedError)) {
			t.Errorf("Lock with the lock object %.20q = %v, want an error that names the object", text, err)
		}

		if err := b.ForceUnlock(t.Context(), "x"); err == nil || errors.Is(err, state.ErrNotLocked) {
			t.Errorf("ForceUnlock with the lock object %.20q = %v, want an error other than ErrNotLocked", text, err)
		}
	}
}

// Every program that can write to the bucket can overwrite the lock.
func TestALockThatAnotherProgramWrote(t *testing.T) {
	g := serve(t, "us-east-1")
	statetest.ForgedLocks(t, func(t *testing.T) (state.Backend, func(state.Holder, []byte)) {
		bucket := g.Bucket(t)
		return at(t, g.Addr, bucket), func(_ state.Holder, holder []byte) {
			text := strings.Replace(string(holder), "{", `{"turn": "another", "renewals": 1, "ttl": "23h", `+
				`"expires": "9999-01-01T00:00:00Z", `, 1)
			writeLock(t, g, bucket, text)
		}
	})
}

func writeLock(t *testing.T, g *servertest.Gateway, bucket, text string) {
	t.Helper()
	_, err := g.Client(t).PutObject(t.Context(), bucket, "cfplan.state.json.lock", strings.NewReader(text),
		int64(len(text)), minio.PutObjectOptions{})
	if err != nil {
		t.Fatal(err)
	}
}

// The clocks of two machines are hours apart: neither takes the other's lock, and each gets it once it is free.
func TestMachinesWhoseClocksAreHoursApart(t *testing.T) {
	for _, apart := range []time.Duration{-5 * time.Hour, 5 * time.Hour} {
		b, addr, bucket := backendAt(t)
		clocked(b).forward(apart)
		other := at(t, addr, bucket)

		held := mustLock(t, b, "me")
		_, err := tryLock(t, other, "other")
		heldBy(t, err, "me")
		if err := held.Check(t.Context()); err != nil {
			t.Errorf("%s apart, Check = %v", apart, err)
		}
		if err := held.Unlock(); err != nil {
			t.Errorf("%s apart, Unlock = %v", apart, err)
		}

		theirs := mustLock(t, other, "other")
		_, err = tryLock(t, b, "me")
		heldBy(t, err, "other")
		if err := theirs.Check(t.Context()); err != nil {
			t.Errorf("%s apart, Check of the other = %v", apart, err)
		}
	}
}

// A forged lease can claim any duration. The lock never becomes free immediately, and always becomes free
// after some time.
func TestAForgedDurationNeitherFreesNorKeepsTheLock(t *testing.T) {
	for _, ttl := range []string{"", "forever", "-1h", "1000000h", "0", "9223372036854775807ns"} {
		b, addr, bucket := backendAt(t)
		g := serve(t, "us-east-1")
		writeLock(t, g, bucket, `{"ID": "id", "Who": "forged", "turn": "t", "ttl": "`+ttl+`"}`)
		_, err := tryLock(t, b, "me")
		heldBy(t, err, "forged")

		later := at(t, addr, bucket)
		storeClock(later, 48*time.Hour)
		mustLock(t, later, "me")
	}
}

// backendAt returns a backend, and the address and bucket of its store.
func backendAt(t *testing.T) (b *s3.Backend, addr, bucket string) {
	t.Helper()
	g := serve(t, "us-east-1")
	bucket = g.Bucket(t)
	return at(t, g.Addr, bucket), g.Addr, bucket
}
