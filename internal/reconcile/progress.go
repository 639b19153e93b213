package reconcile

import "sync"

// counter turns steps done in many goroutines into a series of Progress values.
type counter struct {
	mu     sync.Mutex
	report func(Progress)
	now    Progress
}

func (r *Reconciler) counter(doing string, total int) *counter {
	return &counter{report: r.Progress, now: Progress{Doing: doing, Total: total}}
}

func (c *counter) add(zone string, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now.Zone = zone
	c.now.Done += n
	if c.report != nil {
		c.report(c.now)
	}
}
