package state

import "time"

// SetPatience says how long l waits for another process's short work.
func (l *Local) SetPatience(d time.Duration) { l.patience = d }
