package httpstate

import "time"

// SetTimeout sets how long a request may take.
func (b *Backend) SetTimeout(d time.Duration) { b.timeout = d }
