package s3

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strings"
	"syscall"

	"github.com/minio/minio-go/v7"
)

// action is an operation on an object: the words for its failure, and the permission that it needs.
type action struct{ can, permission string }

var (
	toRead = action{"can't be read", "s3:GetObject, and s3:ListBucket on the bucket, without which S3 reports a " +
		"missing object as forbidden"}
	toWrite  = action{"can't be written", "s3:PutObject"}
	toDelete = action{"can't be deleted", "s3:DeleteObject"}
	toList   = action{"can't be listed", "s3:ListBucket on the bucket"}
)

// storeError is an error of the store in words for people, without credentials.
type storeError struct {
	text string
	err  error
}

func (e *storeError) Error() string { return e.text }
func (e *storeError) Unwrap() error { return e.err }

// explain says what failed, where, why, and what to do.
func (b *Backend) explain(key string, a action, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	text := fmt.Sprintf("%s %s: %s", b.placeOf(key), a.can, b.reason(a, err))
	if a == toWrite && denies(code(err)) {
		err = errors.Join(fs.ErrPermission, err) // reading may still be enough for a plan
	}
	return &storeError{b.hide(text), err}
}

// denies reports whether a store's error code means that a permission is missing.
func denies(code string) bool {
	return code == minio.AccessDenied || code == minio.AllAccessDisabled || code == "Unauthorized"
}

func (b *Backend) reason(a action, err error) string {
	if c := code(err); c != "" {
		return b.refusal(a, c, minio.ToErrorResponse(err))
	}

	var notS3 *notS3Error
	var dns *net.DNSError
	var noCredentials *credentialsError
	switch {
	case errors.As(err, &notS3):
		return fmt.Sprintf("%v; %s, and that no proxy or login page answers instead", notS3, b.checkEndpoint())
	case errors.As(err, &noCredentials):
		return noCredentials.Error()
	case errors.As(err, &dns):
		return fmt.Sprintf("there is no server %s (%v); %s", dns.Name, dns, b.checkEndpoint())
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Sprintf("no server listens at %s; %s", b.endpoint, b.checkEndpoint())
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("%s did not answer in time; try again later", b.endpoint)
	}

	if r := certificate(err); r != "" {
		return r
	}

	return bounded(err.Error())
}

// certificate says what to do if the server's certificate is not accepted. It returns "" for other errors.
func certificate(err error) string {
	var authority x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var header tls.RecordHeaderError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Sprintf("the server's certificate has expired or is not valid yet (%v); renew it, and check "+
			"this machine's clock", err)
	case errors.As(err, &authority):
		return fmt.Sprintf("the server's certificate is signed by an authority that this machine does not know "+
			"(%v); set custom_ca_bundle or AWS_CA_BUNDLE to a file with that authority's certificate", err)
	case errors.As(err, new(*tls.CertificateVerificationError)):
		return fmt.Sprintf("the server's certificate is not accepted (%v); check the endpoint", err)
	case errors.As(err, &header), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return "the server does not speak TLS; check the endpoint and its port"
	}

	return ""
}

// code returns S3's code for an error, or "" if the store did not answer.
func code(err error) string { return minio.ToErrorResponse(err).Code }

// refusal explains a store's error code. If the error is about credentials, refusal leaves out the store's
// own message.
func (b *Backend) refusal(a action, code string, answer minio.ErrorResponse) string {
	switch {
	case denies(code):
		return "access denied; " + b.rights(a)
	case code == minio.NotImplemented && a == toWrite:
		return fmt.Sprintf("the store does not support conditional writes (%s); %s", bounded(answer.Message), another)
	}

	switch code {
	case minio.NoSuchBucket:
		return fmt.Sprintf("there is no bucket %q at %s; create it, or correct the attribute bucket", b.bucket,
			b.endpoint)
	case minio.InvalidAccessKeyID:
		return "the store does not know the access key; check " + b.keysFrom()
	case minio.SignatureDoesNotMatch:
		return "the secret key does not belong to the access key; check " + b.keysFrom()
	case "ExpiredToken", "ExpiredTokenException", "InvalidToken", "TokenRefreshRequired":
		return "the session token has expired or is not valid; get new credentials"
	case minio.RequestTimeTooSkewed:
		return "the clocks of this machine and of the store differ too much; correct this machine's clock"
	case "PermanentRedirect", "TemporaryRedirect", minio.AuthorizationHeaderMalformed, minio.InvalidRegion,
		"IllegalLocationConstraintException":
		return b.elsewhere(answer)
	}

	return fmt.Sprintf("the store refuses (HTTP %d, %s: %s)", answer.StatusCode, bounded(code), bounded(answer.Message))
}

// rights says which permission to give.
func (b *Backend) rights(a action) string {
	if b.kind == "r2" {
		return fmt.Sprintf("give the R2 API token of these credentials %q on the bucket %s", "Object Read & Write",
			b.bucket)
	}
	return "these credentials need " + a.permission
}

// elsewhere explains that the bucket is not in the region of the request.
func (b *Backend) elsewhere(answer minio.ErrorResponse) string {
	if b.kind == "r2" {
		return "the bucket is in another jurisdiction; correct the attribute jurisdiction"
	}
	if answer.Region == "" {
		return fmt.Sprintf("the bucket is not in the region %q; correct the attribute region", b.region)
	}
	return fmt.Sprintf("the bucket is in the region %q, not in %q; correct the attribute region",
		bounded(answer.Region), b.region)
}

func (b *Backend) checkEndpoint() string {
	if b.kind == "r2" {
		return "check account_id and jurisdiction"
	}
	return "check endpoint and region"
}

func (b *Backend) keysFrom() string {
	if b.kind == "r2" {
		return "R2_ACCESS_KEY_ID and R2_SECRET_ACCESS_KEY, or the keys that are given instead"
	}
	return "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the keys that are given instead"
}

// bounded shortens a text that comes from outside.
func bounded(s string) string {
	const most = 300
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// hide removes the credentials from a text that may quote the store.
func (b *Backend) hide(text string) string {
	for _, secret := range b.provider.secrets() {
		text = strings.ReplaceAll(text, secret, "(hidden)")
	}
	return text
}
