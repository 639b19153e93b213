package s3_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/s3"
	"github.com/cfplan/cfplan/internal/state/statetest"
)

// store is a server that answers that nothing is stored, and remembers the credentials of the last request.
type store struct {
	*httptest.Server
	authorization, token string
}

func newStore(t *testing.T) *store {
	s := &store{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.authorization, s.token = r.Header.Get("Authorization"), r.Header.Get("X-Amz-Security-Token")
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "<Error><Code>NoSuchKey</Code></Error>")
	}))
	t.Cleanup(s.Close)
	return s
}

// hermetic replaces the variables and files of the test's machine, which minio-go reads by itself.
func hermetic(t *testing.T, vars map[string]string) func(string) string {
	t.Helper()
	home := t.TempDir()
	for _, name := range []string{"AWS_PROFILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE", "AWS_ROLE_ARN",
		"AWS_ROLE_SESSION_NAME", "AWS_REGION",
		"AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
		"AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"} {
		t.Setenv(name, "")
	}

	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	for name, v := range vars {
		t.Setenv(name, v)
	}

	return os.Getenv
}

func write(t *testing.T, name, text string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const sharedFile = "[default]\naws_access_key_id = default-id\naws_secret_access_key = x\n[dns]\naws_access_key_id " +
	"= dns-id\naws_secret_access_key = y\naws_session_token = dns-token\n"

func TestCredentialsComeFromTheFirstSource(t *testing.T) {
	shared := write(t, "credentials", sharedFile)
	for _, c := range []struct {
		name      string
		attrs     map[string]string
		vars      map[string]string
		id, token string
	}{
		{"the block before all", map[string]string{"access_key": "block", "secret_key": "x", "token": "tok", "profile": "dns"},
			map[string]string{"AWS_ACCESS_KEY_ID": "env", "AWS_SECRET_ACCESS_KEY": "x"}, "block", "tok"},
		{"a profile of the block before the environment", map[string]string{"profile": "dns", "shared_credentials_file": shared},
			map[string]string{"AWS_ACCESS_KEY_ID": "env", "AWS_SECRET_ACCESS_KEY": "x"}, "dns-id", "dns-token"},
		{"the environment before the shared file", nil, map[string]string{"AWS_ACCESS_KEY_ID": "env", "AWS_SECRET_ACCESS_KEY": "x", "AWS_SESSION_TOKEN": "tok",
			"AWS_SHARED_CREDENTIALS_FILE": shared, "AWS_PROFILE": "dns"}, "env", "tok"},
		{"the shared file's default", nil, map[string]string{"AWS_SHARED_CREDENTIALS_FILE": shared}, "default-id", ""},
		{"the shared file's profile", nil, map[string]string{"AWS_SHARED_CREDENTIALS_FILE": shared, "AWS_PROFILE": "dns"}, "dns-id", "dns-token"},
	} {
		t.Run(c.name, func(t *testing.T) {
			st := newStore(t)
			attrs := map[string]string{"bucket": "dns", "endpoint": st.URL}
			for k, v := range c.attrs {
				attrs[k] = v
			}

			b, err := s3.Configure(statetest.Given(attrs, hermetic(t, c.vars)))
			if err != nil {
				t.Fatal(err)
			}

			if _, _, err := b.Read(t.Context(), state.DocState); err != nil {
				t.Fatalf("Read = %v", err)
			}
			if !strings.Contains(st.authorization, "Credential="+c.id+"/") || st.token != c.token {
				t.Errorf("the store got %s and token %q, want %s and %q", st.authorization, st.token, c.id,
					c.token)
			}
		})
	}
}

func TestR2CredentialsComeFromItsOwnVariablesFirst(t *testing.T) {
	own := []string{"R2_ACCESS_KEY_ID", "r2", "R2_SECRET_ACCESS_KEY", "x"}
	aws := []string{"AWS_ACCESS_KEY_ID", "aws", "AWS_SECRET_ACCESS_KEY", "x"}
	for want, vars := range map[string][]string{"r2": append(own, aws...), "aws": aws} {
		st := newStore(t)
		b, err := s3.ConfigureR2At(st.Listener.Addr().String(),
			statetest.Given(map[string]string{"bucket": "dns", "account_id": strings.Repeat("a", 32)}, env(vars...)))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := b.Read(t.Context(), state.DocState); err != nil {
			t.Fatalf("Read = %v", err)
		}
		if !strings.Contains(st.authorization, "Credential="+want+"/") ||
			!strings.Contains(st.authorization, "/auto/s3/") {
			t.Errorf("R2 got %s, want %s in region auto", st.authorization, want)
		}
	}
}

// A token such as GitHub's is exchanged for the credentials of a role.
func TestAWebIdentityIsExchanged(t *testing.T) {
	sts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("WebIdentityToken") != "github's token" || r.FormValue("RoleArn") != "arn:aws:iam::1:role/dns" {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, "<ErrorResponse "+
				"xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Code>InvalidIdentityToken</Code><Message>No OpenIDConnect provider found</Message></Error></ErrorResponse>")
			return
		}
		fmt.Fprintf(w, `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">`+
			"<AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>role-id</AccessKeyId>"+
			"<SecretAccessKey>s</SecretAccessKey><SessionToken>role-token</SessionToken><Expiration>%s</Expiration></Credentials>"+
			"</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>",
			time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	}))
	defer sts.Close()

	st := newStore(t)
	vars := map[string]string{"AWS_ENDPOINT_URL_STS": sts.URL,
		"AWS_WEB_IDENTITY_TOKEN_FILE": write(t, "token", "github's token"),
		"AWS_ROLE_ARN":                "arn:aws:iam::1:role/dns", "AWS_SHARED_CREDENTIALS_FILE": write(t, "credentials", sharedFile)}

	read := func() error {
		b, err := s3.Configure(statetest.Given(map[string]string{"bucket": "dns", "endpoint": st.URL},
			hermetic(t, vars)))
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = b.Read(t.Context(), state.DocState)
		return err
	}

	if err := read(); err != nil || !strings.Contains(st.authorization, "Credential=role-id/") ||
		st.token != "role-token" {
		t.Errorf("Read = %v, and the store got %s and token %q; want role-id and role-token", err, st.authorization, st.token)
	}

	vars["AWS_ROLE_ARN"] = "arn:aws:iam::1:role/other"
	says(t, "Read with a role that the token is not for", read(), "the web identity", "No OpenIDConnect provider")
}

func TestNoCredentialsIsAnError(t *testing.T) {
	st := newStore(t)
	for name, c := range map[string]struct {
		attrs, vars map[string]string
		want        string
	}{
		"none at all":        {nil, nil, "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"},
		"an unknown profile": {map[string]string{"profile": "nobody"}, map[string]string{"AWS_ACCESS_KEY_ID": "env", "AWS_SECRET_ACCESS_KEY": "x"}, `profile "nobody"`},
		"a missing file":     {map[string]string{"shared_credentials_file": "/nowhere/file"}, nil, "/nowhere/file"},
		"a profile of the environment": {nil, map[string]string{"AWS_PROFILE": "nobody",
			"AWS_SHARED_CREDENTIALS_FILE": write(t, "credentials", sharedFile)}, `profile "nobody"`},
	} {
		t.Run(name, func(t *testing.T) {
			attrs := map[string]string{"bucket": "dns", "endpoint": st.URL}
			for k, v := range c.attrs {
				attrs[k] = v
			}

			b, err := s3.Configure(statetest.Given(attrs, hermetic(t, c.vars)))
			if err != nil {
				t.Fatal(err)
			}

			_, _, err = b.Read(t.Context(), state.DocState)
			says(t, "Read", err, "there are no credentials", c.want)
			_, err = b.Write(t.Context(), state.DocState, nil, "")
			says(t, "Write", err, "there are no credentials")
		})
	}

	if st.authorization != "" {
		t.Errorf("the store got a request with %s, want no request", st.authorization)
	}

	b, err := s3.ConfigureR2(statetest.Given(map[string]string{"bucket": "dns",
		"account_id": strings.Repeat("a", 32)}, noEnv))
	if err != nil {
		t.Fatal(err)
	}

	_, _, err = b.Read(t.Context(), state.DocState)
	says(t, "Read", err, "make an R2 API token")
}
