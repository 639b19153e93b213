package s3

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/cfplan/cfplan/internal/files"
	"github.com/cfplan/cfplan/internal/state"
)

const (
	// requestTimeout limits one request with its repetitions. It leaves time for 256 MiB over a slow line,
	// and ends the wait for a store that hangs.
	requestTimeout = 10 * time.Minute
	// afterthought limits the check whether a write was stored, which is made even if the caller's context
	// has ended.
	afterthought = 15 * time.Second
	// readAttempts is how often a document is requested if its transfer breaks off.
	readAttempts = 3
)

// errMissing means that no object is stored under the key.
var errMissing = errors.New("there is no such object")

// object is a stored object.
type object struct {
	text []byte
	etag string
	// modified is when it was written and date when it was read, both by the store's clock.
	modified, date time.Time
}

// get reads an object of at most limit bytes. It returns errMissing if there is none.
func (b *Backend) get(ctx context.Context, key string, limit int64) (o object, err error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()

	for range readAttempts {
		if o, err = b.getOnce(ctx, key, limit); !errors.Is(err, errTorn) {
			break
		}
	}

	switch {
	case err == nil:
		return o, nil
	case code(err) == minio.NoSuchKey:
		return object{}, errMissing
	}

	return object{}, b.explain(key, toRead, err)
}

// errTorn means that the transfer broke off.
var errTorn = errors.New("the transfer broke off")

func (b *Backend) getOnce(ctx context.Context, key string, limit int64) (object, error) {
	store, err := b.store()
	if err != nil {
		return object{}, err
	}

	body, info, header, err := store.GetObject(ctx, b.bucket, key,
		minio.GetObjectOptions{ServerSideEncryption: b.customerKey()})
	if err != nil {
		return object{}, err
	}
	defer body.Close()

	if info.ETag == "" {
		return object{}, &notS3Error{http.StatusOK, "no ETag"}
	}

	text, err := readBody(body, info.Size, limit)
	if err != nil {
		return object{}, err
	}

	date, _ := http.ParseTime(header.Get("Date")) // without it the age is unknown
	return object{text: text, etag: info.ETag, modified: info.LastModified, date: date}, nil
}

// readBody reads a body of at most limit bytes. size is -1 if the store has not reported it.
func readBody(body io.Reader, size, limit int64) (text []byte, err error) {
	switch {
	case size > limit:
		err = &files.TooLargeError{Max: limit}
	case size < 0:
		text, err = files.Read(body, limit)
	default:
		text = make([]byte, size)
		_, err = io.ReadFull(body, text)
	}

	switch {
	case errors.As(err, new(*files.TooLargeError)):
		return nil, fmt.Errorf("it has more than %d bytes, the most that is allowed", limit)
	case err != nil:
		return nil, fmt.Errorf("%w: %w", errTorn, err)
	}

	return text, nil
}

// condition is what must hold for a put to take effect.
type condition struct {
	none bool   // no object is stored under the key
	etag string // the stored object has this ETag
}

var (
	absent   = condition{none: true}
	anything = condition{}
)

func matches(etag string) condition { return condition{etag: etag} }

// writeHeader is metadata of an object: the name of the write that stored it.
const writeHeader = "Cfplan-Write"

// put stores an object if the condition is met, and returns its ETag. Otherwise it returns
// [state.ErrConflict].
//
// If an answer is lost, put repeats the request. The store refuses the repetition if the first request took
// effect. So each put has a unique name in the object's metadata, which reveals whether a stored object is
// ours. The text would not be enough: two runs may write the same text, and one would take the other's write
// for its own.
func (b *Backend) put(ctx context.Context, key string, text []byte, cond condition) (string, error) {
	name := rand.Text()
	within, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()

	var err error
	unsure := false // an earlier request may have taken effect
	for i := range tries {
		if i > 0 && pause(within, i, err) != nil {
			break
		}

		var etag string
		var sent bool
		if etag, sent, err = b.putOnce(within, key, text, b.putOptions(name, cond)); err == nil {
			return etag, nil
		}

		unsure = unsure || sent && !refused(err)
		if !passing(err) {
			break
		}
	}

	switch {
	case !unsure && conflicts(err, cond):
		return "", state.ErrConflict
	case !unsure:
		return "", b.explain(key, toWrite, err)
	}

	if etag, ours := b.stored(ctx, key, name); ours {
		return etag, nil
	}

	return "", fmt.Errorf("it is not known whether the document was stored; the next run reads what is there: %w",
		b.explain(key, toWrite, err))
}

// putOnce sends one request, and reports whether it got a connection. The text is not an io.Seeker, so that
// the client does not repeat the request by itself: it would read the text again while the connection of an
// early answer may still be reading it.
func (b *Backend) putOnce(
	ctx context.Context, key string, text []byte, opts minio.PutObjectOptions,
) (etag string, sent bool, err error) {
	store, err := b.store()
	if err != nil {
		return "", false, err
	}

	var connected atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	})
	// The first digest is part of the signature; buckets with Object Lock require the second.
	sum, digest := sha256.Sum256(text), md5.Sum(text)
	info, err := store.PutObject(ctx, b.bucket, key, struct{ io.Reader }{bytes.NewReader(text)}, int64(len(text)),
		base64.StdEncoding.EncodeToString(digest[:]), hex.EncodeToString(sum[:]), opts)
	if err == nil && info.ETag == "" {
		err = &notS3Error{http.StatusOK, "no ETag"}
	}

	return info.ETag, connected.Load(), err
}

// pause waits before the i-th repetition: as long as the client waits before its own, and longer if the store
// asked for it. R2 allows one write a second to a key
// (https://developers.cloudflare.com/r2/platform/limits/).
func pause(ctx context.Context, i int, err error) error {
	d := mathrand.N(minio.DefaultRetryUnit << (i - 1))
	if status := minio.ToErrorResponse(err).StatusCode; status == http.StatusTooManyRequests ||
		status == http.StatusServiceUnavailable {
		d += 5 * minio.DefaultRetryUnit
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// passing reports whether an error may go away by itself.
func passing(err error) bool {
	if status := minio.ToErrorResponse(err).StatusCode; status != 0 {
		return status >= 500 && status != http.StatusNotImplemented || status == http.StatusTooManyRequests ||
			code(err) == "RequestTimeout"
	}
	return certificate(err) == "" && !errors.As(err, new(*notS3Error)) && !errors.As(err, new(*credentialsError)) &&
		!errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
}

func (b *Backend) putOptions(name string, cond condition) minio.PutObjectOptions {
	opts := minio.PutObjectOptions{
		ContentType:          "application/json",
		UserMetadata:         map[string]string{writeHeader: name},
		ServerSideEncryption: b.encryption,
		// Over plain HTTP, minio-go would sign the text in pieces, which not every store supports.
		DisableContentSha256: true,
	}

	if cond.none {
		opts.SetMatchETagExcept("*")
	} else if cond.etag != "" {
		opts.SetMatchETag(cond.etag)
	}

	return opts
}

// stored reports whether the write with this name stored the object under key. If it reports false, the write
// may still have taken effect: another write may have followed it.
func (b *Backend) stored(ctx context.Context, key, name string) (etag string, ours bool) {
	store, err := b.store()
	if err != nil {
		return "", false
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterthought)
	defer cancel()
	info, err := store.StatObject(ctx, b.bucket, key, minio.StatObjectOptions{ServerSideEncryption: b.customerKey()})
	return info.ETag, err == nil && info.UserMetadata[writeHeader] == name
}

// refused reports whether the store answered without doing anything, or did not get the request.
func refused(err error) bool {
	if errors.As(err, new(*notS3Error)) {
		return true
	}
	status := minio.ToErrorResponse(err).StatusCode
	return status >= 300 && status < 500 || status == http.StatusNotImplemented
}

// conflicts reports whether the condition was not met, or could not be decided because of a concurrent
// request.
func conflicts(err error, cond condition) bool {
	switch code(err) {
	case minio.PreconditionFailed, "ConditionalRequestConflict", "OperationAborted":
		return cond != anything
	case minio.NoSuchKey: // the object that should match is gone
		return cond.etag != ""
	}
	return false
}

// remove deletes an object, whatever its version. A missing object is not an error.
func (b *Backend) remove(ctx context.Context, key string) error {
	store, err := b.store()
	if err == nil {
		err = store.RemoveObject(ctx, b.bucket, key, minio.RemoveObjectOptions{})
	}
	if err == nil || code(err) == minio.NoSuchKey {
		return nil
	}
	return b.explain(key, toDelete, err)
}
