package s3

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/minio/minio-go/v7"

	"github.com/cfplan/cfplan/internal/state"
)

// mostEntries bounds how many objects are listed. The archive has some twenty.
const mostEntries = 10_000

// archivePrefix is where the entries are: beside the state, as the local ones.
func (b *Backend) archivePrefix() string { return strings.TrimSuffix(b.key, ".json") + ".history/" }

func (b *Backend) entry(name string) (key string, err error) {
	return b.archivePrefix() + name + ".json", state.CheckEntry(name)
}

// Keep implements [state.Archive].
func (b *Backend) Keep(ctx context.Context, name string, data []byte) error {
	key, err := b.entry(name)
	if err != nil {
		return err
	}
	_, err = b.put(ctx, key, data, anything)
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
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	var out []string
	seen := 0
	for o := range store.ListObjectsIter(ctx, b.bucket, minio.ListObjectsOptions{Prefix: prefix, MaxKeys: 1000}) {
		if o.Err != nil {
			return nil, b.explain(prefix, toList, o.Err)
		}
		if seen++; seen > mostEntries {
			return nil, fmt.Errorf("%s has more than %d objects; delete those that are not cfplan's", b.placeOf(prefix), mostEntries)
		}
		name, ok := strings.CutSuffix(strings.TrimPrefix(o.Key, prefix), ".json")
		if ok && state.CheckEntry(name) == nil {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out, ctx.Err()
}

// Drop implements [state.Archive].
func (b *Backend) Drop(ctx context.Context, name string) error {
	key, err := b.entry(name)
	if err != nil {
		return err
	}
	return b.remove(ctx, key)
}
