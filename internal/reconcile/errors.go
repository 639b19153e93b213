package reconcile

import (
	"errors"
	"fmt"
	"strings"

	"github.com/cfplan/cfplan/internal/plan"
)

var (
	// ErrReadOnly means that the plan was not made from live state.
	ErrReadOnly = errors.New("the plan is read-only")
	// ErrFaulty means that one of the diagnostics of the plan is an error.
	ErrFaulty = errors.New("the plan has errors that must be fixed first")
	// ErrApplied means that nothing of the plan is left to do.
	ErrApplied = errors.New("the plan has been applied already")
	// ErrOtherState means that the plan was made with another state.
	ErrOtherState = errors.New("the plan was made for another state")
	// ErrHalted means that the state could not be saved, so nothing more was written.
	ErrHalted = errors.New("nothing more was started, because the changes of another zone could not be saved in the state")
	// ErrFailFast means that another zone failed, so nothing more was started.
	ErrFailFast = errors.New("nothing more was started, because another zone failed (-fail-fast)")
	// ErrInterrupted means that the run was interrupted. What it did until then is recorded.
	ErrInterrupted = errors.New("interrupted")
)

// ZoneError is a failure of one zone other than a refusal.
type ZoneError struct {
	Zone            string
	Summary, Detail string
}

func (e *ZoneError) Error() string { return e.Zone + ": " + e.Summary + ": " + e.Detail }

// RefusedError means that Cloudflare refused zones, or could not be reached, and there is nothing
// to fall back on.
type RefusedError struct {
	Degraded []plan.Degradation
	// Wanted says why there is no fallback, such as "no snapshot has been saved".
	Wanted string
}

func (e *RefusedError) Error() string {
	names := make([]string, len(e.Degraded))
	for i, d := range e.Degraded {
		names[i] = d.Zone
	}
	return fmt.Sprintf("%s: %s (code %d): %s",
		strings.Join(names, ", "), e.Degraded[0].Message, e.Degraded[0].Code, e.Wanted)
}

// LimitError means that the plan would destroy more of some zones than their limits allow.
type LimitError struct {
	// Zones are the zones of the plan that are beyond their limits.
	Zones []plan.Zone
}

func (e *LimitError) Error() string {
	names := make([]string, len(e.Zones))
	for i, z := range e.Zones {
		names[i] = z.Name
	}
	return strings.Join(names, ", ") + ": the plan would destroy more than the limit allows"
}

// Most returns the largest number of records that the plan would destroy in one zone.
func (e *LimitError) Most() int {
	most := 0
	for _, z := range e.Zones {
		most = max(most, z.Summary.Destroy)
	}
	return most
}

// StaleError means that records that the plan touches have changed since the plan was made.
type StaleError struct {
	Zones []StaleZone
	// Started is true if they changed after the apply had started. Other zones, and earlier
	// requests to the same zone, may have been written then. Otherwise nothing was written.
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
	// Suspects are the changes that may have caused the refusal; Cloudflare does not say which one.
	// If there is only one, it is certain.
	Suspects []plan.Change
	// InDoubt is true if no answer says whether the batch took effect, and the zone could not be
	// read afterwards.
	InDoubt bool
	Err     error
}

func (e *WriteError) Error() string { return e.Zone + ": " + e.Err.Error() }
func (e *WriteError) Unwrap() error { return e.Err }

// UnsavedError means that the zone was changed, but the state does not have the changes. Done lists
// them for the user.
type UnsavedError struct {
	Zone string
	Done []plan.Change
	Err  error
}

func (e *UnsavedError) Error() string {
	return fmt.Sprintf("%s: %d changes were made but could not be saved in the state: %v", e.Zone, len(e.Done), e.Err)
}
func (e *UnsavedError) Unwrap() error { return e.Err }
