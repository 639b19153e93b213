package doctor

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/cloudflare"
)

// Status is the outcome of one check.
type Status string

// The outcomes.
const (
	OK      Status = "ok"
	Warning Status = "warning" // it works but deserves attention
	Failed  Status = "failed"
	Skipped Status = "skipped" // not tested; Detail says why
)

// Check is the result of one test.
type Check struct {
	// Name says what was tested, such as "credentials".
	Name string `json:"check"`
	// Zone is the zone that the check is about; empty if it is not about one zone.
	Zone string `json:"zone,omitempty"`
	// Account is the configuration's name of the account that the check is about; empty for the default
	// account.
	Account string `json:"account,omitempty"`
	Status  Status `json:"status"`
	// Detail says what was found.
	Detail string `json:"detail"`
	// Cause and Guidance say what is wrong and how to fix it.
	Cause    string   `json:"cause,omitempty"`
	Guidance []string `json:"guidance,omitempty"`
	// Request is the request that failed, if there is one.
	Request string `json:"request,omitempty"`

	// outcome is Detail without the parts that differ from zone to zone, such as IDs; empty if there are none.
	outcome string
}

// Healthy reports whether no check failed.
func Healthy(checks []Check) bool {
	return !slices.ContainsFunc(checks, func(c Check) bool { return c.Status == Failed })
}

// findings collects the checks of one run in order.
type findings struct {
	checks []Check
	report func(Check) // may be nil
	// account is the account that is being tested.
	account string
}

func (f *findings) step(name, zone string) step { return step{found: f, name: name, zone: zone} }

func (f *findings) add(c Check) {
	c.Account = f.account
	f.checks = append(f.checks, c)
	if f.report != nil {
		f.report(c)
	}
}

// step is a check in progress. One of the methods ok, skip, warn, fail and refused ends it.
type step struct {
	found      *findings
	name, zone string
	outcome    string
}

// as returns the step with an outcome. Zones with the same outcome are shown as one group.
func (s step) as(outcome string) step {
	s.outcome = outcome
	return s
}

func (s step) ok(detail string) { s.add(OK, detail, nil) }

func (s step) skip(detail string) { s.add(Skipped, detail, nil) }

func (s step) warn(detail string, guidance ...string) { s.add(Warning, detail, guidance) }

func (s step) fail(detail string, guidance ...string) { s.add(Failed, detail, guidance) }

func (s step) add(status Status, detail string, guidance []string) {
	s.found.add(Check{
		Name:     s.name,
		Zone:     s.zone,
		Status:   status,
		Detail:   detail,
		Guidance: guidance,
		outcome:  s.outcome,
	})
}

// refused ends a step with an error of the API, and with its cause and steps from the catalogue. The detail begins
// with the title from the catalogue; the answer of the API follows.
func (s step) refused(err error) {
	c := Check{Name: s.name, Zone: s.zone, Status: Failed, Detail: err.Error(), outcome: s.outcome}

	var api *cloudflare.Error
	if errors.As(err, &api) {
		entry := api.Guidance()
		c.Detail = api.Answer() + "."
		if answer := api.Answer(); !strings.HasPrefix(answer, entry.Title) {
			c.Detail = entry.Title + ": " + answer + "."
		}
		c.Cause, c.Guidance, c.Request = entry.Cause(), entry.Steps, api.Request()
		c.outcome = refusal(entry.Title, api)
	}
	s.found.add(c)
}

// refusal describes an error without its request and its ray ID, because these differ from zone to zone.
func refusal(title string, e *cloudflare.Error) string {
	switch {
	case e.Status == 0:
		return title + "."
	case e.Code == 0:
		return fmt.Sprintf("%s (HTTP status %d).", title, e.Status)
	default:
		return fmt.Sprintf("%s (code %d, HTTP status %d).", title, e.Code, e.Status)
	}
}
