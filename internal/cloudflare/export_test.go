package cloudflare

// NewAtOnce returns a client that does not wait.
func NewAtOnce(o Options) *Client { return newClient(o, newFakeClock()) }
