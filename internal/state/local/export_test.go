package local

import "time"

// SetPatience says how long b waits for another process's short work.
func (b *Backend) SetPatience(d time.Duration) { b.patience = d }
