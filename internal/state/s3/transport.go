package s3

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/xml"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/cfplan/cfplan/internal/files"
)

// tries limits how often a request is sent.
const tries = 4

// client makes the client. It reads the bundle of certificates, but sends nothing.
func (s settings) client() (*minio.Core, error) {
	transport, err := s.transport()
	if err != nil {
		return nil, err
	}
	return s.over(transport)
}

// over makes the client over a transport.
func (s settings) over(transport http.RoundTripper) (*minio.Core, error) {
	core, err := minio.NewCore(s.endpoint, &minio.Options{
		Creds: credentials.New(s.provider), Secure: !s.plain, Region: s.region,
		BucketLookup: s.lookup, MaxRetries: tries, Transport: strict{transport},
	})
	if err == nil {
		core.SetS3EnableDualstack(false) // firewalls and proxies may know only the usual names
	}
	return core, err
}

func (s settings) transport() (*http.Transport, error) {
	roots, err := s.trusted()
	if err != nil {
		return nil, err
	}

	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: time.Minute,
		IdleConnTimeout:       time.Minute,
		TLSClientConfig:       &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
		DisableCompression:    true, // otherwise the text may differ from the stored one
	}, nil
}

// maxBundle is the largest size of a bundle of certificates in bytes, many times that of a system's bundle.
const maxBundle = 16 << 20

// trusted returns the authorities whose certificates are accepted; nil means the system's.
func (s settings) trusted() (*x509.CertPool, error) {
	if s.roots == "" {
		return nil, nil
	}

	text, err := files.ReadFile(s.roots, maxBundle)
	if err != nil {
		return nil, fmt.Errorf("the bundle of CA certificates can't be read; correct custom_ca_bundle or "+
			"AWS_CA_BUNDLE: %w", err)
	}

	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s has no certificate in PEM format; correct custom_ca_bundle or AWS_CA_BUNDLE",
			s.roots)
	}

	return roots, nil
}

// strict refuses answers that no S3 store gives, such as the page of a web server or a proxy. The client would
// read any 404 as "nothing is stored", and any 200 as a success.
type strict struct{ next http.RoundTripper }

// notS3Error is an answer that does not come from an S3 store.
type notS3Error struct {
	status int
	what   string // the kind of the answer
}

func (e *notS3Error) Error() string {
	return fmt.Sprintf("the answer does not come from an S3 store (HTTP %d, %s)", e.status, e.what)
}

// RoundTrip implements [http.RoundTripper].
func (s strict) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := s.next.RoundTrip(req)
	// Requests for credentials go to other servers over this transport, too.
	if err != nil || req.Header.Get("X-Amz-Content-Sha256") == "" {
		return resp, err
	}

	ok, err := isS3(req, resp)
	if ok && err == nil {
		return resp, nil
	}

	_ = resp.Body.Close() // its content is not used
	if err == nil {
		err = &notS3Error{resp.StatusCode, kind(resp)}
	}

	return nil, err
}

// isS3 reports whether an answer may come from an S3 store. Errors of a gateway count, because the client
// tries again. An answer to a HEAD counts, because it has no body; its reader looks for the name of a write
// in its headers.
func isS3(req *http.Request, resp *http.Response) (bool, error) {
	switch {
	case req.Method == http.MethodHead || resp.StatusCode >= 500:
		return true, nil
	case resp.StatusCode >= 300:
		return isError(resp)
	case req.Method != http.MethodGet:
		return kind(resp) != "text/html", nil
	case req.URL.RawQuery != "": // a list
		return kind(resp) != "text/html" && kind(resp) != "application/json", nil
	}
	return kind(resp) != "text/html" && resp.Header.Get("ETag") != "" && resp.Header.Get("Last-Modified") != "", nil
}

// maxError limits how much of an error is read, in bytes; S3's errors have a few hundred.
const maxError = 64 << 10

// isError reports whether an answer is S3's error document with a code. Without a code, the client would
// invent one from the status. An answer without a body counts, except as the answer about a missing object.
// isError leaves the body to be read.
func isError(resp *http.Response) (bool, error) {
	body, err := files.ReadStart(resp.Body, maxError)
	if err != nil {
		return false, err // cut off, so it is worth another attempt
	}

	resp.Body = struct {
		io.Reader
		io.Closer
	}{bytes.NewReader(body), resp.Body}

	if len(body) == 0 {
		return resp.StatusCode != http.StatusNotFound, nil
	}

	var said struct {
		XMLName xml.Name `xml:"Error"`
		Code    string
	}

	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	return xml.Unmarshal(body, &said) == nil && said.Code != "", nil
}

func kind(resp *http.Response) string {
	media, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil {
		return "of an unknown type"
	}
	return media
}
