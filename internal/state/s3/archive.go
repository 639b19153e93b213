package s3

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/cfplan/cfplan/internal/parallel"
	"github.com/cfplan/cfplan/internal/state"
)

// These bounds limit a listing. The archive has some twenty entries, and up to 4,000 parts of the log of an
// apply that was cut off.
const (
	mostEntries = 10_000
	listTimeout = 2 * time.Minute
)

// archivePrefix is the prefix of the entries: beside the state, as in the local backend.
func (b *Backend) archivePrefix() string { return strings.TrimSuffix(b.key, ".json") + ".history/" }

func (b *Backend) entry(name string) (key string, err error) {
	return b.archivePrefix() + name + ".json", state.CheckEntry(name)
}

// Keep implements [state.Archive].
func (b *Backend) Keep(ctx context.Context, name string, data []byte) error {
	return b.putEntry(ctx, name, data, anything)
}

// Add implements [state.Archive].
func (b *Backend) Add(ctx context.Context, name string, data []byte) error {
	return b.putEntry(ctx, name, data, absent)
}

func (b *Backend) putEntry(ctx context.Context, name string, data []byte, cond condition) error {
	key, err := b.entry(name)
	if err != nil {
		return err
	}
	_, err = b.put(ctx, key, data, cond)
	return err
}

// Kept implements [state.Archive].
func (b *Backend) Kept(ctx context.Context, name string) ([]byte, error) {
	key, err := b.entry(name)
	if err != nil {
		return nil, err
	}
	o, err := b.get(ctx, key, state.MaxSize)
	if errors.Is(err, errMissing) {
		return nil, fmt.Errorf("%s: %w", name, state.ErrNoEntry)
	}
	return o.text, err
}

// Entries implements [state.Archive].
func (b *Backend) Entries(ctx context.Context) ([]string, error) {
	prefix := b.archivePrefix()
	store, err := b.store()
	if err != nil {
		return nil, b.explain(prefix, toList, err)
	}

	ctx, cancel := context.WithTimeout(ctx, listTimeout)
	defer cancel()

	var out []string
	seen := 0
	for o := range store.ListObjectsIter(ctx, b.bucket, minio.ListObjectsOptions{Prefix: prefix, MaxKeys: 1000}) {
		if o.Err != nil {
			return nil, b.explain(prefix, toList, o.Err)
		}
		if seen++; seen > mostEntries {
			return nil, fmt.Errorf("%s has more than %d objects; delete those that are not cfplan's",
				b.placeOf(prefix), mostEntries)
		}
		name, ok := strings.CutSuffix(strings.TrimPrefix(o.Key, prefix), ".json")
		if ok && state.CheckEntry(name) == nil {
			out = append(out, name)
		}
	}

	slices.Sort(out)
	return out, ctx.Err()
}

// mostDrops limits how many objects are deleted at the same time. Each takes a request of its own, because
// not every store can delete several objects in one.
const mostDrops = 8

// Drop implements [state.Archive].
func (b *Backend) Drop(ctx context.Context, names ...string) error {
	errs := make([]error, len(names))
	g := parallel.New(mostDrops)
	for i, name := range names {
		g.Go(func() error {
			key, err := b.entry(name)
			if err == nil {
				err = b.remove(ctx, key)
			}
			errs[i] = err
			return nil // a failed deletion does not stop the others
		})
	}

	_ = g.Wait()
	return errors.Join(errs...)
}
