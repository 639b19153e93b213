package cloudflare

// NewAtOnce returns a client that waits for nothing.
func NewAtOnce(o Options) *Client { return newClient(o, newFakeClock()) }
