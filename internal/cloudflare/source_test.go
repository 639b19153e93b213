package cloudflare_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/cloudflare"
)

// findCredentials calls FindCredentials. Unless the text is empty, it writes the text to a file and sets
// CLOUDFLARE_API_TOKEN_FILE to its name.
func findCredentials(t *testing.T, configured cloudflare.Credentials, env map[string]string, text string) cloudflare.Found {
	t.Helper()
	dir := t.TempDir()
	if text != "" {
		if err := os.WriteFile(filepath.Join(dir, "token"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	getenv := func(name string) string { return env[name] }
	resolve := func(name string) string { return filepath.Join(dir, name) }
	return cloudflare.FindCredentials("", configured, getenv, resolve)
}

func TestConfiguredCredentialsAreNotMixedWithOthers(t *testing.T) {
	env := map[string]string{"CLOUDFLARE_API_KEY": "key", "CLOUDFLARE_EMAIL": "me@example.com"}
	got := findCredentials(t, cloudflare.Credentials{Token: "token"}, env, "")
	if want := (cloudflare.Credentials{Token: "token", Email: "me@example.com"}); got.Credentials != want {
		t.Errorf("credentials %+v, want %+v", got.Credentials, want)
	}
	if got.Source != "the cloudflare block of the configuration" {
		t.Errorf("source = %q, want the cloudflare block", got.Source)
	}
}

func TestCredentialsOfTheEnvironment(t *testing.T) {
	for name, test := range map[string]struct {
		env    map[string]string
		want   cloudflare.Credentials
		source string
	}{
		"token": {
			env:    map[string]string{"CLOUDFLARE_API_TOKEN": "token"},
			want:   cloudflare.Credentials{Token: "token"},
			source: "CLOUDFLARE_API_TOKEN in the environment",
		},
		"key": {
			env:    map[string]string{"CLOUDFLARE_API_KEY": "key", "CLOUDFLARE_EMAIL": "me@example.com"},
			want:   cloudflare.Credentials{Key: "key", Email: "me@example.com"},
			source: "CLOUDFLARE_API_KEY in the environment",
		},
		"none": {
			source: "CLOUDFLARE_API_TOKEN in the environment",
		},
		"token and file": {
			env: map[string]string{"CLOUDFLARE_API_TOKEN": "token", "CLOUDFLARE_API_TOKEN_FILE": "token"},
			want: cloudflare.Credentials{
				Token: "token",
				Fault: "CLOUDFLARE_API_TOKEN_FILE is set as well as CLOUDFLARE_API_TOKEN",
			},
			source: "CLOUDFLARE_API_TOKEN in the environment",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := findCredentials(t, cloudflare.Credentials{}, test.env, "")
			if got.Credentials != test.want || got.Source != test.source {
				t.Errorf("found %+v in %q, want %+v in %q", got.Credentials, got.Source, test.want, test.source)
			}
		})
	}
}

func TestCredentialsOfAFile(t *testing.T) {
	const secret = "a-secret-that-no-error-may-repeat"
	for text, want := range map[string]cloudflare.Credentials{
		secret:                            {Token: secret},
		`{"api_token": "` + secret + `"}`: {Token: secret},
		`{"api_key": "` + secret + `", "email": "me@example.com"}`: {Key: secret, Email: "me@example.com"},
		`{"api_token": ` + secret + `}`:                            {Fault: "the file of CLOUDFLARE_API_TOKEN_FILE is not JSON with api_token, or api_key and email"},
		`{"token": "` + secret + `"}`:                              {Fault: "the file of CLOUDFLARE_API_TOKEN_FILE has neither api_token nor api_key"},
		" \n":                                                      {Fault: "the file of CLOUDFLARE_API_TOKEN_FILE cannot be used: it is empty"},
		strings.Repeat("x", 65<<10):                                {Fault: "the file of CLOUDFLARE_API_TOKEN_FILE cannot be used: it is too large to hold credentials alone"},
	} {
		got := findCredentials(t, cloudflare.Credentials{}, map[string]string{"CLOUDFLARE_API_TOKEN_FILE": "token"}, text)
		if got.Credentials != want {
			t.Errorf("a file with %.40q: %+v, want %+v", text, got.Credentials, want)
		}
		if strings.Contains(got.Fault+got.Source, secret) {
			t.Errorf("a file with %.40q: the result repeats the secret: %s, %s", text, got.Fault, got.Source)
		}
	}
}

func TestMissingCredentialsFileIsReportedWithoutItsPath(t *testing.T) {
	got := findCredentials(t, cloudflare.Credentials{}, map[string]string{"CLOUDFLARE_API_TOKEN_FILE": "token"}, "")
	want := "the file of CLOUDFLARE_API_TOKEN_FILE cannot be used: "
	if !strings.HasPrefix(got.Fault, want) || strings.Contains(got.Fault, "/") {
		t.Errorf("fault %q, want %s…, without a path", got.Fault, want)
	}
}

func TestTokenInPlaceOfAFileNameIsNotRepeated(t *testing.T) {
	token := "cfut_" + strings.Repeat("x", 40)
	got := findCredentials(t, cloudflare.Credentials{}, map[string]string{"CLOUDFLARE_API_TOKEN_FILE": token}, "")
	if !strings.Contains(got.Fault, "looks like a token itself") || strings.Contains(got.Fault+got.Source, token) {
		t.Errorf("fault = %q, source = %q, want the advice without the token", got.Fault, got.Source)
	}
}

// A named account takes its credentials only from its block or from its own variables.
func TestNamedAccountHasItsOwnCredentials(t *testing.T) {
	everything := map[string]string{
		"CLOUDFLARE_API_TOKEN": "main", "CLOUDFLARE_API_TOKEN_FILE": "token", "CLOUDFLARE_API_KEY": "key",
		"CLOUDFLARE_EMAIL": "me@example.com", "CLOUDFLARE_API_TOKEN_EU": "another account's",
	}

	for name, test := range map[string]struct {
		configured cloudflare.Credentials
		env        map[string]string
		want       cloudflare.Credentials
		source     string
		missing    bool
	}{
		"its variable": {
			env:    map[string]string{"CLOUDFLARE_API_TOKEN_EU_SHOP": "shop"},
			want:   cloudflare.Credentials{Token: "shop"},
			source: "CLOUDFLARE_API_TOKEN_EU_SHOP in the environment",
		},
		"its file": {
			env:    map[string]string{"CLOUDFLARE_API_TOKEN_EU_SHOP_FILE": "token"},
			want:   cloudflare.Credentials{Token: "of the file"},
			source: "the file of CLOUDFLARE_API_TOKEN_EU_SHOP_FILE (token)",
		},
		"its block, before its variable": {
			configured: cloudflare.Credentials{Token: "block"},
			env:        map[string]string{"CLOUDFLARE_API_TOKEN_EU_SHOP": "shop"},
			want:       cloudflare.Credentials{Token: "block"},
			source:     `the block cloudflare "eu-shop" of the configuration`,
		},
		"a key in its block gets no address of the default account": {
			configured: cloudflare.Credentials{Key: "key of the block"},
			want:       cloudflare.Credentials{Key: "key of the block"},
			source:     `the block cloudflare "eu-shop" of the configuration`,
		},
		"none": {missing: true, source: "CLOUDFLARE_API_TOKEN_EU_SHOP in the environment"},
		"both": {
			env: map[string]string{"CLOUDFLARE_API_TOKEN_EU_SHOP": "shop", "CLOUDFLARE_API_TOKEN_EU_SHOP_FILE": "token"},
			want: cloudflare.Credentials{Token: "shop",
				Fault: "CLOUDFLARE_API_TOKEN_EU_SHOP_FILE is set as well as CLOUDFLARE_API_TOKEN_EU_SHOP"},
			source: "CLOUDFLARE_API_TOKEN_EU_SHOP in the environment",
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "token"), []byte("of the file"), 0o600); err != nil {
				t.Fatal(err)
			}
			getenv := func(name string) string { return or(test.env[name], everything[name]) }
			resolve := func(name string) string { return filepath.Join(dir, name) }
			got := cloudflare.FindCredentials("eu-shop", test.configured, getenv, resolve)
			if got.Credentials != test.want || got.Source != test.source || got.Missing() != test.missing {
				t.Errorf("credentials %+v from %q, missing %v; want %+v from %q, missing %v",
					got.Credentials, got.Source, got.Missing(), test.want, test.source, test.missing)
			}
		})
	}
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
