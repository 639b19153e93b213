// Package s3 keeps the state in a bucket: in Cloudflare R2, Amazon S3, MinIO, or another store that speaks S3
// and honors conditional writes.
//
// A document is replaced with If-Match on the ETag that was read, and created with If-None-Match: *, so no
// update is lost even without the lock. The lock is an object that names its holder and the time after which
// the lock expires unless the holder renews it; see lock.go. Probe checks that a store honors the conditions.
// R2 documents it at https://developers.cloudflare.com/r2/api/s3/extensions/, S3 at
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html.
//
// The package is not a general client. It creates no buckets, and it never uploads in parts, because that
// would make a write consist of several steps.
package s3

import (
	"sync"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/cfplan/cfplan/internal/state"
)

// Backend keeps the documents in objects of one bucket: the state under the configured key, the other
// documents beside it, and the lock under the state's key with ".lock" appended.
//
// If its holder dies, a lock is free a minute and a half after it was last renewed.
type Backend struct {
	settings
	ttl time.Duration
	now func() time.Time
	// store is made on first use, because making it reads files.
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

// Place implements [state.Backend]. It returns s3://bucket/key, with the server unless it is Amazon's, or
// r2://account/bucket/key, because bucket names of R2 belong to an account and a jurisdiction.
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
