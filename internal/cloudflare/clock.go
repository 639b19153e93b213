package cloudflare

import (
	"context"
	"time"
)

// clock is the time that waiting is measured with. Tests have one that does not
// take any.
type clock interface {
	now() time.Time
	// sleep returns early, with the context's error, where that ends first.
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
