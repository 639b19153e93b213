// Package s3 keeps the state in a bucket: at Cloudflare R2, at Amazon S3, in MinIO
// and whatever else speaks S3 and honours conditional writes.
//
// A document is replaced with If-Match on the ETag that was read, and created with
// If-None-Match: *, so that no update is lost even without the lock. The lock is an
// object with its holder and the time for which it is his unless he renews it; see
// lock.go. Probe proves that a store honours the conditions. R2 says that it does at
// https://developers.cloudflare.com/r2/api/s3/extensions/, S3 at
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html.
//
// It is not a general client: it makes no buckets, and it never uploads in parts,
// which would be a write of several steps.
package s3

import (
	"sync"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/cfplan/cfplan/internal/state"
)

// Backend keeps the documents in objects of one bucket: the state under the
// configured key, other documents beside it, the lock under that key with ".lock".
//
// A lock whose holder died is free to others a minute and a half after it was
// renewed last.
type Backend struct {
	settings
	ttl time.Duration
	now func() time.Time
	// store is made on first use, since that reads files.
	store func() (*minio.Core, error)
}

var (
	_ state.Backend = (*Backend)(nil)
	_ state.Archive = (*Backend)(nil)
	_ state.Prober  = (*Backend)(nil)
)

func open(s settings) *Backend {
	return &Backend{settings: s, ttl: lockTTL, now: time.Now, store: sync.OnceValues(s.client)}
}

// Place implements [state.Backend]: s3://bucket/key, with the server where that is
// not Amazon's own, or r2://account/bucket/key, as each account of R2 has names of its
// own for its buckets, in each jurisdiction.
func (b *Backend) Place(doc state.Document) string { return b.placeOf(doc.Beside(b.key)) }

func (b *Backend) placeOf(key string) string {
	place := b.bucket + "/" + key
	if b.account != "" {
		place = b.account + "/" + place
	}
	place = b.kind + "://" + place
	if b.named {
		place += " at " + b.endpoint
	}
	return place
}
