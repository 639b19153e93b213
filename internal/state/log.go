package state

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// A log keeps the number of writes of the state small, however many zones an apply changes: the apply writes
// the state when it begins, when it ends, and when it folds the log. In between, it writes entries into small
// parts beside the state. Entries that arrive while a part is being written share the next part. A reader of
// the state reads the log with it.
//
// A log is also a fence. Another run that writes the state while the log is open closes it
// first, by adding the part that would come next. The run that wrote the log then cannot
// add that part, and knows that it has lost its lock.

// leastFold is the smallest size of all parts, in bytes, at which a log is folded: the state is written with
// the entries of the parts, and the parts are deleted. Each fold doubles that size, so that the state is
// written only a few times.
const leastFold = 4 << 20

// mostParts is the number of parts at which a log is folded. A reader of the state reads each part with a
// request of its own, and a killed run leaves its parts in the archive, whose list has a limit.
const mostParts = 4000

// gatherFor is how long a part waits for further entries. Requests that were sent together are answered at
// nearly the same time, and a part costs as much with one entry as with ten.
const gatherFor = 5 * time.Millisecond

// Log is the log that one apply writes. It is safe for concurrent use. Until Close, nothing else may change
// the state through the same store.
type Log struct {
	store *Store
	of    Applied
	parts Parts
	// whole is true if the apply keeps no log, so that each write stores the whole state.
	whole bool

	queue queue[*logStep]

	// Only the goroutine that writes uses the following fields.
	mode logMode
	// tried is true after an attempt to write a state that names the log.
	tried bool
	// begun is true if the stored state says that the apply has begun.
	begun bool
	// state has all entries that were written.
	state *State
	// next is the number of the next part, and kept the number of the first part that was not deleted.
	next, kept int
	// written counts the bytes of the parts since the last fold, and limit is the size at which the log is
	// folded.
	written, limit int
	// most is the number of parts at which the log is folded.
	most int
}

// logMode is the state of a log.
type logMode int

const (
	logNew     logMode = iota // nothing is written yet
	logOpen                   // parts can be added
	logUnsure                 // it is not known whether the last write took effect
	logWithout                // each write stores the whole state: there is no log, or no longer one
	logLost                   // another run has closed the log
	logEnded                  // the stored state has all entries
)

// LogOptions has the options of [Store.NewLog].
type LogOptions struct {
	// Parts says what to do with the parts that the archive already has.
	Parts Parts
	// Short is true if the apply needs only one request, so that no entry waits for another one. With a backend
	// that has no archive, the apply then uses no log.
	Short bool
}

// NewLog returns the log of an apply. of is the apply as its first entry notes it in
// [State.Begun]. The first write begins the log.
func (s *Store) NewLog(of Applied, o LogOptions) *Log {
	l := &Log{store: s, of: of, parts: o.Parts, most: mostParts}
	l.parts.First = max(1, l.parts.First)
	l.whole = s.archive() == nil && o.Short || l.parts.First >= lastPart
	if !o.Short {
		l.queue.gatherFor = gatherFor
	}
	return l
}

// logStep is one entry that waits to be written.
type logStep struct {
	make func(*State) (Entry, error)
	// announces is true if the entry must not be written after the lock was lost.
	announces bool
	// err is the outcome.
	err error
}

// Announce writes an entry that must not be written if another run has taken over, such as one that opens a
// request. If Announce returns nil, the entry is stored. If another run has closed the log, the error is
// ErrLockLost.
//
// make gets the state with all earlier entries, and returns the entry. It must not change the state, except
// for [State.Begun], and may run more than once.
func (l *Log) Announce(ctx context.Context, make func(*State) (Entry, error)) error {
	return l.do(ctx, &logStep{make: make, announces: true})
}

// Record writes an entry about what was done, as Announce does. If another run has closed
// the log, the entry goes into the state as that run left it.
func (l *Log) Record(ctx context.Context, make func(*State) (Entry, error)) error {
	return l.do(ctx, &logStep{make: make})
}

func (l *Log) do(ctx context.Context, step *logStep) error {
	if err := l.queue.do(ctx, step, l.commit); err != nil {
		return err
	}
	return step.err
}

// Close writes the state with all entries of the log, unless that was done already, and deletes the parts. If
// Close fails, no entry is lost: the next run reads the log.
func (l *Log) Close(ctx context.Context) (err error) {
	if l.mode == logUnsure {
		err = l.reclaim(ctx)
	}
	if l.mode == logOpen {
		err = l.writeState(ctx, nil)
	}
	if err == nil && l.begun && l.mode != logLost {
		err = errors.Join(l.dropParts(ctx), l.store.Drop(ctx, l.parts.Old...))
	}

	if err != nil {
		return fmt.Errorf("the log of the apply could not be closed: %w", err)
	}

	return nil
}

// commit writes the entries of some steps together.
func (l *Log) commit(ctx context.Context, batch []*logStep) {
	done := false
	defer func() {
		if !done { // after a panic, the state in memory is not reliable
			l.mode = logUnsure
		}
	}()

	l.write(ctx, batch)
	done = true
}

func (l *Log) write(ctx context.Context, batch []*logStep) {
	if l.mode == logUnsure {
		if err := l.reclaim(ctx); err != nil {
			fail(batch, err)
			return
		}
	}

	switch l.mode {
	case logNew:
		l.begin(ctx, batch)
	case logOpen:
		l.extend(ctx, batch)
	case logLost:
		l.recordLost(ctx, batch)
	default:
		l.writeWhole(ctx, batch)
	}
}

// fail gives an error to the steps that have no error yet. A nil error changes nothing.
func fail(batch []*logStep, err error) {
	for _, s := range batch {
		if s.err == nil {
			s.err = err
		}
	}
}

// stage makes the entries of some steps and applies them to the state. A step that fails gets its error,
// and changes nothing. ended reports whether one of the entries ends the apply.
func stage(st *State, batch []*logStep) (entries []Entry, ended bool) {
	for _, s := range batch {
		var e Entry
		if e, s.err = s.make(st); s.err == nil {
			s.err = e.validate()
		}
		if s.err != nil {
			continue
		}

		e.Apply(st)
		entries = append(entries, e)
		if e.Finish != nil {
			e.Finish(st)
			ended = true
		}
	}
	return entries, ended
}

// writeWhole writes the entries with the whole state. If another run keeps a log, this one
// has lost its lock.
func (l *Log) writeWhole(ctx context.Context, batch []*logStep) {
	err := l.update(ctx, batch)
	if errors.Is(err, errOthersLog) {
		l.mode = logLost
		l.recordLost(ctx, batch)
		return
	}
	fail(batch, err)
}

// errOthersLog means that the state has the log of another run, which must stay open.
var errOthersLog = errors.New("another run keeps a log")

// update writes the entries with the whole state, as it is stored now. If another run keeps
// a log, it writes nothing and returns errOthersLog.
func (l *Log) update(ctx context.Context, batch []*logStep) error {
	st, err := l.store.Update(ctx, func(st *State) (bool, error) {
		if st.open != nil && !st.HasBegun(l.of) {
			return false, errOthersLog
		}
		entries, _ := stage(st, batch)
		return len(entries) > 0, nil
	})
	if err == nil {
		l.begun, l.state = true, st
	}
	return err
}

// begin writes the first entries with the state, which names the log from then on.
func (l *Log) begin(ctx context.Context, batch []*logStep) {
	name := logName(l.store.Last().Lineage, l.of.Serial)
	withLog := !l.whole && l.prepare(ctx, name) == nil
	l.tried = withLog
	begun, ended := false, false

	st, err := l.store.Update(ctx, func(st *State) (bool, error) {
		var entries []Entry
		entries, ended = stage(st, batch)
		begun = len(entries) > 0
		if begun && withLog && st.HasBegun(l.of) {
			st.Begun.Log = l.parts.First
		}
		return begun, nil
	})

	switch {
	case err != nil:
		l.mode = logUnsure
		fail(batch, err)
		return
	case !begun: // the next attempt may succeed
		return
	case ended:
		l.mode = logEnded
	case st.HasBegun(l.of) && st.namesLog():
		l.mode, l.state = logOpen, st
		l.next, l.kept = l.parts.First, l.parts.First
		l.limit = max(leastFold, st.size)
		l.store.known = nil // the state belongs to the log now
	default:
		l.mode = logWithout
	}

	l.begun = true
}

// prepare makes sure that the log can be kept. If the log is one document, preparing it overwrites the log of
// an earlier apply, so that log must not be open.
func (l *Log) prepare(ctx context.Context, name string) error {
	return l.store.logs().prepare(ctx, name, func() error {
		st, err := l.store.Read(ctx)
		if err == nil && (st.open != nil || st.Serial != l.of.Serial) {
			err = ErrConflict
		}
		return err
	})
}

// extend adds a part with the entries. If it is time to fold the log, or an entry ends the
// apply, it writes the state instead.
func (l *Log) extend(ctx context.Context, batch []*logStep) {
	entries, ended := stage(l.state, batch)
	if len(entries) == 0 {
		return
	}

	name := l.name()
	data, err := encodePart(part{Log: name, Number: l.next, Of: Request{At: l.of.At, Who: l.of.Who}, Entries: entries})
	switch {
	case err != nil:
		l.mode = logUnsure
	case ended, l.isFull(len(data)):
		err = l.writeState(ctx, batch)
	default:
		err = l.add(ctx, name, data)
	}

	if errors.Is(err, ErrConflict) || errors.Is(err, ErrLockLost) {
		l.mode = logLost
		l.recordLost(ctx, batch)
		return
	}

	fail(batch, err)
}

// isFull reports whether the log must be folded instead of taking another part of that size.
func (l *Log) isFull(size int) bool {
	return l.written+size > l.limit || l.next-l.kept >= l.most || l.next >= lastPart // lastPart is left for a seal
}

func (l *Log) name() string { return logName(l.state.Lineage, l.of.Serial) }

func (l *Log) add(ctx context.Context, name string, data []byte) error {
	if err := l.store.mayWrite(); err != nil {
		return err
	}
	n, err := l.store.logs().add(ctx, name, l.next, data)
	if err != nil {
		l.mode = logUnsure
		return err
	}
	l.next++
	l.written += n
	return nil
}

// writeState writes the state, which already has the entries of the batch. If the apply is over, or the batch
// is empty, this ends the log. Otherwise the log goes on with the next part, and the earlier parts are
// deleted. The error is ErrLockLost if another run has closed the log.
//
// Another run that has lost its lock may have recorded in the state what it did before. That causes a
// conflict, but does not close the log: writeState reads the state and makes the entries again.
func (l *Log) writeState(ctx context.Context, batch []*logStep) error {
	err := l.store.retry(ctx, func() error {
		goesOn := len(batch) > 0 && l.state.HasBegun(l.of)
		if begun := l.state.Begun; begun != nil {
			begun.Log = 0
			if goesOn && l.next < lastPart {
				begun.Log = l.next
			}
		}

		err := l.store.write(ctx, l.state)
		if errors.Is(err, ErrConflict) {
			if lost := l.reload(ctx); lost != nil {
				return lost
			}
			stage(l.state, batch)
		}

		return err
	})

	switch {
	case err != nil:
		l.mode = logUnsure
		return err
	case !l.state.namesLog():
		l.mode = logEnded
		return nil
	}

	l.written, l.limit = 0, 2*l.limit
	_ = l.dropParts(ctx) // the next apply deletes the rest
	return nil
}

// reload reads the state with the log. It returns ErrLockLost if another run has closed the log.
func (l *Log) reload(ctx context.Context) error {
	st, err := l.store.Read(ctx)
	if err != nil {
		return err
	}
	if !l.isMine(st) {
		return ErrLockLost
	}
	l.next = st.open.next
	st.open = nil // it is our own log
	l.state = st
	return nil
}

// isMine reports whether a state was read with this log and the log is open.
func (l *Log) isMine(st *State) bool {
	return st.HasBegun(l.of) && st.open != nil && !st.open.sealed
}

// dropParts deletes the parts whose entries the stored state has.
func (l *Log) dropParts(ctx context.Context) error {
	if l.state == nil {
		return nil
	}
	err := l.store.logs().drop(ctx, l.name(), l.kept, l.next)
	l.kept = l.next
	return err
}

// reclaim finds out what is stored after a write with an unknown outcome. If this run still has the log,
// reclaim closes it, so that a late part cannot arrive, and the run goes on without a log. Otherwise the log
// is lost.
func (l *Log) reclaim(ctx context.Context) error {
	_, err := l.store.Update(ctx, func(st *State) (bool, error) {
		switch {
		case l.isMine(st):
			return true, nil // the write closes the log
		case l.tried && st.HasBegun(l.of): // the apply had begun, and another run has closed the log
		case l.state == nil && st.open == nil:
			return false, nil // the apply had not begun; the fence decides whether it still may begin
		}
		return false, ErrLockLost
	})

	switch {
	case err == nil:
		l.mode = logWithout
	case errors.Is(err, ErrLockLost):
		l.mode = logLost
		return nil
	}

	return err
}

// recordLost records what was done, even though another run has closed the log. It refuses entries that
// announce something.
func (l *Log) recordLost(ctx context.Context, batch []*logStep) {
	var made []*logStep
	for _, s := range batch {
		if s.announces {
			s.err = fmt.Errorf("%w: another run has closed the log of this one", ErrLockLost)
			continue
		}
		made = append(made, s)
	}

	if len(made) == 0 {
		return
	}

	err := l.update(ctx, made)
	if errors.Is(err, errOthersLog) {
		err = l.updateBeside(ctx, made)
	}

	fail(made, err)
}

// updateBeside writes entries into the state. It does not close the log of the run that is working now.
func (l *Log) updateBeside(ctx context.Context, batch []*logStep) error {
	return l.store.retry(ctx, func() error {
		st, err := l.store.readStored(ctx)
		switch {
		case err != nil:
			return err
		case st == nil:
			return ErrConflict
		}
		stage(st, batch)
		return l.store.write(ctx, st)
	})
}
