package parallel_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/cfplan/cfplan/internal/parallel"
)

// outOfRange panics with an error of the Go runtime.
func outOfRange() error {
	var none []int
	return fmt.Errorf("%d", none[len(none)+2])
}

func TestWaitReturnsTheFirstErrorAfterAllHaveEnded(t *testing.T) {
	want := errors.New("refused")
	g, ended := parallel.New(3), atomic.Int32{}
	for i := range 20 {
		g.Go(func() error {
			defer ended.Add(1)
			if i == 5 {
				return want
			}
			return nil
		})
	}

	if err := g.Wait(); !errors.Is(err, want) || ended.Load() != 20 {
		t.Errorf("Wait = %v after %d of 20 functions, want %v after all of them", err, ended.Load(), want)
	}
}

func TestAPanicReachesTheWaitingGoroutine(t *testing.T) {
	g, ended := parallel.New(2), atomic.Int32{}
	for i := range 10 {
		g.Go(func() error {
			defer ended.Add(1)
			if i == 0 {
				return outOfRange()
			}
			return nil
		})
	}

	p := parallel.Try(func() { _ = g.Wait() })
	if p == nil {
		t.Fatal("Wait did not panic")
	}
	if ended.Load() != 10 {
		t.Errorf("%d of 10 functions had ended", ended.Load())
	}
	if got, want := p.Kind(), "runtime error: index out of range [2] with length 0"; got != want {
		t.Errorf("Kind = %q, want %q", got, want)
	}

	stack := p.Stack(5)
	if len(stack) == 0 || !strings.Contains(stack[0], "parallel_test.outOfRange (parallel/group_test.go:") {
		t.Errorf("the stack does not begin at the panic: %q", stack)
	}
}

func TestAPanicEndsTheContextOfTheGroup(t *testing.T) {
	g, ctx := parallel.WithContext(t.Context(), 2)
	g.Go(func() error {
		<-ctx.Done()
		return ctx.Err()
	})
	g.Go(outOfRange)

	if p := parallel.Try(func() { _ = g.Wait() }); p == nil {
		t.Error("Wait did not panic")
	}
	if !errors.Is(ctx.Err(), context.Canceled) {
		t.Errorf("the context's error is %v, want %v", ctx.Err(), context.Canceled)
	}
}

func TestAPanicIsDescribedWithoutItsValue(t *testing.T) {
	const secret = "hunter2"
	for want, value := range map[string]any{
		"a panic with a value of type string":                     secret,
		"a panic with a value of type *errors.errorString":        errors.New(secret),
		"a panic with a value of type struct { password string }": struct{ password string }{secret},
		"a panic with a value of type *fmt.wrapError":             fmt.Errorf("%w: %s", errors.New("no"), secret),
		"a panic with a value of type parallel_test.recursive":    recursive(nil),
		"a panic with a value of type map[string]interface {}":    map[string]any{secret: secret},
	} {
		p := parallel.Try(func() { panic(value) })
		if got := p.Kind(); got != want {
			t.Errorf("Kind of a panic with %T = %q, want %q", value, got, want)
		}
		if stack := strings.Join(p.Stack(100), "\n"); strings.Contains(stack, secret) || strings.Contains(stack, "0x") {
			t.Errorf("the stack shows values: %s", stack)
		}
	}
}

type recursive func()

func TestAPanicThatIsRaisedAgainStaysTheSame(t *testing.T) {
	first := parallel.Try(func() { _ = outOfRange() })
	if again := parallel.Try(func() { panic(first) }); again != first {
		t.Errorf("the panic raised again is %v, want the first one, %v", again, first)
	}
}

func TestTryWithoutAPanicReturnsNil(t *testing.T) {
	if p := parallel.Try(func() {}); p != nil {
		t.Errorf("Try = %v, want nil", p)
	}
}
