// Package doctor tests, step by step, what cfplan needs to work: the credentials, the
// way to Cloudflare, each zone's permissions, the clock, and the state.
//
// It reports what it finds and repairs nothing. The only thing it may write, and only
// if asked to, is a DNS record of its own, which it deletes again.
package doctor

import (
	"context"
	"sync"
	"time"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/interrupt"
	"github.com/cfplan/cfplan/internal/parallel"
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
	// Parallelism is how many zones are tested at a time. Less than 1 counts as 1.
	Parallelism int
	// Report, if set, is called with each check, in order. Those of the zones come when all zones are tested.
	Report func(Check)
	// Progress, if set, is called before the first zone and after each one, by one goroutine at a time.
	Progress func(zone string, done, total int)
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

// examineZones tests the zones side by side, and reports them in order.
func (d *Doctor) examineZones(ctx context.Context, found *findings) {
	tested := d.zoneCounter()
	each := make([]*findings, len(d.Zones))
	g := parallel.New(max(1, d.Parallelism))
	for i, z := range d.Zones {
		each[i] = &findings{}
		g.Go(func() error {
			exam := zoneExam{api: d.API, writing: d.Writing, found: each[i], zone: z, tokenPage: d.tokenPage()}
			exam.run(ctx, d.Write)
			tested(z.Name)
			return nil
		})
	}
	_ = g.Wait() // what fails is in the findings

	for _, of := range each {
		for _, c := range of.checks {
			found.add(c)
		}
	}
}

// zoneCounter returns a function that counts a zone as tested.
func (d *Doctor) zoneCounter() (tested func(zone string)) {
	if d.Progress == nil || len(d.Zones) == 0 {
		return func(string) {}
	}

	var mu sync.Mutex
	done := 0
	d.Progress(d.Zones[0].Name, 0, len(d.Zones))
	return func(zone string) {
		mu.Lock()
		defer mu.Unlock()
		done++
		d.Progress(zone, done, len(d.Zones))
	}
}

func (d *Doctor) skipZones(found *findings, why string) {
	for _, z := range d.Zones {
		found.step("zone", z.Name).skip(why)
	}
}
