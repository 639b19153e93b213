package s3

import (
	"context"
	"errors"
	"fmt"

	"github.com/cfplan/cfplan/internal/state"
)

// Read implements [state.Backend]. The version is the object's ETag. The ETag is not always a digest of the
// text, for example not if a KMS encrypts the object.
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

// Write implements [state.Backend]. If the answer is lost, Write reads the object to find out whether it was
// stored. If that fails, too, the error says so.
func (b *Backend) Write(
	ctx context.Context, doc state.Document, text []byte, was state.Version,
) (state.Version, error) {
	key := doc.Beside(b.key)
	if len(text) > state.MaxSize {
		return "", fmt.Errorf("%s: the document has %d bytes and can't be stored: at most %d are allowed",
			b.placeOf(key),
			len(text), state.MaxSize)
	}
	cond := matches(string(was))
	if was == "" {
		cond = absent
	}
	etag, err := b.put(ctx, key, text, cond)
	return state.Version(etag), err
}
