package httpstate_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/httpstate"
	"github.com/cfplan/cfplan/internal/state/statetest"
)

func TestConfigureProtectsCredentialsFromServersOfTheFiles(t *testing.T) {
	const path = "/api/v4/projects/7/terraform/state/dns"
	login := map[string]string{"TF_HTTP_USERNAME": "ci", "CFPLAN_HTTP_PASSWORD": secret}
	good := map[string]string{"CFPLAN_HTTP_ADDRESS": "https://good.example" + path}
	for name, c := range map[string]struct {
		attrs, operator map[string]string
		env             map[string]string
		refused         []string
	}{
		"address":                     {attrs: map[string]string{"address": "https://evil.test" + path}, env: login, refused: []string{`"evil.test:443"`}},
		"lock":                        {attrs: map[string]string{"lock_address": "https://evil.test/l"}, env: both(login, good), refused: []string{"lock_address"}},
		"unlock":                      {attrs: map[string]string{"unlock_address": "https://evil.test/l"}, env: both(login, good), refused: []string{"unlock_address"}},
		"snapshots":                   {attrs: map[string]string{"snapshots_address": "https://evil.test/s"}, env: both(login, good), refused: []string{"snapshots_address"}},
		"all at once":                 {attrs: map[string]string{"lock_address": "https://a.test/l", "unlock_address": "https://b.test/l", "snapshots_address": "https://c.test/s"}, env: both(login, good), refused: []string{"a.test", "b.test", "c.test"}},
		"the same server, other path": {attrs: map[string]string{"address": "https://GOOD.example:443/other", "lock_address": "https://good.example/l"}, env: both(login, good)},
		"no credential":               {attrs: map[string]string{"address": "https://evil.test" + path}},
		"the block's credential":      {attrs: map[string]string{"address": "https://evil.test" + path, "username": "u", "password": "p"}, env: login},
		"the address's credential":    {attrs: map[string]string{"address": "https://u:p@evil.test" + path}},
		"the block's user, the environment's password": {attrs: map[string]string{"address": "https://evil.test" + path, "username": "u"},
			env: login, refused: []string{"CFPLAN_HTTP_PASSWORD"}},
		"a credential in the env's address": {attrs: map[string]string{"lock_address": "https://evil.test/l"},
			env: map[string]string{"TF_HTTP_ADDRESS": "https://u:" + secret + "@good.example" + path}, refused: []string{"TF_HTTP_ADDRESS"}},
		"a client certificate": {attrs: map[string]string{"address": "https://evil.test" + path},
			env: certificate(t), refused: []string{"TF_HTTP_CLIENT_CERTIFICATE_PEM"}},
		"in clear, env with TLS": {attrs: map[string]string{"address": "http://good.example:8080" + path, "allow_http": "true", "username": "u", "password": "p"},
			env: good, refused: []string{"without TLS"}},
		"an authority of the block": {attrs: map[string]string{"client_ca_certificate_pem": authority(t)}, env: both(login, good), refused: []string{"names the authority"}},
		"on the command line":       {operator: map[string]string{"address": "https://good.example" + path}, env: login},
		"the command line over the block": {attrs: map[string]string{"address": "https://evil.test" + path},
			operator: map[string]string{"address": "https://good.example" + path}, env: login},
		"a list that can't be read": {attrs: map[string]string{"address": "https://evil.test" + path}, env: both(login, map[string]string{"CFPLAN_ALLOW_BACKEND_HOST": "https://evil.test"}), refused: []string{"is not HOST or HOST:PORT"}},
	} {
		t.Run(name, func(t *testing.T) {
			settings := statetest.Declared(c.attrs, func(name string) string { return c.env[name] }).Over(state.Layer{Attributes: c.operator})
			_, err := httpstate.Configure(settings)
			if len(c.refused) == 0 && err != nil {
				t.Errorf("Configure = %v", err)
			}

			for _, want := range c.refused {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("Configure = %v, want an error with %s", err, want)
				}
			}

			if err != nil && strings.Contains(err.Error(), secret) {
				t.Errorf("the error shows the password: %v", err)
			}
		})
	}
}

// A redirect could lead the credentials to another server.
func TestRedirectsGetNoCredential(t *testing.T) {
	var got []string
	evil := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got = append(got, r.Header.Get("Authorization"))
	}))
	defer evil.Close()

	for _, status := range []int{301, 302, 303, 307, 308} {
		good := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, evil.URL+r.URL.Path, status)
		}))
		defer good.Close()

		b, err := httpstate.Configure(statetest.Given(map[string]string{
			"address":   good.URL + project + "dns",
			"username":  "ci",
			"password":  secret,
			"retry_max": "0",
		}, noEnv))
		if err != nil {
			t.Fatal(err)
		}

		_, _, readErr := b.Read(t.Context(), state.DocState)
		_, writeErr := b.Write(t.Context(), state.DocState, []byte("{}"), "")
		_, lockErr := b.Lock(t.Context(), state.Holder{ID: "x"}, 0)
		if readErr == nil || writeErr == nil || lockErr == nil {
			t.Errorf("a redirect with %d: Read = %v, Write = %v, Lock = %v; want errors", status, readErr, writeErr, lockErr)
		}
	}

	if len(got) > 0 {
		t.Errorf("the other server received requests with %q", got)
	}
}

func both(a, b map[string]string) map[string]string {
	out := map[string]string{}
	for _, m := range []map[string]string{a, b} {
		for k, v := range m {
			out[k] = v
		}
	}
	return out
}

func pair(t *testing.T) *statetest.Certificates {
	t.Helper()
	c, err := statetest.NewCertificates(t.TempDir(), time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func authority(t *testing.T) string { return textOf(t, pair(t).Authority) }

func certificate(t *testing.T) map[string]string {
	c := pair(t)
	return map[string]string{"TF_HTTP_CLIENT_CERTIFICATE_PEM": textOf(t, c.Cert),
		"TF_HTTP_CLIENT_PRIVATE_KEY_PEM": textOf(t, c.Key)}
}

func textOf(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
