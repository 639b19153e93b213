package s3

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/minio/minio-go/v7/pkg/credentials"
)

// keys provides credentials from the first source that has any. Unlike minio-go's own chain, it fails if no
// source has credentials, or if a source that was asked for fails.
type keys struct {
	sources []source
	hint    string // what to do if no source has credentials

	mu    sync.Mutex
	from  credentials.Provider
	value credentials.Value
	fixed []string // other secrets
}

// source is one place that credentials can come from.
type source struct {
	name     string
	provider credentials.Provider
	// named is true if the user asked for this source: if it fails, no other is tried.
	named bool
}

// credentialsError says why there are no credentials.
type credentialsError struct{ text string }

func (e *credentialsError) Error() string { return e.text }

// RetrieveWithCredContext implements [credentials.Provider].
func (k *keys) RetrieveWithCredContext(cc *credentials.CredContext) (credentials.Value, error) {
	k.mu.Lock()
	defer k.mu.Unlock()

	for _, s := range k.sources {
		v, err := s.provider.RetrieveWithCredContext(cc)
		if err == nil && v.AccessKeyID != "" && v.SecretAccessKey != "" {
			v.SignerType = credentials.SignatureV4
			k.from, k.value = s.provider, v
			return v, nil
		}
		if s.named {
			return credentials.Value{}, &credentialsError{fmt.Sprintf("there are no credentials in %s: %s", s.name,
				because(err))}
		}
	}

	return credentials.Value{}, &credentialsError{"there are no credentials; " + k.hint}
}

func because(err error) string {
	if err == nil {
		return "they are empty"
	}
	return bounded(err.Error())
}

// Retrieve implements [credentials.Provider].
func (k *keys) Retrieve() (credentials.Value, error) { return k.RetrieveWithCredContext(nil) }

// IsExpired implements [credentials.Provider].
func (k *keys) IsExpired() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.from == nil || k.from.IsExpired()
}

// secrets returns the secrets that must not be shown.
func (k *keys) secrets() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	all := append([]string{k.value.SecretAccessKey, k.value.SessionToken, k.value.AccessKeyID}, k.fixed...)
	return slices.DeleteFunc(all, func(s string) bool { return s == "" })
}

// pair returns a source of keys that are given literally, or no source if both keys are empty.
func (r *reader) pair(name, id, secret, token string) []source {
	switch {
	case id == "" && secret == "":
		return nil
	case id == "" || secret == "":
		r.wrong("has half a key in %s; both parts are needed", name)
	}
	return []source{{name, &credentials.Static{Value: credentials.Value{
		AccessKeyID:     id,
		SecretAccessKey: secret,
		SessionToken:    token,
	}}, true}}
}

// attributes returns the keys in the block itself.
func (r *reader) attributes() []source {
	return r.pair("access_key and secret_key", r.value("access_key"), r.value("secret_key"), r.value("token"))
}

func (r *reader) environment(id, secret, token string) []source {
	return r.pair(id+" and "+secret, r.Env(id), r.Env(secret), r.Env(token))
}

// r2Credentials returns the sources in their order: the block, R2's own variables, and the variables that
// every S3 tool reads.
func (r *reader) r2Credentials() *keys {
	k := &keys{hint: "make an R2 API token and set R2_ACCESS_KEY_ID and R2_SECRET_ACCESS_KEY"}
	for _, sources := range [][]source{
		r.attributes(),
		r.environment("R2_ACCESS_KEY_ID", "R2_SECRET_ACCESS_KEY", "R2_SESSION_TOKEN"),
		r.environment("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
	} {
		k.sources = append(k.sources, sources...)
	}
	return k
}

// s3Credentials returns the sources of Amazon's own tools in their order: the block, the environment, a web
// identity (as in a CI job), the shared files, and the role of the container or the machine.
func (r *reader) s3Credentials(s settings) *keys {
	k := &keys{hint: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or one of the other sources that " +
		"docs/state.md lists"}
	if key := r.value("sse_customer_key", "AWS_SSE_CUSTOMER_KEY"); key != "" {
		k.fixed = []string{key}
	}

	k.sources = append(k.sources, r.attributes()...)
	file, profile := r.value("shared_credentials_file"), r.value("profile")
	if file != "" || profile != "" {
		k.sources = append(k.sources, shared(file, profile, true))
	}

	k.sources = append(k.sources, r.environment("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")...)
	k.sources = append(k.sources, r.webIdentity(s.region)...)
	profile = r.Env("AWS_PROFILE")
	k.sources = append(k.sources, shared("", profile, profile != ""))
	k.sources = append(k.sources, r.machine(s)...)
	return k
}

// shared returns the shared configuration and credentials files of Amazon's tools as a source. If file is "",
// minio-go finds the files.
func shared(file, profile string, named bool) source {
	name := "the shared credentials file"
	if file != "" {
		name = file
	}
	if profile != "" {
		name += fmt.Sprintf(", profile %q", profile)
	}
	return source{name, &credentials.FileAWSCredentials{Filename: file, Profile: profile}, named}
}

// webIdentity returns a source that exchanges a token, which a service such as GitHub has written into a
// file, for credentials.
func (r *reader) webIdentity(region string) []source {
	file := r.Env("AWS_WEB_IDENTITY_TOKEN_FILE")
	if file == "" {
		return nil
	}
	iam := &credentials.IAM{Endpoint: r.Env("AWS_ENDPOINT_URL_STS"), Region: region}
	iam.EKSIdentity.TokenFile, iam.EKSIdentity.RoleARN = file, r.Env("AWS_ROLE_ARN")
	iam.EKSIdentity.RoleSessionName = r.Env("AWS_ROLE_SESSION_NAME")
	return []source{{"the web identity of AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN", iam, true}}
}

// machine returns the role of the container as a source or, if the store is Amazon's, the role of the virtual
// machine. With other stores it does not try the virtual machine: without a server to answer, the request
// would take seconds.
func (r *reader) machine(s settings) []source {
	// Both servers are on the machine's own network, so no proxy is used.
	direct := &http.Client{Timeout: 3 * time.Second, Transport: &http.Transport{}}
	switch {
	case r.Env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") != "" || r.Env("AWS_CONTAINER_CREDENTIALS_FULL_URI") != "":
		return []source{{"the role of the container", &credentials.IAM{Client: direct}, true}}
	case s.named || strings.EqualFold(r.Env("AWS_EC2_METADATA_DISABLED"), "true"):
		return nil
	}
	return []source{{"the role of the virtual machine", &credentials.IAM{Client: direct}, false}}
}
