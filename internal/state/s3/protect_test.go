package s3_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/s3"
	"github.com/cfplan/cfplan/internal/state/statetest"
)

func TestServersThatOnlyTheFilesNameAreRefused(t *testing.T) {
	keys := map[string]string{"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "x", "AWS_SESSION_TOKEN": "x"}
	own := map[string]string{"access_key": "id", "secret_key": "x"}
	for name, c := range map[string]struct {
		attrs, own map[string]string // in the block
		operator   map[string]string // with -backend-config
		env        map[string]string
		refused    string
	}{
		"Amazon, formed from the region":          {attrs: map[string]string{"region": "eu-west-1"}, env: keys},
		"Amazon, in an attribute":                 {attrs: map[string]string{"endpoint": "https://s3.eu-west-1.amazonaws.com"}, env: keys, refused: `"s3.eu-west-1.amazonaws.com:443"`},
		"another server":                          {attrs: map[string]string{"endpoint": "minio.example.com:9000"}, env: keys, refused: `"minio.example.com:9000"`},
		"another, no key anywhere":                {attrs: map[string]string{"endpoint": "minio.example.com:9000"}, refused: `"minio.example.com:9000"`},
		"another, the block's keys":               {attrs: map[string]string{"endpoint": "minio.example.com:9000"}, own: own, env: keys},
		"another, half a key on the command line": {attrs: map[string]string{"endpoint": "minio.example.com:9000", "access_key": "id"}, operator: map[string]string{"secret_key": "x"}, refused: `would get secret_key`},
		"another, a session on the command line":  {attrs: map[string]string{"endpoint": "minio.example.com:9000"}, own: own, operator: map[string]string{"token": "x"}, refused: `would get token`},
		"another, all on the command line":        {operator: map[string]string{"endpoint": "minio.example.com:9000", "access_key": "id", "secret_key": "x"}},
		"another, a profile of the machine":       {attrs: map[string]string{"endpoint": "minio.example.com:9000", "profile": "prod"}, refused: `"minio.example.com:9000"`},
		"the environment's, in clear":             {attrs: map[string]string{"endpoint": "http://minio.example.com:9000", "allow_http": "true"}, env: plus(keys, "AWS_ENDPOINT_URL_S3", "http://minio.example.com:9000")},
		"the environment's with TLS":              {attrs: map[string]string{"endpoint": "http://minio.example.com:9000", "allow_http": "true"}, env: plus(keys, "AWS_ENDPOINT_URL_S3", "https://minio.example.com:9000"), refused: "without TLS"},
		"the environment's, not the same":         {attrs: map[string]string{"endpoint": "https://minio.example.com.evil.test"}, env: plus(keys, "AWS_ENDPOINT_URL", "https://minio.example.com"), refused: `"minio.example.com.evil.test:443"`},
		"allowed, in clear by the block":          {attrs: map[string]string{"endpoint": "http://minio.example.com", "allow_http": "true"}, env: plus(keys, "CFPLAN_ALLOW_BACKEND_HOST", "minio.example.com"), refused: "without TLS"},
		"allowed, in clear by the operator":       {attrs: map[string]string{"endpoint": "http://minio.example.com"}, operator: map[string]string{"allow_http": "true"}, env: plus(keys, "CFPLAN_ALLOW_BACKEND_HOST", "minio.example.com")},
		"an authority of the block":               {attrs: map[string]string{"region": "eu-west-1", "custom_ca_bundle": "ca.pem"}, env: keys, refused: "names the authority"},
		"an authority, the block's keys":          {attrs: map[string]string{"endpoint": "minio.example.com", "custom_ca_bundle": "ca.pem"}, own: own},
		"over the environment's authority":        {attrs: map[string]string{"endpoint": "minio.example.com", "custom_ca_bundle": "ca.pem"}, own: own, env: map[string]string{"AWS_CA_BUNDLE": "other.pem"}, refused: "names the authority"},
		"a file that may contain commands":        {attrs: map[string]string{"region": "eu-west-1", "shared_credentials_file": "creds.ini"}, refused: "may contain commands"},
		"the environment's shared file":           {attrs: map[string]string{"region": "eu-west-1", "shared_credentials_file": "creds.ini"}, env: map[string]string{"AWS_SHARED_CREDENTIALS_FILE": "creds.ini"}},
	} {
		t.Run(name, func(t *testing.T) {
			attrs := plus(c.attrs, "bucket", "dns")
			for k, v := range c.own {
				attrs[k] = v
			}
			settings := statetest.Declared(attrs, func(name string) string { return c.env[name] }).Over(state.Layer{Attributes: c.operator})
			_, err := s3.Configure(settings)
			if c.refused == "" && err != nil {
				t.Errorf("Configure = %v", err)
			} else if c.refused != "" && (err == nil || !strings.Contains(err.Error(), c.refused)) {
				t.Errorf("Configure = %v, want an error with %s", err, c.refused)
			}
		})
	}
}

func TestR2NeedsNoPermission(t *testing.T) {
	_, err := s3.ConfigureR2(statetest.Declared(map[string]string{"bucket": "dns",
		"account_id": strings.Repeat("a", 32)},
		env("R2_ACCESS_KEY_ID", "id", "R2_SECRET_ACCESS_KEY", "x")))
	if err != nil {
		t.Errorf("ConfigureR2 = %v", err)
	}
}

// credential_process in a file of a pull request would run the pull request's command.
func TestNoCommandOfTheFilesIsRun(t *testing.T) {
	dir := t.TempDir()
	ran := filepath.Join(dir, "ran")
	file := filepath.Join(dir, "creds.ini")
	if err := os.WriteFile(file, []byte("[default]\ncredential_process = touch "+ran+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}

	attrs := map[string]string{"bucket": "dns", "endpoint": newStore(t).URL, "shared_credentials_file": file}
	environment := hermetic(t, map[string]string{"CFPLAN_ALLOW_BACKEND_HOST": "127.0.0.1"})

	b, err := s3.Configure(statetest.Declared(attrs, environment))
	if err == nil {
		_, _, _ = b.Read(t.Context(), state.DocState)
		t.Error("Configure accepted a shared file that the block names")
	}

	if _, err := os.Stat(ran); err == nil {
		t.Error("the command was run")
	}
}

// plus returns a copy of a map with more entries.
func plus(m map[string]string, more ...string) map[string]string {
	out := map[string]string{}
	for k, v := range m {
		out[k] = v
	}
	for i := 0; i < len(more); i += 2 {
		out[more[i]] = more[i+1]
	}
	return out
}
