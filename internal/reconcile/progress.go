package reconcile

import "sync"

// Activity is what an operation is doing, as a word for people.
type Activity string

// The activities, in the order in which they come.
const (
	ReadingState Activity = "Reading the state"
	LookingUp    Activity = "Looking up zones"
	Reading      Activity = "Reading"
	Planning     Activity = "Planning"
	Applying     Activity = "Applying"
	Asking       Activity = "Asking name servers"
)

// Progress counts the steps of an operation.
type Progress struct {
	Doing Activity
	// Zone is the zone that was just finished or advanced, or the only zone.
	Zone string
	// Done of Total: changes when applying, otherwise zones. Total is 0 if nothing is counted.
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

// newCounter returns a counter, and immediately reports what has begun.
func newCounter(report func(Progress), start Progress) *counter {
	c := &counter{report: report, progress: start}
	c.update(func(*Progress) {})
	return c
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

// countZones returns a counter of an activity that goes from zone to zone. A single zone
// is named from the start.
func countZones[Z any](report func(Progress), doing Activity, zones []Z, name func(Z) string) *counter {
	start := Progress{Doing: doing, Total: len(zones)}
	if len(zones) == 1 {
		start.Zone = name(zones[0])
	}
	return newCounter(report, start)
}
