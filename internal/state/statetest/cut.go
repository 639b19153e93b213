package statetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/state"
)

// OpenCut returns two backends for the same new, empty store: one reaches the server through the proxy, the
// other directly.
type OpenCut func(t *testing.T, proxy *Proxy) (through, direct state.Backend)

// CutConnections tests each step with a connection that is cut at some byte of the request or the answer,
// once or every time. A step must take effect as a whole or not at all, and its result must say which.
//
// server is the server's TCP address. Tests run in parallel, each with its own proxy.
func CutConnections(t *testing.T, server string, open OpenCut) {
	for _, step := range []struct {
		name string
		test func(*cutCase)
	}{
		{"read", cutRead},
		{"create", cutCreate},
		{"replace", cutReplace},
		{"lock", cutLock},
		{"check", cutCheck},
		{"unlock", cutUnlock},
		{"force-unlock", cutForceUnlock},
		{"keep", cutKeep},
		{"add", cutAdd},
	} {
		for _, where := range []int64{0, 1, 50, 500, 5_000, 50_000} {
			for _, times := range []int{1, Always} {
				for _, answers := range []bool{false, true} {
					t.Run(cutName(step.name, answers, where, times), func(t *testing.T) {
						t.Parallel()
						c := &cutCase{T: t, proxy: NewProxy(t, server), where: where, times: times, answers: answers}
						c.through, c.direct = open(t, c.proxy)
						step.test(c)
					})
				}
			}
		}
	}
}

func cutName(step string, answers bool, where int64, times int) string {
	what, howOften := "request", "once"
	if answers {
		what = "answer"
	}
	if times == Always {
		howOften = "always"
	}
	return fmt.Sprintf("%s/%s cut at %d %s", step, what, where, howOften)
}

type cutCase struct {
	*testing.T
	proxy           *Proxy
	through, direct state.Backend
	where           int64
	times           int
	answers         bool
}

// during runs one step while the proxy cuts connections.
func (c *cutCase) during(step func()) {
	if c.answers {
		c.proxy.CutAnswers(c.where, c.times)
	} else {
		c.proxy.CutRequests(c.where, c.times)
	}
	step()
	c.proxy.Heal()
}

// Both are longer than the position of the last cut.
var (
	oldText = `{"text": "` + strings.Repeat("old ", 20_000) + `"}`
	newText = `{"text": "` + strings.Repeat("newer ", 15_000) + `"}`
)

func cutRead(c *cutCase) {
	v := put(c.T, c.direct, state.DocState, oldText, "")
	_, _, _ = c.through.Read(c.Context(), state.DocState) // so that an existing connection is cut, too
	c.during(func() {
		text, got, err := c.through.Read(c.Context(), state.DocState)
		if err == nil && (string(text) != oldText || got != v) {
			c.Errorf("Read = %d bytes, %q and no error; want an error or %d bytes and %q", len(text), got,
				len(oldText), v)
		}
	})
	holds(c.T, c.through, state.DocState, oldText, v)
}

func cutCreate(c *cutCase) { c.write("", "") }

func cutReplace(c *cutCase) {
	c.write(oldText, put(c.T, c.through, state.DocState, oldText, ""))
}

// write replaces the stored text, and checks what is stored afterwards.
func (c *cutCase) write(old string, was state.Version) {
	var err error
	var v state.Version
	c.during(func() { v, err = c.through.Write(c.Context(), state.DocState, []byte(newText), was) })
	if errors.Is(err, state.ErrConflict) {
		c.Errorf("Write = %v, although there was no other writer", err)
	}

	text, stored, readErr := c.direct.Read(c.Context(), state.DocState)
	switch {
	case readErr != nil:
		c.Fatalf("Read after Write = %v", readErr)
	case err == nil && (string(text) != newText || stored != v):
		c.Errorf("Write = %q, but %d bytes with version %q are stored", v, len(text), stored)
	case string(text) != newText && (string(text) != old || stored != was):
		c.Errorf("after Write = %v, %d bytes with version %q are stored; want the old text or the new one", err,
			len(text), stored)
	}

	put(c.T, c.through, state.DocState, `{"serial": 3}`, stored)
}

func cutLock(c *cutCase) {
	me := state.Holder{ID: "mine", Who: "through the proxy"}
	var held state.Lock
	var err error
	c.during(func() { held, err = c.through.Lock(c.T.Context(), me, 0) })
	if err == nil {
		c.excludes(held)
		unlock(c.T, held)
	}

	var locked *state.LockedError
	if errors.As(err, &locked) && locked.Holder.ID == me.ID {
		c.Errorf("Lock is refused because the same holder has the lock: %v", err)
	}

	c.lockIsFreed(me.ID, err == nil)
}

// excludes checks that no other run can take a lock while the lock's Check returns no error.
func (c *cutCase) excludes(held state.Lock) {
	c.Helper()
	if err := held.Check(c.Context()); err != nil {
		return // a holder that knows of the loss does no harm
	}
	var locked *state.LockedError
	if l, err := c.direct.Lock(c.T.Context(), state.Holder{ID: "other"}, 0); !errors.As(err, &locked) {
		c.Errorf("a second Lock = %v, %v while Check of the first returns no error", l, err)
	}
}

// lockIsFreed checks that the lock can be taken: immediately if it was released, otherwise after
// force-unlock, or after the server has noticed that the holder is gone.
func (c *cutCase) lockIsFreed(id string, atOnce bool) {
	c.Helper()
	l, err := c.direct.Lock(c.T.Context(), state.Holder{ID: "next"}, 0)
	if err != nil && !atOnce {
		err = c.direct.ForceUnlock(c.Context(), id)
		if err != nil && !errors.Is(err, state.ErrNotLocked) {
			c.Logf("ForceUnlock = %v", err)
		}
		ctx, cancel := context.WithTimeout(c.Context(), time.Minute)
		defer cancel()
		l, err = c.direct.Lock(ctx, state.Holder{ID: "next"}, 0)
	}

	if err != nil {
		c.Fatalf("Lock after the cut = %v", err)
	}

	unlock(c.T, l)
}

func (c *cutCase) lock() state.Lock {
	c.Helper()
	l, err := c.through.Lock(c.T.Context(), state.Holder{ID: "mine", Who: "through the proxy"}, 0)
	if err != nil {
		c.Fatalf("Lock = %v", err)
	}
	c.Cleanup(func() { _ = l.Unlock() })
	return l
}

func cutCheck(c *cutCase) {
	l := c.lock()
	c.during(func() {
		if l.Check(c.Context()) == nil {
			c.excludes(l)
		}
	})
	c.excludes(l)
}

func cutUnlock(c *cutCase) {
	l := c.lock()
	var err error
	c.during(func() { err = l.Unlock() })
	c.lockIsFreed("mine", err == nil)
}

func cutForceUnlock(c *cutCase) {
	l, err := c.direct.Lock(c.T.Context(), state.Holder{ID: "held"}, 0)
	if err != nil {
		c.Fatalf("Lock = %v", err)
	}
	c.Cleanup(func() { _ = l.Unlock() })
	c.during(func() { err = c.through.ForceUnlock(c.Context(), "held") })
	if err == nil {
		checkLost(c.T, l, "after a ForceUnlock that was cut")
	}
	c.lockIsFreed("held", err == nil)
}

func cutKeep(c *cutCase) {
	through, ok := c.through.(state.Archive)
	if !ok {
		c.Skip("the backend keeps no archive")
	}

	ctx := c.Context()
	if err := through.Keep(ctx, "000001", []byte(oldText)); err != nil {
		c.Fatalf("Keep = %v", err)
	}

	var err error
	c.during(func() { err = through.Keep(ctx, "000001", []byte(newText)) })
	got, readErr := c.direct.(state.Archive).Kept(ctx, "000001")
	if readErr != nil || !bytes.Equal(got, []byte(newText)) && (err == nil || !bytes.Equal(got, []byte(oldText))) {
		c.Errorf("after Keep = %v, Kept = %d bytes, %v; want the new entry, or after an error the old one", err,
			len(got), readErr)
	}
}

func cutAdd(c *cutCase) {
	through, ok := c.through.(state.Archive)
	if !ok {
		c.Skip("the backend keeps no archive")
	}

	ctx, direct := c.Context(), c.direct.(state.Archive)
	put(c.T, c.direct, state.DocState, oldText, "") // creates the tables, if the store has any
	var err error
	c.during(func() { err = through.Add(ctx, "000001", []byte(newText)) })
	if errors.Is(err, state.ErrConflict) {
		c.Errorf("Add = %v, although there was no other writer", err)
	}

	got, readErr := direct.Kept(ctx, "000001")
	switch {
	case errors.Is(readErr, state.ErrNoEntry) && err != nil:
	case readErr != nil || string(got) != newText:
		c.Errorf("after Add = %v, Kept = %d bytes, %v; want the whole entry, or after an error none", err, len(got),
			readErr)
	}

	again := direct.Add(ctx, "000001", []byte(oldText))
	if isThere := readErr == nil; isThere != errors.Is(again, state.ErrConflict) {
		c.Errorf("a second Add = %v, although the entry exists: %v", again, isThere)
	}
}
