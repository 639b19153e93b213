package reconcile

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/nameserver"
	"github.com/cfplan/cfplan/internal/parallel"
	"github.com/cfplan/cfplan/internal/plan"
)

// Expected is what the name servers of a zone should answer.
type Expected struct {
	// Zone has the records that should be served; no other names are queried.
	Zone dns.Zone
	// Gone are records that should no longer be served.
	Gone []nameserver.Known
	// SensitiveAt has the attributes of Gone that must not be shown, by address.
	SensitiveAt map[string][]dns.Attribute
}

// ExpectedOf returns what the name servers should answer for the records that a plan writes, once
// the plan has been carried out.
func ExpectedOf(p *plan.Plan) []Expected {
	var out []Expected
	for _, z := range p.Zones {
		e := Expected{Zone: dns.Zone{Name: z.Name}, SensitiveAt: map[string][]dns.Attribute{}}
		for _, c := range z.Changes {
			switch {
			case c.Action == plan.Destroy:
				e.SensitiveAt[c.Address] = dns.JoinSensitive(e.SensitiveAt[c.Address], c.Sensitive)
				e.Gone = append(e.Gone, nameserver.Known{Address: c.Address, Name: c.Name, Type: c.Type})
			case c.Writes():
				if c.Renames() {
					e.SensitiveAt[c.Address] = dns.JoinSensitive(e.SensitiveAt[c.Address], c.Sensitive)
					e.Gone = append(e.Gone, nameserver.Known{Address: c.Address, Name: c.PreviousName, Type: c.Type})
				}
				r := c.AfterRecord()
				r.Declared = &dns.Declaration{Address: c.Address, Sensitive: c.Sensitive}
				e.Zone.Records = append(e.Zone.Records, r)
			}
		}
		if len(e.Zone.Records)+len(e.Gone) > 0 {
			out = append(out, e)
		}
	}
	return out
}

// VerifyOptions bound how long Verify waits.
type VerifyOptions struct {
	// Patience is how long the servers may take to serve what is expected; with zero, Verify asks
	// once.
	Patience time.Duration
	// Every is the first pause between two rounds; later pauses are longer, up to ten times as
	// long. Zero means one second.
	Every time.Duration
}

// Verified is the last answer of the name servers of one zone.
type Verified struct {
	Zone string `json:"name"`
	// Servers are the servers that answered.
	Servers []string `json:"servers"`
	// Pending are the remaining differences, each with its server.
	Pending []Pending `json:"pending"`
	// NotShown says, in sentences, what DNS does not show.
	NotShown []string `json:"not_shown"`
	// Err is set if the servers could not be asked.
	Err error `json:"-"`
}

// Pending is what one server does not serve as expected.
type Pending struct {
	Server string `json:"server"`
	plan.Change
}

// verifier asks the name servers of zones until they serve what is expected.
type verifier struct {
	// names asks name servers; it is nil if they must not be asked.
	names       *nameserver.Client
	parallelism int
	progress    func(Progress)
}

// verify implements [Planner.Verify].
func (v *verifier) verify(ctx context.Context, expected []Expected, o VerifyOptions) ([]Verified, error) {
	if o.Every == 0 {
		o.Every = time.Second
	}

	steps := countZones(v.progress, Asking, expected, func(e Expected) string { return e.Zone.Name })
	out := make([]Verified, len(expected))
	deadline := time.After(o.Patience)
	for pause := o.Every; ; pause = min(2*pause, 10*o.Every) {
		v.once(ctx, expected, out, steps)
		if ctx.Err() != nil {
			return out, ErrInterrupted
		}
		if !slices.ContainsFunc(out, Verified.unfinished) || o.Patience == 0 {
			return out, nil
		}

		select {
		case <-ctx.Done():
			return out, ErrInterrupted
		case <-deadline:
			return out, nil
		case <-time.After(pause):
		}
	}
}

// unfinished reports whether there is a reason to ask again.
func (v Verified) unfinished() bool { return v.Err != nil || len(v.Pending) > 0 }

// once asks about the zones that did not serve what is expected so far.
func (v *verifier) once(ctx context.Context, expected []Expected, out []Verified, steps *counter) {
	g := parallel.New(v.parallelism)
	for i, e := range expected {
		if out[i].Zone == "" || out[i].unfinished() {
			g.Go(func() error {
				out[i] = v.zone(ctx, e)
				if !out[i].unfinished() {
					steps.add(out[i].Zone, 1)
				}
				return nil
			})
		}
	}
	_ = g.Wait() // each zone has its own error
}

func (v *verifier) zone(ctx context.Context, e Expected) Verified {
	out := Verified{Zone: e.Zone.Name, Servers: []string{}, Pending: []Pending{}, NotShown: []string{}}
	if v.names == nil {
		out.Err = errors.New("name servers are not asked here")
		return out
	}
	views, err := v.names.ViewEach(ctx, e.Zone, e.Gone)
	if err != nil {
		out.Err = err
		return out
	}

	for _, view := range views {
		out.Servers = append(out.Servers, view.Servers...)
		for _, u := range view.NotShown {
			if !slices.Contains(out.NotShown, u) {
				out.NotShown = append(out.NotShown, u)
			}
		}
		for _, c := range differences(e, view) {
			out.Pending = append(out.Pending, Pending{Server: view.Servers[0], Change: c})
		}
	}
	return out
}

// differences returns the changes that would turn the view into what is expected.
func differences(e Expected, view *nameserver.View) []plan.Change {
	z, _ := plan.Diff(plan.Input{
		Desired:     e.Zone,
		Seen:        dns.Zone{Name: e.Zone.Name, Records: view.Records},
		Owned:       view.Owned,
		SensitiveAt: e.SensitiveAt,
		Source:      plan.Source{Kind: plan.SourceDNS},
	})
	for i := range z.Changes {
		z.Changes[i].Risks = nil // nothing is planned here
	}
	return z.Changes
}
