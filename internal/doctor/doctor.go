// Package doctor tests, step by step, what cfplan needs to work: the credentials, the
// way to Cloudflare, each zone's permissions, the clock, and the state.
//
// It reports what it finds and repairs nothing. The only thing it may write, and only
// if asked to, is a DNS record of its own, which it deletes again.
package doctor

import (
	"context"
	"time"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/interrupt"
	"github.com/cfplan/cfplan/internal/state"
)

// Doctor holds what is to be tested.
type Doctor struct {
	API *cloudflare.Client
	// Credentials are looked at and never shown. Source says where they come from.
	Credentials cloudflare.Credentials
	Source      string
	// Endpoint is the API's address. Proxy is the proxy that requests go through,
	// without its password, or empty if there is none.
	Endpoint, Proxy string
	// Zones are the zones to test. A zone with an ID is not looked up by name.
	Zones []dns.Zone
	// Declared is how many zones the configuration has.
	Declared int
	// Write makes Run test writing, too.
	Write bool
	// State is read, and Locker takes its lock for a moment. Holder names this run in
	// the lock.
	State  *state.Reader
	Locker *state.Locker
	Holder state.Holder
	// Writing is entered while a test record exists, so that an interrupt does not leave it behind; nil if nothing
	// interrupts.
	Writing *interrupt.Section
	Now     func() time.Time
	// Report, if set, is called with each check as soon as it is done.
	Report func(Check)
}

// Run makes all checks and returns them in order. It never fails as a whole: what
// fails is in the checks.
func (d *Doctor) Run(ctx context.Context) []Check {
	found := &findings{report: d.Report}

	remembered := stateExam{doctor: d, found: found}
	readable := remembered.state(ctx)

	if examineCredentials(d, found.step("credentials", "")) {
		api := apiExam{doctor: d, found: found}
		if api.run(ctx) {
			d.examineZones(ctx, found)
		} else {
			d.skipZones(found, "The API could not be reached.")
		}
		examineHeaders(d.API.Headers(), found)
	} else {
		d.skipZones(found, "Nothing can be asked without credentials.")
	}

	if readable {
		remembered.snapshots(ctx)
	}
	return found.checks
}

func (d *Doctor) examineZones(ctx context.Context, found *findings) {
	for _, z := range d.Zones {
		exam := zoneExam{api: d.API, writing: d.Writing, found: found, zone: z, tokenPage: d.tokenPage()}
		exam.run(ctx, d.Write)
	}
}

func (d *Doctor) skipZones(found *findings, why string) {
	for _, z := range d.Zones {
		found.step("zone", z.Name).skip(why)
	}
}
