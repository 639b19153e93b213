package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/spf13/pflag"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/interrupt"
	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/workdir"
)

// states opens the state of a configuration. A command requests the access that it needs and gets a
// type that can do no more: forReading, forObserving, forLocking or forWriting.
type states struct {
	locations *locations
	dir       *directory
	env       environment
	print     *printer
	now       func() time.Time
	// writing is the section that an interrupt must not cut off. Every lock belongs to it.
	writing *interrupt.Section

	lockTimeout time.Duration
	// lock is -lock. A command that writes the state fails without the lock.
	lock bool

	// work is what the working directory remembers; nil until it is needed.
	work *workdir.Directory
	// written is the state that this run may have changed; nil if there is none.
	written *writableState
}

func (s *states) register(flags *pflag.FlagSet) {
	flags.DurationVar(&s.lockTimeout, "lock-timeout", 0, "wait up to `DURATION`, such as 30s, for the state's lock")
	flags.BoolVar(&s.lock, "lock", true,
		"commands that write the state always lock it, so -lock=false is an error there; the others take no lock")
}

// writableState is the state of a command that changes something.
type writableState struct {
	*state.Store
	place location
	// inner is the backend inside the encryption.
	inner state.Backend
}

// forReading opens the state for a command that writes nothing. If it is not the state
// that this directory used last, the command shows a warning.
func (s *states) forReading(cfg *config.Config) (*state.Reader, error) {
	r, _, err := s.forExamining(cfg)
	return r, err
}

// forExamining is forReading that also returns the lock of the same state.
func (s *states) forExamining(cfg *config.Config) (*state.Reader, *state.Locker, error) {
	p, b, err := s.open(cfg)
	if err != nil {
		return nil, nil, err
	}
	r := state.OpenReader(b.outer)
	r.Guard = once(func(ctx context.Context, found *state.State) error {
		s.show(s.workdir().Check(ctx, p.remembered(), r, found))
		return nil
	})
	return r, s.locker(b.outer), nil
}

// forObserving opens the state for a command that saves snapshots and changes nothing else. If it
// is not the state that this directory used last, the command shows a warning, and saves nothing.
func (s *states) forObserving(cfg *config.Config) (*state.Observer, error) {
	p, b, err := s.open(cfg)
	if err != nil {
		return nil, err
	}
	o := state.OpenObserver(b.outer)
	o.Guard = once(func(ctx context.Context, found *state.State) error {
		finding := s.workdir().Check(ctx, p.remembered(), &o.Reader, found)
		s.show(finding)
		if finding != nil && finding.Refusal {
			o.StopWriting(errors.New(finding.Reason))
		}
		return nil
	})
	return o, nil
}

// forLocking returns the lock of the state, to take or to break.
func (s *states) forLocking(cfg *config.Config) (*state.Locker, error) {
	_, b, err := s.open(cfg)
	if err != nil {
		return nil, err
	}
	return s.locker(b.outer), nil
}

// locker returns the lock of the state in a backend.
func (s *states) locker(b state.Backend) *state.Locker {
	locker := state.NewLocker(b)
	locker.Within(s.writing)
	return locker
}

// forWriting opens the state for a command that changes something. If it is not the state that this
// directory used last, reading it returns an error.
func (s *states) forWriting(cfg *config.Config) (*writableState, error) {
	w, err := s.forReplacing(cfg)
	if err != nil {
		return nil, err
	}
	w.Guard = once(func(ctx context.Context, found *state.State) error {
		finding := s.workdir().Check(ctx, w.place.remembered(), &w.Reader, found)
		if finding != nil && finding.Refusal {
			return failure(finding.Summary, "%s", finding.Detail)
		}
		s.show(finding)
		return nil
	})
	return w, nil
}

// forReplacing opens the state for a command that replaces the state, or creates a new one on
// purpose. It does not compare the state with the one that the directory used last.
func (s *states) forReplacing(cfg *config.Config) (*writableState, error) {
	if !s.lock {
		return nil, usage("-lock=false: this command writes the state, which is never done without the lock. " +
			"To wait for the lock, use -lock-timeout=DURATION")
	}

	p, b, err := s.open(cfg)
	if err != nil {
		return nil, err
	}
	store := state.Open(b.outer)
	store.Within(s.writing)
	s.written = &writableState{Store: store, place: p, inner: b.inner}
	return s.written, nil
}

func (s *states) open(cfg *config.Config) (location, backends, error) {
	p, err := s.locations.configured(cfg)
	if err != nil {
		return p, backends{}, err
	}
	b, err := s.locations.backendsOf(p)
	return p, b, err
}

// once returns a function that calls check for each state that is read, until check has succeeded.
func once(check func(context.Context, *state.State) error) func(context.Context, *state.State) error {
	var mu sync.Mutex
	done := false
	return func(ctx context.Context, found *state.State) error {
		mu.Lock()
		defer mu.Unlock()
		if done {
			return nil
		}
		err := check(ctx, found)
		done = err == nil
		return err
	}
}

// workdir returns what the working directory remembers.
func (s *states) workdir() *workdir.Directory {
	if s.work == nil {
		s.work = workdir.Open(s.dir.root(), state.DefaultName, s.locations.noSettings(), s.locations.openRemembered)
	}
	return s.work
}

// show prints a finding as a warning.
func (s *states) show(f *workdir.Finding) {
	if f != nil {
		s.print.warn(f.Summary, "%s", f.Detail)
	}
}

// remember records the state that a command has changed. It is called only if the command
// succeeded: the place of a failed or cancelled command may be a mistake.
func (s *states) remember() {
	if s.written == nil || s.written.Last().Lineage == "" {
		return
	}
	s.show(s.workdir().RememberDone(s.note(s.written)))
}

func (s *states) note(w *writableState) workdir.Note {
	return s.workdir().NoteOf(w.place.remembered(), &w.Reader)
}

// locked calls f while holding the lock of a state.
func (s *states) locked(ctx context.Context, locker *state.Locker, operation string, f func(state.Lock) error) error {
	lock, err := locker.Lock(ctx, holder(s.env, s.now(), operation), s.lockTimeout)
	if err != nil {
		return err
	}
	defer func() { showLockLeft(s.print, lock.Unlock(), lock.Holder().ID) }()
	return f(lock)
}

// showLockLeft reports a lock that could not be released: some backends keep it until the user
// breaks it.
func showLockLeft(p *printer, err error, id string) {
	if err != nil {
		p.warn("State lock could not be released", "%v. If the next run finds the state locked: %s",
			err, state.Holder{ID: id}.UnlockCommand())
	}
}
