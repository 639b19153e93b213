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
	c.update(func(p *Progress) {
		p.Zone = zone
		p.Done += n
	})
}

// zoneDone counts a zone of which nothing is left to do, or to try.
func (c *counter) zoneDone(zone string) {
	c.update(func(p *Progress) {
		p.Zone = zone
		p.ZonesDone++
	})
}

func (c *counter) update(change func(*Progress)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(&c.now)
	if c.report != nil {
		c.report(c.now)
	}
}
