package s3

import (
	"context"
	"errors"
	"fmt"

	"github.com/cfplan/cfplan/internal/state"
)

// Read implements [state.Backend]. The version is the object's ETag, of which
// nothing is assumed: encrypted by a KMS, for one, it is no digest of the text.
func (b *Backend) Read(ctx context.Context, doc state.Document) ([]byte, state.Version, error) {
	o, err := b.get(ctx, doc.Beside(b.key), state.MaxSize)
	if errors.Is(err, errMissing) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	return o.text, state.Version(o.etag), nil
}

// Write implements [state.Backend]. A write whose answer is lost is looked for
// afterwards; where that does not tell either, it is an error that says so.
func (b *Backend) Write(
	ctx context.Context, doc state.Document, text []byte, was state.Version,
) (state.Version, error) {
	key := doc.Beside(b.key)
	if len(text) > state.MaxSize {
		return "", fmt.Errorf("%s: %d bytes are to be stored, more than the %d that are allowed", b.placeOf(key),
			len(text), state.MaxSize)
	}
	cond := matches(string(was))
	if was == "" {
		cond = absent
	}
	etag, err := b.put(ctx, key, text, cond)
	return state.Version(etag), err
}
