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

// action is what was to be done with an object, in the words of a sentence, and the
// permission that it takes.
type action struct{ can, permission string }

var (
	toRead = action{"can't be read", "s3:GetObject, and s3:ListBucket on the bucket, without which S3 does not " +
		"tell a missing object from a forbidden one"}
	toWrite  = action{"can't be written", "s3:PutObject"}
	toDelete = action{"can't be deleted", "s3:DeleteObject"}
	toList   = action{"can't be listed", "s3:ListBucket on the bucket"}
)

// storeError is an error of the store for people, without credentials.
type storeError struct {
	text string
	err  error
}

func (e *storeError) Error() string { return e.text }
func (e *storeError) Unwrap() error { return e.err }

// explain says where something failed, why, and what to do.
func (b *Backend) explain(key string, a action, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	text := fmt.Sprintf("%s %s: %s", b.placeOf(key), a.can, b.reason(a, err))
	if a == toWrite && denies(code(err)) {
		err = errors.Join(fs.ErrPermission, err) // who may not write can still plan
	}
	return &storeError{b.hide(text), err}
}

// denies reports whether a store's error code means that a right is missing.
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
		return fmt.Sprintf("%v; %s, and that no proxy or login page is in between", notS3, b.checkEndpoint())
	case errors.As(err, &noCredentials):
		return noCredentials.Error()
	case errors.As(err, &dns):
		return fmt.Sprintf("there is no server %s (%v); %s", dns.Name, dns, b.checkEndpoint())
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Sprintf("nothing listens at %s; %s", b.endpoint, b.checkEndpoint())
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("%s did not answer in time; try again", b.endpoint)
	}

	if r := certificate(err); r != "" {
		return r
	}

	return bounded(err.Error())
}

// certificate says what to do about a server that can't prove who it is.
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
			"(%v); name its certificate with custom_ca_bundle or AWS_CA_BUNDLE", err)
	case errors.As(err, new(*tls.CertificateVerificationError)):
		return fmt.Sprintf("the server's certificate is not accepted (%v); check the endpoint", err)
	case errors.As(err, &header), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return "the server does not speak TLS; check the endpoint and its port"
	}

	return ""
}

// code returns S3's own word for an error, and "" where the store did not answer.
func code(err error) string { return minio.ToErrorResponse(err).Code }

// refusal says what a store's error code means. What the store itself says of
// credentials is left out.
func (b *Backend) refusal(a action, code string, answer minio.ErrorResponse) string {
	switch {
	case denies(code):
		return "access denied; " + b.rights(a)
	case code == minio.NotImplemented && a == toWrite:
		return fmt.Sprintf("the store does not know conditional writes (%s); %s", bounded(answer.Message), another)
	}

	switch code {
	case minio.NoSuchBucket:
		return fmt.Sprintf("there is no bucket %q at %s; create it, or correct the attribute bucket", b.bucket,
			b.endpoint)
	case minio.InvalidAccessKeyID:
		return "the store does not know the access key; check " + b.keysFrom()
	case minio.SignatureDoesNotMatch:
		return "the secret key does not fit the access key; check " + b.keysFrom()
	case "ExpiredToken", "ExpiredTokenException", "InvalidToken", "TokenRefreshRequired":
		return "the session token has expired or is not valid; get new credentials"
	case minio.RequestTimeTooSkewed:
		return "this machine's clock and the store's differ too much; set this one's right"
	case "PermanentRedirect", "TemporaryRedirect", minio.AuthorizationHeaderMalformed, minio.InvalidRegion, "IllegalLocationConstraintException":
		return b.elsewhere(answer)
	}

	return fmt.Sprintf("the store refuses (HTTP %d, %s: %s)", answer.StatusCode, bounded(code), bounded(answer.Message))
}

// rights says which permission is missing.
func (b *Backend) rights(a action) string {
	if b.kind == "r2" {
		return fmt.Sprintf("give the R2 API token of these credentials %q on the bucket %s", "Object Read & Write",
			b.bucket)
	}
	return "these credentials need " + a.permission
}

// elsewhere is what there is to say of a bucket that is not in the region asked.
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
		return "R2_ACCESS_KEY_ID and R2_SECRET_ACCESS_KEY, or what is given in their place"
	}
	return "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or what is given in their place"
}

// bounded shortens what somebody else said.
func bounded(s string) string {
	const most = 300
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// hide takes the credentials out of a text that may quote what a store said.
func (b *Backend) hide(text string) string {
	for _, secret := range b.provider.secrets() {
		text = strings.ReplaceAll(text, secret, "(hidden)")
	}
	return text
}
