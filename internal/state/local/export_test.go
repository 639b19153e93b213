package local

import "time"

// SetPatience sets how long b waits for the mutex.
func (b *Backend) SetPatience(d time.Duration) { b.patience = d }
