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

// Read implements [state.Backend]. A document is a JSON object; whatever else the
// server answers, such as a page to sign in, is an error.
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

// digest is the version: the server has none that could be asked for.
func digest(text []byte) state.Version { return state.Version(fmt.Sprintf("%x", sha256.Sum256(text))) }

// fetched is a stored document that has not been read yet.
type fetched struct {
	place string
	text  *bufio.Reader
	body  io.Closer
	size  int64  // -1 where the server does not say
	etag  string // empty where it has no strong one
}

// read returns the document. One whose size the server says is read into place.
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

// limited is the document as a stream, up to a byte more than is allowed.
func (f *fetched) limited() io.Reader { return io.LimitReader(f.text, state.MaxSize+1) }

// whole says whether n bytes and that error are the whole document.
func (f *fetched) whole(n int64, err error) error {
	if err != nil {
		return f.cut(n, err)
	}
	if n > state.MaxSize {
		return tooLarge(f.place)
	}
	return nil
}

// cut is the error of an answer of which no more than n bytes came.
func (f *fetched) cut(n int64, err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s: of the answer no more than %d bytes came in time (%w); try again when the server "+
			"and the network are well", f.place, n, err)
	}
	return fmt.Errorf("%s: the answer was cut short after %d bytes: %w", f.place, n, err)
}

func tooLarge(place string) error {
	return fmt.Errorf("%s: the document has more than %d bytes, and was not read", place, state.MaxSize)
}

// fetch asks for a document; nil where nothing is stored.
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
		body, _ := b.small(u, resp) // the status tells enough
		return nil, b.refused(u, resp, body)
	}

	f := &fetched{place: shown(u), text: bufio.NewReader(resp.Body), body: resp.Body, size: resp.ContentLength}
	if etag := resp.Header.Get("ETag"); strings.HasPrefix(etag, `"`) {
		f.etag = etag
	}

	if err := f.check(resp.Header); err != nil {
		_ = resp.Body.Close()
		if errors.Is(err, io.EOF) {
			return nil, nil // an empty document is none, as for Terraform
		}
		return nil, err
	}

	return f, nil
}

// check looks at how the document begins.
func (f *fetched) check(header http.Header) error {
	kind, _, _ := mime.ParseMediaType(header.Get("Content-Type")) // what can't be parsed is not HTML
	encoding := header.Get("Content-Encoding")
	first, err := f.skipSpace()
	switch {
	case encoding != "" && encoding != "identity":
		return fmt.Errorf("%s answers with a compressed text (%.20q), which was not asked for: switch that off at "+
			"the server, or at the proxy in between", f.place, encoding)
	case err != nil && !errors.Is(err, io.EOF):
		return f.cut(0, err)
	case err != nil:
		return err
	case kind == "text/html" || first == '<':
		return fmt.Errorf("%s answers with a web page, not with a state: check the address, and whether one must "+
			"sign in or go through a proxy first", f.place)
	case first != '{':
		return fmt.Errorf("%s answers with something that is not a JSON object, and no state: check the address",
			f.place)
	case f.size > state.MaxSize:
		return tooLarge(f.place)
	}

	return nil
}

// skipSpace returns the first byte that counts, and consumes nothing.
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

// Write implements [state.Backend], as far as the protocol can; see the package. A
// document must be a JSON object; GitLab wants one with a serial that it has not had.
func (b *Backend) Write(
	ctx context.Context, doc state.Document, text []byte, was state.Version,
) (state.Version, error) {
	if len(text) > state.MaxSize {
		return "", fmt.Errorf("%s: a document of %d bytes can't be written; at most %d are read back", b.Place(doc),
			len(text), state.MaxSize)
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

// turn lets one of our own writes of a document be under way at a time, from
// comparing to writing.
func (b *Backend) turn(doc state.Document) *sync.Mutex {
	m, _ := b.writing.LoadOrStore(doc, &sync.Mutex{})
	return m.(*sync.Mutex)
}

// version reads a document for its version alone.
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

// kept is what it means that a write is refused for a lock, or at GitLab for its
// serial. id is that of the lock that we hold, h who holds it by the server's words.
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

// withID adds the ID of a lock, where there is one. The query stays as it is: it may
// be one that is not made of names and values, or is signed.
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

// confirmWrite finds out what became of a write that failed: a cut connection or a
// second attempt may hide that it was carried out, and a server that takes a serial once
// refuses the second of two runs.
func (b *Backend) confirmWrite(
	ctx context.Context, doc state.Document, text []byte, was state.Version, failed error,
) (state.Version, error) {
	now, _, err := b.version(ctx, doc)
	switch {
	case err != nil:
		return "", fmt.Errorf("%w; whether the document was written is not known, as it can't be read", failed)
	case now == digest(text):
		return now, nil
	case now != was:
		return "", state.ErrConflict
	}
	return "", failed
}
