package cloudflare

import (
	"context"
	"time"
)

// clock is the clock for all waiting. The clock of the tests does not really wait.
type clock interface {
	now() time.Time
	// sleep waits for d. If the context ends first, it returns the context's error.
	sleep(ctx context.Context, d time.Duration) error
}

type systemClock struct{}

func (systemClock) now() time.Time { return time.Now() }

func (systemClock) sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
