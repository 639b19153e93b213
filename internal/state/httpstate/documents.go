package httpstate

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/cfplan/cfplan/internal/files"
	"github.com/cfplan/cfplan/internal/state"
)

// Read implements [state.Backend]. A document is a JSON object. Any other answer, such as a login page, is
// an error.
func (b *Backend) Read(ctx context.Context, doc state.Document) ([]byte, state.Version, error) {
	f, err := b.fetch(ctx, doc)
	if err != nil || f == nil {
		return nil, "", err
	}
	defer f.body.Close()

	text, err := f.read()
	if err != nil {
		return nil, "", err
	}

	return text, digest(text), nil
}

// digest returns the version of a document: its hash, because the protocol has no versions.
func digest(text []byte) state.Version { return state.Version(fmt.Sprintf("%x", sha256.Sum256(text))) }

// fetched is a stored document that has not been read yet.
type fetched struct {
	place string
	text  *bufio.Reader
	body  io.Closer
	size  int64  // -1 if the server does not say
	etag  string // empty if there is no strong ETag
}

// read returns the document. If the size of the document is known, so is the size of the buffer.
func (f *fetched) read() (text []byte, err error) {
	var n int
	if f.size >= 0 {
		text = make([]byte, f.size)
		n, err = io.ReadFull(f.text, text)
	} else {
		text, err = files.ReadStart(f.text, state.MaxSize+1)
		n = len(text)
	}

	if err := f.whole(int64(n), err); err != nil {
		return nil, err
	}

	return text, nil
}

// limited returns the document as a stream that ends at the latest one byte after the size limit.
func (f *fetched) limited() io.Reader { return io.LimitReader(f.text, state.MaxSize+1) }

// whole returns an error unless n bytes, read with err, are the whole document.
func (f *fetched) whole(n int64, err error) error {
	if err != nil {
		return f.cut(n, err)
	}
	if n > state.MaxSize {
		return tooLarge(f.place)
	}
	return nil
}

// cut returns the error for an answer that ended after n bytes.
func (f *fetched) cut(n int64, err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s: the server sent only %d bytes of its answer in time (%w); try again later, or check "+
			"the server and the network", f.place, n, err)
	}
	return fmt.Errorf("%s: the answer was cut short after %d bytes: %w", f.place, n, err)
}

func tooLarge(place string) error {
	return fmt.Errorf("%s: the document has more than %d bytes, and was not read", place, state.MaxSize)
}

// fetch requests a document. It returns nil if nothing is stored.
func (b *Backend) fetch(ctx context.Context, doc state.Document) (*fetched, error) {
	u := b.addressOf(doc)
	resp, err := b.send(ctx, http.MethodGet, u, nil, nil)
	if err != nil {
		return nil, err
	}

	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusNoContent:
		return nil, resp.Body.Close()
	case http.StatusNotFound:
		body, err := b.small(u, resp)
		if err != nil {
			return nil, err
		}
		return nil, b.missing(u, resp, body)
	default:
		body, _ := b.small(u, resp) // the status is enough for an error
		return nil, b.refused(u, resp, body)
	}

	f := &fetched{place: shown(u), text: bufio.NewReader(resp.Body), body: resp.Body, size: resp.ContentLength}
	if etag := resp.Header.Get("ETag"); strings.HasPrefix(etag, `"`) {
		f.etag = etag
	}

	if err := f.check(resp.Header); err != nil {
		_ = resp.Body.Close()
		if errors.Is(err, io.EOF) {
			return nil, nil // an empty document means that nothing is stored, as in Terraform
		}
		return nil, err
	}

	return f, nil
}

// check looks at the headers and the first byte of the document.
func (f *fetched) check(header http.Header) error {
	kind, _, _ := mime.ParseMediaType(header.Get("Content-Type")) // what can't be parsed is not HTML
	encoding := header.Get("Content-Encoding")
	first, err := f.skipSpace()
	switch {
	case encoding != "" && encoding != "identity":
		return fmt.Errorf("%s answers with a compressed text (%.20q), which cfplan did not ask for: switch the "+
			"compression off at the server or at the proxy in front of it", f.place, encoding)
	case err != nil && !errors.Is(err, io.EOF):
		return f.cut(0, err)
	case err != nil:
		return err
	case kind == "text/html" || first == '<':
		return fmt.Errorf("%s answers with a web page, not with a state: check the address, and whether the server "+
			"or a proxy asks for a login first", f.place)
	case first != '{':
		return fmt.Errorf("%s answers with something that is not a JSON object, so it is not a state: check the address",
			f.place)
	case f.size > state.MaxSize:
		return tooLarge(f.place)
	}

	return nil
}

// skipSpace returns the first byte that is not white space, and consumes nothing.
func (f *fetched) skipSpace() (byte, error) {
	for n := 1; ; n++ {
		head, err := f.text.Peek(n)
		if errors.Is(err, bufio.ErrBufferFull) {
			return ' ', nil
		}
		if err != nil {
			return 0, err
		}
		if c := head[n-1]; !strings.ContainsRune(" \t\r\n", rune(c)) {
			return c, nil
		}
	}
}

// Write implements [state.Backend], as far as the protocol allows; see the package comment. A document must
// be a JSON object. GitLab requires a serial that it has not seen.
func (b *Backend) Write(
	ctx context.Context, doc state.Document, text []byte, was state.Version,
) (state.Version, error) {
	if len(text) > state.MaxSize {
		return "", fmt.Errorf("%s: the document has %d bytes and can't be written: at most %d can be read back",
			b.Place(doc), len(text), state.MaxSize)
	}

	turn := b.turn(doc)
	turn.Lock()
	defer turn.Unlock()

	stored, etag, err := b.version(ctx, doc)
	if err != nil {
		return "", err
	}

	if stored != was {
		return "", state.ErrConflict
	}
	if err := b.put(ctx, doc, text, etag); err != nil {
		return b.confirmWrite(ctx, doc, text, was, err)
	}

	return digest(text), nil
}

// turn returns the mutex that lets only one of our own writes of a document compare and write at a time.
func (b *Backend) turn(doc state.Document) *sync.Mutex {
	m, _ := b.writing.LoadOrStore(doc, &sync.Mutex{})
	return m.(*sync.Mutex)
}

// version reads a document without keeping it, and returns its version and its strong ETag, if it has one.
func (b *Backend) version(ctx context.Context, doc state.Document) (v state.Version, etag string, err error) {
	f, err := b.fetch(ctx, doc)
	if err != nil || f == nil {
		return "", "", err
	}
	defer f.body.Close()

	h := sha256.New()
	n, err := io.Copy(h, f.limited())
	if err := f.whole(n, err); err != nil {
		return "", "", err
	}

	return state.Version(fmt.Sprintf("%x", h.Sum(nil))), f.etag, nil
}

func (b *Backend) put(ctx context.Context, doc state.Document, text []byte, etag string) error {
	u, headers := b.addressOf(doc), map[string]string{}
	if etag != "" {
		headers["If-Match"] = etag
	}

	id := ""
	if doc == state.DocState {
		id = b.heldID()
	}

	resp, err := b.send(ctx, b.updateMethod, withID(u, id), text, headers)
	if err != nil {
		return err
	}

	body, err := b.small(u, resp)
	switch resp.StatusCode {
	case http.StatusOK, http.StatusCreated, http.StatusAccepted, http.StatusNoContent:
		return errors.Join(err, b.noPage(u, resp, body))
	case http.StatusConflict, http.StatusLocked:
		return b.kept(ctx, id, b.holder(body), b.refused(u, resp, body))
	}

	return b.refusedChange(u, resp, body)
}

// kept explains why a write was refused: because of a lock, or, at GitLab, because of its serial. id is the
// ID of the lock that we hold; h is the holder that the server named.
func (b *Backend) kept(ctx context.Context, id string, h state.Holder, refused error) error {
	if id != "" && h.ID == "" {
		var err error
		if h, err = b.occupant(ctx); err != nil && !errors.Is(err, state.ErrNotLocked) {
			return refused
		}
	}

	switch {
	case id != "" && h.ID != id:
		return fmt.Errorf("%w: %w", state.ErrLockLost, refused)
	case id == "" && h.ID != "":
		return &state.LockedError{Holder: h}
	}

	return refused
}

// withID appends the ID of a lock to an address; an empty id changes nothing. The query is not parsed,
// because it may be signed, or may not consist of names and values.
func withID(u *url.URL, id string) *url.URL {
	if id == "" {
		return u
	}

	out := *u
	if out.RawQuery != "" {
		out.RawQuery += "&"
	}
	out.RawQuery += "ID=" + url.QueryEscape(id)
	return &out
}

// confirmWrite finds out what became of a write that failed. The write may have taken effect, if the
// connection broke or the answer to a first attempt came too late. If another run has written instead, for
// example with a serial that the server accepts only once, the error is ErrConflict.
func (b *Backend) confirmWrite(
	ctx context.Context, doc state.Document, text []byte, was state.Version, failed error,
) (state.Version, error) {
	now, _, err := b.version(ctx, doc)
	switch {
	case err != nil:
		return "", fmt.Errorf("%w; it is not known whether the document was written, because reading it back failed",
			failed)
	case now == digest(text):
		return now, nil
	case now != was:
		return "", state.ErrConflict
	}
	return "", failed
}
