package s3

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/encrypt"

	"github.com/cfplan/cfplan/internal/hosts"
	"github.com/cfplan/cfplan/internal/state"
)

// settings are the settings of a block, completed from the environment.
type settings struct {
	kind     string // "r2" or "s3"
	account  string // R2's account, with the jurisdiction unless it is the default
	endpoint string // host, and port unless it is the default one
	named    bool   // the endpoint was configured, and is not the service's own
	plain    bool   // HTTP without TLS
	region   string
	bucket   string
	key      string
	lookup   minio.BucketLookupType
	roots    string // path of a bundle of CA certificates; "" means the system's
	provider *keys
	// encryption is the encryption that requests ask for; nil means the bucket's default.
	encryption encrypt.ServerSide
}

// customerKey returns the encryption if reading needs it, too; otherwise nil.
func (s settings) customerKey() encrypt.ServerSide {
	if s.encryption != nil && s.encryption.Type() == encrypt.SSEC {
		return s.encryption
	}
	return nil
}

// Configure returns the backend for a block `backend "s3"` with these settings. Attributes and variables have
// the names of Terraform's s3 backend. Configure reads no file and sends nothing.
func Configure(given state.Settings) (state.Backend, error) {
	s, err := configureS3(given)
	if err != nil {
		return nil, err
	}
	return open(s), nil
}

// ConfigureR2 is [Configure] for a block `backend "r2"`: Cloudflare R2.
func ConfigureR2(given state.Settings) (state.Backend, error) {
	s, err := configureR2(given)
	if err != nil {
		return nil, err
	}
	return open(s), nil
}

var (
	s3Attributes = []string{"access_key", "allow_http", "bucket", "custom_ca_bundle", "encrypt", "endpoint", "key",
		"kms_key_id", "profile", "region",
		"secret_key", "shared_credentials_file", "sse_customer_key", "token", "use_path_style"}
	r2Attributes = []string{"access_key", "account_id", "bucket", "jurisdiction", "key", "secret_key", "token"}
)

// Attributes returns the names of the attributes of a block `backend "s3"`, sorted.
func Attributes() []string { return slices.Clone(s3Attributes) }

// AttributesOfR2 is [Attributes] for a block `backend "r2"`.
func AttributesOfR2() []string { return slices.Clone(r2Attributes) }

// reader reads the settings of one block, and collects the mistakes in them.
type reader struct {
	state.Settings
	kind string
	errs []error
}

func newReader(kind string, known []string, given state.Settings) *reader {
	r := &reader{Settings: given, kind: kind}
	for _, name := range slices.Sorted(maps.Keys(given.Attributes())) {
		if !slices.Contains(known, name) {
			r.wrong("has no attribute %q; available: %s", name, strings.Join(known, ", "))
		}
	}
	return r
}

func (r *reader) wrong(format string, args ...any) {
	r.errs = append(r.errs, fmt.Errorf("backend %q "+format, append([]any{r.kind}, args...)...))
}

// value returns an attribute or, if it is missing, the first of the variables that is set.
func (r *reader) value(name string, variables ...string) string {
	return r.Value(name, variables...).Value
}

// required is value for an attribute that must not be missing.
func (r *reader) required(name string, variables ...string) string {
	v := r.value(name, variables...)
	if v == "" {
		or := ""
		if len(variables) > 0 {
			or = ", or the environment variable " + strings.Join(variables, " or ")
		}
		r.wrong("needs the attribute %q%s", name, or)
	}
	return v
}

func (r *reader) flag(name string) (on, given bool) {
	switch v := r.value(name); v {
	case "":
		return false, false
	case "true", "false":
		return v == "true", true
	default:
		r.wrong("has %s = %q; want \"true\" or \"false\"", name, v)
		return false, false
	}
}

// bucketName allows every name that some store allows; the store itself decides.
var bucketName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]$`)

func (r *reader) bucket() string {
	name := r.required("bucket")
	if name != "" && (!bucketName.MatchString(name) || strings.Contains(name, "..")) {
		r.wrong("has bucket = %q, which is not a bucket name", name)
	}
	return name
}

// maxKey leaves room for the suffixes that are added to the key; S3 allows 1,024 bytes.
const maxKey = 800

func (r *reader) key() string {
	key := r.value("key")
	if key == "" {
		return state.DefaultName
	}
	parts := strings.Split(key, "/")
	bad := func(part string) bool { return part == "" || part == "." || part == ".." }
	if len(key) > maxKey || slices.ContainsFunc(parts, bad) ||
		strings.ContainsFunc(key, func(c rune) bool { return c < ' ' || c == 0x7f || c == 0xfffd }) {
		r.wrong("has key = %.100q; want a path such as team/%s, of at most %d bytes, without empty parts, \".\", "+
			"\"..\" and control characters", key, state.DefaultName, maxKey)
	}
	return key
}

func configureS3(given state.Settings) (settings, error) {
	r := newReader("s3", s3Attributes, given)
	s := settings{kind: "s3", bucket: r.bucket(), key: r.key(), roots: r.value("custom_ca_bundle", "AWS_CA_BUNDLE")}
	r.s3Endpoint(&s)
	s.encryption = r.encryption(s.plain)
	s.provider = r.s3Credentials(s)
	r.protect(s)
	return s, errors.Join(r.errs...)
}

// s3Endpoint determines the server: the configured one, or else Amazon's in a region.
func (r *reader) s3Endpoint(s *settings) {
	endpoint := r.value("endpoint", endpointVariables...)
	if endpoint == "" {
		s.region = r.required("region", "AWS_REGION", "AWS_DEFAULT_REGION")
		s.endpoint = "s3.amazonaws.com" // minio-go inserts the region
		if strings.HasPrefix(s.region, "cn-") {
			s.endpoint = "s3." + s.region + ".amazonaws.com.cn"
		}
	} else {
		s.named = true
		s.endpoint, s.plain = r.address(endpoint)
		if s.region = r.value("region", "AWS_REGION", "AWS_DEFAULT_REGION"); s.region == "" {
			s.region = "us-east-1" // the convention of stores without regions
		}
	}

	if s.region != "" && !regionName.MatchString(s.region) {
		r.wrong("has region = %q, which is not a region name", s.region)
	}

	if path, given := r.flag("use_path_style"); given {
		s.lookup = minio.BucketLookupDNS
		if path {
			s.lookup = minio.BucketLookupPath
		}
	}
}

var regionName = regexp.MustCompile(`^[A-Za-z0-9-]{1,64}$`)

// address splits an endpoint. Over plain HTTP, anyone on the way could read and change the state, so plain
// HTTP must be allowed explicitly.
func (r *reader) address(endpoint string) (host string, plain bool) {
	u, err := endpointURL(endpoint)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil ||
		strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		// The error does not quote the endpoint: it may contain a password.
		r.wrong("has an endpoint that is not the address of a server, such as https://s3.example.com:9000; " +
			"give credentials, bucket and key in attributes of their own")
		return "", false
	}
	allowed, _ := r.flag("allow_http")
	if u.Scheme == "http" && !allowed && !hosts.Loopback(u.Hostname()) {
		r.wrong("has the endpoint http://%s, to which the state would go unprotected; use https, or set allow_http "+
			"= \"true\"", u.Host)
	}
	return u.Host, u.Scheme == "http"
}

// endpointVariables stand in for the attribute endpoint; the first takes precedence.
var endpointVariables = []string{"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"}

func endpointURL(endpoint string) (*url.URL, error) {
	if !strings.Contains(endpoint, "://") {
		endpoint = "https://" + endpoint
	}
	return url.Parse(endpoint)
}

// encryption returns the encryption that requests ask for.
func (r *reader) encryption(plain bool) encrypt.ServerSide {
	kms, customer := r.value("kms_key_id"), r.value("sse_customer_key", "AWS_SSE_CUSTOMER_KEY")
	on, given := r.flag("encrypt")
	switch {
	case kms != "" && customer != "":
		r.wrong("has both kms_key_id and sse_customer_key; remove one of them")
	case given && !on && (kms != "" || customer != ""):
		r.wrong("has encrypt = \"false\" and a key to encrypt with; remove one of them")
	case customer != "":
		return r.customerKey(customer, plain)
	case kms != "":
		// Only an encryption context could make this fail, and none is given.
		sse, _ := encrypt.NewSSEKMS(kms, nil)
		return sse
	case on:
		return encrypt.NewSSE()
	}

	return nil
}

func (r *reader) customerKey(text string, plain bool) encrypt.ServerSide {
	key, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(key) != 32 {
		r.wrong("has an sse_customer_key that is not 32 bytes in base64; make one with: openssl rand -base64 32")
		return nil
	}
	if plain {
		r.wrong("has an sse_customer_key, which must not be sent over plain HTTP; use an https endpoint")
	}
	sse, _ := encrypt.NewSSEC(key) // fails only if the key does not have 32 bytes
	return sse
}

// accountID is the form of Cloudflare's account IDs. The ID becomes part of the server's name.
var accountID = regexp.MustCompile(`^[0-9a-f]{32}$`)

// configureR2 needs only an account and a bucket. R2 has one region, and puts the bucket into the path.
func configureR2(given state.Settings) (settings, error) {
	r := newReader("r2", r2Attributes, given)
	s := settings{kind: "r2", bucket: r.bucket(), key: r.key(), region: "auto", lookup: minio.BucketLookupPath}
	account := r.required("account_id", "CLOUDFLARE_ACCOUNT_ID")
	if account != "" && !accountID.MatchString(account) {
		r.wrong("has account_id = %.100q; want the 32 hexadecimal digits in the address of the dashboard", account)
	}
	s.account = account + r.jurisdiction()
	s.endpoint = s.account + ".r2.cloudflarestorage.com"
	s.provider = r.r2Credentials()
	return s, errors.Join(r.errs...)
}

// jurisdiction returns the part of the server's name that keeps data in a jurisdiction; see
// https://developers.cloudflare.com/r2/reference/data-location/.
func (r *reader) jurisdiction() string {
	switch v := r.value("jurisdiction"); v {
	case "", "default":
		return ""
	case "eu", "fedramp":
		return "." + v
	default:
		r.wrong("has jurisdiction = %q; want \"default\", \"eu\" or \"fedramp\"", v)
		return ""
	}
}
