// Package interrupt knows what an interrupt may cut off. A run enters a [Section] before it writes something that must
// be finished and recorded, such as under the lock of the state, and leaves it afterwards. Outside of it, a run may end
// at any moment: files and documents are replaced as a whole.
//
// The package handles no signals and ends no process.
package interrupt

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// ErrStopped reports that nothing may be begun any more, because the run was interrupted. It is a
// [context.Canceled].
var ErrStopped = fmt.Errorf("the run was interrupted: %w", context.Canceled)

// Section holds what a run is writing. The zero value is ready, and a nil Section is never interrupted. It is safe for
// concurrent use.
type Section struct {
	mu          sync.Mutex
	entries     []*Entry
	interrupted bool
}

// Entry is one thing that is being written.
type Entry struct {
	section *Section
	// remains says what is left, and what to do about it, if the process ends now.
	remains string
	// undone says that it was left without being finished.
	undone bool
}

// Enter notes that something is about to be written. remains is a sentence for the user: what is left behind if the
// process ends before the entry is left. After an interrupt the error is ErrStopped, and nothing may be begun.
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

// Leave notes that it was written, and that nothing remains. A second call does nothing.
func (e *Entry) Leave() {
	if e == nil {
		return
	}
	s := e.section
	s.mu.Lock()
	defer s.mu.Unlock()
	s.entries = slices.DeleteFunc(s.entries, func(o *Entry) bool { return o == e })
}

// LeaveUndone notes that nothing more is written, but what remains is left behind.
func (e *Entry) LeaveUndone() {
	if e == nil {
		return
	}
	e.section.mu.Lock()
	defer e.section.mu.Unlock()
	e.undone = true
}

// Interrupt lets nothing new be begun. It calls stop with whether something is being written, which must be finished.
// While stop runs, nothing can be entered or left, so that no run sees ErrStopped before it.
func (s *Section) Interrupt(stop func(writing bool)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.interrupted = true
	stop(slices.ContainsFunc(s.entries, func(e *Entry) bool { return !e.undone }))
}

// Remains returns what is left behind if the process ends now, a sentence each.
func (s *Section) Remains() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, e := range s.entries {
		out = append(out, e.remains)
	}
	return out
}
