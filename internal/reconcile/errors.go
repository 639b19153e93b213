package reconcile

import (
	"errors"
	"fmt"
	"strings"

	"github.com/cfplan/cfplan/internal/plan"
)

var (
	// ErrReadOnly: the plan was not made from live state.
	ErrReadOnly = errors.New("the plan is read-only")
	// ErrFaulty: one of the plan's diagnostics is an error.
	ErrFaulty = errors.New("the plan has errors that must be fixed first")
	// ErrApplied: there is nothing left of the plan to do.
	ErrApplied = errors.New("the plan has been applied already")
	// ErrOtherState: the plan was made with another state.
	ErrOtherState = errors.New("the plan was made for another state")
	// ErrHalted: the state could not be saved, so that nothing more was written.
	ErrHalted = errors.New("nothing more was started, because the state could not be saved for another zone")
	// ErrFailFast: another zone failed, and nothing more was begun.
	ErrFailFast = errors.New("nothing more was started, because another zone failed (-fail-fast)")
	// ErrInterrupted: the run was asked to stop. What was done is recorded.
	ErrInterrupted = errors.New("interrupted")
)

// ZoneError is a failure of one zone that has nothing to do with refusal.
type ZoneError struct {
	Zone            string
	Summary, Detail string
}

func (e *ZoneError) Error() string { return e.Zone + ": " + e.Summary + ": " + e.Detail }

// RefusedError: Cloudflare refused zones, or could not be reached, and nothing
// may or can stand in for them.
type RefusedError struct {
	Degraded []plan.Degradation
	// Wanted says why nothing stands in, such as "no snapshot has been saved".
	Wanted string
}

func (e *RefusedError) Error() string {
	names := make([]string, len(e.Degraded))
	for i, d := range e.Degraded {
		names[i] = d.Zone
	}
	return fmt.Sprintf("%s: %s (code %d): %s", strings.Join(names, ", "), e.Degraded[0].Message, e.Degraded[0].Code, e.Wanted)
}

// LimitError: the plan would destroy more of some zones than is allowed.
type LimitError struct {
	// Zones are those zones of the plan.
	Zones []plan.Zone
}

func (e *LimitError) Error() string {
	names := make([]string, len(e.Zones))
	for i, z := range e.Zones {
		names[i] = z.Name
	}
	return strings.Join(names, ", ") + ": the plan would destroy more than the limit allows"
}

// Most is the largest number of records that it would destroy in one zone.
func (e *LimitError) Most() int {
	most := 0
	for _, z := range e.Zones {
		most = max(most, z.Summary.Destroy)
	}
	return most
}

// StaleError: zones have changed since in records that the plan touches.
type StaleError struct {
	Zones []StaleZone
	// Started: they changed after the apply had started. Other zones, and earlier requests of the same zone, may have
	// been written. Otherwise nothing was.
	Started bool
}

// StaleZone lists what no longer fits in one zone.
type StaleZone struct {
	Name    string
	Changes []plan.Stale
}

func (e *StaleError) Error() string {
	n := 0
	var list []string
	for _, z := range e.Zones {
		n += len(z.Changes)
		for _, s := range z.Changes {
			list = append(list, fmt.Sprintf("%s %s (%s)", s.Change.Type, s.Change.Name, s.Why))
		}
	}
	if e.Started {
		return "records have changed during the apply: " + strings.Join(list, ", ")
	}
	return fmt.Sprintf("the plan is stale: %d of its records have changed since it was made", n)
}

// WriteError is a batch that was not carried out.
type WriteError struct {
	Zone string
	// Suspects are the changes that the refusal can be about; Cloudflare does
	// not say which one it is. A single one is certain.
	Suspects []plan.Change
	// InDoubt: no answer tells whether the batch took effect, and the zone
	// could not be read afterwards.
	InDoubt bool
	Err     error
}

func (e *WriteError) Error() string { return e.Zone + ": " + e.Err.Error() }
func (e *WriteError) Unwrap() error { return e.Err }

// UnsavedError: the zone was changed, and the state does not know. Done says what
// was done, for the person who has to know it instead.
type UnsavedError struct {
	Zone string
	Done []plan.Change
	Err  error
}

func (e *UnsavedError) Error() string {
	return fmt.Sprintf("%s: %d changes were made but could not be saved in the state: %v", e.Zone, len(e.Done), e.Err)
}
func (e *UnsavedError) Unwrap() error { return e.Err }
