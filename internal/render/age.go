package render

import "time"

// age says how long ago something was, in the largest unit of which there are at
// least two. It errs to the older side: a snapshot must not look fresher than it is.
func age(d time.Duration) string {
	if d < 0 {
		return "0 seconds" // the clocks of two machines differ
	}
	for _, unit := range []struct {
		name string
		size time.Duration
	}{{"day", 24 * time.Hour}, {"hour", time.Hour}, {"minute", time.Minute}} {
		if d >= 2*unit.size {
			return plural(roundedUp(d, unit.size), unit.name)
		}
	}
	return plural(roundedUp(d, time.Second), "second")
}

// roundedUp divides without adding to d: a time that was never set is as long ago
// as a duration can hold.
func roundedUp(d, unit time.Duration) int {
	n := d / unit
	if d%unit > 0 {
		n++
	}
	return int(n)
}
