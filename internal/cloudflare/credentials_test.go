package cloudflare

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/guidance"
)

func TestUnusableCredentialsSendNothing(t *testing.T) {
	key := "c2547eb745079dac9320b638f5e225cf483cc"
	tests := map[string]struct {
		creds   Credentials
		message string
		step    string
	}{
		"none":             {Credentials{}, "no credentials", "Edit zone DNS"},
		"blank":            {Credentials{Token: " \n"}, "no credentials", "export CLOUDFLARE_API_TOKEN="},
		"mail alone":       {Credentials{Email: "a@example.com"}, "no credentials", "Edit zone DNS"},
		"both":             {Credentials{Token: testToken, Key: key, Email: "a@example.com"}, "two credentials at once", "unset CLOUDFLARE_API_KEY"},
		"key without mail": {Credentials{Key: key}, "without its email", "Set CLOUDFLARE_EMAIL"},
		"newline inside":   {Credentials{Token: "abc\r\nX-Evil: 1"}, "characters that no token has", "copy the token again"},
		"not ASCII":        {Credentials{Token: "tökentöken"}, "characters that no token has", "copy the token again"},
		"bad key":          {Credentials{Key: "a\nb", Email: "a@example.com"}, "characters that neither has", "Global API Key"},
	}

	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := serve(t, ok(`[]`))
			_, err := s.client(func(o *Options) { o.Credentials = test.creds }).Records(context.Background(), zoneID)
			e := asError(t, err)
			if e.Kind != guidance.Refused || e.Code != 0 || e.Method != "" || !strings.Contains(e.Error(), test.message) {
				t.Errorf("error = %+v, want refused, code 0, no method, %q", e, test.message)
			}
			if steps := strings.Join(e.Guidance().Steps, "\n"); !strings.Contains(steps, test.step) {
				t.Errorf("the steps are\n%s\nwant one with %q", steps, test.step)
			}
			if len(s.requests()) != 0 {
				t.Errorf("sent %q, want no requests", s.requests())
			}
		})
	}
}

func TestCredentialsAreSent(t *testing.T) {
	tests := map[string]struct {
		creds Credentials
		want  map[string]string
	}{
		"token":          {Credentials{Token: " " + testToken + "\n"}, map[string]string{"Authorization": "Bearer " + testToken, "X-Auth-Key": ""}},
		"token and mail": {Credentials{Token: testToken, Email: "a@example.com"}, map[string]string{"Authorization": "Bearer " + testToken, "X-Auth-Email": ""}},
		"key":            {Credentials{Key: "abcdef", Email: "a@example.com"}, map[string]string{"Authorization": "", "X-Auth-Key": "abcdef", "X-Auth-Email": "a@example.com"}},
	}

	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := serve(t, ok(`[]`))
			var got http.Header
			tap := roundTrip(func(r *http.Request) (*http.Response, error) {
				got = r.Header
				return http.DefaultTransport.RoundTrip(r)
			})
			c := s.client(func(o *Options) {
				o.Credentials, o.HTTPClient, o.UserAgent = test.creds, &http.Client{Transport: tap}, "cfplan/1.2.3"
			})
			if _, err := c.Records(context.Background(), zoneID); err != nil {
				t.Fatal(err)
			}
			test.want["User-Agent"] = "cfplan/1.2.3"
			for header, want := range test.want {
				if got.Get(header) != want {
					t.Errorf("%s = %q, want %q", header, got.Get(header), want)
				}
			}
		})
	}
}

func TestBaseURLMustNotExposeCredentials(t *testing.T) {
	tests := map[string]bool{
		"":                                        true,
		"https://api.example/client/v4":           true,
		"https://api.example":                     true,
		" https://api.example/client/v4/ ":        true,
		"http://127.0.0.1:8787/client/v4":         true,
		"http://[::1]:8787":                       true,
		"http://localhost:8787":                   true,
		"http://api.example/client/v4":            false,
		"http://127.0.0.1.example/":               false,
		"http://localhost.example/":               false,
		"https://user:pw-hunter2@api.example/":    false,
		"http://user@127.0.0.1/":                  false,
		"https://api.example/client/v4?token=abc": false,
		"ftp://api.example/":                      false,
		"api.example/client/v4":                   false,
		"https:///client/v4":                      false,
		"https://[::1":                            false,
	}

	for base, good := range tests {
		_, err := checkBaseURL(base)
		if (err == nil) != good {
			t.Errorf("%q: error = %v, want success %v", base, err, good)
			continue
		}
		refused := err == nil || err.Kind == guidance.Refused && err.Guidance().Title == "The base URL may not be used"
		if !refused || err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: error = %v, kind %s, guidance %q, want a refusal that does not repeat the password", base, err, err.Kind, err.Guidance().Title)
		}
	}
}
