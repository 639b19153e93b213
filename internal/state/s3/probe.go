package s3

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/cfplan/cfplan/internal/state"
)

// Probe implements [state.Prober]. It writes two test objects beside the state, and deletes them.
func (b *Backend) Probe(ctx context.Context) error {
	key := b.key + ".probe-" + strings.ToLower(rand.Text())
	other := key + "-2"
	err := b.probe(ctx, key, other)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterthought)
	defer cancel()
	return errors.Join(err, b.remove(ctx, key), b.remove(ctx, other))
}

// another says what to do about a store without conditional writes.
const another = "use one that honors conditional writes, such as Cloudflare R2, Amazon S3 or MinIO"

// noETag is an ETag that no object has.
const noETag = "00000000000000000000000000000000"

func (b *Backend) probe(ctx context.Context, key, other string) error {
	first, err := b.try(ctx, key, absent)
	if err != nil {
		return b.unsupported("refuses If-None-Match: * although nothing is stored", err)
	}

	for _, c := range []struct {
		what string
		cond condition
	}{
		{"ignores If-None-Match: *", absent},
		{"ignores If-Match", matches(noETag)},
	} {
		if _, err := b.try(ctx, key, c.cond); !errors.Is(err, state.ErrConflict) {
			return b.unsupported(c.what, err)
		}
	}

	second, err := b.try(ctx, key, matches(first))
	if err != nil {
		return b.unsupported("refuses If-Match with the ETag that it returned", err)
	}

	if b.race(ctx, key, matches(second)) > 1 {
		return b.unsupported("accepts several concurrent writes with one If-Match", nil)
	}
	if b.race(ctx, other, absent) > 1 {
		return b.unsupported("accepts several concurrent writes with If-None-Match: *", nil)
	}

	return b.probeClock(ctx, key)
}

// try stores a new text under a condition.
func (b *Backend) try(ctx context.Context, key string, cond condition) (etag string, err error) {
	return b.put(ctx, key, []byte(`{"probe": "`+rand.Text()+`"}`), cond)
}

// race returns how many of several concurrent writes succeed under one condition. A store may check the
// condition first and write later.
func (b *Backend) race(ctx context.Context, key string, cond condition) int32 {
	var won atomic.Int32
	var g sync.WaitGroup
	for range 4 {
		g.Go(func() {
			if _, err := b.try(ctx, key, cond); err == nil {
				won.Add(1)
			}
		})
	}
	g.Wait()
	return won.Load()
}

// probeClock checks the store's clocks, which the expiry of locks relies on.
func (b *Backend) probeClock(ctx context.Context, key string) error {
	o, err := b.get(ctx, key, maxLease)
	if err != nil {
		return err
	}
	if age := o.date.Sub(o.modified); o.date.IsZero() || age.Abs() > grace(b.ttl)/2 {
		return fmt.Errorf("%s: the store says at %s that an object that was just written is from %s, so locks would "+
			"expire too early or too late; correct the store's clocks",
			b.placeOf(key), o.date.Format(time.RFC3339), o.modified.Format(time.RFC3339))
	}
	return nil
}

// unsupported returns the error for a promise that the store does not keep. err is the store's answer. If err
// has nothing to do with the promise, unsupported returns err itself.
func (b *Backend) unsupported(what string, err error) error {
	var answer minio.ErrorResponse
	said := errors.As(err, &answer)
	if err != nil && !errors.Is(err, state.ErrConflict) && !(said &&
		(answer.StatusCode == http.StatusNotImplemented || answer.StatusCode == http.StatusBadRequest)) {
		return err
	}
	if said {
		what = fmt.Sprintf("does not support conditional writes (%s)", b.hide(bounded(answer.Message)))
	}
	return fmt.Errorf("%s: the store %s, so two runs at once could undo each other's work; %s",
		b.Place(state.DocState), what, another)
}
