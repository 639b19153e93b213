package cloudflare

import (
	"context"
	"time"
)

// Clock is the clock for all waiting of a Client: for its pace, for the pauses that Cloudflare asks for, and
// before another attempt. A test can pass a clock whose Sleep returns at once. A Clock must be safe for
// concurrent use.
type Clock interface {
	Now() time.Time
	// Sleep waits for d. If the context ends first, it returns the context's error.
	Sleep(ctx context.Context, d time.Duration) error
}

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

func (systemClock) Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
