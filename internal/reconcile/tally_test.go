package reconcile

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/cfplan/cfplan/internal/plan"
)

func TestTallySaysWhetherAZoneMayGoOn(t *testing.T) {
	t.Parallel()
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()

	for _, test := range []struct {
		name   string
		ctx    context.Context
		tally  *tally
		before func(*tally)
		want   error
	}{
		{"nothing happened", context.Background(), &tally{failFast: true}, func(*tally) {}, nil},
		{"the run was asked to stop", cancelled, &tally{}, func(*tally) {}, ErrInterrupted},
		{"the state could not be saved", context.Background(), &tally{}, (*tally).halt, ErrHalted},
		{"another zone failed", context.Background(), &tally{}, func(y *tally) { y.noteFailure(ErrFaulty) }, nil},
		{"with fail-fast, no zone failed", context.Background(), &tally{failFast: true}, func(y *tally) { y.noteFailure(nil) }, nil},
		{
			"with fail-fast, another zone failed", context.Background(), &tally{failFast: true},
			func(y *tally) {
				y.noteFailure(ErrFaulty)
				y.noteFailure(nil) // a zone that is done does not undo that
			},
			ErrFailFast,
		},
	} {
		test.before(test.tally)
		if got := test.tally.mayGoOn(test.ctx, "one.example"); !errors.Is(got, test.want) {
			t.Errorf("%s: mayGoOn = %v, want %v", test.name, got, test.want)
		}
	}
}

func TestTallyCountsByAction(t *testing.T) {
	t.Parallel()
	var y tally
	y.count([]plan.Change{{Action: plan.Add}, {Action: plan.Add}, {Action: plan.Update}})
	y.count([]plan.Change{{Action: plan.Destroy}, {Action: plan.Adopt}, {Action: plan.Forget}})
	changing := plan.Change{Action: plan.Adopt, Before: &plan.Values{TTL: 60}, After: &plan.Values{TTL: 300}}
	y.count([]plan.Change{changing}) // counts twice

	if want := (plan.Summary{Add: 2, Change: 2, Destroy: 1, Adopt: 2, Forget: 1}); y.done != want {
		t.Errorf("done = %+v, want %+v", y.done, want)
	}
}

func TestKeepOneMergesEqualErrors(t *testing.T) {
	t.Parallel()
	other := errors.New("other")
	of := func(zone string) error { return fmt.Errorf("%s: %w", zone, ErrHalted) }
	for _, c := range []struct {
		errs []error
		want string
	}{
		{[]error{nil, of("one.example"), other, of("two.example")}, "other\n2 zones: " + ErrHalted.Error()},
		{[]error{errors.Join(of("one.example"), other), of("two.example"), of("three.example")},
			"one.example: " + ErrHalted.Error() + "\nother\n2 zones: " + ErrHalted.Error()},
		{[]error{nil, of("one.example"), other}, "one.example: " + ErrHalted.Error() + "\nother"},
	} {
		joined := errors.Join(keepOne(c.errs, ErrHalted)...)
		if joined.Error() != c.want || !errors.Is(joined, ErrHalted) {
			t.Errorf("keepOne of %v = %q, want %q", c.errs, joined, c.want)
		}
	}
	if got := errors.Join(keepOne([]error{nil, nil}, ErrHalted)...); got != nil {
		t.Errorf("keepOne without an error = %v, want nil", got)
	}
}
