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
	// requestTimeout bounds one request with its repetitions, until the answer has been read. It leaves
	// time for 256 MiB over a slow line, and ends the wait for a server that hangs.
	requestTimeout = 10 * time.Minute
	// answerTimeout is how long a server may take before it begins to answer.
	answerTimeout = 2 * time.Minute
	// mostSmall bounds an answer that is not a document, in bytes.
	mostSmall     = 64 << 10
	mostRedirects = 5
)

// send sends a request, and repeats it if there is no answer or the server reports a problem of its own.
// headers may be nil. The caller closes the body of the answer.
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

// endingBody is the body of an answer. Closing it also ends the request's context.
type endingBody struct {
	io.ReadCloser
	end context.CancelFunc
}

// Close implements [io.Closer].
func (e *endingBody) Close() error {
	defer e.end()
	return e.ReadCloser.Close()
}

// attempt is send within ctx. It returns the errors of the libraries unchanged.
func (b *Backend) attempt(
	ctx context.Context, method string, u *url.URL, body []byte, headers map[string]string,
) (*http.Response, error) {
	var rawBody any // nil means no body; a nil []byte would mean an empty one
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

	// A cache in between would answer with an older document, and the next write would undo what came after
	// it. Pragma is for caches of HTTP/1.0.
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

// checkRedirect follows a redirect only for a read, and only to the same server. Another server must not get
// the credentials, and a redirected write would arrive as a GET.
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

// small reads the beginning of an answer that is not a document, and closes it. If the answer was cut short,
// small returns the part that arrived, with the error.
func (b *Backend) small(u *url.URL, resp *http.Response) ([]byte, error) {
	defer resp.Body.Close()
	body, err := files.ReadStart(resp.Body, mostSmall)
	if err != nil {
		err = b.explain(u, err)
	}
	return body, err
}
