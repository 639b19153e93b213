package httpstate

import (
	"context"
	"crypto/md5" //nolint:gosec // the protocol's own checksum, against damage alone
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/cfplan/cfplan/internal/files"
)

const (
	// requestTimeout bounds one request with its repetitions, until its answer has been
	// read: 256 MiB over a slow line, and a server that hangs.
	requestTimeout = 10 * time.Minute
	// answerTimeout is how long a server may think before it answers.
	answerTimeout = 2 * time.Minute
	// mostSmall bounds an answer that is not a document, in bytes.
	mostSmall     = 64 << 10
	mostRedirects = 5
)

// send sends a request, again where nobody answered or the server says that it is
// not well. headers may be nil. The caller closes the answer's body.
func (b *Backend) send(
	ctx context.Context, method string, u *url.URL, body []byte, headers map[string]string,
) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, b.timeout)
	resp, err := b.attempt(ctx, method, u, body, headers)
	if err != nil {
		cancel()
		return nil, b.explain(u, err)
	}
	resp.Body = &endingBody{resp.Body, cancel}
	return resp, nil
}

// endingBody is an answer's body that ends its request's time with itself.
type endingBody struct {
	io.ReadCloser
	end context.CancelFunc
}

// Close implements [io.Closer].
func (e *endingBody) Close() error {
	defer e.end()
	return e.ReadCloser.Close()
}

// attempt is send within ctx. Its errors are the libraries' own.
func (b *Backend) attempt(
	ctx context.Context, method string, u *url.URL, body []byte, headers map[string]string,
) (*http.Response, error) {
	var rawBody any // nil is none; a nil []byte is an empty one
	if body != nil {
		rawBody = body
	}

	req, err := retryablehttp.NewRequestWithContext(ctx, method, u.String(), rawBody)
	if err != nil {
		return nil, err
	}

	if b.username != "" {
		req.SetBasicAuth(b.username, b.password)
	}

	if body != nil {
		sum := md5.Sum(body) //nolint:gosec // see the import
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Content-MD5", base64.StdEncoding.EncodeToString(sum[:]))
	}

	// A cache in between would answer with what was stored a while ago, and the next
	// write would undo what came after. The second is for those of HTTP/1.0.
	req.Header.Set("Cache-Control", "no-cache")
	req.Header.Set("Pragma", "no-cache")
	for name, value := range headers {
		req.Header.Set(name, value)
	}

	resp, err := b.client.Do(req)
	if err != nil {
		if resp != nil {
			_ = resp.Body.Close()
		}
		return nil, err
	}

	return resp, nil
}

// checkRedirect follows a redirect of a read to the same server. Elsewhere the
// credentials have no business, and what is written would arrive as a GET.
func checkRedirect(req *http.Request, via []*http.Request) error {
	first := via[0]
	if first.Method != http.MethodGet || req.URL.Scheme != first.URL.Scheme || req.URL.Host != first.URL.Host {
		return http.ErrUseLastResponse
	}
	if len(via) > mostRedirects {
		return errors.New("it redirects in a circle")
	}
	return nil
}

// small reads an answer that is not a document, as far as it is of use, and ends it.
// What came of one that was cut short comes along with the error.
func (b *Backend) small(u *url.URL, resp *http.Response) ([]byte, error) {
	defer resp.Body.Close()
	body, err := files.ReadStart(resp.Body, mostSmall)
	if err != nil {
		err = b.explain(u, err)
	}
	return body, err
}
