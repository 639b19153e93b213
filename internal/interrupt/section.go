// Package interrupt protects writes from an interrupt. A run enters a [Section] before it writes something
// that must be finished and recorded, for example under the lock of the state, and leaves it afterwards.
// Outside of a section, a run may end at any moment, because files and documents are replaced as a whole.
//
// The package does not handle signals and does not end the process.
package interrupt

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// ErrStopped means that the run was interrupted and must not begin anything new. It wraps [context.Canceled].
var ErrStopped = fmt.Errorf("the run was interrupted: %w", context.Canceled)

// Section knows what a run is writing. The zero value is ready to use, and a nil Section is never
// interrupted. It is safe for concurrent use.
type Section struct {
	mu          sync.Mutex
	entries     []*Entry
	interrupted bool
}

// Entry is one write in progress.
type Entry struct {
	section *Section
	// remains says what is left behind, and what to do about it, if the process ends now.
	remains string
	// undone reports whether the write was given up before it was finished.
	undone bool
}

// Enter notes that a write is about to begin. remains is a sentence for the user that says what is left
// behind if the process ends before the entry is left. After an interrupt, Enter returns ErrStopped, and
// the write must not begin.
func (s *Section) Enter(remains string) (*Entry, error) {
	if s == nil {
		return nil, nil
	}

	s.mu.Lock()
	defer s.mu.Unlock()

	if s.interrupted {
		return nil, ErrStopped
	}

	e := &Entry{section: s, remains: remains}
	s.entries = append(s.entries, e)
	return e, nil
}

// Leave notes that the write is finished and nothing is left behind. A second call does nothing.
func (e *Entry) Leave() {
	if e == nil {
		return
	}

	s := e.section
	s.mu.Lock()
	defer s.mu.Unlock()
	s.entries = slices.DeleteFunc(s.entries, func(o *Entry) bool { return o == e })
}

// LeaveUndone notes that the write has ended, but something is left behind.
func (e *Entry) LeaveUndone() {
	if e == nil {
		return
	}

	e.section.mu.Lock()
	defer e.section.mu.Unlock()
	e.undone = true
}

// Interrupt makes Enter return ErrStopped from now on. It calls stop and says whether a write is in progress,
// which must be finished. While stop runs, no entry can be entered or left, so that no run sees ErrStopped
// before stop has ended.
func (s *Section) Interrupt(stop func(writing bool)) {
	s.mu.Lock()
	defer s.mu.Unlock()

	s.interrupted = true
	stop(slices.ContainsFunc(s.entries, func(e *Entry) bool { return !e.undone }))
}

// Remains returns a sentence for everything that is left behind if the process ends now.
func (s *Section) Remains() []string {
	s.mu.Lock()
	defer s.mu.Unlock()

	var out []string
	for _, e := range s.entries {
		out = append(out, e.remains)
	}
	return out
}
