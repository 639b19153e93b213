package s3

import (
	"github.com/cfplan/cfplan/internal/hosts"
	"github.com/cfplan/cfplan/internal/state"
)

// protect reports credentials that must not go to a server that only the files name. Amazon's server follows
// from the region, and R2's from the account, so no file names those.
func (r *reader) protect(s settings) {
	r.protectFile()

	allow := r.Value("allow_http")
	what := state.Sending{
		Credentials:          r.credentials(),
		AllowPlain:           allow,
		Authority:            r.Value("custom_ca_bundle", "AWS_CA_BUNDLE"),
		OperatorsAuthorities: r.Operators("custom_ca_bundle", "AWS_CA_BUNDLE"),
	}

	for _, text := range r.Operators("endpoint", endpointVariables...) {
		if u, err := endpointURL(text); err == nil {
			what.Named = append(what.Named, state.Server{Server: hosts.OfURL(u), Plain: u.Scheme == "http"})
		}
	}

	if by := r.Value("endpoint", endpointVariables...); s.endpoint != "" && by.Value != "" {
		u, err := endpointURL(by.Value)
		if err != nil {
			return // address has reported it
		}
		what.Servers = []state.Server{{
			Server:   hosts.OfURL(u),
			Plain:    u.Scheme == "http",
			By:       by,
			Variable: endpointVariables[0],
		}}
	}

	for _, err := range r.MaySend(what) {
		r.wrong("is not used: %w", err)
	}
}

// credentials returns the credentials that would be sent. If the attributes have no keys, it assumes that the
// machine has some. If the machine has none, nothing can be sent anyway.
func (r *reader) credentials() []state.Given {
	out := []state.Given{{Name: "the AWS credentials of the environment or of this machine"}}
	if r.value("access_key") != "" || r.value("secret_key") != "" {
		out = nil
		for _, name := range []string{"access_key", "secret_key", "token"} {
			if g := r.Value(name); g.Value != "" {
				out = append(out, g)
			}
		}
	}

	if g := r.Value("sse_customer_key", "AWS_SSE_CUSTOMER_KEY"); g.Value != "" {
		out = append(out, g)
	}

	return out
}

// protectFile refuses a shared file that only the files of the configuration name. Such a file may contain
// commands (credential_process), which cfplan would run.
func (r *reader) protectFile() {
	const name, variable = "shared_credentials_file", "AWS_SHARED_CREDENTIALS_FILE"
	by := r.Value(name)
	if by.Value == "" || by.Origin.Operator() {
		return
	}

	for _, path := range r.Operators(name, variable) {
		if path == by.Value {
			return
		}
	}

	r.wrong("is not used: %s names a file that may contain commands, which cfplan would run. "+
		"Name the file with %s or -backend-config=%s=… instead", by, variable, name)
}
