// Package doctor tests, step by step, what cfplan needs to work: credentials, the
// way to Cloudflare, each zone's permissions, the clock, the state.
//
// It finds out and says; it mends nothing. The one thing that it may write, where
// that is asked for, is a record of its own, which it deletes again.
package doctor

import (
	"context"
	"errors"
	"time"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/state"
)

// Status is the outcome of one check.
type Status string

const (
	OK      Status = "ok"
	Warning Status = "warning" // works, but somebody ought to look
	Failed  Status = "failed"
	Skipped Status = "skipped" // could not be tried, because of another failure
)

// Check is one step.
type Check struct {
	// Name says what was tested, such as "credentials".
	Name string `json:"check"`
	// Zone is the one that it is about; empty where it is about none.
	Zone   string `json:"zone,omitempty"`
	Status Status `json:"status"`
	// Detail says what was found.
	Detail string `json:"detail"`
	// Cause and Guidance say what is wrong and how to mend it.
	Cause    string   `json:"cause,omitempty"`
	Guidance []string `json:"guidance,omitempty"`
}

// Doctor holds what is to be tested.
type Doctor struct {
	API *cloudflare.Client
	// Credentials are looked at, never told. Source says where they come from.
	Credentials cloudflare.Credentials
	Source      string
	// Endpoint is the API's address; Proxy the one that requests go through,
	// without its password, empty where there is none.
	Endpoint, Proxy string
	// Zones are the ones to test; an ID that is given is not looked up.
	Zones []dns.Zone
	// Declared is how many zones the configuration has.
	Declared int
	// Write tests writing, too.
	Write bool
	Store *state.Store
	// Holder names this run in the state's lock.
	Holder state.Holder
	Now    func() time.Time
	// Report is told each check as it is done.
	Report func(Check)
}

// Run makes all checks and returns them in order. It never fails as a whole: what
// fails is in the checks.
func (d *Doctor) Run(ctx context.Context) []Check {
	e := &examination{Doctor: d}
	readable := e.state(ctx)
	if e.credentials() {
		e.cloudflare(ctx)
		e.vitals()
	}
	if readable {
		e.snapshots(ctx)
	}
	return e.checks
}

// Healthy reports whether no check failed.
func Healthy(checks []Check) bool {
	for _, c := range checks {
		if c.Status == Failed {
			return false
		}
	}
	return true
}

// examination is one run.
type examination struct {
	*Doctor
	checks []Check
	// account is one that the credentials see zones of.
	account string
}

func (e *examination) add(c Check) {
	e.checks = append(e.checks, c)
	if e.Report != nil {
		e.Report(c)
	}
}

func (e *examination) ok(name, zone, detail string) {
	e.add(Check{Name: name, Zone: zone, Status: OK, Detail: detail})
}

func (e *examination) warn(name, zone, detail string, steps ...string) {
	e.add(Check{Name: name, Zone: zone, Status: Warning, Detail: detail, Guidance: steps})
}

func (e *examination) skip(name, zone, detail string) {
	e.add(Check{Name: name, Zone: zone, Status: Skipped, Detail: detail})
}

func (e *examination) fail(name, zone, detail string, steps ...string) {
	e.add(Check{Name: name, Zone: zone, Status: Failed, Detail: detail, Guidance: steps})
}

// refused is a failure with the guidance of the table of refusals.
func (e *examination) refused(name, zone string, err error) {
	c := Check{Name: name, Zone: zone, Status: Failed, Detail: err.Error()}
	var api *cloudflare.Error
	if errors.As(err, &api) {
		g := api.Guidance()
		c.Cause, c.Guidance = g.Cause(), g.Steps
	}
	e.add(c)
}
