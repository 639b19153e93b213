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

// tries bounds how often the client sends a request.
const tries = 4

// client makes the client. It reads the bundle of certificates, and sends nothing.
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
		core.SetS3EnableDualstack(false) // the names that firewalls and proxies know
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
		DisableCompression:    true, // else a text is not what was stored
	}, nil
}

// maxBundle is many times what a system's bundle of certificates takes, in bytes.
const maxBundle = 16 << 20

// trusted returns the certificates that a server may be vouched for by; nil stands
// for the system's.
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

// strict refuses answers that no S3 store gives, such as a web server's page or a
// proxy's. The client would take any 404 for word that nothing is stored, and any
// 200 for a success.
type strict struct{ next http.RoundTripper }

// notS3Error is an answer that is not S3's.
type notS3Error struct {
	status int
	what   string // of what kind it is instead
}

func (e *notS3Error) Error() string {
	return fmt.Sprintf("what answered is not S3 (HTTP %d, %s)", e.status, e.what)
}

// RoundTrip implements [http.RoundTripper].
func (s strict) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := s.next.RoundTrip(req)
	// Credentials are asked for elsewhere, by way of this transport too.
	if err != nil || req.Header.Get("X-Amz-Content-Sha256") == "" {
		return resp, err
	}

	ok, err := isS3(req, resp)
	if ok && err == nil {
		return resp, nil
	}

	_ = resp.Body.Close() // there is nothing in it for us
	if err == nil {
		err = &notS3Error{resp.StatusCode, kind(resp)}
	}

	return nil, err
}

// isS3 reports whether an answer may be S3's. What gateways say of their own trouble
// is left to the client, which tries again. The answer to a HEAD has no body to go by;
// it is believed for the name of a write in its headers alone.
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

// maxError bounds what is read of an error, in bytes; S3's have a few hundred.
const maxError = 64 << 10

// isError reports whether an answer is S3's document for an error, with a code, which
// it leaves to be read. The client would make up a code from the status. Without a
// body there may be any but that of a missing object.
func isError(resp *http.Response) (bool, error) {
	body, err := files.ReadStart(resp.Body, maxError)
	if err != nil {
		return false, err // cut off, thus worth another try
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
		return "of no known type"
	}
	return media
}
