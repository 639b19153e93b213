package reconcile

import "sync"

// Progress counts the steps of an operation.
type Progress struct {
	// Doing is "reading" or "applying".
	Doing string
	// Zone is the one that was just finished or advanced.
	Zone string
	// Done of Total: zones when reading, records when applying.
	Done, Total int
	// ZonesDone of Zones when applying.
	ZonesDone, Zones int
}

// counter turns the steps of many goroutines into a series of Progress values.
type counter struct {
	report func(Progress)

	mu       sync.Mutex
	progress Progress
}

func newCounter(report func(Progress), start Progress) *counter {
	return &counter{report: report, progress: start}
}

func (c *counter) add(zone string, n int) {
	c.update(func(p *Progress) {
		p.Zone = zone
		p.Done += n
	})
}

// zoneDone counts a zone with nothing left to do or to try.
func (c *counter) zoneDone(zone string) {
	c.update(func(p *Progress) {
		p.Zone = zone
		p.ZonesDone++
	})
}

func (c *counter) update(change func(*Progress)) {
	c.mu.Lock()
	defer c.mu.Unlock()

	change(&c.progress)
	if c.report != nil {
		c.report(c.progress)
	}
}
