// Package doctor tests step by step what cfplan needs: the credentials, the connection to Cloudflare, the
// permissions in each zone, the clock and the state.
//
// It reports what it finds and repairs nothing. The only thing it ever writes is a DNS record of its own,
// and only if the user asks for that. It deletes the record again.
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

// Account is a set of credentials, and the zones that are tested with them.
type Account struct {
	// Name is the account's name in the configuration; empty for the default account.
	Name string
	API  *cloudflare.Client
	// Credentials are inspected, but no check shows any part of them. Source says where they come from.
	Credentials cloudflare.Credentials
	Source      string
	// Endpoint is the API's address. Proxy is the proxy for requests, without its password; empty if there
	// is none.
	Endpoint, Proxy string
	// Zones are the zones to test. A zone with an ID is not looked up by name.
	Zones []dns.Zone
	// Declared is the number of zones that the configuration declares in the account.
	Declared int
}

// Doctor tests the accounts and the state that its fields name.
type Doctor struct {
	Accounts []Account
	// Write makes Run also test writing: it creates and deletes a record in each zone.
	Write bool
	// Run reads State, and takes the lock with Locker for a moment. Holder names this run in the lock.
	State  *state.Reader
	Locker *state.Locker
	Holder state.Holder
	// Run enters Writing while a test record exists, so that an interrupt does not leave the record behind.
	// Writing may be nil if the run cannot be interrupted.
	Writing *interrupt.Section
	Now     func() time.Time
	// Parallelism is the number of zones tested at a time. Less than 1 counts as 1.
	Parallelism int
	// Report, if set, is called with each check, in order. It is called with the checks of an account's zones after
	// all of them are tested.
	Report func(Check)
	// Progress, if set, is called before the first zone and after each zone, by one goroutine at a time.
	Progress func(zone string, done, total int)
}

// Run makes all checks and returns them in order. It returns no error, because the checks contain all failures.
func (d *Doctor) Run(ctx context.Context) []Check {
	found := &findings{report: d.Report}

	remembered := stateExam{doctor: d, found: found}
	readable := remembered.state(ctx)

	tested := d.zoneCounter()
	for _, a := range d.Accounts {
		found.account = a.Name
		exam := accountExam{doctor: d, Account: a, found: found, tested: tested}
		exam.run(ctx)
	}
	found.account = ""

	if readable {
		remembered.snapshots(ctx)
	}
	return found.checks
}

// accountExam tests one account.
type accountExam struct {
	Account
	doctor *Doctor
	found  *findings
	// tested is called after a zone is tested.
	tested func(zone string)
}

func (e accountExam) run(ctx context.Context) {
	if !e.credentials(e.found.step("credentials", "")) {
		e.skipZones("Without usable credentials, the zone cannot be tested.")
		return
	}

	if e.reach(ctx) {
		e.zones(ctx)
	} else {
		e.skipZones("The API could not be reached.")
	}
	examineHeaders(e.API.Headers(), e.found)
}

// zones tests the zones in parallel, and reports them in order.
func (e accountExam) zones(ctx context.Context) {
	each := make([]*findings, len(e.Zones))
	g := parallel.New(max(1, e.doctor.Parallelism))
	for i, z := range e.Zones {
		each[i] = &findings{account: e.Name}
		g.Go(func() error {
			exam := zoneExam{api: e.API, writing: e.doctor.Writing, found: each[i], zone: z, tokenPage: e.tokenPage()}
			exam.run(ctx, e.doctor.Write)
			e.tested(z.Name)
			return nil
		})
	}
	_ = g.Wait() // failures are in the findings

	for _, of := range each {
		for _, c := range of.checks {
			e.found.add(c)
		}
	}
}

// zoneCounter returns the function that accountExam calls after each zone. The function reports the progress.
func (d *Doctor) zoneCounter() (tested func(zone string)) {
	total, first := 0, ""
	for _, a := range d.Accounts {
		if total == 0 && len(a.Zones) > 0 {
			first = a.Zones[0].Name
		}
		total += len(a.Zones)
	}
	if d.Progress == nil || total == 0 {
		return func(string) {}
	}

	var mu sync.Mutex
	done := 0
	d.Progress(first, 0, total)
	return func(zone string) {
		mu.Lock()
		defer mu.Unlock()
		done++
		d.Progress(zone, done, total)
	}
}

func (e accountExam) skipZones(why string) {
	for _, z := range e.Zones {
		e.found.step("zone", z.Name).skip(why)
	}
}
