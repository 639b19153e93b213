package state

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/interrupt"
)

// Locker takes and breaks the lock of one state. It reads and writes no document.
type Locker struct {
	place Backend
	// section is protected from interrupts while the lock is held; it may be nil.
	section *interrupt.Section
}

// NewLocker returns the lock of the state in a backend.
func NewLocker(b Backend) *Locker { return &Locker{place: b} }

// Within makes each lock a part of the section, from before it is requested until it is released. An
// interrupt then ends the run only after everything that is written under the lock is finished.
func (l *Locker) Within(s *interrupt.Section) { l.section = s }

// Lock keeps other holders out until Unlock. It tries at least once, and then for as
// long as wait. It fills in the ID and the path of who and, unless it is given, the
// time; see [Backend].Lock.
func (l *Locker) Lock(ctx context.Context, who Holder, wait time.Duration) (Lock, error) {
	who.ID, who.Path = newUUID(), l.place.Place(DocState)
	if who.Created.IsZero() {
		who.Created = time.Now().UTC()
	}
	if l.section == nil {
		return l.place.Lock(ctx, who, wait)
	}

	entry, err := l.section.Enter("If the next run finds the state locked: " + who.UnlockCommand())
	if err != nil {
		return nil, fmt.Errorf("the state was not locked: %w", err)
	}

	lock, err := l.place.Lock(ctx, who, wait)
	if err != nil {
		entry.Leave()
		return nil, err
	}

	return &enteredLock{lock, entry}, nil
}

// enteredLock is a lock that is a part of a section.
type enteredLock struct {
	Lock
	entry *interrupt.Entry
}

// Unlock implements [Lock]. If the lock cannot be released, the write counts as ended anyway, and the section
// remembers the command that breaks the lock.
func (l *enteredLock) Unlock() error {
	err := l.Lock.Unlock()
	if err != nil {
		l.entry.LeaveUndone()
		return err
	}
	l.entry.Leave()
	return nil
}

// AwaitLock calls try until the lock is taken, wait is over or ctx ends. try returns a *LockedError if
// another run holds the lock. Between two attempts AwaitLock waits for pause, and up to as long again, so
// that several waiting runs do not try in step. It is for backends.
func AwaitLock(ctx context.Context, wait, pause time.Duration, try func(context.Context) (Lock, error)) (Lock, error) {
	end := time.NewTimer(wait)
	defer end.Stop()

	for {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("the state was not locked: %w", err)
		}

		lock, err := try(ctx)
		if !errors.As(err, new(*LockedError)) || wait <= 0 {
			return lock, err
		}

		select {
		case <-ctx.Done():
		case <-end.C:
			return nil, err
		case <-time.After(pause + rand.N(pause)):
		}
	}
}

// ForceUnlock breaks the lock with the given ID; see [Backend].ForceUnlock.
func (l *Locker) ForceUnlock(ctx context.Context, id string) error {
	return l.place.ForceUnlock(ctx, id)
}

// Lock is a held lock.
type Lock interface {
	// Holder returns the holder of the lock, with its ID.
	Holder() Holder
	// Check returns ErrLockLost if the lock is no longer held. A holder calls it before each write that the
	// lock protects.
	Check(ctx context.Context) error
	// Unlock releases the lock. It does nothing if it was called before, or if the lock was broken.
	Unlock() error
}

// Holder says who holds a lock. It has the fields of Terraform's lock info.
type Holder struct {
	ID        string    `json:"ID"`
	Operation string    `json:"Operation"`
	Who       string    `json:"Who"`
	Version   string    `json:"Version"`
	Created   time.Time `json:"Created"`
	Path      string    `json:"Path"`
}

// mostShown limits how many characters of each field Printable keeps.
const mostShown = 200

// Printable returns the holder without characters that could control a terminal, and shortened. A holder is
// not trusted, because another program may have written it. Backends call Printable on each holder that they
// read, so the ID that a user sees is the ID that breaks the lock.
func (h Holder) Printable() Holder {
	for _, s := range []*string{&h.ID, &h.Operation, &h.Who, &h.Version, &h.Path} {
		kept := []rune(strings.Map(func(r rune) rune {
			if unicode.IsPrint(r) {
				return r
			}
			return -1
		}, *s))
		*s = string(kept[:min(len(kept), mostShown)])
	}
	return h
}

// UnlockCommand returns the command that breaks the lock, quoted for a shell. It is empty if the lock has
// no ID.
func (h Holder) UnlockCommand() string {
	id := h.Printable().ID
	if id == "" {
		return ""
	}
	return "cfplan force-unlock " + argument(id)
}

// plainArgument matches an argument that no shell splits and no command takes for a flag.
var plainArgument = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z-]*$`)

func argument(s string) string {
	if plainArgument.MatchString(s) {
		return s
	}
	quoted := "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	if strings.HasPrefix(s, "-") {
		return "-- " + quoted
	}
	return quoted
}

// LockedError says who holds a lock that could not be taken. Holder is empty if the holder is unknown.
type LockedError struct{ Holder Holder }

func (e *LockedError) Error() string {
	h := e.Holder.Printable()
	if h.ID == "" {
		return "the state is locked by another run that did not record its name"
	}
	since := ""
	if !h.Created.IsZero() {
		since = " since " + english.Second(h.Created)
	}
	return fmt.Sprintf("the state is locked by %s%s (operation %s, ID %s)", h.Who, since, h.Operation, h.ID)
}
