package httpstate

import "time"

// SetTimeout sets the time limit of a request.
func (b *Backend) SetTimeout(d time.Duration) { b.timeout = d }
