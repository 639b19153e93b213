package s3

import (
	"net/http"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/cfplan/cfplan/internal/state"
)

// LockTTL is how long a lock is held without a renewal.
const LockTTL = lockTTL

// ConfigureR2At is [ConfigureR2] with another address for R2, without TLS.
func ConfigureR2At(addr string, given state.Settings) (*Backend, error) {
	s, err := configureR2(given)
	if err != nil {
		return nil, err
	}
	s.endpoint, s.plain = addr, true
	return open(s), nil
}

// Endpoint returns the host, the region and the addressing style of requests.
func (b *Backend) Endpoint() (host, region string, style minio.BucketLookupType) {
	return b.endpoint, b.region, b.lookup
}

// Headers returns the headers that ask the store to encrypt.
func (b *Backend) Headers() http.Header {
	return b.putOptions("", anything).Header()
}

// Over wraps the transport of the backend.
func (b *Backend) Over(wrap func(http.RoundTripper) http.RoundTripper) {
	b.store = func() (*minio.Core, error) {
		transport, err := b.transport()
		if err != nil {
			return nil, err
		}
		return b.over(wrap(transport))
	}
	core, err := b.store()
	b.store = func() (*minio.Core, error) { return core, err }
}

// SetTTL sets how long the backend's locks are held without a renewal.
func (b *Backend) SetTTL(ttl time.Duration) { b.ttl = ttl }

// SetClock sets the backend's own clock.
func (b *Backend) SetClock(now func() time.Time) { b.now = now }

// LockKey is the key of the lock object.
func (b *Backend) LockKey() string { return b.lockKey() }
