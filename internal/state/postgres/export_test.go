package postgres

import "time"

// SetPatience bounds one use of a connection by d.
func (b *Backend) SetPatience(d time.Duration) { b.patience = d }
